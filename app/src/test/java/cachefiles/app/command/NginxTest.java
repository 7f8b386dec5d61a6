package cachefiles.app.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.testing.Needs;
import cachefiles.testing.Nginx;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Files that a real nginx serves.
@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(120)
@Needs("nginx")
class NginxTest {
    private static final String ODD = "odd \\\\ näme & more%20?#";

    @TempDir
    Path home;

    private final byte[] big = new byte[20_000_001];
    private Path files = Path.of("");
    private Nginx nginx;

    @BeforeEach
    void start() throws IOException {
        files = Files.createDirectories(home.resolve("files/sub")).getParent();
        new Random(1).nextBytes(big);
        Files.write(files.resolve("sub/big"), big);
        Files.createFile(files.resolve("empty"));
        Path odd = Path.of(URI.create(files.toUri() + "odd%20%5C%20n%C3%A4me%20%26%20more%2520%3F%23"));
        Files.writeString(odd, "odd");
        nginx = Nginx.start(files, home.resolve("nginx"));
    }

    @AfterEach
    void stop() throws IOException {
        nginx.close();
    }

    private Ran cat(String key) {
        return Ran.of(home, "cat", "--origin", nginx.address(), key);
    }

    @Test
    void cat_writes_what_the_file_has_and_fetches_it_once() throws IOException {
        assertArrayEquals(big, cat("sub/big").bytes());
        assertArrayEquals(big, cat("sub/big").bytes());
        assertEquals(big.length, nginx.bodyBytes());
        assertTrue(nginx.log().stream().allMatch(line -> line.startsWith("HEAD 200") || line.startsWith("GET 206")));
        assertEquals("", cat("empty").out());
        assertEquals("odd", new String(cat(ODD).bytes(), StandardCharsets.UTF_8));
    }

    @Test
    void ls_lists_by_html_and_by_json() {
        for (var address : List.of(nginx.address(), nginx.address() + "json/")) {
            var ran = Ran.of(home, "ls", "--origin", address);
            assertEquals(List.of("empty", ODD, "sub/big"), ran.lines(), ran.err());
            assertEquals(0, ran.exit(), ran.err());
        }
    }

    @Test
    @Tag("G13")
    void a_file_that_was_replaced_is_fetched_anew() throws IOException {
        assertArrayEquals(big, cat("sub/big").bytes());
        big[0]++;
        Files.write(files.resolve("sub/big"), big);
        Files.setLastModifiedTime(files.resolve("sub/big"), FileTime.fromMillis(1_000_000_000_000L));
        assertArrayEquals(big, cat("sub/big").bytes());
    }

    @Test
    @Tag("G13")
    void a_server_that_names_no_version_is_refused() {
        var ran = Ran.of(home, "cat", "--origin", nginx.address() + "bare/", "sub/big");
        assertEquals(1, ran.exit());
        assertTrue(ran.err().contains("names neither ETag nor Last-Modified"), ran.err());
    }

    @Test
    void what_is_not_there_is_exit_1() {
        assertEquals(1, cat("missing").exit());
        assertEquals(1, cat("sub").exit());
    }
}
