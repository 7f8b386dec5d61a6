package cachefiles.app.check.sim;

import cachefiles.app.check.Violation;
import cachefiles.app.check.sim.Blob.Cause;
import cachefiles.app.check.sim.Clock.Channel;
import cachefiles.app.check.sim.Crash.Moment;
import cachefiles.app.check.sim.Crash.Victim;
import cachefiles.daemon.core.DaemonAction;
import cachefiles.daemon.core.DaemonCommand;
import cachefiles.daemon.core.DaemonCore;
import cachefiles.daemon.core.DaemonState;
import cachefiles.daemon.core.SupervisorCore;
import cachefiles.kernel.uapi.AnonymousFd;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.DeviceReply;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Handle;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The shell of [DaemonCore] (`cachefiles.daemon.actor.DaemonActor`). Akka restarts it under the same reference; what
/// it had begun goes on, and its outcome comes to the successor.
final class Daemon {
    /// A descriptor and the content behind it.
    record Held(AnonymousFd fd, Content content) {}

    private final World world;
    private final Supervisor supervisor;
    private final Channel toDevice = new Channel();
    private final Channel fromDevice = new Channel();
    private final Channel toSupervisor = new Channel();
    private final Channel fromSupervisor = new Channel();
    private final ArrayDeque<Runnable> stash = new ArrayDeque<>();
    private final Map<Handle, AnonymousFd> fds = new HashMap<>();
    private DaemonState state;
    private boolean waiting;
    private boolean stopped;

    Daemon(World world, Supervisor supervisor) {
        this.world = world;
        this.supervisor = supervisor;
        this.state = new DaemonState(world.shape.workers());
        comeUp();
    }

    private void comeUp() {
        fds.clear();
        state = new DaemonState(world.shape.workers());
        world.send(new Channel(), () -> receive("Up", this::up));
    }

    private void up() {
        tellSupervisor(new SupervisorCore.Command.DaemonUp());
    }

    DaemonState state() {
        return state;
    }

    boolean isStopped() {
        return stopped;
    }

    void stop() {
        stopped = true;
        stash.clear();
    }

    void begin(long incarnation, Map<Handle, Held> kept) {
        world.send(
                fromSupervisor,
                () -> receive("Begin", () -> {
                    var contents = new HashMap<Handle, Content>();
                    kept.forEach((handle, held) -> {
                        fds.put(handle, held.fd().heldBy(incarnation));
                        contents.put(handle, held.content());
                    });
                    step(new DaemonCommand.Start(incarnation, contents));
                }));
    }

    /// The device says something. Runs in the device's step.
    void hear(DeviceReply reply) {
        world.send(
                fromDevice,
                () -> receive("FromDevice", () -> {
                    if (reply instanceof DeviceReply.Message said && said.incarnation() == state.incarnation()) {
                        fds.put(said.fd().handle(), said.fd());
                    }
                    step(new DaemonCommand.FromDevice(reply));
                }));
    }

    void hear(DaemonCommand outcome) {
        world.send(new Channel(), () -> receive("FromWorker", () -> step(outcome)));
    }

    /// @return whether there was a descriptor to be closed
    boolean closeAny(Blob blob) {
        var first = state.opened().keySet().stream()
                .filter(handle -> handle.cookie().equals(blob.cookie))
                .min((one, other) -> one.id().compareTo(other.id()));
        first.ifPresent(handle -> step(new DaemonCommand.CloseEarly(handle)));
        return first.isPresent();
    }

    private void receive(String what, Runnable message) {
        if (stopped) {
            return;
        }
        if (waiting) {
            stash.add(() -> receive(what, message));
            return;
        }
        var moment = world.fate(Victim.DAEMON);
        fate = moment;
        if (moment == Moment.TAKEN) {
            crash(moment, what);
            return;
        }
        message.run();
        if (fate != null) {
            crash(Moment.DECIDED, what);
        }
    }

    private @Nullable Moment fate;

    private void crash(Moment moment, Object over) {
        fate = null;
        world.landed(Victim.DAEMON, moment);
        world.trace.line(world.clock.now(), "daemon", "crashes", moment, "over", over);
        if (world.shape.backOff()) {
            waiting = true;
            world.clock.after(world.chance.between(20_000, 500_000), () -> {
                waiting = false;
                if (!stopped) {
                    comeUp();
                    for (int left = stash.size(); left > 0; left--) {
                        stash.remove().run();
                    }
                }
            });
        } else {
            comeUp();
        }
    }

    private void step(DaemonCommand command) {
        long before = state.incarnation();
        var decision = DaemonCore.decide(state, command);
        decision.events().forEach(event -> DaemonCore.evolve(state, event));
        world.trace.moved(
                world.clock.now(),
                "daemon",
                before,
                state.incarnation(),
                command,
                decision.events(),
                decision.actions());
        var moment = fate;
        int performed = world.performed(moment, decision.actions().size());
        for (DaemonAction action : decision.actions().subList(0, performed)) {
            perform(action);
        }
        if (moment != null) {
            crash(performed == 0 ? Moment.DECIDED : moment, command);
        }
    }

    private void perform(DaemonAction action) {
        long incarnation = state.incarnation();
        switch (action) {
            case DaemonAction.Say(var call) -> world.send(toDevice, () -> world.device.fromDaemon(call, this::hear));
            case DaemonAction.LookUp(var worker, var msgId, var cookie) -> {
                var blob = world.device.blob(cookie);
                world.clock.after(world.work(), () -> {
                    var moment = world.fate(Victim.WORKER);
                    if (moment != null) {
                        world.landed(Victim.WORKER, moment);
                        blob.spend(Cause.WORKER_DIED);
                        hear(new DaemonCommand.WorkerDied(incarnation, worker));
                    } else if (blob.originFails) {
                        blob.spend(Cause.ORIGIN);
                        hear(new DaemonCommand.LookedUp(incarnation, worker, msgId, Errno.EIO, null));
                    } else {
                        hear(new DaemonCommand.LookedUp(incarnation, worker, msgId, Errno.OK, blob.origin));
                    }
                });
            }
            case DaemonAction.Fill(var worker, var msgId, var handle, var content, var range) -> {
                if (!(fds.get(handle) instanceof Fence.Fd fd)) {
                    throw new Violation("a daemon fills through a descriptor that it does not have: " + handle);
                }
                new Fill(world, this, fd, content, range, incarnation, worker, msgId).start();
            }
            case DaemonAction.Keep(var handle, var content) -> {
                if (fds.get(handle) instanceof Fence.Fd fd) {
                    supervisor.send(toSupervisor, () -> supervisor.keep(fd, content));
                }
            }
            case DaemonAction.Discard(var handle) -> {
                fds.remove(handle);
                tellSupervisor(new SupervisorCore.Command.Discard(handle));
            }
            case DaemonAction.ReportProgress _ -> tellSupervisor(new SupervisorCore.Command.Progress());
        }
    }

    private void tellSupervisor(SupervisorCore.Command command) {
        supervisor.send(toSupervisor, () -> supervisor.fromDaemon(this, command));
    }
}
