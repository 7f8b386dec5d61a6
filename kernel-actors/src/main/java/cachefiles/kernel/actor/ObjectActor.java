package cachefiles.kernel.actor;

import akka.actor.typed.ActorRef;
import akka.actor.typed.BackoffSupervisorStrategy;
import akka.actor.typed.Behavior;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.persistence.typed.EventAdapter;
import akka.persistence.typed.PersistenceId;
import akka.persistence.typed.RecoveryCompleted;
import akka.persistence.typed.RecoveryFailed;
import akka.persistence.typed.SnapshotAdapter;
import akka.persistence.typed.javadsl.CommandHandler;
import akka.persistence.typed.javadsl.Effect;
import akka.persistence.typed.javadsl.EventHandler;
import akka.persistence.typed.javadsl.EventSourcedBehavior;
import akka.persistence.typed.javadsl.RetentionCriteria;
import akka.persistence.typed.javadsl.SignalHandler;
import cachefiles.kernel.device.Notice;
import cachefiles.kernel.extent.BackingFile;
import cachefiles.kernel.handle.HandleFile;
import cachefiles.kernel.object.ObjectAction;
import cachefiles.kernel.object.ObjectCommand;
import cachefiles.kernel.object.ObjectCore;
import cachefiles.kernel.object.ObjectEvent;
import cachefiles.kernel.object.ObjectState;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Decision;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Faults;
import java.io.IOException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// One cache object: carries commands to [ObjectCore] and its actions to gate, device and store.
///
/// Akka folds persisted events alone into its state, and most moves of an object are not worth one: so Akka's state is
/// a holder, and the state proper is what the core made of all events.
public final class ObjectActor
        extends EventSourcedBehavior<ObjectActor.Command, ObjectEvent.Journaled, ObjectActor.Holder> {
    public sealed interface Command {}

    /// From the gate.
    /// @param life of the actor that it was said to; a later one is told again what still holds
    public record Step(ObjectCommand command, long life) implements Command {}

    public record FromDevice(Notice notice) implements Command {}

    public record Die(Faults.Crash crash) implements Command {}

    private record Attached(Content content, Errno errno, long life) implements Command {}

    /// What Akka takes for the state. In snapshots it is the content alone ([Snapshot]).
    public static final class Holder {
        private ObjectState state;

        Holder(ObjectState state) {
            this.state = state;
        }

        /// What of the object is worth a snapshot.
        public @Nullable Content known() {
            return state.known();
        }

        /// The state that a snapshot leads to.
        public static Holder of(@Nullable Content known) {
            return new Holder(new ObjectState.Idle(known));
        }
    }

    /// What an object needs of its surroundings.
    /// @param blocking where the backing file's own work is done
    /// @param events adapts events to what the journal keeps
    /// @param snapshots adapts [Holder] to what the snapshot store keeps
    /// @param journalMayHeal whether the same recovery may succeed later, with nobody mending what is stored
    public record Setting(
            ActorRef<DeviceActor.Command> device,
            Executor blocking,
            EventAdapter<ObjectEvent.Journaled, ?> events,
            SnapshotAdapter<Holder> snapshots,
            Predicate<Throwable> journalMayHeal,
            ObjectObserver observer) {}

    // One for all objects: there may be a million.
    private static final RetentionCriteria RETENTION =
            RetentionCriteria.snapshotEvery(20, 1).withDeleteEventsOnSnapshot();
    // Akka would begin again at 50 ms after a try that took longer, and eight of them be over in half a second.
    private static final BackoffSupervisorStrategy AFTER_JOURNAL_FAILURE = SupervisorStrategy.restartWithBackoff(
                    Duration.ofMillis(50), Duration.ofSeconds(2), 0.2)
            .withResetBackoffAfter(Duration.ofSeconds(10))
            .withLoggingEnabled(false); // with a stack trace each time: told here, and by the journal

    private final ActorContext<Command> context;
    private final Setting setting;
    private final Cookie cookie;
    private final Gate gate;
    private final BackingFile file;
    private long life;

    /// @param gate what speaks to it for all readers, and outlives it
    public static Behavior<Command> create(Setting setting, Cookie cookie, Gate gate, BackingFile file) {
        return Behaviors.supervise(
                        Behaviors.<Command>setup(context -> new ObjectActor(context, setting, cookie, gate, file)))
                .onFailure(SupervisorStrategy.restart());
    }

    /// `object|<volume>|<key>`, in hexadecimal: keys may hold any bytes.
    public static PersistenceId persistenceId(Cookie cookie) {
        var hex = HexFormat.of();
        return PersistenceId.ofUniqueId(
                "object|" + hex.formatHex(cookie.volume().bytes()) + "|"
                        + hex.formatHex(cookie.key().bytes()));
    }

    private ObjectActor(ActorContext<Command> context, Setting setting, Cookie cookie, Gate gate, BackingFile file) {
        super(persistenceId(cookie), AFTER_JOURNAL_FAILURE);
        context.setLoggerName(ObjectActor.class); // else Akka walks the stack for it, in each actor
        this.context = context;
        this.setting = setting;
        this.cookie = cookie;
        this.gate = gate;
        this.file = file;
    }

    @Override
    public Holder emptyState() {
        return Holder.of(null);
    }

    @Override
    public CommandHandler<Command, ObjectEvent.Journaled, Holder> commandHandler() {
        return this::onCommand;
    }

    /// Leaves `holder` alone: Akka folds an event in before it is stored, and if it cannot be stored begins again with
    /// the empty state that it was given at first.
    @Override
    public EventHandler<Holder, ObjectEvent.Journaled> eventHandler() {
        return (holder, event) -> new Holder(ObjectCore.evolve(holder.state, event));
    }

    @Override
    public SignalHandler<Holder> signalHandler() {
        return newSignalHandlerBuilder()
                .onSignal(RecoveryCompleted.instance(), this::recovered)
                .onSignal(RecoveryFailed.class, (_, failed) -> recoveryFailed(failed.getFailure()))
                .build();
    }

    private void recoveryFailed(Throwable why) {
        if (setting.journalMayHeal().test(why)) { // whoever waits has a deadline
            if (gate.journalAway()) {
                context.getLog().warn("{}: waits for the journal, which is away: {}", cookie, why.toString());
            }
        } else if (gate.recoveryFailed()) {
            context.getLog()
                    .error(
                            "{}: what the journal knows of it cannot be read, and whoever waits for it gets EIO: {}. When"
                                    + " the cache is closed, 'cachefiles inspect DIR' tells what is damaged; start with"
                                    + " another cache directory, or bring back a copy of this one",
                            cookie,
                            why.toString());
        } else {
            context.getLog()
                    .warn("{}: the journal cannot tell what it knows of it; trying again: {}", cookie, why.toString());
        }
    }

    /// The empty state may have been moved by a predecessor: what the journal does not know is gone.
    private void recovered(Holder holder) {
        holder.state = new ObjectState.Idle(holder.known());
        setting.observer().recovered(cookie, holder.state);
        life = gate.objectUp(context.getSelf());
    }

    @Override
    public EventAdapter<ObjectEvent.Journaled, ?> eventAdapter() {
        return setting.events();
    }

    @Override
    public SnapshotAdapter<Holder> snapshotAdapter() {
        return setting.snapshots();
    }

    @Override
    public RetentionCriteria retentionCriteria() {
        return RETENTION;
    }

    private Effect<ObjectEvent.Journaled, Holder> onCommand(Holder holder, Command message) {
        if (message instanceof Step step && step.life() != life
                || message instanceof Attached attached && attached.life() != life) {
            return Effect().none();
        }
        var command = switch (message) {
            case Step(var step, _) -> step;
            case FromDevice(var notice) -> new ObjectCommand.Heard(notice);
            case Attached(var content, var errno, _) -> new ObjectCommand.Attached(content, errno);
            case Die(var crash) -> throw crash.now();
        };
        var decision = ObjectCore.decide(cookie, holder.state, command);
        if (!decision.events().isEmpty() && decision.events().getFirst() instanceof ObjectEvent.Journaled journaled) {
            var others = decision.events().subList(1, decision.events().size());
            return Effect().persist(journaled).thenRun(folded -> finish(folded, command, decision, others));
        }
        finish(holder, command, decision, decision.events());
        return decision.actions().contains(LEAVE) && gate.objectLeaves(context.getSelf())
                ? Effect().stop()
                : Effect().none();
    }

    private static final ObjectAction LEAVE = new ObjectAction.Leave();

    private void finish(
            Holder holder,
            ObjectCommand command,
            Decision<ObjectEvent, ObjectAction> decision,
            List<? extends ObjectEvent> volatileEvents) {
        for (ObjectEvent event : volatileEvents) {
            holder.state = ObjectCore.evolve(holder.state, event);
        }
        decision.actions().forEach(this::perform);
        setting.observer().stepped(cookie, holder.state, command, decision);
    }

    private void perform(ObjectAction action) {
        switch (action) {
            case ObjectAction.Submit(var command) ->
                setting.device().tell(new DeviceActor.FromObject(command, context.getSelf(), file));
            case ObjectAction.Attach(var content) -> {
                long mine = life;
                context.pipeToSelf(
                        CompletableFuture.supplyAsync(() -> attach(content, mine), setting.blocking()),
                        (errno, failed) -> new Attached(content, failed == null ? errno : Errno.EIO, mine));
            }
            case ObjectAction.Clear _ -> clear(); // here and now: later it would hit what the next use has stored
            case ObjectAction.Acquired(var errno, var content) -> gate.acquired(errno, content);
            case ObjectAction.ReadDone(var ask, var errno) -> gate.readDone(ask, errno);
            case ObjectAction.Released _ -> gate.released();
            case ObjectAction.Leave _ -> {} // the effect
        }
    }

    private Errno attach(Content content, long mine) {
        try {
            synchronized (file) { // a predecessor's attach that comes late must not undo its successor's
                if (gate.isAlive(mine)) {
                    file.attach(content.sizeBytes(), content.validator());
                }
            }
            return Errno.OK;
        } catch (IOException failed) {
            gate.failed(failed);
            context.getSystem().log().warn("cannot attach the file of {}: {}", cookie, failed.toString());
            return HandleFile.errnoOf(failed);
        } catch (RuntimeException failed) {
            context.getSystem().log().error("cannot attach the file of {}", cookie, failed);
            return Errno.EIO;
        }
    }

    private void clear() {
        try {
            file.clear();
        } catch (IOException failed) {
            gate.failed(failed);
            context.getSystem().log().warn("cannot clear the file of {}: {}", cookie, failed.toString());
        }
    }
}
