package cachefiles.app.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.daemon.actor.DaemonObserver;
import cachefiles.daemon.fetch.MemoryOrigin;
import cachefiles.kernel.actor.DeviceObserver;
import cachefiles.kernel.actor.ObjectObserver;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceException;
import cachefiles.kernel.uapi.Faults.Victim;
import cachefiles.kernel.uapi.Key;
import cachefiles.persistence.journal.Journal;
import cachefiles.persistence.journal.JournalFaults.Moment;
import cachefiles.persistence.journal.JournalSwitch;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Very many at once: none is lost, none fails, and nothing of it stays.
@DisplayNameGeneration(ReplaceUnderscores.class)
class FloodTest {
    private static final int MANY = 10_000;
    private static final int BATCH = 1_000;
    private static final int BLOCK = 4096;
    private static final double MOST_HEAP = 1.5;

    private final MemoryOrigin origin = new MemoryOrigin();

    private record Begun(long offset, ByteBuffer target, CachedObject.Read read) {}

    private Content put(int number, long bytes) {
        return origin.put(new Cookie(Key.of(Rig.VOLUME), Key.of(Blobs.name(number))), bytes);
    }

    private static void check(Cookie cookie, Content content, Iterable<Begun> reads) throws Exception {
        for (Begun begun : reads) {
            assertEquals(BLOCK, Eventually.of(begun.read().bytes()));
            var right = ByteBuffer.allocate(BLOCK);
            MemoryOrigin.fill(cookie, content, begun.offset(), right);
            assertEquals(0, right.flip().compareTo(begun.target().flip()), "bytes at " + begun.offset());
        }
    }

    @Test
    @Tag("I15")
    @Tag("S98")
    void ten_thousand_reads_of_a_cold_object_wait_behind_one_slow_persist(@TempDir Path directory) throws Exception {
        var content = put(0, (long) MANY * BLOCK);
        var journal = new JournalSwitch();
        try (var rig = Rig.over(directory, origin, options -> options.journalFaults(journal))) {
            var volume = rig.cache.acquireVolume(Rig.VOLUME);
            journal.hold(Moment.WRITING);
            var opened = new ArrayList<CompletableFuture<Begun>>();
            for (int i = 0; i < MANY; i++) {
                long offset = (long) i * BLOCK;
                opened.add(volume.acquireAsync(Key.of(Blobs.name(0))).thenApply(object -> begin(object, offset)));
            }
            Eventually.holds("the journal holds the write", () -> journal.waiting(Moment.WRITING) == 1);
            journal.heal();
            var reads = new ArrayList<Begun>();
            for (var each : opened) {
                reads.add(Eventually.of(each));
            }
            check(Blobs.cookie(Rig.VOLUME, 0), content, reads);
            assertEquals((long) MANY * BLOCK, rig.origin.fetchedBytes());
            assertEquals(0, rig.origin.repeatedBytes());
        }
    }

    private static Begun begin(CachedObject object, long offset) {
        var target = ByteBuffer.allocate(BLOCK);
        return new Begun(offset, target, object.readAsync(offset, target));
    }

    /// As above, but the object's actor is coming up again: what reaches it is stashed until the journal has told it
    /// what is known. Akka 2.8 dies of deep stashes, and drops what exceeds one.
    @Test
    @Tag("I15")
    @Tag("I18")
    void ten_thousand_reads_of_a_cold_object_wait_behind_one_slow_replay(@TempDir Path directory) throws Exception {
        var content = put(0, (long) MANY * BLOCK);
        var journal = new JournalSwitch();
        try (var rig = Rig.over(directory, origin, options -> options.journalFaults(journal))) {
            var object = rig.cache.acquireVolume(Rig.VOLUME).acquire(Blobs.name(0));
            journal.hold(Moment.REPLAYING);
            rig.crash(Victim.OBJECT, object.cookie());
            Eventually.holds("the journal holds the replay", () -> journal.waiting(Moment.REPLAYING) == 1);
            var reads = new ArrayList<Begun>();
            for (int i = 0; i < MANY; i++) {
                reads.add(begin(object, (long) i * BLOCK));
            }
            journal.heal();
            check(object.cookie(), content, reads);
            assertEquals((long) MANY * BLOCK, rig.origin.fetchedBytes());
            assertEquals(0, rig.origin.repeatedBytes());
        }
    }

