package cachefiles.app.engine;

import static cachefiles.kernel.uapi.Faults.Victim.DAEMON;
import static cachefiles.kernel.uapi.Faults.Victim.STORE;
import static cachefiles.kernel.uapi.Faults.Victim.SUPERVISOR;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.daemon.actor.SupervisorActor.Strategy;
import cachefiles.daemon.core.SupervisorCore.Handles;
import cachefiles.daemon.fetch.DirectoryOrigin;
import cachefiles.kernel.uapi.DeviceException;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Faults.Victim;
import cachefiles.kernel.uapi.Key;
import cachefiles.kernel.uapi.Opcode;
import cachefiles.kernel.uapi.Phase;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The upstream failover test, over its author's four models and with what it leaves out: one file is digested by
/// several readers while daemons die, and what is asserted is that daemons did die, and that fail-over took place.
@DisplayNameGeneration(ReplaceUnderscores.class)
class FailoverTest {
    private static final int BYTES = 8 << 20;
    private static final int CHUNK = 64 * 1024;
    private static final int READERS = 4;

    /// What becomes of the daemon's memory and descriptors, and how many workers it has.
    enum Model {
        /// Restore only; the table of objects dies with the worker, who is one.
        RESTORE_ONLY(Handles.LOST, 1, Strategy.RESTART),
        /// Descriptors and table are kept.
        HANDLES_KEPT(Handles.KEPT, 1, Strategy.RESTART),
        /// The descriptors die; a successor comes later.
        TABLE_WITHOUT_HANDLES(Handles.LOST, 1, Strategy.BACKOFF),
        /// Three workers on one device, descriptors and table kept.
        SEVERAL_WORKERS(Handles.KEPT, 3, Strategy.RESTART);

        private final Handles handles;
        private final int workers;
        private final Strategy strategy;

        Model(Handles handles, int workers, Strategy strategy) {
            this.handles = handles;
            this.workers = workers;
            this.strategy = strategy;
        }

        CacheOptions of(CacheOptions options) {
            return options.handles(handles).workers(workers).strategy(strategy);
        }
    }

    private final Semaphore pace = new Semaphore(0);
    private final ExecutorService readers = Executors.newFixedThreadPool(READERS);

    @TempDir
    Path directory;

    @AfterEach
    void readersHaveEnded() throws InterruptedException {
        readers.shutdown();
        assertTrue(readers.awaitTermination(1, TimeUnit.MINUTES));
    }

    private interface Trouble {
        void make(Rig rig, CachedObject object) throws Exception;
    }

    /// Digests the file cold, in the midst of trouble, by several readers.
    private void digest(UnaryOperator<CacheOptions> change, Trouble trouble) throws Exception {
        try (var blobs = Blobs.make(directory.resolve("origin"), 1, BYTES);
                var rig = Rig.over(directory.resolve("cache"), blobs, change)) {
            var volume = rig.cache.acquireVolume(Rig.VOLUME);
            var object = volume.acquire(Blobs.name(0));
            rig.anyObject.set(object.cookie());
            var expected = MessageDigest.getInstance("SHA-256")
                    .digest(Files.readAllBytes(blobs.directory().resolve(Blobs.name(0))));
            List<Future<byte[]>> digests = IntStream.range(0, READERS)
                    .mapToObj(_ -> readers.submit(() -> digest(object)))
                    .toList();
            trouble.make(rig, object);
            pace.release(READERS * BYTES / CHUNK);
            for (var digest : digests) {
                assertArrayEquals(expected, digest.get(2, TimeUnit.MINUTES));
            }
            object.close();
            volume.release();
        }
    }

    private byte[] digest(CachedObject object) throws Exception {
        var digest = MessageDigest.getInstance("SHA-256");
        for (long offset = 0; offset < object.sizeBytes(); offset += CHUNK) {
            pace.acquire();
            var chunk = ByteBuffer.allocate(CHUNK);
            object.read(offset, chunk);
            digest.update(chunk.flip());
        }
        return digest.digest();
    }

