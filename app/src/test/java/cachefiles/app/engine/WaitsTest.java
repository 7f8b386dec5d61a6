package cachefiles.app.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.daemon.core.SupervisorCore.Handles;
import cachefiles.daemon.fetch.DirectoryOrigin;
import cachefiles.kernel.device.DeviceLimits;
import cachefiles.kernel.uapi.DeviceException;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Faults;
import cachefiles.kernel.uapi.Faults.Victim;
import cachefiles.kernel.uapi.Opcode;
import cachefiles.kernel.uapi.Phase;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Every wait ends (I15): by answer, cancel, drop, death, or deadline; and a daemon that never gets anywhere with a
/// handle is not tried for ever (G5).
@DisplayNameGeneration(ReplaceUnderscores.class)
class WaitsTest {
    private static final int BYTES = 64 * 1024;

    @TempDir
    Path directory;

    /// A reader that waits for an origin that keeps it waiting.
    private interface Scene {
        void play(Rig rig, Volume volume, CachedObject object, Blobs blobs, Held held) throws Exception;
    }

    private void waiting(UnaryOperator<CacheOptions> change, Scene scene) throws Exception {
        try (var blobs = Blobs.make(directory.resolve("origin"), 2, BYTES)) {
            var held = new Held(DirectoryOrigin.of(blobs.directory()));
            try (var rig = Rig.over(directory.resolve("cache"), held, change)) {
                var volume = rig.cache.acquireVolume(Rig.VOLUME);
                scene.play(rig, volume, volume.acquire(Blobs.name(0)), blobs, held);
            }
        }
    }

    private static CachedObject.Read readAsync(CachedObject object) {
        return object.readAsync(0, ByteBuffer.allocate(4096));
    }

    private static void assertEnds(Errno expected, CompletableFuture<?> future) {
        var failed = assertThrows(ExecutionException.class, () -> Eventually.of(future));
        assertEquals(expected, ((DeviceException) failed.getCause()).errno());
    }

    private static void assertReads(Blobs blobs, CachedObject object) throws DeviceException {
        var target = ByteBuffer.allocate(BYTES);
        assertEquals(0, blobs.wrong(0, 0, BYTES, target, object.read(0, target)), "wrong bytes");
    }

    @Test
    @Tag("I15")
    @Tag("S89")
    void by_cancel_and_the_other_reader_of_the_range_gets_its_bytes() throws Exception {
        waiting(options -> options, (rig, _, object, blobs, held) -> {
            var hold = held.hold();
            var cancelled = readAsync(object);
            var other = readAsync(object);
            Eventually.holds("the fetch", () -> held.waiting() == 1);
            cancelled.cancel().run();
            assertEnds(Errno.EINTR, cancelled.bytes());
            assertFalse(other.bytes().isDone());
            hold.complete(false);
            assertEquals(4096, Eventually.of(other.bytes()));
            assertReads(blobs, object);
            assertEquals(BYTES, rig.origin.fetchedBytes());
        });
    }

    @Test
    @Tag("I15")
    void by_the_objects_withdrawal_between_a_look_and_the_question_and_the_readers_place_is_free() throws Exception {
        waiting(options -> options.readsInFlight(1), (rig, volume, object, blobs, _) -> {
            rig.store.atHole(() -> {
                rig.store.atHole(() -> {});
                object.close();
                Eventually.holds("the refusal", () -> isRefused(object));
            });
            var refused = assertThrows(DeviceException.class, () -> object.read(0, ByteBuffer.allocate(4096)));
            assertEquals(Errno.EIO, refused.errno());
            try (var anew = volume.acquire(Blobs.name(0))) {
                assertReads(blobs, anew);
            }
        });
    }

    private static boolean isRefused(CachedObject object) {
        try {
            return object.read(0, ByteBuffer.allocate(0)) < 0;
        } catch (DeviceException refused) {
            return true;
        }
    }

    @Test
    @Tag("I15")
    @Tag("S89")
    @Tag("S81")
    void by_interrupt_and_the_answer_that_comes_too_late_is_unknown() throws Exception {
        waiting(options -> options, (rig, _, object, blobs, held) -> {
            var hold = held.hold();
            var outcome = new AtomicReference<DeviceException>();
            var flag = new CompletableFuture<Boolean>();
            var reader = Thread.ofPlatform().start(() -> {
                try {
                    object.read(0, ByteBuffer.allocate(1));
                } catch (DeviceException failed) {
                    outcome.set(failed);
                }
                flag.complete(Thread.currentThread().isInterrupted());
            });
            Eventually.holds("the fetch", () -> held.waiting() == 1);
            reader.interrupt();
            assertTrue(Eventually.of(flag), "still interrupted");
            assertEquals(Errno.EINTR, outcome.get().errno());
            hold.complete(false);
            assertReads(blobs, object);
        });
    }

