package cachefiles.app.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import cachefiles.kernel.uapi.DeviceException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/// Many threads that acquire objects, read at random places, compare each read at its time with the origin, and release
/// the objects, some of them for good so that there is always something missing.
final class Readers {
    private static final int READS_PER_USE = 4;
    private static final int MOST_BYTES = 48 * 1024;

    private final Rig rig;
    private final Volume volume;
    private final Blobs blobs;
    private final int retireOneIn;
    private final List<Thread> threads = new ArrayList<>();
    private final LongAdder reads = new LongAdder();
    private final AtomicLong wrongBytes = new AtomicLong();
    private final Map<Thread, String> at = new ConcurrentHashMap<>();
    private final List<String> errors = new ArrayList<>();
    private volatile boolean stopped;

    private Readers(Rig rig, Volume volume, Blobs blobs, int retireOneIn) {
        this.rig = rig;
        this.volume = volume;
        this.blobs = blobs;
        this.retireOneIn = retireOneIn;
    }

    /// @param retireOneIn so many uses ends for good
    static Readers start(Rig rig, int count, Volume volume, Blobs blobs, int retireOneIn, long seed) {
        var readers = new Readers(rig, volume, blobs, retireOneIn);
        var seeds = new SplittableRandom(seed);
        for (int i = 0; i < count; i++) {
            var random = seeds.split();
            readers.threads.add(Thread.ofPlatform().name("reader-" + i).start(() -> readers.run(random)));
        }
        return readers;
    }

    private void run(SplittableRandom random) {
        while (!stopped) {
            int number = random.nextInt(blobs.count());
            try {
                at.put(Thread.currentThread(), "acquiring " + number);
                var object = volume.acquire(Blobs.name(number));
                for (int i = 0; i < READS_PER_USE && !stopped; i++) {
                    read(object, number, random);
                }
                if (random.nextInt(retireOneIn) == 0) {
                    object.retire();
                } else {
                    object.close();
                }
            } catch (DeviceException | RuntimeException failed) {
                failed("acquire " + number, failed);
            }
        }
    }

    private void read(CachedObject object, int number, SplittableRandom random) {
        long offset = random.nextLong(object.sizeBytes());
        var target = ByteBuffer.allocate(1 + random.nextInt(MOST_BYTES));
        at.put(Thread.currentThread(), "reading " + number + " at " + offset);
        try {
            int length = object.read(offset, target);
            wrongBytes.addAndGet(blobs.wrong(number, offset, target.capacity(), target, length));
            reads.increment();
        } catch (DeviceException | RuntimeException failed) {
            failed("read " + number + " at " + offset, failed);
        }
    }

    private void failed(String what, Exception why) {
        synchronized (errors) {
            errors.add(what + ": " + why);
        }
    }

    long reads() {
        return reads.sum();
    }

    /// Ends the load: whoever waits must come back, without an error and with the right bytes.
    void stopAndCheck() throws InterruptedException {
        stopped = true;
        long end = System.nanoTime() + Eventually.LONG.toNanos();
        var stuck = new ArrayList<String>();
        for (Thread thread : threads) {
            thread.join(Math.max(1, (end - System.nanoTime()) / 1_000_000));
            if (thread.isAlive()) {
                stuck.add(thread.getName() + ": " + at.get(thread));
            }
        }
        synchronized (errors) {
            assertEquals(
                    List.of(),
                    errors.stream().limit(10).toList(),
                    errors.size() + " errors; " + rig.whyErrors() + "; stuck: " + stuck);
        }
        assertEquals(List.of(), stuck, "wait for ever");
        assertEquals(0, wrongBytes.get(), "wrong bytes");
    }

    boolean hasFailed() {
        synchronized (errors) {
            return !errors.isEmpty() || wrongBytes.get() > 0;
        }
    }
}