    @ParameterizedTest
    @EnumSource(Journal.Kind.class)
    @Tag("I15")
    @Tag("I17")
    void a_hundred_thousand_reads_and_opens_at_once_are_all_served_and_leave_no_more_than_ten_thousand(
            Journal.Kind journal, @TempDir Path directory) throws Exception {
        int objects = 100;
        long bytes = 1 << 20;
        for (int i = 0; i < objects; i++) {
            put(i, bytes);
        }
        for (int i = objects; i < objects + 10 * MANY; i++) {
            put(i, BLOCK);
        }
        try (var rig = Rig.over(
                directory,
                origin,
                options -> options.journal(journal)
                        .passivateAfter(Duration.ofSeconds(1))
                        .observers(DeviceObserver.NONE, ObjectObserver.NONE, DaemonObserver.NONE))) {
            var volume = rig.cache.acquireVolume(Rig.VOLUME);
            if (journal == Journal.Kind.MEMORY) { // else it would grow by what it has to know
                for (int i = 0; i < 10 * MANY; i += BATCH) {
                    open(volume, objects + i, BATCH);
                }
            }
            flood(rig, volume, objects, MANY);
            long few = heap(rig);
            flood(rig, volume, objects, 10 * MANY);
            long many = heap(rig);
            System.out.printf("%s: heap after 10,000: %d KiB, after 100,000: %d KiB%n", journal, few >> 10, many >> 10);
            assertTrue(many <= few * MOST_HEAP, () -> many + " bytes of heap against " + few);
        }
    }

    private static void open(Volume volume, int first, int count) throws Exception {
        var opens = new ArrayList<CompletableFuture<CachedObject>>();
        for (int i = 0; i < count; i++) {
            opens.add(volume.acquireAsync(Key.of(Blobs.name(first + i))));
        }
        for (var open : opens) {
            Eventually.of(open).close();
        }
    }

    private void flood(Rig rig, Volume volume, int objects, int count) throws Exception {
        long start = System.nanoTime();
        open(volume, objects, count);
        long opened = System.nanoTime();
        var used = new ArrayList<CachedObject>();
        for (int i = 0; i < objects; i++) {
            used.add(volume.acquire(Blobs.name(i)));
        }
        var reads = new ArrayList<CachedObject.Read>();
        var target = new ArrayList<ByteBuffer>();
        for (int i = 0; i < count; i++) {
            var buffer = ByteBuffer.allocate(8);
            target.add(buffer);
            var object = used.get(i % objects);
            reads.add(object.readAsync(i / objects * 1024L % object.sizeBytes(), buffer));
        }
        for (int i = 0; i < count; i++) {
            assertEquals(8, Eventually.of(reads.get(i).bytes()));
            var object = used.get(i % objects);
            var right = ByteBuffer.allocate(8);
            MemoryOrigin.fill(
                    object.cookie(), origin.find(object.cookie()), i / objects * 1024L % object.sizeBytes(), right);
            assertEquals(right.flip(), target.get(i).flip());
        }
        for (var object : used) {
            object.retire();
        }
        System.out.printf(
                "%d opens in %d ms, as many reads in %d ms%n",
                count, (opened - start) / 1_000_000, (System.nanoTime() - opened) / 1_000_000);
        Eventually.holds("no object in memory", () -> inMemory(rig) == 0);
    }

    private static int inMemory(Rig rig) {
        try {
            return rig.cache.objectsInMemory();
        } catch (DeviceException failed) {
            throw new AssertionError(failed);
        }
    }

    /// Bytes used once garbage is gone: the least of some looks.
    private static long heap(Rig rig) {
        Eventually.holds("quiet", rig::isQuiet);
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            System.gc();
            LockSupport.parkNanos(50_000_000);
            var runtime = Runtime.getRuntime();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }
}
