package cachefiles.app.check.explore;

import cachefiles.daemon.core.SupervisorCore.Handles;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// How much there is of everything. Within its bounds an exploration is exhaustive.
/// @param objects 1 to 4
/// @param readers of one read each, 1 to 8, spread over the objects in turn
/// @param workers of the daemon, 1 to 4
/// @param blocks of each object, 1 to 4
/// @param attempts to reopen an object before its READs fail (G5); 0 = more than can be needed
/// @param fruitless restarts of the daemon before the supervisor gives up; -1 = more than can be needed
/// @param handles what becomes of descriptors when the daemon dies
/// @param forged whether every answer that nobody may give is tried in every state, and must be void (I4), and not only
///     those that come late
/// @param wraps whether ids are about to come around to 0, and to those in use (S82, S84)
public record Bounds(
        int objects,
        int readers,
        int workers,
        int blocks,
        int attempts,
        int fruitless,
        Handles handles,
        boolean forged,
        boolean wraps,
        Map<Fault, Integer> faults) {
    public static final Bounds SMALLEST = new Bounds(1, 1, 1, 1, 0, -1, Handles.LOST, true, false, Map.of());

    public Bounds {
        require("objects", objects, 1, 4);
        require("readers", readers, 1, 8);
        require("workers", workers, 1, 4);
        require("blocks", blocks, 1, 4);
        require("attempts", attempts, 0, 8);
        require("fruitless", fruitless, -1, 8);
        if (handles == Handles.DEVICE_LOST) {
            throw new IllegalArgumentException(
                    "without fail-over there is nothing to explore: handles are lost or kept, not device-lost");
        }
        var budgets = new EnumMap<Fault, Integer>(Fault.class);
        faults.forEach((fault, count) -> {
            require(fault.flag(), count, 0, 9);
            if (count > 0) {
                budgets.put(fault, count);
            }
        });
        faults = Collections.unmodifiableMap(budgets);
    }

    private static void require(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + " must be " + least + " to " + most + ", not " + value);
        }
    }

    public int of(Fault fault) {
        return faults.getOrDefault(fault, 0);
    }

    public Bounds with(Fault fault, int count) {
        var more = new TreeMap<>(faults);
        more.put(fault, count);
        return new Bounds(objects, readers, workers, blocks, attempts, fruitless, handles, forged, wraps, more);
    }

    public Bounds sized(int newObjects, int newReaders, int newWorkers, int newBlocks) {
        return new Bounds(
                newObjects, newReaders, newWorkers, newBlocks, attempts, fruitless, handles, forged, wraps, faults);
    }

    public Bounds giving(int newAttempts, int newFruitless, Handles newHandles) {
        return new Bounds(
                objects, readers, workers, blocks, newAttempts, newFruitless, newHandles, forged, wraps, faults);
    }

    public Bounds forging(boolean tried) {
        return new Bounds(objects, readers, workers, blocks, attempts, fruitless, handles, tried, wraps, faults);
    }

    public Bounds wrapping(boolean around) {
        return new Bounds(objects, readers, workers, blocks, attempts, fruitless, handles, forged, around, faults);
    }

    /// As the command line has it, without `./cachefiles check`.
    public String flags() {
        var text = new StringBuilder("--objects " + objects + " --readers " + readers + " --workers " + workers);
        if (blocks != 1) {
            text.append(" --blocks ").append(blocks);
        }
        if (attempts != 0) {
            text.append(" --attempts ").append(attempts);
        }
        if (fruitless != -1) {
            text.append(" --fruitless ").append(fruitless);
        }
        if (handles == Handles.KEPT) {
            text.append(" --handles kept");
        }
        if (!forged) {
            text.append(" --forged 0");
        }
        if (wraps) {
            text.append(" --wrap 1");
        }
        for (Fault fault : Fault.values()) {
            if (of(fault) > 0) {
                text.append(" --").append(fault.flag()).append(' ').append(of(fault));
            }
        }
        return text.toString();
    }

    /// @return `quick`, `standard` or `deep`: the runs of a preset, one after the other
    public static List<Bounds> preset(String name) {
        return Presets.of(name);
    }
}
