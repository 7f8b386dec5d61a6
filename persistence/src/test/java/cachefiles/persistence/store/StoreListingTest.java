package cachefiles.persistence.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.kernel.extent.Store;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Key;
import cachefiles.kernel.uapi.Range;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
@Tag("S105")
class StoreListingTest {
    private static final int BLOCK = Store.BLOCK_BYTES;
    private static final Cookie PLAIN = Cookie.of("erofs,a", "plain");
    private static final Cookie LONG = Cookie.of("erofs,b", "x".repeat(255));

    @TempDir
    Path directory;

    @Test
    void it_lists_each_object_with_what_is_present() throws IOException {
        store(PLAIN, 3 * BLOCK + 5, "v1", 1, 3);
        store(LONG, BLOCK, "", 0, 1);

        var entries = listing(true);

        assertEquals(2, entries.size());
        StoreListing.Entry plain = entries.getFirst();
        assertEquals(Optional.of(PLAIN.key()), plain.key());
        assertEquals(Optional.of(PLAIN.volume()), plain.volume());
        assertEquals(3 * BLOCK + 5, plain.sizeBytes());
        assertEquals("v1", plain.validator());
        assertEquals(List.of(new Range(BLOCK, 2 * BLOCK)), plain.present());
        assertEquals(2 * BLOCK, plain.presentBytes());
        assertEquals(2 * BLOCK + Sidecar.entryAt(3), plain.diskBytes());
        assertEquals(0, plain.wrongBlocks());
        assertEquals("", plain.problem());
        assertEquals(Optional.of(LONG.key()), entries.getLast().key());
    }

    @Test
    void it_counts_wrong_blocks_when_asked_to() throws IOException {
        store(PLAIN, 3 * BLOCK + 5, "v1", 0, 4);
        FileStoreTest.flip(data(PLAIN), BLOCK);
        FileStoreTest.flip(data(PLAIN), 3 * BLOCK + 4);

        assertEquals(2, listing(true).getFirst().wrongBlocks());
        assertEquals(-1, listing(false).getFirst().wrongBlocks());
    }

    @Test
    void it_reports_damage_and_goes_on() throws IOException {
        store(PLAIN, BLOCK, "v1", 0, 1);
        store(Cookie.of("erofs,a", "no sidecar"), BLOCK, "v1", 0, 1);
        store(Cookie.of("erofs,a", "no-data"), BLOCK, "v1", 0, 1);
        store(Cookie.of("erofs,a", "short"), BLOCK, "v1", 0, 1);
        store(Cookie.of("erofs,a", "damaged"), BLOCK, "v1", 0, 1);
        Files.delete(sidecar(Cookie.of("erofs,a", "no sidecar")));
        Files.delete(data(Cookie.of("erofs,a", "no-data")));
        Files.write(data(Cookie.of("erofs,a", "short")), new byte[3]);
        FileStoreTest.flip(sidecar(Cookie.of("erofs,a", "damaged")), 20);
        Files.copy(sidecar(PLAIN), sidecar(PLAIN).resolveSibling("Dmoved"));
        Files.createDirectories(data(PLAIN).resolveSibling("Ddirectory"));
        Files.writeString(directory.resolve("cache/stray"), "");

        var problems = new TreeMap<String, String>();
        for (StoreListing.Entry entry : listing(false)) {
            problems.put(
                    entry.key().map(Key::text).orElse("?") + " "
                            + entry.path().name().charAt(0),
                    entry.problem());
        }
        assertEquals(
                Map.of(
                        "damaged D", "sidecar damaged",
                        "directory D", "no sidecar",
                        "moved D", "belongs to another object: erofs,a plain",
                        "no sidecar E", "no sidecar",
                        "no-data D", "no data file",
                        "plain D", "",
                        "short D", "data file has 3 bytes, not 4096"),
                problems);
    }

    @Test
    void it_changes_nothing() throws IOException {
        store(PLAIN, BLOCK, "v1", 0, 1);
        Map<Path, String> before = snapshot();

        listing(true);

        assertEquals(before, snapshot());
    }

    @Test
    void a_directory_without_a_cache_has_no_objects_and_a_missing_one_is_an_error() throws IOException {
        assertEquals(List.of(), listing(false));
        assertThrows(IOException.class, () -> StoreListing.of(directory.resolve("missing"), false));
    }

    private List<StoreListing.Entry> listing(boolean verify) throws IOException {
        try (var entries = StoreListing.of(directory, verify)) {
            return entries.toList();
        }
    }

    private void store(Cookie cookie, long size, String validator, int first, int limit) throws IOException {
        try (var store = FileStore.open(directory)) {
            var file = store.file(cookie);
            file.attach(size, validator);
            var bytes = ByteBuffer.wrap(StoreContract.content(size, (limit - first) * BLOCK));
            assertTrue(file.write((long) first * BLOCK, bytes, StoreContract.Permit.HELD));
        }
    }

    private Map<Path, String> snapshot() throws IOException {
        var files = new TreeMap<Path, String>();
        try (Stream<Path> walk = Files.walk(directory)) {
            for (Path path : walk.toList()) {
                files.put(path, Files.getLastModifiedTime(path) + " " + Files.size(path));
            }
        }
        return files;
    }

    private Path data(Cookie cookie) {
        return BackingPath.of(cookie).under(FileStore.dataTree(directory));
    }

    private Path sidecar(Cookie cookie) {
        return BackingPath.of(cookie).under(FileStore.blockTree(directory));
    }
}
