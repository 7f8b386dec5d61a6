package cachefiles.app.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.testing.OriginServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `cat`, `ls` and `demo` of what a server has.
@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(120)
class WebOriginTest {
    @TempDir
    Path home;

    private final byte[] big = new byte[3_000_001];
    private OriginServer server;

    @BeforeEach
    void start() throws IOException {
        new Random(1).nextBytes(big);
        server = new OriginServer();
        server.put("sub/big", big);
        server.put("hello", "hello, world".getBytes(StandardCharsets.UTF_8));
        page("", "<a href=\"../\">../</a> <a href=\"sub/\">sub/</a> <a href=\"hello\">hello</a>");
        page("sub/", "[{\"name\":\"big\",\"type\":\"file\"}]");
    }

    private void page(String path, String text) {
        server.put(path, text.getBytes(StandardCharsets.UTF_8));
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @Test
    void cat_writes_a_file_whole_and_again_from_the_cache() {
        assertArrayEquals(big, cat("sub/big").bytes());
        long sent = server.bodyBytes();
        assertEquals(big.length, sent);
        assertArrayEquals(big, cat("sub/big").bytes());
        assertEquals(sent, server.bodyBytes());
    }

    @Test
    void cat_gives_the_new_content_of_a_file_that_was_replaced() {
        assertEquals("hello, world", cat("hello").out());
        server.put("hello", "HELLO, WORLD".getBytes(StandardCharsets.UTF_8));
        assertEquals("HELLO, WORLD", cat("hello").out());
    }

    @Test
    void ls_goes_down_the_index_pages() {
        var ran = Ran.of(home, "ls", "--origin", server.address());
        assertEquals(List.of("hello", "sub/big"), ran.lines());
        assertEquals(0, ran.exit(), ran.err());
        assertEquals(
                List.of("sub/big"),
                Ran.of(home, "ls", "--origin", server.address(), "sub/b").lines());
    }

    @Test
    void ls_says_what_is_missing() {
        server.remove("sub/");
        var ran = Ran.of(home, "ls", "--origin", server.address());
        assertEquals(List.of("hello"), ran.lines());
        assertTrue(ran.err().contains(server.address() + "sub/: the server has no such object"), ran.err());
        server.remove("");
        var none = Ran.of(home, "ls", "--origin", server.address());
        assertEquals(1, none.exit());
        assertTrue(none.err().contains("--manifest"), none.err());
    }

    @Test
    void a_manifest_lists_and_has_the_next_origin_asked() throws IOException {
        var manifest = Files.writeString(home.resolve("SHA256SUMS"), sha256(big) + "  sub/big\n");
        page("SHA256SUMS", Files.readString(manifest));
        assertEquals(
                List.of("sub/big"),
                Ran.of(home, "ls", "--origin", server.address(), "--manifest", manifest)
                        .lines());
        assertEquals(
                List.of("sub/big"),
                Ran.of(home, "ls", "--origin", server.address(), "--manifest", server.address() + "SHA256SUMS")
                        .lines());
        var files = Files.createDirectories(home.resolve("files"));
        Files.writeString(files.resolve("hello"), "hello, w0rld");
        Files.writeString(manifest, sha256("hello, world".getBytes(StandardCharsets.UTF_8)) + "  hello\n");
        var ran = Ran.of(home, "cat", "--origin", files, "--origin", server.address(), "--manifest", manifest, "hello");
        assertEquals("hello, world", ran.out(), ran.err());
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException missing) {
            throw new AssertionError(missing);
        }
    }

    @Test
    void what_fails_names_the_address() {
        server.behave((_, reply) -> reply.status(401, Map.of()));
        var ran = cat("hello");
        assertEquals(1, ran.exit());
        assertEquals(1, ran.err().lines().count(), ran.err());
        assertTrue(ran.err().contains(server.address() + "hello: the server refuses it (401); give"), ran.err());
    }

    @Test
    void what_is_no_origin_is_exit_2_and_names_no_password() {
        for (var origin : List.of("http://me:secret@localhost/", "ftp://localhost/", "http://[/", "http:///")) {
            var ran = Ran.of(home, "cat", "--origin", origin, "hello");
            assertEquals(2, ran.exit(), origin);
            assertFalse(ran.err().contains("secret"), ran.err());
            assertEquals(1, ran.err().lines().count(), ran.err());
        }
    }

    @Test
    void demo_compares_with_copies() {
        var ran = Ran.of(home, "demo", "--origin", server.address(), "--kills", 5, "--readers", 4, "--failover", "on");
        assertEquals(0, ran.exit(), ran.err() + ran.out());
        assertTrue(ran.out().contains("held"), ran.out());
    }

    private Ran cat(String key) {
        return Ran.of(home, "cat", "--origin", server.address(), key);
    }
}
