package cachefiles.daemon.actor;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.Terminated;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import cachefiles.daemon.core.SupervisorCore;
import cachefiles.daemon.core.SupervisorState;
import cachefiles.kernel.uapi.AnonymousFd;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.DeviceCall;
import cachefiles.kernel.uapi.DeviceReply;
import cachefiles.kernel.uapi.Faults;
import cachefiles.kernel.uapi.Handle;
import cachefiles.kernel.uapi.Phase;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The supervisor: holds the device, and the descriptors if they are to be kept, while daemons die. Akka restarts the
/// daemon; each daemon that comes up says so, and [SupervisorCore] brings it into its predecessor's place.
public final class SupervisorActor extends AbstractBehavior<SupervisorActor.Command> {
    public sealed interface Command {}

    /// What Akka does with a daemon that fails.
    public enum Strategy {
        /// A successor at once.
        RESTART,
        /// A successor after a growing delay.
        BACKOFF,
        /// The daemon goes on; what it was about is lost.
        RESUME,
        /// No successor.
        STOP
    }

    /// The device is there, without requests and handles.
    public record DeviceUp() implements Command {}

    /// Try again after giving up.
    public record StartAgain() implements Command {}

    public record Die(Faults.Crash crash) implements Command {}

    record FromDaemon(ActorRef<DaemonActor.Command> daemon, SupervisorCore.Command command) implements Command {}

    record Keep(AnonymousFd fd, Content content) implements Command {}

    /// From the device.
    public record Heard(SupervisorCore.Command command) implements Command {}

    /// @param loseDevice closes the device and opens it anew; [DeviceUp] follows
    public record Setting(
            DaemonActor.Setting daemon,
            SupervisorCore.Policy policy,
            Strategy strategy,
            Runnable loseDevice,
            Faults faults,
            DaemonObserver observer) {}

    private final Setting setting;
    private final Map<Handle, DaemonActor.Held> held = new HashMap<>();
    private SupervisorState state = SupervisorState.FRESH;
    private ActorRef<DaemonActor.Command> daemon;
    private int spawned;

    public static Behavior<Command> create(Setting setting) {
        return Behaviors.setup(context -> new SupervisorActor(context, setting));
    }

    private SupervisorActor(ActorContext<Command> context, Setting setting) {
        super(context);
        this.setting = setting;
        setting.observer().supervisorStarted(setting.policy());
        this.daemon = spawn();
    }

    private ActorRef<DaemonActor.Command> spawn() {
        var strategy = switch (setting.strategy()) {
            case RESTART -> SupervisorStrategy.restart();
            case BACKOFF -> SupervisorStrategy.restartWithBackoff(Duration.ofMillis(20), Duration.ofMillis(500), 0.1);
            case RESUME -> SupervisorStrategy.resume();
            case STOP -> SupervisorStrategy.stop();
        };
        var child = getContext()
                .spawn(
                        Behaviors.supervise(DaemonActor.create(
                                        setting.daemon(), getContext().getSelf()))
                                .onFailure(strategy),
                        "daemon-" + ++spawned);
        getContext().watch(child);
        setting.observer().daemonSpawned(child);
        return child;
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onAnyMessage(this::onMessage)
                .onSignal(Terminated.class, this::terminated)
                .build();
    }

    private Behavior<Command> onMessage(Command message) {
        switch (message) {
            case FromDaemon(var from, var command) -> {
                if (from.equals(daemon)) {
                    step(command, null);
                }
            }
            case Keep(var fd, var content) -> step(new SupervisorCore.Command.Keep(fd.handle(), content), fd);
            case Heard(var command) -> {
                if (command instanceof SupervisorCore.Command.TookOver) {
                    setting.faults().at(Phase.RESTORING, Faults.Victim.SUPERVISOR, null);
                }
                step(command, null);
            }
            case DeviceUp _ -> step(new SupervisorCore.Command.DeviceUp(), null);
            case StartAgain _ -> step(new SupervisorCore.Command.StartAgain(), null);
            case Die(var crash) -> throw crash.now();
        }
        return this;
    }

    private Behavior<Command> terminated(Terminated signal) {
        if (signal.getRef().<DaemonActor.Command>unsafeUpcast().equals(daemon)) {
            step(new SupervisorCore.Command.DaemonStopped(), null);
        }
        return this;
    }

    private void step(SupervisorCore.Command command, @Nullable AnonymousFd fd) {
        var step = SupervisorCore.step(setting.policy(), state, command);
        state = step.next();
        for (SupervisorCore.Action action : step.actions()) {
            perform(action, fd);
        }
        setting.observer().supervised(command, step); // last: whoever sees that it gave up finds that misses fail
    }

    private void perform(SupervisorCore.Action action, @Nullable AnonymousFd fd) {
        switch (action) {
            case SupervisorCore.Action.TakeOver(var keep) -> say(new DeviceCall.TakeOver(keep));
            case SupervisorCore.Action.Restore _ -> say(new DeviceCall.Restore());
            case SupervisorCore.Action.GiveUp _ -> say(new DeviceCall.GiveUp());
            case SupervisorCore.Action.Begin(var incarnation, var withKept) ->
                daemon.tell(new DaemonActor.Begin(incarnation, withKept ? Map.copyOf(held) : Map.of()));
            case SupervisorCore.Action.Hold(var handle, var content) ->
                held.put(handle, new DaemonActor.Held(Objects.requireNonNull(fd), content));
            case SupervisorCore.Action.LetGo(var handle) -> held.remove(handle);
            case SupervisorCore.Action.LetAllGo _ -> held.clear();
            case SupervisorCore.Action.SpawnDaemon _ -> daemon = spawn();
            case SupervisorCore.Action.StopDaemon _ -> getContext().stop(daemon);
            case SupervisorCore.Action.LoseDevice _ -> setting.loseDevice().run();
        }
    }

    private void say(DeviceCall call) {
        var self = getContext().getSelf();
        var target = daemon;
        setting.daemon().device().call(call, reply -> {
            switch (reply) {
                case DeviceReply.TookOver(var incarnation) ->
                    self.tell(new Heard(new SupervisorCore.Command.TookOver(incarnation)));
                case DeviceReply.Done(DeviceCall.Restore _, _) ->
                    self.tell(new Heard(new SupervisorCore.Command.Restored()));
                case DeviceReply.Readable _ -> target.tell(new DaemonActor.FromDevice(reply));
                default -> {}
            }
        });
    }
}