    private void land(Rig rig, Victim victim, Phase phase) {
        long due = rig.plan.landed(victim, phase) + 1;
        rig.plan.arm(victim, phase);
        await(victim + " at " + phase.word(), () -> rig.plan.landed(victim, phase) >= due);
    }

    /// Lets the readers go on, a chunk at a time, until `condition` holds: something is left to be read for the next.
    private void await(String what, BooleanSupplier condition) {
        Eventually.holds(what, () -> {
            if (pace.getQueueLength() == READERS) {
                pace.release();
            }
            return condition.getAsBoolean();
        });
    }

    @ParameterizedTest
    @EnumSource(Model.class)
    @Tag("T18")
    @Tag("I10")
    @Tag("I18")
    @Tag("S74")
    void a_file_is_digested_right_through_24_kills_of_its_daemon(Model model) throws Exception {
        digest(model::of, (rig, _) -> {
            for (int i = 0; i < 6; i++) {
                for (Phase phase : List.of(Phase.READ_QUEUED, Phase.READ_DELIVERED, Phase.FETCHED, Phase.WRITTEN)) {
                    land(rig, DAEMON, phase);
                }
            }
            Eventually.holds("24 restarts", () -> rig.ledger.restarts() >= 24);
            assertTrue(rig.ledger.redelivered(Opcode.READ) > 0, "READs again");
            if (model.handles == Handles.LOST) {
                assertTrue(rig.ledger.reopened() >= 5, () -> rig.ledger.reopened() + " reopens"); // one a round
            } else {
                assertEquals(0, rig.ledger.reopened());
            }
        });
    }

    @Test
    @Tag("T18")
    void variant_b_the_supervisor_dies_too() throws Exception {
        digest(options -> options, (rig, _) -> {
            for (Phase phase : List.of(Phase.READ_DELIVERED, Phase.WRITTEN, Phase.OPEN_DELIVERED)) {
                long due = rig.plan.landed(SUPERVISOR, phase) + 1;
                rig.plan.armTogether(phase, DAEMON, SUPERVISOR);
                if (phase == Phase.OPEN_DELIVERED) {
                    land(rig, DAEMON, Phase.READ_DELIVERED); // so that an OPEN is needed
                }
                await("both die", () -> rig.plan.landed(SUPERVISOR, phase) >= due && rig.plan.pending() == 0);
            }
        });
    }

    @Test
    @Tag("T18")
    @Tag("I18")
    @Tag("S74")
    void variant_c_kills_during_restore_and_restores_without_a_death() throws Exception {
        digest(options -> options, (rig, _) -> {
            for (int i = 0; i < 4; i++) {
                rig.plan.arm(DAEMON, Phase.RESTORING);
                land(rig, DAEMON, Phase.READ_DELIVERED);
                rig.plan.arm(DAEMON, Phase.STARTING);
                land(rig, DAEMON, Phase.FETCHING);
                await("all have died", () -> rig.plan.pending() == 0);
                assertEquals(Errno.OK, rig.cache.write("/", "restore"));
                assertEquals(Errno.OK, rig.cache.write("/", "restore"));
            }
            assertTrue(rig.ledger.restores() >= 8 + 8, () -> rig.ledger.restores() + " restores");
        });
    }

    @Test
    @Tag("T18")
    @Tag("G3")
    void variants_e_f_and_g_one_worker_dies_alone_and_daemons_between_copen_and_record_and_before_the_answer()
            throws Exception {
        digest(options -> options.workers(4), (rig, _) -> {
            for (int i = 0; i < 4; i++) {
                rig.plan.arm(DAEMON, Phase.OPEN_ANSWERED); // comes with the successor of the next
                land(rig, DAEMON, Phase.WRITTEN);
                await("both have died", () -> rig.plan.pending() == 0);
                land(rig, STORE, Phase.FETCHED);
            }
        });
    }

