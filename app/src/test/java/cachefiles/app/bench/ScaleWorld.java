package cachefiles.app.bench;

import cachefiles.app.engine.Cache;
import cachefiles.app.engine.CacheOptions;
import cachefiles.app.engine.CachedObject;
import cachefiles.app.engine.Volume;
import cachefiles.app.load.SyntheticOrigin;
import cachefiles.app.load.plan.Sizes;
import cachefiles.app.load.plan.Synthetic;
import cachefiles.daemon.actor.DaemonObserver;
import cachefiles.daemon.fetch.Origin;
import cachefiles.kernel.actor.DeviceObserver;
import cachefiles.kernel.actor.ObjectObserver;
import cachefiles.kernel.device.DeviceAction;
import cachefiles.kernel.device.DeviceCommand;
import cachefiles.kernel.device.DeviceEvent;
import cachefiles.kernel.device.DeviceState;
import cachefiles.kernel.object.ObjectAction;
import cachefiles.kernel.object.ObjectCommand;
import cachefiles.kernel.object.ObjectEvent;
import cachefiles.kernel.object.ObjectState;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Decision;
import cachefiles.kernel.uapi.DeviceException;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Faults;
import cachefiles.kernel.uapi.Key;
import cachefiles.persistence.journal.JournalFaults;
import cachefiles.persistence.journal.JournalSetting;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/// A cache over an origin without end, and counts of what is said and done in it.
public final class ScaleWorld implements AutoCloseable {
    static final int BLOCK_BYTES = 4096;
    private static final int OBJECT_BYTES = 4 * BLOCK_BYTES;
    private static final int OPENS_AT_A_TIME = 1000;

    /// What there was since the start.
    /// @param messages that changed the device or an object, and those that the device sent
    /// @param events of device and objects
    public record Counts(long messages, long events, long journaled, long allocatedBytes, long nanos) {
        public Counts since(Counts before) {
            return new Counts(
                    messages - before.messages,
                    events - before.events,
                    journaled - before.journaled,
                    allocatedBytes - before.allocatedBytes,
                    nanos - before.nanos);
        }
    }

    /// Fetches wait while it is shut; each of them until its worker is interrupted, or it is opened.
    private static final class Gate implements Origin {
        private final Origin origin;
        private volatile @Nullable CountDownLatch shut;
        private volatile CountDownLatch arrivals = new CountDownLatch(0);

        Gate(Synthetic synthetic) {
            this.origin = new SyntheticOrigin(synthetic, 0);
        }

        @Override
        public Content find(Cookie cookie) throws DeviceException {
            return origin.find(cookie);
        }

        @Override
        public void fetch(Cookie cookie, Content expected, long offset, ByteBuffer target) throws DeviceException {
            var waiting = shut;
            arrivals.countDown();
            try {
                if (waiting != null) {
                    waiting.await();
                }
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                throw new DeviceException(Errno.EINTR, cookie.toString());
            }
            origin.fetch(cookie, expected, offset, target);
        }
    }

    private final LongAdder messages = new LongAdder();
    private final LongAdder events = new LongAdder();
    private final LongAdder journaled = new LongAdder();
    private final Gate gate;
    private final AtomicReferenceArray<CachedObject> objects;
    private final Volume volume;
    public final Cache cache;

    /// @param workers requests that the daemon serves at a time
    public ScaleWorld(Path directory, JournalSetting journal, int count, int workers, Duration passivate)
            throws IOException, DeviceException {
        gate = new Gate(new Synthetic(count, Sizes.parse("" + OBJECT_BYTES)));
        objects = new AtomicReferenceArray<>(count);
        JournalFaults counting = (moment, _) -> {
            if (moment == JournalFaults.Moment.WRITING) {
                journaled.increment();
            }
            return CompletableFuture.completedFuture(null);
        };
        DeviceObserver device = this::device;
        ObjectObserver object = this::object;
        cache = Cache.open(CacheOptions.of(directory, gate)
                .journal(journal)
                .journalFaults(counting)
                .workers(workers)
                .threadsLeftBehind(2 * workers, Duration.ofMinutes(1))
                .readAhead(0)
                .readBytes(BLOCK_BYTES)
                .passivateAfter(passivate)
                .observers(device, object, DaemonObserver.NONE));
        volume = cache.acquireVolume("scale");
    }

