package cachefiles.app.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.daemon.fetch.MemoryOrigin;
import cachefiles.kernel.cache.Limits;
import cachefiles.kernel.extent.FreeSpace;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceException;
import cachefiles.kernel.uapi.Errno;
import cachefiles.persistence.journal.Journal;
import cachefiles.persistence.store.MemoryDisk;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a cache does as its disk fills and empties.
@DisplayNameGeneration(ReplaceUnderscores.class)
class SpaceTest {
    private static final FreeSpace AMPLE = new FreeSpace(90, 100, 90, 100);

    @TempDir
    Path directory;

    private final MemoryDisk disk = MemoryDisk.forgetful();
    private final MemoryOrigin origin = new MemoryOrigin();

    private Cache open(CacheOptions options) throws Exception {
        origin.put(Cookie.of("v", "known"), 65536);
        origin.put(Cookie.of("v", "new"), 65536);
        return Cache.open(options.journal(Journal.Kind.MEMORY)
                .store(disk.store(new Random(1)::nextLong))
                .measureSpaceEvery(Duration.ofMillis(5)));
    }

    private Cache open() throws Exception {
        return open(CacheOptions.of(directory, origin));
    }

    private void measured(Cache cache, FreeSpace space, boolean culling, boolean full) {
        disk.space(space);
        Eventually.holds(
                () -> space + " seen, not " + cache.status(),
                () -> cache.status().culling() == culling && cache.status().full() == full);
    }

    private static int read(CachedObject object, long offset) throws DeviceException {
        return object.read(offset, ByteBuffer.allocate(4096));
    }

    private static Errno refused(org.junit.jupiter.api.function.Executable what) {
        return assertThrows(DeviceException.class, what).errno();
    }

    @Test
    @Tag("S61")
    @Tag("S115")
    void under_the_stop_limits_nothing_is_stored_and_what_is_present_is_read_until_there_is_room_again()
            throws Exception {
        try (var cache = open()) {
            var volume = cache.acquireVolume("v");
            var object = volume.acquire("known");
            assertEquals(4096, read(object, 0));
            measured(cache, new FreeSpace(90, 100, 0, 100), true, true);

            assertEquals(Errno.ENOBUFS, refused(() -> read(object, 4096)));
            assertEquals(Errno.ENOBUFS, refused(() -> volume.acquire("new")));
            assertEquals(4096, read(object, 0));
            assertEquals(4096, object.presentBytes());

            measured(cache, AMPLE, false, false);
            assertEquals(4096, read(object, 4096));
            assertEquals(4096, read(volume.acquire("new"), 0));
        }
    }

    @Test
    @Tag("S115")
    void under_the_stop_limits_an_object_that_has_a_file_is_still_found() throws Exception {
        try (var cache = open()) {
            var volume = cache.acquireVolume("v");
            try (var object = volume.acquire("known")) {
                read(object, 0);
            }
            measured(cache, new FreeSpace(0, 100, 90, 100), true, true);
            assertEquals(4096, read(volume.acquire("known"), 0));
            assertEquals(Errno.ENOBUFS, refused(() -> volume.acquire("new")));
        }
    }

    @Test
    @Tag("S41")
    @Tag("S115")
    void culling_is_seen_to_begin_and_end_at_the_limits_that_were_given() throws Exception {
        var limits = new Limits(new Limits.Bounds(80, 70, 60), new Limits.Bounds(50, 40, 30));
        try (var cache = open(CacheOptions.of(directory, origin).spaceLimits(limits))) {
            measured(cache, new FreeSpace(69, 100, 90, 100), true, false);
            measured(cache, AMPLE, false, false);
            measured(cache, new FreeSpace(59, 100, 90, 100), true, true);
            measured(cache, new FreeSpace(79, 100, 90, 100), true, false);
            measured(cache, new FreeSpace(80, 100, 39, 100), true, false);
            measured(cache, new FreeSpace(80, 100, 50, 100), false, false);
        }
    }

    @Test
    @Tag("S49")
    @Tag("S115")
    void limits_written_as_text_hold_from_the_next_measuring_on() throws Exception {
        try (var cache = open()) {
            measured(cache, new FreeSpace(50, 100, 50, 100), false, false);
            assertEquals(Errno.OK, cache.write("/", "brun 80%"));
            assertEquals(Errno.OK, cache.write("/", "bcull 70%"));
            Eventually.holds("culling", () -> cache.status().culling());
            assertEquals(Errno.OK, cache.write("/", "bstop 60%"));
            Eventually.holds("full", () -> cache.status().full());
            assertTrue(cache.status().life().ready());
        }
    }
}
