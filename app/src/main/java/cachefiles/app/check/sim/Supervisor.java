package cachefiles.app.check.sim;

import cachefiles.app.check.sim.Clock.Channel;
import cachefiles.app.check.sim.Coverage.Count;
import cachefiles.app.check.sim.Crash.Moment;
import cachefiles.app.check.sim.Crash.Victim;
import cachefiles.daemon.core.SupervisorCore;
import cachefiles.daemon.core.SupervisorState;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.DeviceCall;
import cachefiles.kernel.uapi.DeviceReply;
import cachefiles.kernel.uapi.Handle;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The shell of [SupervisorCore] (`cachefiles.daemon.actor.SupervisorActor`). If it fails its daemon is stopped, and
/// what it held is gone.
final class Supervisor {
    private final World world;
    private final Channel toDevice = new Channel();
    private final Channel fromDevice = new Channel();
    final Channel fromCache = new Channel();
    private final Channel toCache = new Channel();
    private final Channel fromOperator = new Channel();
    private final Map<Handle, Daemon.Held> held = new HashMap<>();
    private SupervisorState state = SupervisorState.FRESH;
    private Daemon daemon;
    private @Nullable Moment fate;

    Supervisor(World world) {
        this.world = world;
        this.daemon = new Daemon(world, this);
    }

    SupervisorState state() {
        return state;
    }

    Daemon daemon() {
        return daemon;
    }

    void send(Channel channel, Runnable message) {
        world.send(channel, () -> receive(message));
    }

    private void receive(Runnable message) {
        var moment = world.fate(Victim.SUPERVISOR);
        if (moment == Moment.TAKEN) {
            crash(moment);
            return;
        }
        fate = moment;
        message.run();
        if (fate != null) {
            crash(Moment.DECIDED);
        }
    }

    private void crash(Moment moment) {
        fate = null;
        world.landed(Victim.SUPERVISOR, moment);
        world.trace.line(world.clock.now(), "supervisor", "crashes", moment);
        daemon.stop();
        held.clear();
        state = SupervisorState.FRESH;
        daemon = new Daemon(world, this);
    }

    void fromDaemon(Daemon from, SupervisorCore.Command command) {
        if (from == daemon) {
            step(command, null);
        }
    }

    void keep(Fence.Fd fd, Content content) {
        step(new SupervisorCore.Command.Keep(fd.handle(), content), fd);
    }

    void deviceUp() {
        step(new SupervisorCore.Command.DeviceUp(), null);
    }

    void startAgain() {
        send(fromOperator, () -> step(new SupervisorCore.Command.StartAgain(), null));
    }

    /// An operator says `restore`, needed or not.
    void restoreAgain() {
        say(new DeviceCall.Restore());
    }

    private void step(SupervisorCore.Command command, Fence.@Nullable Fd fd) {
        var before = state;
        var step = SupervisorCore.step(world.shape.policy(), state, command);
        state = step.next();
        world.trace.moved(
                world.clock.now(), "supervisor", before.phase(), state.phase(), command, List.of(), step.actions());
        if (state.phase() == SupervisorState.Phase.GIVEN_UP && before.phase() != state.phase()) {
            world.coverage.add(Fault.GAVE_UP);
        }
        var moment = fate;
        int performed = world.performed(moment, step.actions().size());
        for (SupervisorCore.Action action : step.actions().subList(0, performed)) {
            perform(action, fd);
        }
        if (moment != null) {
            crash(performed == 0 ? Moment.DECIDED : moment);
        }
    }

    private void perform(SupervisorCore.Action action, Fence.@Nullable Fd fd) {
        switch (action) {
            case SupervisorCore.Action.TakeOver(var keep) -> say(new DeviceCall.TakeOver(keep));
            case SupervisorCore.Action.Restore _ -> say(new DeviceCall.Restore());
            case SupervisorCore.Action.GiveUp _ -> say(new DeviceCall.GiveUp());
            case SupervisorCore.Action.Begin(var incarnation, var withKept) -> {
                if (withKept && !held.isEmpty()) {
                    world.count(Count.KEPT_HANDLES);
                }
                daemon.begin(incarnation, withKept ? Map.copyOf(held) : Map.of());
            }
            case SupervisorCore.Action.Hold(var handle, var content) ->
                held.put(handle, new Daemon.Held(Objects.requireNonNull(fd), content));
            case SupervisorCore.Action.LetGo(var handle) -> held.remove(handle);
            case SupervisorCore.Action.LetAllGo _ -> held.clear();
            case SupervisorCore.Action.SpawnDaemon _ -> daemon = new Daemon(world, this);
            case SupervisorCore.Action.StopDaemon _ -> stopDaemon();
            case SupervisorCore.Action.LoseDevice _ -> {
                world.coverage.add(Fault.DEVICE_LOST);
                world.send(toCache, () -> world.loseDevice());
            }
        }
    }

    private void stopDaemon() {
        var stopped = daemon;
        stopped.stop();
        send(new Channel(), () -> {
            if (stopped == daemon) {
                step(new SupervisorCore.Command.DaemonStopped(), null);
            }
        });
    }

    private void say(DeviceCall call) {
        var target = daemon;
        world.send(
                toDevice,
                () -> world.device.fromDaemon(call, reply -> {
                    switch (reply) {
                        case DeviceReply.TookOver(var incarnation) ->
                            send(fromDevice, () -> step(new SupervisorCore.Command.TookOver(incarnation), null));
                        case DeviceReply.Done(DeviceCall.Restore _, _) ->
                            send(fromDevice, () -> step(new SupervisorCore.Command.Restored(), null));
                        case DeviceReply.Readable _ -> target.hear(reply);
                        default -> {}
                    }
                }));
    }
}