    private void device(DeviceState after, DeviceCommand command, Decision<DeviceEvent, DeviceAction> decision) {
        int told = 0;
        for (var action : decision.actions()) {
            told += action instanceof DeviceAction.Tell ? 1 : 0;
        }
        messages.add(told + (decision.events().isEmpty() ? 0 : 1));
        events.add(decision.events().size());
    }

    private void object(
            Cookie cookie, ObjectState after, ObjectCommand command, Decision<ObjectEvent, ObjectAction> decision) {
        messages.increment();
        events.add(decision.events().size());
    }

    public Counts counts() {
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        return new Counts(
                messages.sum(),
                events.sum(),
                journaled.sum(),
                threads.getTotalThreadAllocatedBytes(),
                System.nanoTime());
    }

    /// Acquires objects, many at a time.
    public Counts open(int count, IntUnaryOperator which) throws InterruptedException {
        var before = counts();
        var places = new Semaphore(OPENS_AT_A_TIME);
        for (int i = 0; i < count; i++) {
            int object = which.applyAsInt(i);
            places.acquire();
            var unused = volume.acquireAsync(Key.of(Synthetic.name(object))).whenComplete((opened, failed) -> {
                if (failed != null) {
                    throw new IllegalStateException(failed);
                }
                objects.set(object, opened);
                places.release();
            });
        }
        places.acquire(OPENS_AT_A_TIME);
        return counts().since(before);
    }

    /// Reads a block of each of these objects, by 64 readers.
    public Counts read(int from, int limit, int block) throws InterruptedException {
        var before = counts();
        var threads = new ArrayList<Thread>();
        for (int reader = 0; reader < 64; reader++) {
            int first = from + reader;
            threads.add(Thread.ofVirtual().start(() -> {
                var buffer = ByteBuffer.allocate(BLOCK_BYTES);
                for (int object = first; object < limit; object += 64) {
                    try {
                        objects.get(object).read((long) block * BLOCK_BYTES, buffer.clear());
                    } catch (DeviceException failed) {
                        throw new IllegalStateException(failed);
                    }
                }
            }));
        }
        for (var thread : threads) {
            thread.join();
        }
        return counts().since(before);
    }

    /// Kills the daemon over a read of each of these objects.
    /// @return what there was from the kill to the moment that the last of them was in the hands of the successor
    public Counts crash(int from, int limit, int block) throws InterruptedException {
        var shut = new CountDownLatch(1);
        gate.shut = shut;
        gate.arrivals = new CountDownLatch(limit - from);
        var reads = new ArrayList<CompletableFuture<Integer>>();
        for (int object = from; object < limit; object++) {
            reads.add(objects.get(object)
                    .readAsync((long) block * BLOCK_BYTES, ByteBuffer.allocate(BLOCK_BYTES))
                    .bytes());
        }
        await(gate.arrivals);
        var again = new CountDownLatch(limit - from);
        var dead = new CompletableFuture<Counts>();
        cache.crash(Faults.Victim.DAEMON, null, new Faults.Crash("scale", () -> {
            gate.arrivals = again;
            dead.complete(counts());
        }));
        var before = dead.join();
        await(again);
        var cost = counts().since(before);
        shut.countDown();
        gate.shut = null;
        for (var read : List.copyOf(reads)) {
            if (read.join() != BLOCK_BYTES) {
                throw new IllegalStateException("a read was short");
            }
        }
        return cost;
    }

    private static void await(CountDownLatch latch) throws InterruptedException {
        if (!latch.await(10, TimeUnit.MINUTES)) {
            throw new IllegalStateException("it does not come to an end: " + latch.getCount() + " are missing");
        }
    }

    /// Reads one object that nobody has opened, from the beginning to the end.
    public long firstReadNanos(int object) throws DeviceException {
        long begin = System.nanoTime();
        var opened = volume.acquire(Synthetic.name(object));
        opened.read(0, ByteBuffer.allocate(BLOCK_BYTES));
        objects.set(object, opened);
        return System.nanoTime() - begin;
    }

    public void closeObjects() {
        for (int i = 0; i < objects.length(); i++) {
            var object = objects.getAndSet(i, null);
            if (object != null) {
                object.close();
            }
        }
    }

    @Override
    public void close() throws IOException {
        cache.close();
    }
}