    /// With descriptors kept, a read that was out when the daemon died is answered by its successor without a reopen:
    /// under the same message id, through the same handle ([Ledger]).
    @Test
    @Tag("T18")
    @Tag("T12")
    void variant_a_what_was_out_is_handed_out_again_through_the_kept_descriptor() throws Exception {
        try (var blobs = Blobs.make(directory.resolve("origin"), 1, CHUNK)) {
            var held = new Held(DirectoryOrigin.of(blobs.directory()));
            try (var rig = Rig.over(directory.resolve("cache"), held, options -> options.handles(Handles.KEPT))) {
                var object = rig.cache.acquireVolume(Rig.VOLUME).acquire(Blobs.name(0));
                var hold = held.hold();
                var read = object.readAsync(0, ByteBuffer.allocate(1));
                Eventually.holds("the fetch", () -> held.waiting() == 1);
                held.pass();
                rig.crash(DAEMON, null);
                assertEquals(1, Eventually.of(read.bytes()));
                hold.complete(false);
                assertEquals(1, rig.ledger.handles());
                assertEquals(1, rig.ledger.redelivered(Opcode.READ));
                assertEquals(0, rig.ledger.reopens());
            }
        }
    }

    /// Upstream's supervisor waits for death by a signal alone; here any end is noticed, and no reader is left behind.
    @ParameterizedTest
    @EnumSource(Model.class)
    @Tag("T18")
    @Tag("D6")
    @Tag("S36")
    void variant_d_a_daemon_that_exits_without_a_failure_fails_misses_at_once_until_another_is_started(Model model)
            throws Exception {
        try (var blobs = Blobs.make(directory.resolve("origin"), 1, 2 * CHUNK)) {
            var held = new Held(DirectoryOrigin.of(blobs.directory()));
            try (var rig = Rig.over(directory.resolve("cache"), held, model::of)) {
                var object = rig.cache.acquireVolume(Rig.VOLUME).acquire(Blobs.name(0));
                blobs.assertReads(0, 0, CHUNK, object);
                var hold = held.hold();
                var read = object.readAsync(CHUNK, ByteBuffer.allocate(1));
                Eventually.holds("the fetch", () -> held.waiting() == 1);
                rig.endDaemon();
                assertEnds(Errno.EIO, read.bytes());
                Eventually.holds("giving up", rig.cache::hasGivenUp);
                assertEquals(Errno.EIO, errnoOf(() -> object.read(CHUNK, ByteBuffer.allocate(1))));
                blobs.assertReads(0, 0, CHUNK, object);
                held.pass();
                hold.complete(false);
                rig.cache.startAgain();
                Eventually.holds("a daemon again", () -> !rig.cache.hasGivenUp());
                blobs.assertReads(0, object);
                assertEquals(0, rig.ledger.restarts());
            }
        }
    }

    @Test
    @Tag("T01")
    @Tag("T14")
    @Tag("S117")
    void one_open_and_one_close_an_object_and_a_second_read_asks_for_nothing() throws Exception {
        try (var blobs = Blobs.make(directory.resolve("origin"), 2, CHUNK);
                var rig = Rig.over(directory.resolve("cache"), blobs, options -> options)) {
            var volume = rig.cache.acquireVolume(Rig.VOLUME);
            var one = volume.acquire(Blobs.name(0));
            var other = volume.acquire(Blobs.name(1));
            blobs.assertReads(0, one);
            blobs.assertReads(1, other);
            long reads = rig.ledger.delivered(Opcode.READ);
            blobs.assertReads(0, one);
            blobs.assertReads(1, other);
            assertEquals(reads, rig.ledger.delivered(Opcode.READ));
            assertEquals(2, rig.ledger.delivered(Opcode.OPEN));
            one.close();
            Eventually.holds("one CLOSE", () -> rig.ledger.delivered(Opcode.CLOSE) == 1);
            blobs.assertReads(1, other);
            other.close();
            volume.release();
            assertEquals(2, rig.ledger.delivered(Opcode.CLOSE));
        }
    }