    @Test
    @Tag("I15")
    @Tag("S116")
    void by_drop_of_the_object() throws Exception {
        waiting(options -> options, (_, volume, object, blobs, held) -> {
            var hold = held.hold();
            var read = readAsync(object);
            Eventually.holds("the fetch", () -> held.waiting() == 1);
            object.close();
            assertEnds(Errno.EIO, read.bytes());
            hold.complete(false);
            assertReads(blobs, volume.acquire(Blobs.name(0)));
        });
    }

    @Test
    @Tag("I15")
    @Tag("S116")
    void by_release_of_the_volume() throws Exception {
        waiting(options -> options, (rig, volume, object, blobs, held) -> {
            var hold = held.hold();
            var read = readAsync(object);
            Eventually.holds("the fetch", () -> held.waiting() == 1);
            object.retire();
            volume.release();
            assertEnds(Errno.EIO, read.bytes());
            hold.complete(false);
            assertReads(blobs, rig.cache.acquireVolume(Rig.VOLUME).acquire(Blobs.name(0)));
        });
    }

    @Test
    @Tag("I15")
    @Tag("T11")
    @Tag("T12")
    @Tag("S86")
    void by_death_of_the_device_and_what_comes_later_works_again() throws Exception {
        waiting(options -> options.handles(Handles.DEVICE_LOST), (rig, volume, object, blobs, held) -> {
            var hold = held.hold();
            var read = readAsync(object);
            var acquire = volume.acquireAsync(cachefiles.kernel.uapi.Key.of(Blobs.name(1)));
            Eventually.holds("fetch and look-up", () -> held.waiting() == 2);
            assertFalse(read.bytes().isDone());
            rig.crash(Victim.DAEMON, null);
            assertEnds(Errno.EIO, read.bytes());
            assertThrows(ExecutionException.class, () -> Eventually.of(acquire));
            held.pass();
            hold.complete(true); // writes through its handle all the same
            object.close();
            Eventually.holds("the new device serves", () -> serves(rig, blobs));
        });
    }

    private static boolean serves(Rig rig, Blobs blobs) {
        try {
            var volume = rig.cache.acquireVolume("another");
            assertReads(blobs, volume.acquire(Blobs.name(0)));
            return true;
        } catch (DeviceException _) {
            return false;
        }
    }

    @Test
    @Tag("T12")
    @Tag("S74")
    void not_by_death_of_the_daemon_alone_and_its_successor_answers() throws Exception {
        waiting(options -> options, (rig, volume, object, blobs, held) -> {
            var hold = held.hold();
            var read = readAsync(object);
            var acquire = volume.acquireAsync(cachefiles.kernel.uapi.Key.of(Blobs.name(1)));
            Eventually.holds("fetch and look-up", () -> held.waiting() == 2);
            rig.crash(Victim.DAEMON, null);
            Eventually.holds("the successor's look-ups", () -> held.waiting() == 4);
            assertFalse(read.bytes().isDone() || acquire.isDone());
            held.pass();
            hold.complete(false);
            assertEquals(4096, Eventually.of(read.bytes()));
            Eventually.of(acquire);
            assertReads(blobs, object);
            assertEquals(1, rig.ledger.redelivered(Opcode.OPEN));
            assertEquals(1, rig.ledger.redelivered(Opcode.READ));
        });
    }

    @Test
    @Tag("I15")
    @Tag("G14")
    void by_the_deadline() throws Exception {
        waiting(options -> options.deadline(Duration.ofMillis(300)), (_, volume, object, blobs, held) -> {
            var hold = held.hold();
            var read = readAsync(object);
            var acquire = volume.acquireAsync(cachefiles.kernel.uapi.Key.of(Blobs.name(1)));
            assertEnds(Errno.ETIMEDOUT, read.bytes());
            assertEnds(Errno.ETIMEDOUT, acquire);
            var failed = assertThrows(DeviceException.class, () -> object.read(0, ByteBuffer.allocate(1)));
            assertEquals(Errno.ETIMEDOUT, failed.errno());
            hold.complete(false);
            held.pass();
            Eventually.holds("all is well again", () -> readable(blobs, object));
        });
    }

