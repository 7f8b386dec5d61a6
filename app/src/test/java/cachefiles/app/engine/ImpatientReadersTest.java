package cachefiles.app.engine;

import static cachefiles.kernel.uapi.Faults.Victim.DAEMON;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.kernel.uapi.DeviceException;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Phase;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Readers that are interrupted while they wait, or cancel, while daemons die. The interrupted take actors' turns as
/// all who wait do: what they leave half done would be missed by others.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ImpatientReadersTest {
    private static final int ROUNDS = 25;
    private static final int BYTES = 64 * 1024;

    @TempDir
    Path directory;

    @Test
    @Tag("Q10")
    @Tag("I1")
    @Tag("I15")
    @Tag("I18")
    void readers_that_give_up_while_daemons_die_leave_nothing_behind_and_harm_no_other() throws Exception {
        try (var blobs = Blobs.make(directory.resolve("origin"), 24, BYTES);
                var rig = Rig.over(directory.resolve("cache"), blobs, options -> options)) {
            var volume = rig.cache.acquireVolume(Rig.VOLUME);
            var kept = volume.acquire(Blobs.name(0));
            var patient = Readers.start(rig, 8, volume, blobs, 4, 1);
            var impatient = new ArrayList<Impatient>();
            var seeds = new SplittableRandom(10);
            for (int i = 0; i < 16; i++) {
                impatient.add(new Impatient(volume, blobs, i % 2 == 0, seeds.split()));
            }

            var random = seeds.split();
            for (int i = 0; i < ROUNDS && !patient.hasFailed(); i++) {
                for (Phase phase : List.of(Phase.OPEN_DELIVERED, Phase.READ_QUEUED, Phase.FETCHED, Phase.WRITTEN)) {
                    long due = rig.plan.landed(DAEMON, phase) + 1;
                    rig.plan.arm(DAEMON, phase);
                    Eventually.holds("a daemon's death at " + phase.word(), () -> {
                        impatient.get(random.nextInt(impatient.size())).disturb();
                        return rig.plan.landed(DAEMON, phase) >= due;
                    });
                }
            }
            for (Impatient reader : impatient) {
                reader.stopAndCheck();
            }
            patient.stopAndCheck();
            assertTrue(impatient.stream().mapToLong(Impatient::interrupted).sum() >= ROUNDS, "interrupted");
            assertTrue(impatient.stream().mapToLong(Impatient::cancelled).sum() >= ROUNDS, "cancelled");
            assertTrue(rig.ledger.restarts() >= 4 * ROUNDS);
            assertNothingIsLeft(rig, volume, kept);
        }
    }

    private static void assertNothingIsLeft(Rig rig, Volume volume, CachedObject kept) throws Exception {
        var cache = rig.cache;
        Eventually.holds(
                "an idle gate", () -> kept.gate().waiting() == 0 && kept.gate().outstanding() == 0);
        kept.close();
        volume.release();
        Eventually.holds(() -> rig.ledger.requests() + " requests in the table", () -> rig.ledger.requests() == 0);
        assertEquals(cache.options().readsInFlight, cache.reads().availablePermits(), "reads");
        assertEquals(cache.options().opensInFlight, cache.opens().availablePermits(), "opens");
        Eventually.holds("no actor in memory", () -> objectsInMemory(cache) == 0);
        cache.acquireVolume(Rig.VOLUME).release();
    }

    private static int objectsInMemory(Cache cache) {
        try {
            return cache.objectsInMemory();
        } catch (DeviceException failed) {
            throw new AssertionError(failed);
        }
    }

    /// Reads at random places, and may be disturbed while it waits.
    private static final class Impatient {
        private final Volume volume;
        private final Blobs blobs;
        private final SplittableRandom random;
        private final Thread thread;
        private final AtomicLong wrong = new AtomicLong();
        private final AtomicLong interrupted = new AtomicLong();
        private final AtomicLong cancelled = new AtomicLong();
        private final List<String> errors = new ArrayList<>();
        private boolean disturbable;
        private volatile boolean stopped;

        Impatient(Volume volume, Blobs blobs, boolean isVirtual, SplittableRandom random) {
            this.volume = volume;
            this.blobs = blobs;
            this.random = random;
            this.thread = (isVirtual ? Thread.ofVirtual() : Thread.ofPlatform()).start(this::run);
        }

        /// Interrupts it, if it is at the cache.
        synchronized void disturb() {
            if (disturbable) {
                thread.interrupt();
            }
        }

        private synchronized void begin() {
            disturbable = true;
        }

        /// From here on it is let alone.
        private synchronized void end() {
            disturbable = false;
            Thread.interrupted();
        }

        private interface Work<T> {
            T get() throws Exception;
        }

        private <T> T disturbably(Work<T> work) throws Exception {
            begin();
            try {
                return work.get();
            } finally {
                end();
            }
        }

        private void run() {
            while (!stopped) {
                int number = random.nextInt(blobs.count());
                try {
                    var object = disturbably(() -> volume.acquire(Blobs.name(number)));
                    for (int i = 0; i < 4 && !stopped; i++) {
                        read(object, number);
                    }
                    if (random.nextInt(4) == 0) {
                        object.retire();
                    } else {
                        object.close();
                    }
                } catch (Exception failed) {
                    note(failed, interrupted);
                }
            }
        }

        private void read(CachedObject object, int number) {
            long offset = random.nextLong(object.sizeBytes());
            var target = ByteBuffer.allocate(BYTES / 2);
            if (random.nextBoolean()) {
                try {
                    int length = disturbably(() -> object.read(offset, target));
                    wrong.addAndGet(blobs.wrong(number, offset, target.capacity(), target, length));
                } catch (Exception failed) {
                    note(failed, interrupted);
                }
            } else {
                var read = object.readAsync(offset, target);
                if (random.nextBoolean()) {
                    read.cancel().run();
                }
                try {
                    int length = Eventually.of(read.bytes());
                    wrong.addAndGet(blobs.wrong(number, offset, target.capacity(), target, length));
                } catch (ExecutionException failed) {
                    note(failed.getCause(), cancelled);
                } catch (Exception | AssertionError failed) {
                    note(failed, cancelled);
                }
            }
        }

        private void note(Throwable failed, AtomicLong given) {
            if (failed instanceof DeviceException said && said.errno() == Errno.EINTR) {
                given.incrementAndGet();
            } else {
                synchronized (errors) {
                    errors.add(failed.toString());
                }
            }
        }

        long interrupted() {
            return interrupted.get();
        }

        long cancelled() {
            return cancelled.get();
        }

        void stopAndCheck() throws InterruptedException {
            stopped = true;
            assertTrue(thread.join(Eventually.LONG), "waits for ever");
            synchronized (errors) {
                assertEquals(List.of(), errors.stream().limit(10).toList());
            }
            assertEquals(0, wrong.get(), "wrong bytes");
        }
    }
}
