package cachefiles.app.engine;

import static cachefiles.kernel.uapi.Faults.Victim.DAEMON;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.daemon.fetch.DirectoryOrigin;
import cachefiles.kernel.uapi.Opcode;
import cachefiles.kernel.uapi.Phase;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// One fetch per missing range, and after a crash only what was not stored yet.
@DisplayNameGeneration(ReplaceUnderscores.class)
class FetchOnceTest {
    private static final int READ_BYTES = 16 * 1024;
    private static final int WORKERS = 8;

    @Test
    @Tag("S98")
    void readers_of_one_missing_range_wait_for_one_request(@TempDir Path directory) throws Exception {
        try (var blobs = Blobs.make(directory.resolve("origin"), 1, READ_BYTES)) {
            var held = new Held(DirectoryOrigin.of(blobs.directory()));
            try (var rig = Rig.over(directory.resolve("cache"), held, options -> options)) {
                var object = rig.cache.acquireVolume(Rig.VOLUME).acquire(Blobs.name(0));
                var hold = held.hold();
                var reads = readAsync(object, 64, 0, 0);
                Eventually.holds("the fetch", () -> held.waiting() == 1);
                hold.complete(false);
                check(blobs, reads);
                assertEquals(1, rig.ledger.delivered(Opcode.READ));
                assertEquals(READ_BYTES, rig.origin.fetchedBytes());
            }
        }
    }

    @Test
    @Tag("S98")
    void readers_of_overlapping_missing_ranges_fetch_each_byte_once(@TempDir Path directory) throws Exception {
        int size = 1 << 20;
        try (var blobs = Blobs.make(directory.resolve("origin"), 1, size);
                var rig = Rig.over(directory.resolve("cache"), blobs, options -> options)) {
            var object = rig.cache.acquireVolume(Rig.VOLUME).acquire(Blobs.name(0));
            var reads = readAsync(object, size / 1_000, 0, 1_000);
            check(blobs, reads);
            assertEquals(size, rig.origin.fetchedBytes());
            assertEquals(0, rig.origin.repeatedBytes());
            assertEquals(0, rig.ledger.redelivered(Opcode.READ));
            assertTrue(rig.ledger.delivered(Opcode.READ) <= size / 4096, "no more requests than blocks");
        }
    }

    /// What was stored, answered or not, is not fetched again; what was not is fetched once more a crash.
    @ParameterizedTest
    @EnumSource(
            value = Phase.class,
            names = {"READ_QUEUED", "READ_DELIVERED", "FETCHING", "FETCHED", "WRITTEN", "ANSWERED"})
    @Tag("T18")
    @Tag("I20")
    void a_crash_repeats_only_what_was_in_flight(Phase phase, @TempDir Path directory) throws Exception {
        int size = 1 << 20;
        try (var blobs = Blobs.make(directory.resolve("origin"), 1, size);
                var rig = Rig.over(directory.resolve("cache"), blobs, options -> options.workers(WORKERS))) {
            var object = rig.cache.acquireVolume(Rig.VOLUME).acquire(Blobs.name(0));
            rig.plan.arm(DAEMON, phase);
            check(blobs, readAsync(object, 1, 0, 0)); // alone: what is in flight is known
            Eventually.holds("its death", () -> rig.plan.landed(DAEMON, phase) == 1);
            boolean isOut = // the dead daemon's worker may be at the origin, and what it brings come too late
                    phase == Phase.READ_DELIVERED || phase == Phase.FETCHING || phase == Phase.FETCHED;
            assertTrue(rig.origin.repeatedBytes() <= (isOut ? READ_BYTES : 0), () -> rig.origin.repeatedBytes() + "");
            assertEquals(READ_BYTES + rig.origin.repeatedBytes(), rig.origin.fetchedBytes());

            rig.plan.arm(DAEMON, phase);
            check(
                    blobs,
                    readAsync(object, size / READ_BYTES, 0, READ_BYTES)); // with as many others as there are workers
            Eventually.holds("its death", () -> rig.plan.landed(DAEMON, phase) == 2);
            assertTrue(
                    rig.origin.repeatedBytes() <= (1 + WORKERS) * READ_BYTES,
                    () -> rig.origin.repeatedBytes() + " bytes again");
            assertEquals(size + rig.origin.repeatedBytes(), rig.origin.fetchedBytes());
        }
    }

    private record Begun(long offset, ByteBuffer target, CachedObject.Read read) {}

    private static List<Begun> readAsync(CachedObject object, int count, long offset, int step) {
        var reads = new ArrayList<Begun>();
        for (int i = 0; i < count; i++) {
            var target = ByteBuffer.allocate(READ_BYTES);
            long at = offset + (long) i * step;
            reads.add(new Begun(at, target, object.readAsync(at, target)));
        }
        return reads;
    }

    private static void check(Blobs blobs, List<Begun> reads) throws Exception {
        for (Begun begun : reads) {
            int length = Eventually.of(begun.read().bytes());
            assertEquals(0, blobs.wrong(0, begun.offset(), READ_BYTES, begun.target(), length), "wrong bytes");
        }
    }
}
