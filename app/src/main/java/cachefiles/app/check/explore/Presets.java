package cachefiles.app.check.explore;

import cachefiles.daemon.core.SupervisorCore.Handles;
import java.util.List;

/// The bounds that have names. What is too much at once is several runs that each add something.
final class Presets {
    private static final Bounds QUICK = Bounds.SMALLEST
            .sized(2, 3, 2, 1)
            .with(Fault.CRASH, 2)
            .with(Fault.RESTORE, 2)
            .with(Fault.CLOSE, 1)
            .with(Fault.DROP, 1);

    /// One crash of the daemon, and each run adds to it: with three readers, where that is not too much,
    private static final Bounds TRIO = Bounds.SMALLEST.sized(2, 3, 2, 1).with(Fault.CRASH, 1);

    /// else with two,
    private static final Bounds PAIR = TRIO.sized(2, 2, 2, 1);

    /// or with two of one object.
    private static final Bounds ONE = TRIO.sized(1, 2, 2, 1);

    private Presets() {}

    static List<Bounds> of(String name) {
        return switch (name) {
            case "quick" -> List.of(QUICK);
            case "standard" -> standard();
            case "deep" -> deep();
            default -> throw new IllegalArgumentException("no preset " + name + ": there are quick, standard and deep");
        };
    }

    private static List<Bounds> standard() {
        return List.of(
                TRIO.with(Fault.CLOSE, 2).with(Fault.CANCEL, 1),
                TRIO.with(Fault.OPEN_ERROR, 1).with(Fault.NO_DATA, 1).with(Fault.CLOSE, 1),
                TRIO.with(Fault.READ_ERROR, 1).with(Fault.REFUSAL, 1).with(Fault.RETIRE, 1),
                TRIO.with(Fault.DEVICE_CLOSE, 1).with(Fault.DROP, 1).with(Fault.RESTORE, 1),
                TRIO.with(Fault.WORKER_DEATH, 1).with(Fault.CLOSE, 1).with(Fault.DEADLINE, 1),
                TRIO.with(Fault.DUPLICATE, 1).with(Fault.CLOSE, 1).with(Fault.RESTORE, 1),
                PAIR.with(Fault.PROCESS_CRASH, 1).with(Fault.DROP, 1).with(Fault.CLOSE, 1),
                PAIR.with(Fault.DEVICE_CRASH, 1),
                PAIR.with(Fault.OBJECT_CRASH, 1).with(Fault.CLOSE, 1),
                PAIR.with(Fault.SUPERVISOR_CRASH, 1).with(Fault.CLOSE, 1),
                ONE.with(Fault.DEVICE_CRASH, 1).with(Fault.OBJECT_CRASH, 1).with(Fault.CLOSE, 1),
                ONE.with(Fault.OBJECT_CRASH, 2).with(Fault.DROP, 1).with(Fault.CANCEL, 1),
                ONE.with(Fault.SUPERVISOR_CRASH, 1).with(Fault.DEVICE_CRASH, 1),
                TRIO.with(Fault.REREAD, 1).with(Fault.CLOSE, 1).with(Fault.CANCEL, 1),
                PAIR.with(Fault.REACQUIRE, 1).with(Fault.DROP, 1).with(Fault.CLOSE, 1),
                ONE.with(Fault.REACQUIRE, 1).with(Fault.DROP, 1).with(Fault.OBJECT_CRASH, 1),
                ONE.with(Fault.REACQUIRE, 1)
                        .with(Fault.DROP, 1)
                        .with(Fault.DEVICE_CLOSE, 1)
                        .with(Fault.DEVICE_OPEN, 1),
                PAIR.with(Fault.CHANGE, 1).with(Fault.CLOSE, 1),
                ONE.with(Fault.CHANGE, 1)
                        .with(Fault.PROCESS_CRASH, 1)
                        .with(Fault.DROP, 1)
                        .with(Fault.REACQUIRE, 1),
                PAIR.with(Fault.JOURNAL_FAILURE, 1).with(Fault.RETIRE, 1).with(Fault.CLOSE, 1),
                ONE.with(Fault.JOURNAL_FAILURE, 2)
                        .with(Fault.RETIRE, 1)
                        .with(Fault.REACQUIRE, 1)
                        .with(Fault.CHANGE, 1),
                PAIR.with(Fault.CLOSE, 1).with(Fault.CANCEL, 1).wrapping(true),
                PAIR.with(Fault.CLOSE, 2).with(Fault.REST, 1).giving(1, -1, Handles.LOST),
                TRIO.with(Fault.CRASH, 2).with(Fault.CLOSE, 1).giving(0, -1, Handles.KEPT),
                PAIR.with(Fault.CRASH, 3).giving(0, 1, Handles.LOST));
    }

    private static List<Bounds> deep() {
        return List.of(
                QUICK.sized(2, 3, 3, 1),
                PAIR.sized(2, 2, 2, 2).with(Fault.CLOSE, 1).with(Fault.DROP, 1),
                PAIR.sized(3, 3, 2, 1).with(Fault.CLOSE, 1));
    }
}
