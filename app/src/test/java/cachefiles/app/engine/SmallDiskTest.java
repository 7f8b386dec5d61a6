package cachefiles.app.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.daemon.fetch.DirectoryOrigin;
import cachefiles.kernel.uapi.DeviceException;
import cachefiles.kernel.uapi.Errno;
import cachefiles.testing.Needs;
import cachefiles.testing.SmallDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Store and H2 journal on a real disk that becomes full, or read-only, while they are open.
@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(180)
@Needs({"root", "loop", "mkfs.ext4"})
class SmallDiskTest {
    private static final int BYTES = 1 << 20;
    private static final int COUNT = 4;

    @TempDir
    Path directory;

    private SmallDisk disk;
    private Blobs blobs;

    @BeforeEach
    void mount() throws IOException {
        disk = SmallDisk.mount(directory, 64);
        blobs = Blobs.make(directory.resolve("origin"), COUNT, BYTES);
    }

    @AfterEach
    void unmount() throws IOException {
        blobs.close();
        disk.close();
    }

    private Cache open() throws IOException {
        return Cache.open(CacheOptions.of(disk.folder().resolve("cache"), DirectoryOrigin.of(blobs.directory()))
                .deadline(Duration.ofSeconds(10)));
    }

    private void assertReads(CachedObject object, int number) throws DeviceException {
        int size = (int) blobs.size(number);
        var target = ByteBuffer.allocate(size);
        assertEquals(0, blobs.wrong(number, 0, size, target, object.read(0, target)), "wrong bytes");
    }

    private void assertOpensAndReads(Volume volume, int number) throws DeviceException {
        try (var object = volume.acquire(Blobs.name(number))) {
            assertReads(object, number);
        }
    }

    private boolean opensAndReads(Volume volume, int number) {
        try {
            assertOpensAndReads(volume, number);
            return true;
        } catch (DeviceException _) {
            return false;
        }
    }

    private Errno refused(Volume volume, int number) {
        return assertThrows(DeviceException.class, () -> assertOpensAndReads(volume, number))
                .errno();
    }

    @Test
    @Tag("S115")
    @Tag("I15")
    void on_a_full_disk_hits_go_on_misses_end_clearly_and_all_is_well_when_there_is_room() throws Exception {
        try (var cache = open()) {
            var volume = cache.acquireVolume("v");
            try (var hot = volume.acquire(Blobs.name(0));
                    var half = volume.acquire(Blobs.name(1))) {
                assertReads(hot, 0);
                disk.fill();
                assertReads(hot, 0);
                var missed = assertThrows(DeviceException.class, () -> assertReads(half, 1));
                assertTrue(Set.of(Errno.EIO, Errno.ENOBUFS, Errno.ENOSPC).contains(missed.errno()), missed::toString);
                var refused = refused(volume, 2);
                assertTrue(Set.of(Errno.ENOBUFS, Errno.ETIMEDOUT, Errno.EIO).contains(refused), refused::toString);
                Eventually.holds("full", () -> cache.status().full());
                assertReads(hot, 0);
                disk.empty();
                Eventually.holds("room", () -> !cache.status().full());
                assertReads(half, 1);
                Eventually.holds("an open", () -> opensAndReads(volume, 2));
            }
            volume.release();
        }
        assertAllThere(3);
    }

    private void assertAllThere(int count) throws IOException, DeviceException {
        try (var cache = open()) {
            var volume = cache.acquireVolume("v");
            for (int number = 0; number < COUNT; number++) {
                try (var object = volume.acquire(Blobs.name(number))) {
                    assertEquals(number < count ? blobs.size(number) : 0, object.presentBytes(), Blobs.name(number));
                    assertReads(object, number);
                }
            }
        }
    }

    @Test
    @Tag("S114")
    @Tag("S116")
    void on_a_disk_that_turns_read_only_hits_go_on_misses_end_clearly_and_all_is_well_after_a_repair()
            throws Exception {
        var cache = open();
        try (cache) {
            var volume = cache.acquireVolume("v");
            var hot = volume.acquire(Blobs.name(0));
            assertReads(hot, 0);
            disk.fail();
            assertReads(hot, 0);
            var refused = refused(volume, 1);
            assertTrue(Set.of(Errno.EIO, Errno.ETIMEDOUT, Errno.ENOBUFS).contains(refused), refused::toString);
        } catch (IOException told) {
            assertTrue(told.getMessage().contains("journal"), told::toString); // it could not be closed in order
        }
        disk.mend(); // what had not been written back is lost, as after a loss of power
        try (var again = open()) {
            var volume = again.acquireVolume("v");
            assertOpensAndReads(volume, 0);
            assertOpensAndReads(volume, 1);
        }
    }
}
