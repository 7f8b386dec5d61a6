package cachefiles.app;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.app.engine.Cache;
import cachefiles.app.engine.CacheOptions;
import cachefiles.daemon.fetch.DirectoryOrigin;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The README's example: what stands there is what runs here.
@DisplayNameGeneration(ReplaceUnderscores.class)
class EmbeddingExampleTest {
    private static byte[] example(Path photos, Path directory) throws Exception {
        // example
        var origin = DirectoryOrigin.of(photos);
        try (var cache = Cache.open(CacheOptions.of(directory, origin))) {
            var volume = cache.acquireVolume("photos");
            var head = ByteBuffer.allocate(4096);
            try (var lake = volume.acquire("2024/lake.jpg")) { // asks the daemon for its size
                lake.read(0, head); // waits for the bytes; a second time it does not

                var rest = ByteBuffer.allocate(65536);
                var read = lake.readAsync(4096, rest); // returns at once
                read.bytes().thenAccept(count -> System.out.println(count + " more bytes"));

                var nobodyWants = lake.readAsync(8192, ByteBuffer.allocate(4096));
                nobodyWants.cancel().run(); // ends with EINTR, unless it was done before
                read.bytes().join();
            } // released
            volume.release();
            return head.array();
        }
        // end of example
    }

    @Test
    void the_readme_shows_an_example_that_works(@TempDir Path folder) throws Exception {
        var photos = Files.createDirectories(folder.resolve("photos/2024")).getParent();
        var lake = new byte[20_000];
        Arrays.setAll(lake, at -> (byte) (at * 31 >> 3));
        Files.write(photos.resolve("2024/lake.jpg"), lake);
        assertArrayEquals(Arrays.copyOf(lake, 4096), example(photos, folder.resolve("cache")));
    }

    @Test
    void the_readme_shows_the_very_lines_that_run_here() throws Exception {
        var project = Path.of("").toAbsolutePath();
        while (!Files.exists(project.resolve("README.md"))) {
            project = project.getParent();
        }
        var source = Files.readString(project.resolve("app/src/test/java/cachefiles/app/EmbeddingExampleTest.java"));
        int start = source.indexOf("// example\n") + "// example\n".length();
        var lines = source.substring(start, source.indexOf("        // end of example"))
                .stripIndent();
        var readme = Files.readString(project.resolve("README.md"));
        assertTrue(readme.contains("```java\n" + lines + "```"), () -> "the README lacks:\n" + lines);
        assertEquals(1, readme.split("```java", -1).length - 1);
    }
}
