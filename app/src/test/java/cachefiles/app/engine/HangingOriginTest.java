package cachefiles.app.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import cachefiles.daemon.fetch.DirectoryOrigin;
import cachefiles.daemon.fetch.ForwardingOrigin;
import cachefiles.daemon.fetch.Origin;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceException;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Faults;
import cachefiles.kernel.uapi.Faults.Victim;
import cachefiles.persistence.journal.Journal;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Daemons die while their workers wait for an origin that does not answer.
@DisplayNameGeneration(ReplaceUnderscores.class)
class HangingOriginTest {
    private static final int BYTES = 64 * 1024;
    private static final int DEATHS = 12;

    @TempDir
    Path directory;

    /// Keeps who fetches waiting until it is let or interrupted.
    private static final class Polite extends ForwardingOrigin {
        private final AtomicInteger waiting = new AtomicInteger();
        private final CountDownLatch open = new CountDownLatch(1);

        Polite(Origin origin) {
            super(origin);
        }

        @Override
        public void fetch(Cookie cookie, Content expected, long offset, ByteBuffer target) throws DeviceException {
            waiting.incrementAndGet();
            try {
                open.await();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                throw new DeviceException(Errno.EINTR, cookie.toString());
            } finally {
                waiting.decrementAndGet();
            }
            super.fetch(cookie, expected, offset, target);
        }

        @Override
        public boolean isImmediate() {
            return false;
        }
    }

    private Cache open(Origin origin, int most, Duration patience) throws Exception {
        return Cache.open(CacheOptions.of(directory.resolve("cache"), origin)
                .journal(Journal.Kind.MEMORY)
                .workers(1)
                .threadsLeftBehind(most, patience));
    }

    private static void killDaemon(Cache cache) throws InterruptedException {
        var died = new CountDownLatch(1);
        cache.crash(Victim.DAEMON, null, new Faults.Crash("made to fail", died::countDown));
        Eventually.opens("the daemon's death", died);
    }

    private static void assertReads(Blobs blobs, CachedObject object, long offset, int length) throws DeviceException {
        var target = ByteBuffer.allocate(length);
        assertEquals(0, blobs.wrong(0, offset, length, target, object.read(offset, target)), "wrong bytes");
    }

    @Test
    @Tag("I15")
    @Tag("S130")
    void threads_that_heed_an_interrupt_end_with_their_daemon() throws Exception {
        try (var blobs = Blobs.make(directory.resolve("origin"), 1, BYTES)) {
            var origin = new Polite(DirectoryOrigin.of(blobs.directory()));
            try (var cache = open(origin, 2, Duration.ofMinutes(5))) {
                var object = cache.acquireVolume("v").acquire(Blobs.name(0));
                var read = object.readAsync(0, ByteBuffer.allocate(4096));
                for (int i = 0; i < DEATHS; i++) {
                    Eventually.holds("one fetch", () -> origin.waiting.get() == 1 && cache.threadsLeftBehind() == 0);
                    killDaemon(cache);
                    int lives = i + 2;
                    Eventually.holds("a successor", () -> cache.supervised().life() >= lives);
                }
                Eventually.holds("one fetch", () -> origin.waiting.get() == 1 && cache.threadsLeftBehind() == 0);
                origin.open.countDown();
                assertEquals(4096, Eventually.of(read.bytes()));
                assertReads(blobs, object, 0, BYTES);
                assertFalse(cache.hasGivenUp());
            }
        }
    }

    /// What a daemon with many workers leaves behind for a moment is more than may stay.
    @Test
    @Tag("I15")
    @Tag("S130")
    void a_successor_that_finds_too_many_waits_until_they_have_ended() throws Exception {
        try (var blobs = Blobs.make(directory.resolve("origin"), 1, BYTES)) {
            var held = new Held(DirectoryOrigin.of(blobs.directory()));
            try (var cache = open(held, 1, Duration.ofMinutes(5))) {
                var object = cache.acquireVolume("v").acquire(Blobs.name(0));
                var hold = held.hold();
                var read = object.readAsync(0, ByteBuffer.allocate(4096));
                Eventually.holds("a fetch", () -> held.waiting() == 1);
                killDaemon(cache);
                Eventually.holds("left behind", () -> cache.threadsLeftBehind() == 1);
                held.pass();
                hold.complete(false);
                assertEquals(4096, Eventually.of(read.bytes()));
                assertReads(blobs, object, 0, BYTES);
            }
        }
    }

    @Test
    @Tag("I15")
    @Tag("S117")
    void threads_that_heed_none_are_counted_and_too_many_of_them_end_with_giving_up_until_they_end() throws Exception {
        int most = 4;
        try (var blobs = Blobs.make(directory.resolve("origin"), 1, BYTES)) {
            var held = new Held(DirectoryOrigin.of(blobs.directory()));
            try (var cache = open(held, most, Duration.ofMillis(50))) {
                var object = cache.acquireVolume("v").acquire(Blobs.name(0));
                assertReads(blobs, object, 0, 4096);
                var hold = held.hold();
                var read = object.readAsync(BYTES / 2, ByteBuffer.allocate(4096));
                for (int i = 1; i <= most; i++) {
                    int due = i;
                    Eventually.holds("another fetch", () -> held.waiting() == due);
                    assertFalse(cache.hasGivenUp());
                    killDaemon(cache);
                    Eventually.holds("left behind", () -> cache.threadsLeftBehind() == due);
                }
                Eventually.holds("giving up", cache::hasGivenUp);
                assertEquals(Errno.EIO, ended(read.bytes()));
                assertReads(blobs, object, 0, 4096);

                held.pass();
                hold.complete(false);
                Eventually.holds("none left behind", () -> cache.threadsLeftBehind() == 0);
                cache.startAgain();
                Eventually.holds("a daemon again", () -> !cache.hasGivenUp());
                assertReads(blobs, object, 0, BYTES);
            }
        }
    }

    private static Errno ended(CompletableFuture<?> future) {
        var failed = assertThrows(ExecutionException.class, () -> Eventually.of(future));
        return ((DeviceException) failed.getCause()).errno();
    }
}
