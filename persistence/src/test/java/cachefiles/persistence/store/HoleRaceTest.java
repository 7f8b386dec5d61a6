package cachefiles.persistence.store;

import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.kernel.extent.BackingFile.WritePermit;
import cachefiles.kernel.extent.Store;
import cachefiles.kernel.uapi.Cookie;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class HoleRaceTest {
    private static final int BLOCKS = 4_096;

    /// The first block of a hole may be filled between the two looks, at where it begins and at where it ends.
    @Test
    @Tag("S117")
    void a_hole_that_is_filled_while_it_is_looked_for_is_still_a_hole_of_some_bytes(@TempDir Path directory)
            throws Exception {
        try (var store = FileStore.open(directory)) {
            var file = store.file(Cookie.of("v", "o"));
            long size = (long) BLOCKS * Store.BLOCK_BYTES;
            file.attach(size, "1");
            var writer = CompletableFuture.runAsync(() -> {
                try {
                    for (long block = 0; block < BLOCKS; block++) {
                        file.write(
                                block * Store.BLOCK_BYTES, ByteBuffer.allocate(Store.BLOCK_BYTES), WritePermit.ALWAYS);
                    }
                } catch (IOException failed) {
                    throw new UncheckedIOException(failed);
                }
            });
            var hole = file.hole(0, size);
            while (hole.isPresent()) {
                assertTrue(hole.get().length() > 0);
                hole = file.hole(hole.get().offset(), size);
            }
            writer.get(1, TimeUnit.MINUTES);
        }
    }
}
