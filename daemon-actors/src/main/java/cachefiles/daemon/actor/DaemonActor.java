package cachefiles.daemon.actor;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.PreRestart;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import cachefiles.daemon.core.DaemonAction;
import cachefiles.daemon.core.DaemonCommand;
import cachefiles.daemon.core.DaemonCore;
import cachefiles.daemon.core.DaemonState;
import cachefiles.daemon.core.SupervisorCore;
import cachefiles.daemon.fetch.Origin;
import cachefiles.kernel.uapi.AnonymousFd;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceCall;
import cachefiles.kernel.uapi.DeviceException;
import cachefiles.kernel.uapi.DevicePort;
import cachefiles.kernel.uapi.DeviceReply;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Faults;
import cachefiles.kernel.uapi.Handle;
import cachefiles.kernel.uapi.Phase;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/// The daemon: carries what device, origin and supervisor say to [DaemonCore], and its actions to them. All it knows is
/// made in its constructor: a successor starts with nothing but what the supervisor hands it.
public final class DaemonActor extends AbstractBehavior<DaemonActor.Command> {
    public sealed interface Command {}

    /// The supervisor says: begin.
    /// @param kept descriptors that outlived the predecessor, with what it knew of them
    record Begin(long incarnation, Map<Handle, Held> kept) implements Command {}

    /// A descriptor and the content behind it.
    record Held(AnonymousFd fd, Content content) {}

    public record Die(Faults.Crash crash) implements Command {}

    /// Closes a descriptor under the daemon's own feet, as a faulty daemon would.
    public record CloseAny(Cookie cookie) implements Command {}

    private record Up() implements Command {}

    /// Enough threads of dead daemons have ended.
    private record Fewer() implements Command {}

    /// It has waited for that long enough.
    private record Overdue() implements Command {}

    public record FromDevice(DeviceReply reply) implements Command {}

    private record FromWorker(DaemonCommand outcome) implements Command {}

    /// What a daemon needs of its surroundings.
    /// @param workers requests served at the same time
    /// @param threads where workers run
    public record Setting(
            DevicePort device,
            Origin origin,
            int workers,
            WorkerThreads threads,
            Faults faults,
            DaemonObserver observer) {}

    private final Setting setting;
    private final ActorRef<SupervisorActor.Command> supervisor;
    private final DaemonState state;
    private final WorkerThreads.Shift shift;
    private final Filler filler;
    private final Map<Handle, AnonymousFd> fds = new HashMap<>();
    private final ActorRef<Command> self;

    static Behavior<Command> create(Setting setting, ActorRef<SupervisorActor.Command> supervisor) {
        return Behaviors.setup(context -> {
            var self = context.getSelf();
            if (setting.threads().admits(() -> self.tell(new Fewer()))) {
                return new DaemonActor(context, setting, supervisor);
            }
            context.scheduleOnce(setting.threads().patience(), self, new Overdue());
            return Behaviors.receive(Command.class)
                    .onMessage(Fewer.class, _ -> create(setting, supervisor))
                    .onMessage(Overdue.class, _ -> refuse(context, setting))
                    .onMessage(Die.class, die -> {
                        throw die.crash().now();
                    })
                    .onAnyMessage(_ -> Behaviors.same())
                    .build();
        });
    }

    /// The supervisor hears that no daemon will come, and gives up (I15).
    private static Behavior<Command> refuse(ActorContext<Command> context, Setting setting) {
        context.getLog()
                .error(
                        "{} threads of dead daemons hang at the origin, and heed no interrupt: no daemon begins until there"
                                + " are fewer. Misses fail; once the origin answers again, start again",
                        setting.threads().leftBehind());
        return Behaviors.stopped();
    }

    private DaemonActor(ActorContext<Command> context, Setting setting, ActorRef<SupervisorActor.Command> supervisor) {
        super(context);
        this.setting = setting;
        this.supervisor = supervisor;
        this.state = new DaemonState(setting.workers());
        this.shift = setting.threads().new Shift();
        this.filler =
                new Filler(setting.origin(), setting.faults(), setting.threads().chunks());
        this.self = context.getSelf();
        self.tell(new Up());
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onAnyMessage(this::onMessage)
                .onSignal(PreRestart.class, _ -> signalled("PreRestart"))
                .onSignal(PostStop.class, _ -> signalled("PostStop"))
                .build();
    }

