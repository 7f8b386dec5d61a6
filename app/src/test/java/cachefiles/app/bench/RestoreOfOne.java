package cachefiles.app.bench;

import cachefiles.app.engine.CachedObject;
import cachefiles.daemon.core.SupervisorCore.Handles;
import cachefiles.kernel.uapi.DeviceException;
import cachefiles.persistence.journal.Journal;
import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.util.ListStatistics;
import org.openjdk.jmh.util.Statistics;

/// What the restore of one request takes beside one ordinary miss, in turn and in one process: wake-ups of threads are
/// most of it, and what those take changes from minute to minute, and from process to process. Many times, for cold
/// code is slower than anything that is compared here.
final class RestoreOfOne {
    private static final int WARM_UP = 6_000;
    private static final int ROUNDS = 3_000;

    enum What {
        ORDINARY,
        KEPT,
        LOST
    }

    private RestoreOfOne() {}

    /// Microseconds.
    static Map<What, Statistics> measure() throws DeviceException, IOException {
        var kept = new Restores.World();
        var lost = new Restores.World();
        kept.start(Restores.LEAST_WORKERS, Handles.KEPT, Journal.Kind.MEMORY);
        lost.start(Restores.LEAST_WORKERS, Handles.LOST, Journal.Kind.MEMORY);
        var micros = new EnumMap<What, double[]>(What.class);
        for (What what : What.values()) {
            micros.put(what, new double[ROUNDS]);
        }
        for (int round = -WARM_UP; round < ROUNDS; round++) {
            for (What what : What.values()) {
                long nanos = what == What.ORDINARY ? ordinary(kept) : restored(what == What.KEPT ? kept : lost);
                if (round >= 0) {
                    micros.get(what)[round] = nanos / 1e3;
                }
            }
        }
        kept.close();
        lost.close();
        var all = new EnumMap<What, Statistics>(What.class);
        micros.forEach((what, each) -> all.put(what, new ListStatistics(each)));
        return all;
    }

    private static long ordinary(Restores.World world) {
        var objects = open(world);
        long start = System.nanoTime();
        Restores.await(world.read(objects, 1));
        long nanos = System.nanoTime() - start;
        objects.forEach(CachedObject::retire);
        return nanos;
    }

    private static long restored(Restores.World world) {
        var objects = open(world);
        var arrived = world.shut(1);
        var done = world.read(objects, 1);
        Restores.await(arrived);
        world.crash();
        var held = world.open(1);
        long start = System.nanoTime();
        world.release();
        Restores.await(done);
        long nanos = System.nanoTime() - start;
        held.run();
        objects.forEach(CachedObject::retire);
        return nanos;
    }

    private static List<CachedObject> open(Restores.World world) {
        return List.of(world.acquire(1, Restores.BLOCK_BYTES).getFirst().join());
    }
}
