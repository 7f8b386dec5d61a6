package cachefiles.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.app.engine.Cache;
import cachefiles.app.engine.CacheOptions;
import cachefiles.daemon.fetch.DirectoryOrigin;
import cachefiles.kernel.uapi.DeviceException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The README's example of embedding a cache, compiled and run.
@DisplayNameGeneration(ReplaceUnderscores.class)
class EmbeddingExampleTest {
    private static final String THIS = "app/src/test/java/cachefiles/app/EmbeddingExampleTest.java";

    private static String embed(Path files, Path directory) throws IOException, DeviceException {
        // example begins
        var origin = DirectoryOrigin.of(files); // or an Origin of your own
        try (var cache = Cache.open(CacheOptions.of(directory, origin))) {
            var volume = cache.acquireVolume("books");
            int length;
            var page = ByteBuffer.allocate(4096);
            try (var object = volume.acquire("moby-dick.txt")) {
                length = object.read(0, page); // from the origin; from then on from the cache

                var later = object.readAsync(8192, ByteBuffer.allocate(4096));
                later.cancel().run(); // ends it with EINTR, if it has not ended
                int more = later.bytes()
                        .handle((bytes, failure) -> failure == null ? bytes : 0)
                        .join();
                System.out.println(length + " bytes, and " + more);
            }
            volume.release();
            return new String(page.array(), 0, length, UTF_8);
        }
        // example ends
    }

    @Test
    void the_example_runs(@TempDir Path directory) throws Exception {
        var files = Files.createDirectory(directory.resolve("files"));
        var text = "Call me Ishmael. ".repeat(1_000);
        Files.writeString(files.resolve("moby-dick.txt"), text);
        assertEquals(text.substring(0, 4096), embed(files, directory.resolve("cache")));
    }

    @Test
    void the_readme_shows_these_very_lines() throws IOException {
        var root = Path.of("").toAbsolutePath();
        while (!Files.exists(root.resolve(THIS))) {
            root = root.getParent();
        }
        var readme = root.resolve("README.md");
        if (Files.exists(readme)) { // else there is nothing to be wrong
            var example = example(Files.readAllLines(root.resolve(THIS)));
            assertTrue(
                    Files.readString(readme).contains(example), () -> "the README's Java example is not\n" + example);
        }
    }

    private static String example(List<String> lines) {
        int from = lines.indexOf("        // example begins") + 1;
        int to = lines.indexOf("        // example ends");
        return String.join(
                "\n",
                lines.subList(from, to).stream()
                        .map(line -> line.isEmpty() ? line : line.substring(8))
                        .toList());
    }
}