    @Test
    @Tag("T02")
    @Tag("T05")
    @Tag("I17")
    void an_object_that_could_not_be_opened_can_be_later() throws Exception {
        try (var blobs = Blobs.make(directory.resolve("origin"), 1, CHUNK);
                var rig = Rig.over(directory.resolve("cache"), blobs, options -> options)) {
            var volume = rig.cache.acquireVolume(Rig.VOLUME);
            var file = blobs.directory().resolve(Blobs.name(0));
            var aside = blobs.directory().resolve("aside");
            Files.move(file, aside);
            var refused = volume.acquireAsync(Key.of(Blobs.name(0)));
            assertEnds(Errno.ENOENT, refused);
            Files.move(aside, file);
            try (var object = volume.acquire(Blobs.name(0))) {
                blobs.assertReads(0, object);
            }
            assertEquals(Errno.ENOENT, errnoOf(() -> volume.acquire("no such file")));
        }
    }

    @Test
    @Tag("T13")
    @Tag("S113")
    @Tag("S114")
    void an_object_in_use_is_not_culled_and_one_that_was_released_is() throws Exception {
        try (var blobs = Blobs.make(directory.resolve("origin"), 1, CHUNK);
                var rig = Rig.over(directory.resolve("cache"), blobs, options -> options)) {
            var volume = rig.cache.acquireVolume(Rig.VOLUME);
            var object = volume.acquire(Blobs.name(0));
            blobs.assertReads(0, object);
            Path file;
            try (var files = Files.walk(directory.resolve("cache").resolve("cache"))) {
                file = files.filter(Files::isRegularFile).findFirst().orElseThrow();
            }
            var folder = file.getParent().toString();
            var name = file.getFileName();
            assertEquals(Errno.EBUSY, rig.cache.write(folder, "inuse " + name));
            assertEquals(Errno.EBUSY, rig.cache.write(folder, "cull " + name));
            assertTrue(Files.exists(file));
            object.close();
            Eventually.holds("free", () -> write(rig, folder, "inuse " + name) == Errno.OK);
            assertEquals(Errno.OK, rig.cache.write(folder, "cull " + name));
            assertTrue(Files.notExists(file));
            blobs.assertReads(0, volume.acquire(Blobs.name(0)));
        }
    }

    @Test
    @Tag("T17")
    @Tag("S121")
    void two_users_of_a_shared_volume_share_its_objects() throws Exception {
        try (var blobs = Blobs.make(directory.resolve("origin"), 1, CHUNK);
                var rig = Rig.over(directory.resolve("cache"), blobs, options -> options)) {
            var first = rig.cache.acquireSharedVolume("erofs,domain0");
            var second = rig.cache.acquireSharedVolume("erofs,domain0");
            var one = first.acquire(Blobs.name(0));
            blobs.assertReads(0, one);
            var other = second.acquire(Blobs.name(0));
            long reads = rig.ledger.delivered(Opcode.READ);
            blobs.assertReads(0, other);
            assertEquals(reads, rig.ledger.delivered(Opcode.READ), "all hits");
            one.close();
            first.release();
            blobs.assertReads(0, other);
            assertEquals(0, rig.ledger.delivered(Opcode.CLOSE));
            other.close();
            second.release();
            assertEquals(1, rig.ledger.delivered(Opcode.OPEN));
            assertEquals(1, rig.ledger.delivered(Opcode.CLOSE));
        }
    }

    private static Errno write(Rig rig, String folder, String text) {
        try {
            return rig.cache.write(folder, text);
        } catch (DeviceException failed) {
            throw new AssertionError(failed);
        }
    }

    private static Errno errnoOf(Executable what) {
        return assertThrows(DeviceException.class, what).errno();
    }

    private static void assertEnds(Errno expected, CompletableFuture<?> future) {
        var failed = assertThrows(ExecutionException.class, () -> Eventually.of(future));
        assertEquals(expected, ((DeviceException) failed.getCause()).errno());
    }
}
