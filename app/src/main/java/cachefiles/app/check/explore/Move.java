package cachefiles.app.check.explore;

import org.jspecify.annotations.Nullable;

/// What can happen, as a number: its kind, whom it is about, and where within it somebody fails.
@SuppressWarnings("EnumOrdinal") // for no longer than one exploration
final class Move {
    /// What is fair happens by itself, sooner or later; the rest is somebody's fault.
    enum Kind {
        ACQUIRE(null, "object {object} is looked up"),
        LOOK(null, "reader {number} looks"),
        LATE_ASK(null, "reader {number} asks for a hole that it saw before it was filled"),
        ASK(null, "reader {number} asks for the hole"),
        WOKEN(null, "reader {number} wakes and looks again"),
        NOTICE(null, "object {object} hears from the device"),
        COMMAND(null, "object {object} hears from its gate"),
        SUBMISSION(null, "the device hears from object {object}"),
        ATTACH(null, "the file of {object} is attached"),
        ATTACHED(null, "object {object} hears that its file is attached"),
        TIMER(null, "the back-off of {object} is over"),
        CALL(null, "the device hears from the daemon: {said}"),
        REPLY(null, "the daemon hears from the device"),
        SUPERVISOR_CALL(null, "the device hears from the supervisor"),
        SUPERVISOR_HEARS(null, "the supervisor hears from the device"),
        SUPERVISOR_NOTICES(null, "the supervisor hears from the daemon"),
        BEGIN(null, "the daemon is told to begin"),
        WORK(null, "worker {number} goes on"),
        DEVICE_UP(null, "all hear that the device is there"),
        CRASH(Fault.CRASH, "the daemon fails"),
        PROCESS_CRASH(Fault.PROCESS_CRASH, "the process dies"),
        OBJECT_CRASH(Fault.OBJECT_CRASH, "the actor of {object} fails"),
        DEVICE_CRASH(Fault.DEVICE_CRASH, "the device's actor fails"),
        SUPERVISOR_CRASH(Fault.SUPERVISOR_CRASH, "the supervisor fails"),
        WORKER_DEATH(Fault.WORKER_DEATH, "worker {number} dies"),
        CLOSE(Fault.CLOSE, "the daemon closes a descriptor"),
        RESTORE(Fault.RESTORE, "somebody says restore"),
        DROP(Fault.DROP, "object {object} is released"),
        RETIRE(Fault.RETIRE, "object {object} is released for good"),
        CANCEL(Fault.CANCEL, "reader {number} gives up"),
        DEADLINE(Fault.DEADLINE, "the deadline of reader {number} passes"),
        OPEN_ERROR(Fault.OPEN_ERROR, "worker {number} is refused by the origin"),
        READ_ERROR(Fault.READ_ERROR, "worker {number} fails to fetch"),
        NO_DATA(Fault.NO_DATA, "worker {number} answers without data"),
        REFUSAL(Fault.REFUSAL, "the daemon cannot take what it is handed"),
        DUPLICATE(Fault.DUPLICATE, "the device hears, and will hear again: {said}"),
        DEVICE_CLOSE(Fault.DEVICE_CLOSE, "the device is closed"),
        REST(Fault.REST, "object {object} is asked to leave memory"),
        REREAD(Fault.REREAD, "reader {number} reads once more"),
        REACQUIRE(Fault.REACQUIRE, "object {object} is wanted once more"),
        DEVICE_OPEN(Fault.DEVICE_OPEN, "the device is opened anew"),
        CHANGE(Fault.CHANGE, "the origin has another content"),
        RECOVER(null, "the actor of {object} comes back and reads its journal");

        final @Nullable Fault fault;
        private final String words;

        /// @param words may name the object, reader or worker that it is about, and what the daemon has said
        Kind(@Nullable Fault fault, String words) {
            this.fault = fault;
            this.words = words;
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
        var said = world.fromDaemon.isEmpty() ? "" : "" + world.fromDaemon.getFirst();
        var text = kind.words
                .replace("{object}", object)
                .replace("{number}", "" + about)
                .replace("{said}", said);
        int point = move >>> FAILS;
        return point == 0 ? text : text + ", and somebody fails over it, at point " + point;
    }
}