    private static boolean readable(Blobs blobs, CachedObject object) {
        try {
            assertReads(blobs, object);
            return true;
        } catch (DeviceException _) {
            return false; // the machine may be so busy that 300 ms do not do
        }
    }

    /// Closes the handle of each READ before its bytes are written, so many times.
    private static final class Closing implements Faults {
        private final AtomicReference<Rig> rig = new AtomicReference<>();
        private final AtomicInteger left;

        Closing(int times) {
            left = new AtomicInteger(times);
        }

        @Override
        public void at(Phase phase, Victim here, cachefiles.kernel.uapi.Cookie cookie) {
            if (phase == Phase.FETCHED && left.getAndUpdate(times -> Math.max(0, times - 1)) > 0) {
                var target = rig.get();
                long due = target.ledger.closedEarly() + 1;
                target.cache.closeHandle(cookie);
                Eventually.holds("a closed handle", () -> target.ledger.closedEarly() >= due);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 7})
    @Tag("T06")
    @Tag("G5")
    @Tag("S27")
    void a_daemon_that_closes_its_handle_some_times_is_survived(int times) throws Exception {
        var closing = new Closing(times);
        waiting(options -> options.faults(closing), (rig, _, object, blobs, _) -> {
            closing.rig.set(rig);
            var target = ByteBuffer.allocate(4096);
            assertEquals(0, blobs.wrong(0, 0, 4096, target, object.read(0, target)), "wrong bytes");
            assertEquals(times, rig.ledger.closedEarly());
            assertEquals(times, rig.ledger.reopened());
        });
    }

    @Test
    @Tag("T06")
    @Tag("G5")
    @Tag("I15")
    void a_daemon_that_always_closes_its_handle_is_given_up_after_some_reopens() throws Exception {
        var closing = new Closing(Integer.MAX_VALUE);
        waiting(options -> options.faults(closing), (rig, _, object, blobs, _) -> {
            closing.rig.set(rig);
            var failed = assertThrows(DeviceException.class, () -> object.read(0, ByteBuffer.allocate(1)));
            assertEquals(Errno.EIO, failed.errno());
            assertEquals(DeviceLimits.DEFAULT.reopenAttempts(), rig.ledger.reopened());
            closing.left.set(0);
            assertReads(blobs, object);
        });
    }

    /// Kills each worker that has fetched something of the first blob, so many times.
    private static final class KillingWorkers implements Faults {
        private final AtomicInteger left;

        KillingWorkers(int times) {
            left = new AtomicInteger(times);
        }

        @Override
        public void at(Phase phase, Victim here, cachefiles.kernel.uapi.Cookie cookie) {
            if (phase == Phase.FETCHED
                    && here == Victim.WORKER
                    && Blobs.cookie(Rig.VOLUME, 0).equals(cookie)
                    && left.getAndUpdate(times -> Math.max(0, times - 1)) > 0) {
                throw new InjectedCrash("made to fail");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 9, 20})
    @Tag("G5")
    @Tag("I18")
    @Tag("S130")
    void workers_that_die_over_one_READ_are_survived(int times) throws Exception {
        var killing = new KillingWorkers(times);
        waiting(options -> options.faults(killing), (_, _, object, blobs, _) -> {
            var target = ByteBuffer.allocate(4096);
            assertEquals(0, blobs.wrong(0, 0, 4096, target, object.read(0, target)), "wrong bytes");
            assertEquals(0, killing.left.get());
        });
    }

    @Test
    @Tag("G5")
    @Tag("I15")
    @Tag("S130")
    void a_READ_that_kills_every_worker_ends_at_last_and_costs_no_other_reader_anything() throws Exception {
        var killing = new KillingWorkers(Integer.MAX_VALUE);
        waiting(options -> options.faults(killing).workers(1), (rig, volume, object, blobs, _) -> {
            var poisoned = readAsync(object);
            try (var other = volume.acquire(Blobs.name(1))) {
                for (int at = 0; at < BYTES; at += 4096) {
                    var target = ByteBuffer.allocate(4096);
                    assertEquals(0, blobs.wrong(1, at, 4096, target, other.read(at, target)), "wrong bytes");
                }
            }
            assertEnds(Errno.EIO, poisoned.bytes());
            assertEquals(0, rig.cache.supervised().restarts());
            killing.left.set(0);
            assertReads(blobs, object);
        });
    }
}
