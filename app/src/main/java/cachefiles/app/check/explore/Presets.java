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

    /// Two objects, two readers, two workers, and one crash of the daemon: each run adds to this.
    private static final Bounds PAIR = Bounds.SMALLEST.sized(2, 2, 2, 1).with(Fault.CRASH, 1);

    /// One object with two readers: where objects have nothing to do with each other.
    private static final Bounds ONE = Bounds.SMALLEST.sized(1, 2, 2, 1).with(Fault.CRASH, 1);

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
                PAIR.with(Fault.CLOSE, 2).with(Fault.CANCEL, 1),
                PAIR.with(Fault.OPEN_ERROR, 1).with(Fault.NO_DATA, 1).with(Fault.CLOSE, 1),
                PAIR.with(Fault.READ_ERROR, 1).with(Fault.REFUSAL, 1).with(Fault.RETIRE, 1),
                PAIR.with(Fault.DEVICE_CLOSE, 1).with(Fault.DROP, 1).with(Fault.RESTORE, 1),
                PAIR.with(Fault.PROCESS_CRASH, 1).with(Fault.DROP, 1),
                PAIR.with(Fault.WORKER_DEATH, 1).with(Fault.CLOSE, 1).with(Fault.DEADLINE, 1),
                ONE.with(Fault.DEVICE_CRASH, 1).with(Fault.OBJECT_CRASH, 1).with(Fault.CLOSE, 1),
                ONE.with(Fault.OBJECT_CRASH, 2).with(Fault.DROP, 1).with(Fault.CANCEL, 1),
                ONE.with(Fault.SUPERVISOR_CRASH, 1).with(Fault.DEVICE_CRASH, 1),
                ONE.with(Fault.DUPLICATE, 1).with(Fault.CLOSE, 1).with(Fault.RESTORE, 1),
                ONE.with(Fault.CLOSE, 2).with(Fault.REST, 1).giving(1, -1, Handles.LOST),
                PAIR.with(Fault.CRASH, 2).with(Fault.CLOSE, 1).giving(0, -1, Handles.KEPT),
                ONE.with(Fault.CRASH, 3).giving(0, 1, Handles.LOST));
    }

    private static List<Bounds> deep() {
        return List.of(
                QUICK.sized(2, 3, 3, 1),
                PAIR.sized(2, 2, 2, 2).with(Fault.CLOSE, 1).with(Fault.DROP, 1),
                PAIR.sized(3, 3, 2, 1).with(Fault.CLOSE, 1));
    }
}
