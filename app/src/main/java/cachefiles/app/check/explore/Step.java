package cachefiles.app.check.explore;

import cachefiles.app.check.Violation;
import cachefiles.app.check.explore.Move.Kind;
import cachefiles.kernel.object.ObjectCommand;
import cachefiles.kernel.reader.ReaderCore;
import cachefiles.kernel.uapi.DeviceCall;
import cachefiles.kernel.uapi.Errno;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// One step: a move, and what follows from it at once in the world that it changes.
///
/// What one actor sends another is taken in the order it was sent, and no other order holds. A message is taken in the
/// step that sends it where nothing can come between (`reduced`, docs/verification.md): object to device, gate to
/// object, device to daemon and supervisor, supervisor to daemon; unless it is one of several.
final class Step {
    /// Who fails at a point within a step.
    enum Victim {
        OBJECT(Fault.OBJECT_CRASH),
        DEVICE(Fault.DEVICE_CRASH),
        DAEMON(Fault.CRASH),
        SUPERVISOR(Fault.SUPERVISOR_CRASH),
        JOURNAL(Fault.JOURNAL_FAILURE);

        final Fault fault;

        Victim(Fault fault) {
            this.fault = fault;
        }
    }

    /// Hears what happens in a step, in words.
    interface Log {
        /// @param from who sent it, or the actor itself
        /// @param outcome what became of it
        void happened(String from, String to, Object message, Object outcome);
    }

    final World world;
    private final int move;
    private final @Nullable Log log;
    /// What follows at once, in this order.
    private @Nullable ArrayDeque<Runnable> next;
    /// Points passed where somebody could fail.
    private int points;
    /// Whether the next delivery is refused (S33).
    private boolean refuses;

    Step(World world, int move) {
        this(world, move, null);
    }

    /// @param world is changed
    Step(World world, int move, @Nullable Log log) {
        this.world = world;
        this.move = move;
        this.log = log;
    }

    /// @return the world after it: `world` itself, but after a crash of the process
    /// @throws Violation if something does not hold in the step
    World make() {
        var kind = Move.kind(move);
        if (kind == Kind.PROCESS_CRASH) {
            return world.afterProcessCrash();
        }
        if (kind.fault != null && !isSpentWithin(kind)) {
            world.spend(kind.fault);
        }
        try {
            begin(kind, Move.about(move));
            settle();
            int forced = world.model.reduced ? Forced.of(world) : Forced.NONE;
            while (forced != Forced.NONE) {
                begin(Move.kind(forced), Move.about(forced));
                settle();
                forced = Forced.of(world);
            }
        } catch (IllegalStateException | NullPointerException broken) {
            throw new Violation("a core or its shell breaks: " + broken);
        }
        return world;
    }

    private static boolean isSpentWithin(Kind kind) {
        return switch (kind) {
            case CRASH, OBJECT_CRASH, DEVICE_CRASH, SUPERVISOR_CRASH -> true;
            default -> false;
        };
    }

    /// All that has to follow at once.
    private void settle() {
        if (next != null) {
            for (var turn = next.poll(); turn != null; turn = next.poll()) {
                turn.run();
            }
        }
    }

    /// `turn` is taken in this step, after what was said before.
    void later(Runnable turn) {
        if (next == null) {
            next = new ArrayDeque<>(4);
        }
        next.add(turn);
    }

    /// Points passed where somebody could fail.
    int points() {
        return points;
    }

    /// Whether `victim` fails here.
    boolean failsHere(Victim victim) {
        return world.has(victim.fault) && points++ == Move.point(move);
    }

    /// Whether what is delivered now is refused; what comes after it is not.
    boolean refusesDelivery() {
        boolean now = refuses;
        refuses = false;
        return now;
    }

    boolean isLogged() {
        return log != null;
    }

    void say(String actor, String what) {
        say(actor, actor, what, "");
    }

    /// @param which of those that are called `actor`
    void sayOf(String actor, Object which, Object message, Object outcome) {
        if (log != null) {
            String name = actor + " " + which;
            log.happened(name, name, message, outcome);
        }
    }

    void say(String from, String to, Object message, Object outcome) {
        if (log != null) {
            log.happened(from, to, message, outcome);
        }
    }

    /// What moves first.
    private void begin(Kind kind, int about) {
        switch (kind) {
            case ACQUIRE -> ObjectTurns.acquire(this, about);
            case NOTICE -> ObjectTurns.hearDevice(this, about);
            case COMMAND -> ObjectTurns.hearGate(this, about);
            case ATTACH -> ObjectTurns.attach(this, about);
            case ATTACHED -> ObjectTurns.hearAttached(this, about);
            case OBJECT_CRASH -> ObjectTurns.fail(this, about);
            case RECOVER -> ObjectTurns.recover(this, about);
            case DROP -> ObjectTurns.release(this, about, false);
            case RETIRE -> ObjectTurns.release(this, about, true);
            case REST -> ObjectTurns.hear(this, about, new ObjectCommand.Rest());
            case REACQUIRE -> ObjectTurns.wantAgain(this, about);

            case LOOK -> ReaderTurns.look(this, about);
            case LATE_ASK -> ReaderTurns.lookedBefore(this, about);
            case ASK -> ReaderTurns.ask(this, about);
            case WOKEN -> ReaderTurns.wake(this, about);
            case REREAD -> world.readers[about] = world.readers[about].again();
            case CHANGE -> world.changeOrigin();
            case CANCEL -> ReaderTurns.hear(this, about, new ReaderCore.Command.Cancel());
            case DEADLINE -> ReaderTurns.hear(this, about, new ReaderCore.Command.DeadlinePassed());

            case SUBMISSION -> DeviceTurns.hearObject(this, about);
            case TIMER -> DeviceTurns.hearTimer(this, about);
            case CALL -> DeviceTurns.hearDaemon(this, false);
            case DUPLICATE -> DeviceTurns.hearDaemon(this, true);
            case REFUSAL -> {
                refuses = true;
                DeviceTurns.hearDaemon(this, false);
            }
            case SUPERVISOR_CALL -> DeviceTurns.hearSupervisor(this);
            case DEVICE_UP -> DeviceTurns.up(this);
            case DEVICE_CRASH -> DeviceTurns.fail(this);
            case RESTORE -> DeviceTurns.hear(this, new DeviceCall.Restore(), DeviceTurns.Caller.OPERATOR);
            case DEVICE_OPEN -> DeviceTurns.renew(world);
            case DEVICE_CLOSE -> DeviceTurns.hear(this, new DeviceCall.Close(), DeviceTurns.Caller.OPERATOR);

            case REPLY -> DaemonTurns.hearDevice(this);
            case BEGIN -> DaemonTurns.hearSupervisor(this);
            case CRASH -> DaemonTurns.fail(this);
            case CLOSE -> DaemonTurns.close(this, about);
            case WORK -> DaemonTurns.work(this, about, Errno.OK, true);
            case OPEN_ERROR, READ_ERROR -> DaemonTurns.work(this, about, Errno.EIO, false);
            case NO_DATA -> DaemonTurns.work(this, about, Errno.OK, false);
            case WORKER_DEATH -> DaemonTurns.workerDies(this, about);

            case SUPERVISOR_HEARS -> SupervisorTurns.hearDevice(this);
            case SUPERVISOR_NOTICES -> SupervisorTurns.hearDaemon(this);
            case SUPERVISOR_CRASH -> SupervisorTurns.fail(this);

            case PROCESS_CRASH -> throw new IllegalStateException();
        }
    }
}
