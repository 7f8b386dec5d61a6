package cachefiles.app.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import cachefiles.daemon.fetch.DirectoryOrigin;
import cachefiles.kernel.actor.CacheActor;
import cachefiles.kernel.uapi.DeviceException;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Key;
import cachefiles.kernel.uapi.Opcode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class AcquireTest {
    @Test
    @Tag("I15")
    @Tag("I17")
    void an_object_that_comes_after_its_acquirer_was_interrupted_is_closed_again(@TempDir Path directory)
            throws Exception {
        try (var blobs = Blobs.make(directory.resolve("origin"), 1, 4096)) {
            var held = new Held(DirectoryOrigin.of(blobs.directory()));
            try (var rig = Rig.over(directory.resolve("cache"), held, options -> options)) {
                var volume = rig.cache.acquireVolume(Rig.VOLUME);
                var hold = held.hold();
                var outcome = new CompletableFuture<Errno>();
                var acquirer = Thread.ofPlatform().start(() -> {
                    try {
                        volume.acquire(Blobs.name(0)).close();
                        outcome.complete(Errno.OK);
                    } catch (DeviceException failed) {
                        outcome.complete(failed.errno());
                    }
                });
                Eventually.holds("the look-up", () -> held.waiting() == 1);
                acquirer.interrupt();
                assertEquals(Errno.EINTR, Eventually.of(outcome));
                hold.complete(false);
                Eventually.holds("its CLOSE", () -> rig.ledger.delivered(Opcode.CLOSE) == 1);
            }
        }
    }

    /// Rings when it is told to, all at once.
    private static final class Manual implements Alarms {
        private final Queue<Runnable> set = new ConcurrentLinkedQueue<>();

        void ring() {
            set.forEach(Runnable::run);
        }

        @Override
        public Runnable after(Duration delay, Runnable ring) {
            set.add(ring);
            return () -> set.remove(ring);
        }

        @Override
        public void close() {
            assertEquals(0, set.size(), "alarms that nobody took back");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Tag("G14")
    @Tag("I15")
    void an_acquire_ends_at_its_deadline_though_the_cache_had_no_time_to_take_it(boolean taken, @TempDir Path directory)
            throws Exception {
        var alarms = new Manual();
        try (var blobs = Blobs.make(directory.resolve("origin"), 1, 4096)) {
            var held = new Held(DirectoryOrigin.of(blobs.directory()));
            try (var rig = Rig.over(directory.resolve("cache"), held, options -> {
                options.alarms = alarms;
                return options;
            })) {
                var volume = rig.cache.acquireVolume(Rig.VOLUME);
                var hold = held.hold();
                var busy = new CompletableFuture<Long>();
                if (!taken) {
                    rig.cache.actor().tell(new CacheActor.Cancel(busy::join, Errno.EINTR));
                }
                var acquired = volume.acquireAsync(Key.of(Blobs.name(0)));
                if (taken) {
                    Eventually.holds("the look-up", () -> held.waiting() == 1);
                }
                alarms.ring();
                assertFalse(!taken && acquired.isDone());
                busy.complete(-1L);
                var ended = assertThrows(ExecutionException.class, () -> Eventually.of(acquired));
                assertEquals(Errno.ETIMEDOUT, ((DeviceException) ended.getCause()).errno());
                held.pass();
                hold.complete(false);
                assertEquals(4096, volume.acquire(Blobs.name(0)).sizeBytes());
            }
        }
    }

    @Test
    @Tag("I15")
    void one_acquire_more_than_may_wait_ends_at_once_with_EAGAIN(@TempDir Path directory) throws Exception {
        try (var blobs = Blobs.make(directory.resolve("origin"), 3, 4096)) {
            var held = new Held(DirectoryOrigin.of(blobs.directory()));
            try (var rig = Rig.over(directory.resolve("cache"), held, options -> options.opensInFlight(2))) {
                var volume = rig.cache.acquireVolume(Rig.VOLUME);
                var hold = held.hold();
                var first = volume.acquireAsync(Key.of(Blobs.name(0)));
                var second = volume.acquireAsync(Key.of(Blobs.name(1)));
                var third = volume.acquireAsync(Key.of(Blobs.name(2)));
                var refused = assertThrows(ExecutionException.class, () -> Eventually.of(third));
                assertEquals(Errno.EAGAIN, ((DeviceException) refused.getCause()).errno());
                assertFalse(first.isDone() || second.isDone());
                held.pass();
                hold.complete(false);
                Eventually.of(first);
                Eventually.of(second);
                assertEquals(4096 + 2 * 37, volume.acquire(Blobs.name(2)).sizeBytes());
            }
        }
    }
}
