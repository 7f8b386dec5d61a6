package cachefiles.app.bench;

import cachefiles.app.engine.CachedObject;
import cachefiles.app.engine.Volume;
import cachefiles.daemon.core.SupervisorCore;
import cachefiles.daemon.fetch.MemoryOrigin;
import cachefiles.daemon.fetch.Origin;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceException;
import cachefiles.kernel.uapi.Faults;
import cachefiles.kernel.uapi.Key;
import cachefiles.kernel.uapi.Phase;
import cachefiles.persistence.journal.Journal;
import cachefiles.persistence.store.MemoryDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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

/// What a daemon's death costs those who wait, from its successor's first word to their last byte, beside the same
/// number of reads that nothing happened to. All reads are in the hands of the daemon when it dies: it has a worker for
/// each.
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 5)
@Measurement(iterations = 5)
public class Restores {
    static final int BLOCK_BYTES = 4096;
    /// So many that they are virtual threads: the predecessor's still hold theirs.
    static final int LEAST_WORKERS = 300;

    /// Fetches wait while it is shut, until those that it held are let go; those that come when it is open pass. Each
    /// waits for something of its own, as at a server: 100,000 who wait for one latch and are interrupted clear its
    /// queue in quadratic time.
    private static final class Sluice implements Origin {
        final MemoryOrigin origin = new MemoryOrigin();
        private volatile CountDownLatch arrivals = new CountDownLatch(0);
        private volatile @Nullable Queue<CountDownLatch> held;

        CountDownLatch shut(int expected) {
            arrivals = new CountDownLatch(expected);
            held = new ConcurrentLinkedQueue<>();
            return arrivals;
        }

        /// Lets pass what comes from now on.
        /// @return lets go those that came before
        Runnable open(int expected) {
            var before = held == null ? new ConcurrentLinkedQueue<CountDownLatch>() : held;
            held = null;
            arrivals = new CountDownLatch(expected);
            return () -> before.forEach(CountDownLatch::countDown);
        }

        @Override
        public Content find(Cookie cookie) throws DeviceException {
            return origin.find(cookie);
        }

        @Override
        public void fetch(Cookie cookie, Content expected, long offset, ByteBuffer target) throws DeviceException {
            var waiting = held;
            var turn = new CountDownLatch(1);
            if (waiting != null) {
                waiting.add(turn);
            }
            arrivals.countDown();
            if (waiting != null) {
                await(turn);
            }
            origin.fetch(cookie, expected, offset, target);
        }
    }

    static void await(CountDownLatch latch) {
        try {
            if (!latch.await(5, TimeUnit.MINUTES)) {
                throw new IllegalStateException("it does not come to an end");
            }
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    /// Holds the daemon's successor at its first word.
    private static final class Hold implements Faults {
        private volatile CountDownLatch arrived = new CountDownLatch(0);
        private volatile CountDownLatch released = new CountDownLatch(0);

        @Override
        public void at(Phase phase, Victim here, @Nullable Cookie cookie) {
            if (phase == Phase.STARTING) {
                arrived.countDown();
                await(released);
            }
        }

        CountDownLatch next() {
            arrived = new CountDownLatch(1);
            released = new CountDownLatch(1);
            return arrived;
        }
    }

    @State(Scope.Benchmark)
    public static class World {
        private final Sluice sluice = new Sluice();
        private final Hold hold = new Hold();
        private Bench bench;
        private Volume volume;
        private int named;

        void start(int workers, SupervisorCore.Handles handles, Journal.Kind journal) throws DeviceException {
            bench = new Bench(
                    sluice,
                    journal,
                    options -> options.store(MemoryDisk.forgetful().store(new Random(1)::nextLong))
                            .workers(workers)
                            .threadsLeftBehind(workers + 1, Duration.ofMinutes(1)) // all of them, for a moment
                            .handles(handles)
                            .faults(hold)
                            .readBytes(BLOCK_BYTES));
            volume = bench.cache.acquireVolume(Bench.VOLUME);
        }

        @TearDown
        public void close() throws IOException {
            bench.close();
        }

        List<CompletableFuture<CachedObject>> acquire(int count, long sizeBytes) {
            var acquired = new ArrayList<CompletableFuture<CachedObject>>();
            for (int i = 0; i < count; i++) {
                var name = Key.of("object-" + ++named);
                sluice.origin.put(new Cookie(Key.of(Bench.VOLUME), name), sizeBytes);
                acquired.add(volume.acquireAsync(name));
            }
            return acquired;
        }

        CountDownLatch read(List<CachedObject> objects, int readsEach) {
            var done = new CountDownLatch(objects.size() * readsEach);
            for (int read = 0; read < readsEach; read++) {
                for (CachedObject object : objects) {
                    var bytes = object.readAsync((long) read * BLOCK_BYTES, ByteBuffer.allocate(BLOCK_BYTES))
                            .bytes();
                    var unused = bytes.thenRun(done::countDown); // a read that fails is missed, and ends the run
                }
            }
            return done;
        }

        CountDownLatch shut(int expected) {
            return sluice.shut(expected);
        }

        Runnable open(int expected) {
            return sluice.open(expected);
        }

        /// Counts the fetches that pass since [#open].
        CountDownLatch arrivals() {
            return sluice.arrivals;
        }

        /// Lets the successor begin.
        void release() {
            hold.released.countDown();
        }

        /// Kills the daemon, and waits for its successor.
        void crash() {
            var successor = hold.next();
            bench.cache.crash(Faults.Victim.DAEMON, null, new Faults.Crash("bench", () -> {}));
            await(successor);
        }
    }

    @State(Scope.Benchmark)
    public static class Reads {
        @Param({"1", "1000", "100000"})
        public int inFlight;

        @Param({"LOST", "KEPT"})
        public SupervisorCore.Handles handles;

        private List<CachedObject> objects = List.of();
        private int each;

        @Setup
        public void start(World world) throws DeviceException {
            world.start(Math.max(inFlight, LEAST_WORKERS), handles, Journal.Kind.MEMORY);
            each = Math.min(inFlight, 50);
        }

        @Setup(Level.Invocation)
        public void open(World world) {
            objects = world.acquire(inFlight / each, (long) each * BLOCK_BYTES).stream()
                    .map(CompletableFuture::join)
                    .toList();
        }

        @TearDown(Level.Invocation)
        public void forget() {
            objects.forEach(CachedObject::retire);
        }
    }

    @State(Scope.Benchmark)
    public static class Crashed {
        private CountDownLatch done = new CountDownLatch(0);
        private Runnable held = () -> {};

        @Setup(Level.Invocation)
        public void crash(World world, Reads reads) {
            var arrived = world.shut(reads.inFlight);
            done = world.read(reads.objects, reads.each);
            await(arrived);
            world.crash();
            held = world.open(reads.inFlight);
        }

        @TearDown(Level.Invocation)
        public void letGo() {
            held.run();
        }
    }

    @Benchmark
    public void ordinary(World world, Reads reads) {
        await(world.read(reads.objects, reads.each));
    }

    @Benchmark
    public void restored(World world, Reads reads, Crashed crashed) {
        world.release();
        await(crashed.done);
    }
}
