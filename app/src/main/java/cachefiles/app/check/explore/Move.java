package cachefiles.app.check.explore;

import org.jspecify.annotations.Nullable;

/// What can happen, as a number: its kind, whom it is about, and where within it somebody fails.
@SuppressWarnings("EnumOrdinal") // for no longer than one exploration
final class Move {
    /// What is fair happens by itself, sooner or later; the rest is somebody's fault.
    enum Kind {
        ACQUIRE(null),
        LOOK(null),
        LATE_ASK(null),
        ASK(null),
        WOKEN(null),
        NOTICE(null),
        COMMAND(null),
        SUBMISSION(null),
        ATTACH(null),
        ATTACHED(null),
        TIMER(null),
        CALL(null),
        REPLY(null),
        SUPERVISOR_CALL(null),
        SUPERVISOR_HEARS(null),
        SUPERVISOR_NOTICES(null),
        BEGIN(null),
        WORK(null),
        DEVICE_UP(null),
        CRASH(Fault.CRASH),
        PROCESS_CRASH(Fault.PROCESS_CRASH),
        OBJECT_CRASH(Fault.OBJECT_CRASH),
        DEVICE_CRASH(Fault.DEVICE_CRASH),
        SUPERVISOR_CRASH(Fault.SUPERVISOR_CRASH),
        WORKER_DEATH(Fault.WORKER_DEATH),
        CLOSE(Fault.CLOSE),
        RESTORE(Fault.RESTORE),
        DROP(Fault.DROP),
        RETIRE(Fault.RETIRE),
        CANCEL(Fault.CANCEL),
        DEADLINE(Fault.DEADLINE),
        OPEN_ERROR(Fault.OPEN_ERROR),
        READ_ERROR(Fault.READ_ERROR),
        NO_DATA(Fault.NO_DATA),
        REFUSAL(Fault.REFUSAL),
        DUPLICATE(Fault.DUPLICATE),
        DEVICE_CLOSE(Fault.DEVICE_CLOSE),
        REST(Fault.REST),
        REREAD(Fault.REREAD),
        REACQUIRE(Fault.REACQUIRE),
        DEVICE_OPEN(Fault.DEVICE_OPEN);

        final @Nullable Fault fault;

        Kind(@Nullable Fault fault) {
            this.fault = fault;
        }
    }

    private static final Kind[] KINDS = Kind.values();
    private static final int ABOUT = 8;
    private static final int FAILS = 16;

    private Move() {}

    static int of(Kind kind, int about) {
        return kind.ordinal() | about << ABOUT;
    }

    static Kind kind(int move) {
        return KINDS[move & 0xff];
    }

    static int about(int move) {
        return move >>> ABOUT & 0xff;
    }

    /// The point within it where somebody fails; -1 = nowhere.
    static int point(int move) {
        return (move >>> FAILS) - 1;
    }

    /// The same move, with somebody failing at a point within it.
    static int failing(int move, int point) {
        return move | point + 1 << FAILS;
    }

    /// The same move, with nobody failing within it.
    static int whole(int move) {
        return move & (1 << FAILS) - 1;
    }

    static boolean isFair(int move) {
        return kind(move).fault == null && move >>> FAILS == 0;
    }

    /// The move in words.
    static String describe(World world, int move) {
        int about = about(move);
        var kind = kind(move);
        var object = about < world.sites() ? "" + world.model.cookies[about] : "";
        var text = switch (kind) {
            case ACQUIRE -> "object " + object + " is looked up";
            case LOOK -> "reader " + about + " looks";
            case LATE_ASK -> "reader " + about + " asks for a hole that it saw before it was filled";
            case ASK -> "reader " + about + " asks for the hole";
            case WOKEN -> "reader " + about + " wakes and looks again";
            case NOTICE -> "object " + object + " hears from the device";
            case COMMAND -> "object " + object + " hears from its gate";
            case SUBMISSION -> "the device hears from object " + object;
            case ATTACH -> "the file of " + object + " is attached";
            case ATTACHED -> "object " + object + " hears that its file is attached";
            case TIMER -> "the back-off of " + object + " is over";
            case CALL -> "the device hears from the daemon: " + world.fromDaemon.getFirst();
            case REPLY -> "the daemon hears from the device";
            case SUPERVISOR_CALL -> "the device hears from the supervisor";
            case SUPERVISOR_HEARS -> "the supervisor hears from the device";
            case SUPERVISOR_NOTICES -> "the supervisor hears from the daemon";
            case BEGIN -> "the daemon is told to begin";
            case WORK -> "worker " + about + " goes on";
            case DEVICE_UP -> "all hear that the device is there";
            case CRASH -> "the daemon fails";
            case PROCESS_CRASH -> "the process dies";
            case OBJECT_CRASH -> "the actor of " + object + " fails";
            case DEVICE_CRASH -> "the device's actor fails";
            case SUPERVISOR_CRASH -> "the supervisor fails";
            case WORKER_DEATH -> "worker " + about + " dies";
            case CLOSE -> "the daemon closes a descriptor";
            case RESTORE -> "somebody says restore";
            case DROP -> "object " + object + " is released";
            case RETIRE -> "object " + object + " is released for good";
            case CANCEL -> "reader " + about + " gives up";
            case DEADLINE -> "the deadline of reader " + about + " passes";
            case OPEN_ERROR -> "worker " + about + " is refused by the origin";
            case READ_ERROR -> "worker " + about + " fails to fetch";
            case NO_DATA -> "worker " + about + " answers without data";
            case REFUSAL -> "the daemon cannot take what it is handed";
            case DUPLICATE -> "the device hears, and will hear again: " + world.fromDaemon.getFirst();
            case DEVICE_CLOSE -> "the device is closed";
            case REST -> "object " + object + " is asked to leave memory";
            case REREAD -> "reader " + about + " reads once more";
            case REACQUIRE -> "object " + object + " is wanted once more";
            case DEVICE_OPEN -> "the device is opened anew";
        };
        int point = move >>> FAILS;
        return point == 0 ? text : text + ", and somebody fails over it, at point " + point;
    }
}
