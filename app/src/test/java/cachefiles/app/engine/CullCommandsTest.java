package cachefiles.app.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.daemon.fetch.MemoryOrigin;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Errno;
import cachefiles.persistence.journal.Journal;
import cachefiles.persistence.store.BackingPath;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `inuse` and `cull`, as a daemon that frees space writes them.
@DisplayNameGeneration(ReplaceUnderscores.class)
class CullCommandsTest {
    @Test
    @Tag("T13")
    @Tag("Q14")
    @Tag("S112")
    @Tag("S113")
    @Tag("S114")
    void a_file_can_be_culled_when_its_object_is_out_of_use_and_then_all_is_missing(@TempDir Path directory)
            throws Exception {
        var cookie = Cookie.of("v", "blob");
        var origin = new MemoryOrigin();
        origin.put(cookie, 65536);
        try (var cache = Cache.open(CacheOptions.of(directory, origin).journal(Journal.Kind.MEMORY))) {
            var file = BackingPath.of(cookie).under(directory.resolve("cache"));
            var folder = file.getParent().toString();
            var name = file.getFileName().toString();
            var volume = cache.acquireVolume("v");
            var object = volume.acquire("blob");
            object.read(0, ByteBuffer.allocate(4096));
            assertEquals(Errno.EBUSY, cache.write(folder, "inuse " + name));
            assertEquals(Errno.EBUSY, cache.write(folder, "cull " + name));
            assertTrue(Files.exists(file));
            object.close();
            volume.release();
            assertEquals(Errno.OK, cache.write(folder, "inuse " + name));
            assertEquals(Errno.OK, cache.write(folder, "cull " + name));
            assertFalse(Files.exists(file));
            assertEquals(Errno.ENOENT, cache.write(folder, "inuse " + name));
            try (var again = cache.acquireVolume("v").acquire("blob")) {
                assertEquals(0, again.presentBytes());
                assertEquals(4096, again.read(0, ByteBuffer.allocate(4096)));
            }
        }
    }
}
