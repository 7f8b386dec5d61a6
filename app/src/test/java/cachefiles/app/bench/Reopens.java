package cachefiles.app.bench;

import cachefiles.app.engine.CachedObject;
import cachefiles.daemon.core.SupervisorCore;
import cachefiles.kernel.uapi.DeviceException;
import cachefiles.persistence.journal.Journal;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// Reopening: 10,000 objects with one read in flight each, from the successor's first word to the last re-delivery,
/// beside the cold opening of as many objects.
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3)
@Measurement(iterations = 4)
public class Reopens {
    private static final int OBJECTS = 10_000;

    @State(Scope.Benchmark)
    public static class Files {
        @Param({"MEMORY", "H2"})
        public Journal.Kind journal;

        private List<CachedObject> objects = List.of();

        @Setup
        public void start(Restores.World world) throws DeviceException {
            world.start(OBJECTS, SupervisorCore.Handles.LOST, journal);
        }

        void acquire(Restores.World world) {
            objects = world.acquire(OBJECTS, Restores.BLOCK_BYTES).stream()
                    .map(CompletableFuture::join)
                    .toList();
        }

        @TearDown(Level.Invocation)
        public void forget() {
            objects.forEach(CachedObject::retire);
            objects = List.of();
        }
    }

    @State(Scope.Benchmark)
    public static class Crashed {
        private CountDownLatch done = new CountDownLatch(0);
        private Runnable held = () -> {};
        private CountDownLatch delivered = new CountDownLatch(0);

        @Setup(Level.Invocation)
        public void crash(Restores.World world, Files files) {
            files.acquire(world);
            var arrived = world.shut(OBJECTS);
            done = world.read(files.objects, 1);
            Restores.await(arrived);
            world.crash();
            held = world.open(OBJECTS);
            delivered = world.arrivals();
        }

        @TearDown(Level.Invocation)
        public void letGo() {
            Restores.await(done);
            held.run();
        }
    }

    @Benchmark
    public void opened(Restores.World world, Files files) {
        files.acquire(world);
    }

    @Benchmark
    public void reopened(Restores.World world, Crashed crashed) {
        world.release();
        Restores.await(crashed.delivered);
    }
}
