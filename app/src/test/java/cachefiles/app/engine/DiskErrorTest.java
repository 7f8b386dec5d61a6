package cachefiles.app.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import cachefiles.daemon.fetch.DirectoryOrigin;
import cachefiles.kernel.cache.Life;
import cachefiles.kernel.uapi.DeviceException;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Key;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/// What becomes of readers when the disk under the cache fails.
@DisplayNameGeneration(ReplaceUnderscores.class)
class DiskErrorTest {
    private static final int BYTES = 64 * 1024;

    @TempDir
    Path directory;

    private interface Scene {
        void play(Rig rig, Volume volume, CachedObject object, Held held) throws Exception;
    }

    private void reading(Scene scene) throws Exception {
        try (var blobs = Blobs.make(directory.resolve("origin"), 3, BYTES)) {
            var held = new Held(DirectoryOrigin.of(blobs.directory()));
            try (var rig = Rig.over(directory.resolve("cache"), held, options -> options)) {
                var volume = rig.cache.acquireVolume(Rig.VOLUME);
                var object = volume.acquire(Blobs.name(0));
                assertEquals(4096, read(object, 0));
                scene.play(rig, volume, object, held);
                Eventually.holds("DEAD", () -> rig.cache.status().life() == Life.DEAD);
                rig.store.failDisk(false);
                assertEquals(Errno.ENOBUFS, refused(() -> read(object, 0)), "a hit");
                assertEquals(Errno.ENOBUFS, refused(() -> read(object, BYTES / 2)), "a miss");
                assertEquals(Errno.ENOBUFS, refused(() -> volume.acquire(Blobs.name(1))), "an acquire");
                assertEquals(Errno.ENOBUFS, refused(() -> rig.cache.acquireVolume("another")));
                assertEquals(Errno.EIO, rig.cache.write("/", "restore"));
                object.close();
                volume.release();
            }
            try (var rig = Rig.over(directory.resolve("cache"), held, options -> options)) {
                var again = rig.cache.acquireVolume(Rig.VOLUME).acquire(Blobs.name(0));
                var target = ByteBuffer.allocate(BYTES);
                assertEquals(0, blobs.wrong(0, 0, BYTES, target, again.read(0, target)), "wrong bytes");
            }
        }
    }

    private static int read(CachedObject object, long offset) throws DeviceException {
        return object.read(offset, ByteBuffer.allocate(4096));
    }

    private static Errno refused(Executable what) {
        return assertThrows(DeviceException.class, what).errno();
    }

    private static Errno ended(CompletableFuture<?> future) {
        var failed = assertThrows(ExecutionException.class, () -> Eventually.of(future));
        return ((DeviceException) failed.getCause()).errno();
    }

    @Test
    @Tag("B9")
    @Tag("Q16")
    @Tag("S44")
    @Tag("S116")
    void a_disk_that_fails_a_hit_takes_the_cache_dead_and_ends_all_that_waits() throws Exception {
        reading((rig, volume, object, held) -> {
            var hold = held.hold();
            var waits = object.readAsync(BYTES / 2, ByteBuffer.allocate(4096));
            var acquire = volume.acquireAsync(Key.of(Blobs.name(1)));
            Eventually.holds("fetch and look-up", () -> held.waiting() == 2);
            rig.store.failDisk(true);
            assertEquals(Errno.EIO, refused(() -> read(object, 0)));
            assertEquals(Errno.EIO, ended(waits.bytes()));
            assertEquals(Errno.EIO, ended(acquire));
            held.pass();
            hold.complete(false);
        });
    }

    @Test
    @Tag("Q16")
    @Tag("S116")
    void a_disk_that_fails_a_write_takes_the_cache_dead() throws Exception {
        reading((rig, _, object, held) -> {
            var hold = held.hold();
            var waits = object.readAsync(BYTES / 2, ByteBuffer.allocate(4096));
            Eventually.holds("the fetch", () -> held.waiting() == 1);
            rig.store.failDisk(true);
            held.pass();
            hold.complete(false);
            assertEquals(Errno.EIO, ended(waits.bytes()));
        });
    }

    @Test
    @Tag("Q16")
    @Tag("S116")
    void a_disk_that_fails_an_opening_takes_the_cache_dead() throws Exception {
        reading((rig, volume, _, _) -> {
            rig.store.failDisk(true);
            assertEquals(Errno.EIO, refused(() -> volume.acquire(Blobs.name(2))));
        });
    }
}
