package cachefiles.app.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import cachefiles.app.engine.Cache;
import cachefiles.app.engine.CacheOptions;
import cachefiles.app.engine.Eventually;
import cachefiles.app.engine.Held;
import cachefiles.app.serve.OpenObjects.Lease;
import cachefiles.daemon.fetch.MemoryOrigin;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceException;
import cachefiles.kernel.uapi.Errno;
import cachefiles.persistence.journal.Journal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(120)
class OpenObjectsTest {
    private static final Cookie COOKIE = Cookie.of("v", "file");
    private static final Duration KEEP = Duration.ofSeconds(10);

    @TempDir
    Path directory;

    private final MemoryOrigin content = new MemoryOrigin();
    private final Held origin = new Held(content);
    private final AtomicLong now = new AtomicLong();
    private Cache cache;
    private OpenObjects objects;

    @BeforeEach
    void start() throws IOException {
        content.put(COOKIE, 8192);
        cache = Cache.open(CacheOptions.of(directory, origin).journal(Journal.Kind.MEMORY));
        objects = with(Duration.ZERO);
    }

    @AfterEach
    void stop() throws IOException {
        origin.pass();
        objects.close();
        cache.close();
    }

    private OpenObjects with(Duration grace) {
        return new OpenObjects(cache, origin, KEEP, grace, now::get);
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    private CompletableFuture<Lease> opening(Cookie cookie) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return objects.open(cookie);
                    } catch (DeviceException failed) {
                        throw new IllegalStateException(failed);
                    }
                },
                task -> Thread.ofVirtual().start(task));
    }

    /// The first byte, which must be its version's.
    private static void assertReads(Lease lease, Content expected) throws DeviceException {
        var right = ByteBuffer.allocate(1);
        MemoryOrigin.fill(COOKIE, expected, 0, right);
        var read = ByteBuffer.allocate(1);
        assertEquals(1, lease.object().read(0, read));
        assertEquals(expected, lease.content());
        assertEquals(right.get(0), read.get(0));
    }

    /// All is given back: volumes can be acquired, which takes a volume whose objects are all closed.
    private void assertNothingHeld() throws DeviceException {
        assertEquals(0, objects.size());
        assertEquals(0, objects.volumes());
        cache.acquireVolume(COOKIE.volume()).release();
    }

    @Test
    void an_object_is_shared_and_kept_for_a_while() throws Exception {
        var one = objects.open(COOKIE);
        var other = objects.open(COOKIE);
        assertSame(one.object(), other.object());
        one.close();
        one.close();
        assertReads(other, content.find(COOKIE));
        other.close();
        pass(KEEP.minusNanos(1));
        objects.tick();
        assertEquals(1, objects.size());
        pass(Duration.ofNanos(1));
        objects.tick();
        assertNothingHeld();
    }

    @Test
    void of_an_object_that_is_in_use_without_a_break_the_origin_is_asked_from_time_to_time() throws Exception {
        try (var first = objects.open(COOKIE)) {
            pass(KEEP);
            var hold = origin.hold();
            var asking = opening(COOKIE);
            Eventually.holds("the origin is asked", () -> origin.waiting() == 1);
            try (var meanwhile = objects.open(COOKIE)) {
                assertSame(first.object(), meanwhile.object());
            }
            hold.complete(false);
            try (var second = Eventually.of(asking)) {
                assertSame(first.object(), second.object());
            }
        }
    }

    @Test
    @Tag("S106")
    void a_new_version_is_opened_though_the_old_one_is_read_without_a_break() throws Exception {
        var first = content.find(COOKIE);
        try (var old = objects.open(COOKIE)) {
            assertReads(old, first);
            var second = content.put(COOKIE, 8192);
            try (var early = objects.open(COOKIE)) {
                assertReads(early, first);
            }
            pass(KEEP);
            try (var fresh = objects.open(COOKIE)) {
                assertNotSame(old.object(), fresh.object());
                assertReads(fresh, second);
                assertThrows(DeviceException.class, () -> old.object().read(0, ByteBuffer.allocate(1)));
                assertEquals(
                        Errno.ESTALE,
                        assertThrows(DeviceException.class, old::again).errno());
            }
        }
        pass(KEEP);
        objects.tick();
        assertNothingHeld();
    }

    @Test
    void who_reads_the_old_version_has_a_moment_to_come_to_his_end() throws Exception {
        objects = with(Duration.ofDays(1));
        var first = content.find(COOKIE);
        CompletableFuture<Lease> next;
        try (var old = objects.open(COOKIE)) {
            assertReads(old, first);
            content.put(COOKIE, 4096);
            pass(KEEP);
            var hold = origin.hold();
            next = opening(COOKIE);
            Eventually.holds("the origin is asked", () -> origin.waiting() == 1);
            origin.pass();
            hold.complete(false);
            assertReads(old, first);
        }
        try (var fresh = Eventually.of(next)) {
            assertReads(fresh, content.find(COOKIE));
        }
    }

    @Test
    void an_object_that_went_at_the_origin_is_not_opened_though_it_is_read_without_a_break() throws Exception {
        try (var _ = objects.open(COOKIE)) {
            content.remove(COOKIE);
            objects.open(COOKIE).close();
            pass(KEEP);
            assertEquals(
                    Errno.ENOENT,
                    assertThrows(DeviceException.class, () -> objects.open(COOKIE))
                            .errno());
        }
        assertNothingHeld();
    }

    @Test
    void what_comes_after_the_end_is_closed_too() throws Exception {
        var hold = origin.hold();
        var opening = opening(COOKIE);
        Eventually.holds("a look-up", () -> origin.waiting() == 1);
        objects.close();
        hold.complete(false);
        try (var late = Eventually.of(opening)) {
            assertReads(late, content.find(COOKIE));
        }
        objects.open(COOKIE).close();
        assertNothingHeld();
    }

    @Test
    void volumes_that_clients_name_are_given_back() throws Exception {
        for (int volume = 0; volume < 100; volume++) {
            var nothing = Cookie.of("v" + volume, "nothing");
            assertThrows(DeviceException.class, () -> objects.open(nothing));
            assertEquals(0, objects.volumes());
        }
        assertNothingHeld();
    }
}