    private Behavior<Command> signalled(String signal) {
        shift.end();
        setting.observer().daemonSignalled(signal);
        return this;
    }

    private Behavior<Command> onMessage(Command message) {
        switch (message) {
            case Up _ -> {
                tellSupervisor(new SupervisorCore.Command.DaemonUp()); // first: one that always dies here is given up
                setting.faults().at(Phase.STARTING, Faults.Victim.DAEMON, null);
            }
            case Fewer _, Overdue _ -> {} // it has begun
            case Begin(var incarnation, var kept) -> begin(incarnation, kept);
            case FromDevice(var reply) -> {
                if (reply instanceof DeviceReply.Message said && said.incarnation() == state.incarnation()) {
                    fds.put(said.fd().handle(), said.fd());
                }
                step(new DaemonCommand.FromDevice(reply));
            }
            case FromWorker(var outcome) -> step(outcome);
            case CloseAny(var cookie) -> closeAny(cookie);
            case Die(var crash) -> throw crash.now();
        }
        return this;
    }

    private void begin(long incarnation, Map<Handle, Held> kept) {
        var contents = new HashMap<Handle, Content>();
        kept.forEach((handle, held) -> {
            fds.put(handle, held.fd().heldBy(incarnation));
            contents.put(handle, held.content());
        });
        step(new DaemonCommand.Start(incarnation, contents));
    }

    private void closeAny(Cookie cookie) {
        state.opened().keySet().stream()
                .filter(handle -> handle.cookie().equals(cookie))
                .findFirst()
                .ifPresent(handle -> step(new DaemonCommand.CloseEarly(handle)));
    }

    private void step(DaemonCommand command) {
        var decision = DaemonCore.decide(state, command);
        decision.events().forEach(event -> DaemonCore.evolve(state, event));
        decision.actions().forEach(this::perform);
        setting.observer().stepped(state, command, decision);
    }

    private void perform(DaemonAction action) {
        long incarnation = state.incarnation();
        switch (action) {
            case DaemonAction.Say(var call) -> setting.device().call(call, this::hear);
            case DaemonAction.LookUp(var worker, var msgId, var cookie) ->
                work(worker, () -> {
                    try {
                        return new DaemonCommand.LookedUp(
                                incarnation,
                                worker,
                                msgId,
                                Errno.OK,
                                setting.origin().find(cookie));
                    } catch (DeviceException failed) {
                        return new DaemonCommand.LookedUp(incarnation, worker, msgId, failed.errno(), null);
                    }
                });
            case DaemonAction.Fill(var worker, var msgId, var handle, var content, var range) -> {
                var fd = Objects.requireNonNull(fds.get(handle));
                work(
                        worker,
                        () -> new DaemonCommand.Filled(incarnation, worker, msgId, filler.fill(fd, content, range)));
            }
            case DaemonAction.Keep(var handle, var content) -> {
                var fd = fds.get(handle);
                if (fd != null) { // else closed while a second delivery of its OPEN was being served
                    supervisor.tell(new SupervisorActor.Keep(fd, content));
                }
            }
            case DaemonAction.Discard(var handle) -> {
                fds.remove(handle);
                tellSupervisor(new SupervisorCore.Command.Discard(handle));
            }
            case DaemonAction.ReportProgress _ -> tellSupervisor(new SupervisorCore.Command.Progress());
        }
    }

    /// Called on the device's thread.
    private void hear(DeviceReply reply) {
        if (!(reply instanceof DeviceReply.Done(DeviceCall.Cread _, var _))) { // changes nothing here
            self.tell(new FromDevice(reply));
        }
    }

    private void work(int worker, Supplier<DaemonCommand> job) {
        var died = new DaemonCommand.WorkerDied(state.incarnation(), worker);
        var log = getContext().getSystem().log();
        shift.run(() -> {
            DaemonCommand outcome;
            try {
                outcome = job.get();
            } catch (RuntimeException | Error failed) {
                log.warn("a worker has died; another takes its request over, and so up to three times", failed);
                outcome = died;
            }
            self.tell(new FromWorker(outcome));
        });
    }

    private void tellSupervisor(SupervisorCore.Command command) {
        supervisor.tell(new SupervisorActor.FromDaemon(getContext().getSelf(), command));
    }
}
