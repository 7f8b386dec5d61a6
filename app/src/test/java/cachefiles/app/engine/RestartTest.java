package cachefiles.app.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.daemon.fetch.DirectoryOrigin;
import cachefiles.persistence.journal.Journal;
import cachefiles.persistence.store.DirectoryLockedException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class RestartTest {
    private static final int BYTES = 64 * 1024;

    @Test
    @Tag("T03")
    @Tag("S106")
    void a_cache_that_was_closed_in_order_is_all_hits_when_it_is_opened_again(@TempDir Path directory)
            throws Exception {
        try (var blobs = Blobs.make(directory.resolve("origin"), 8, BYTES)) {
            for (int life = 0; life < 3; life++) {
                try (var rig =
                        Rig.over(directory.resolve("cache"), blobs, options -> options.journal(Journal.Kind.H2))) {
                    var volume = rig.cache.acquireVolume(Rig.VOLUME);
                    long total = 0;
                    for (int i = 0; i < blobs.count(); i++) {
                        try (var object = volume.acquire(Blobs.name(i))) {
                            int size = (int) blobs.size(i);
                            total += size;
                            assertEquals(life == 0 ? 0 : size, object.presentBytes());
                            var target = ByteBuffer.allocate(size);
                            assertEquals(0, blobs.wrong(i, 0, size, target, object.read(0, target)), "wrong bytes");
                        }
                    }
                    assertEquals(life == 0 ? total : 0, rig.origin.fetchedBytes());
                    volume.release();
                }
            }
        }
    }

    @Test
    @Tag("S54")
    void one_process_uses_a_directory_at_a_time(@TempDir Path directory) throws Exception {
        var cache = directory.resolve("cache");
        try (var blobs = Blobs.make(directory.resolve("origin"), 1, BYTES)) {
            var options = CacheOptions.of(cache, DirectoryOrigin.of(blobs.directory()));
            try (var _ = Cache.open(options)) {
                var locked = assertThrows(DirectoryLockedException.class, () -> Cache.open(options));
                assertTrue(locked.getMessage().contains(cache.toString()), locked::getMessage);
            }
            try (var again = Cache.open(options)) {
                assertEquals(
                        BYTES,
                        again.acquireVolume(Rig.VOLUME).acquire(Blobs.name(0)).sizeBytes());
            }
        }
    }
}
