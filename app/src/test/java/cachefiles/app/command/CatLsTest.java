package cachefiles.app.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.persistence.store.FileStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(120)
class CatLsTest {
    @TempDir
    Path home;

    private Path origin = Path.of("");
    private final byte[] big = new byte[3_000_001];

    @BeforeEach
    void fill() throws IOException {
        origin = Files.createDirectories(home.resolve("origin/sub")).getParent();
        new Random(1).nextBytes(big);
        Files.write(origin.resolve("sub/big"), big);
        Files.writeString(origin.resolve("hello"), "hello, world");
        Files.createFile(origin.resolve("empty"));
        Files.writeString(origin.resolve("odd \\ name\n"), "odd");
    }

    private Ran cat(Object... args) {
        var all = new Object[args.length + 3];
        all[0] = "cat";
        all[1] = "--origin";
        all[2] = origin;
        System.arraycopy(args, 0, all, 3, args.length);
        return Ran.of(home, all);
    }

    private void assertBytes(String expected, Ran ran) {
        assertEquals(0, ran.exit(), ran.err());
        assertEquals(expected, ran.out());
        assertEquals("", ran.err());
    }

    @Test
    void cat_writes_a_file_whole_and_again_from_the_cache() {
        for (int i = 0; i < 2; i++) {
            var ran = cat("sub/big");
            assertEquals(0, ran.exit(), ran.err());
            assertArrayEquals(big, ran.bytes());
        }
    }

    @Test
    void cat_caches_below_the_users_cache_folder() throws IOException {
        cat("hello");
        try (var caches = Files.list(home.resolve("xdg/cachefiles-actors"))) {
            var names = caches.map(each -> each.getFileName().toString()).toList();
            assertEquals(1, names.size());
            assertTrue(names.getFirst().startsWith("origin-"), names.toString());
        }
    }

    @Test
    void cat_takes_a_part() {
        assertBytes("world", cat("hello", "--offset", 7));
        assertBytes("lo, ", cat("hello", "--offset", 3, "--length", 4));
        assertBytes("ld", cat("hello", "--offset", 10, "--length", Long.MAX_VALUE));
        assertBytes("", cat("hello", "--length", 0));
        assertBytes("", cat("hello", "--offset", Long.MAX_VALUE));
        assertBytes("", cat("empty"));
        var part = cat("sub/big", "--offset", 999_999, "--length", 1_100_000);
        assertArrayEquals(Arrays.copyOfRange(big, 999_999, 2_099_999), part.bytes());
    }

    @Test
    void cat_takes_a_key_as_ls_prints_it_and_as_it_is() {
        assertBytes("odd", cat("odd \\\\ name\\x0a"));
        assertBytes("odd", cat("odd \\ name\n"));
    }

    @Test
    void cat_gives_the_new_content_of_a_file_that_has_changed() throws IOException {
        var cache = home.resolve("c");
        assertBytes("hello, world", cat("--cache", cache, "hello"));
        Files.writeString(origin.resolve("hello"), "goodbye");
        assertBytes("goodbye", cat("--cache", cache, "hello"));
    }

    @Test
    void two_origins_in_one_cache_do_not_mix() throws IOException {
        var other = Files.createDirectories(home.resolve("other"));
        Files.writeString(other.resolve("hello"), "another file");
        var cache = home.resolve("c");
        assertBytes("hello, world", cat("--cache", cache, "hello"));
        assertBytes("another file", Ran.of(home, "cat", "--origin", other, "--cache", cache, "hello"));
        assertBytes("hello, world", cat("--cache", cache, "hello"));
    }

    @Test
    void what_cannot_be_read_is_exit_1_and_one_line() {
        for (var key : List.of("missing", "sub", "../hello", "sub/big/deeper")) {
            var ran = cat(key);
            assertEquals(1, ran.exit(), ran.err());
            assertEquals("", ran.out());
            assertEquals(1, ran.err().lines().count(), ran.err());
            assertTrue(ran.err().startsWith("cachefiles: "), ran.err());
        }
    }

    @Test
    void an_empty_name_is_not_the_current_folder() {
        for (var ran : List.of(
                Ran.of(home, "cat", "--origin", "", "hello"),
                Ran.of(home, "cat", "--origin", origin, "--cache", "", "hello"),
                Ran.of(home, "ls", "--origin="),
                Ran.of(home, "inspect", ""),
                Ran.of(home, "demo", "--origin", origin, "--json", ""),
                Ran.of(home, "check", "--json", ""))) {
            assertEquals(2, ran.exit(), ran.err());
            assertTrue(ran.err().contains("the name is empty; say . for the current folder"), ran.err());
        }
    }

    @Test
    void wrong_use_is_exit_2() {
        var wrong = List.of(
                cat("hello", "--offset", -1),
                cat("hello", "--length", -1),
                cat("hello", "--length", "many"),
                cat(),
                cat(""),
                cat("x".repeat(256)),
                cat("hello", "--nonsense"),
                Ran.of(home, "cat", "hello"),
                Ran.of(home, "cat", "--origin", home.resolve("nowhere"), "hello"),
                Ran.of(home, "cat", "--origin", origin.resolve("hello"), "hello"),
                Ran.of(home, "ls", "--origin", home.resolve("nowhere")),
                Ran.of(home, "nonsense"),
                Ran.of(home));
        for (var ran : wrong) {
            assertEquals(2, ran.exit(), ran.err());
            assertEquals("", ran.out());
            assertTrue(ran.err().lines().count() <= 3, ran.err());
            assertFalse(ran.err().contains("Exception"), ran.err());
        }
    }

    @Test
    void a_locked_cache_is_exit_4() throws IOException {
        var cache = home.resolve("c");
        try (var _ = FileStore.open(cache)) {
            var ran = cat("--cache", cache, "hello");
            assertEquals(4, ran.exit());
            assertTrue(ran.err().contains("is in use by"), ran.err());
        }
    }

    @Test
    void a_cache_that_is_a_file_is_exit_4() {
        var ran = cat("--cache", origin.resolve("hello"), "hello");
        assertEquals(4, ran.exit());
        assertEquals(1, ran.err().lines().count(), ran.err());
    }

    @Test
    void a_reader_that_has_gone_is_no_error() {
        var ran = Ran.into(Ran.brokenPipe(), home, "cat", "--origin", origin, "sub/big");
        assertEquals(0, ran.exit());
        assertEquals("", ran.err());
        assertEquals(
                0, Ran.into(Ran.brokenPipe(), home, "ls", "--origin", origin).exit());
    }

    @Test
    void an_output_that_cannot_be_written_is_exit_4() {
        var ran = Ran.into(Ran.full(), home, "cat", "--origin", origin, "sub/big");
        assertEquals(4, ran.exit());
        assertTrue(ran.err().contains("No space left on device"), ran.err());
    }

    @Test
    void ls_lists_keys_one_a_line_in_the_order_of_their_bytes() {
        var ran = Ran.of(home, "ls", "--origin", origin);
        assertEquals(0, ran.exit(), ran.err());
        assertEquals(List.of("empty", "hello", "odd \\\\ name\\x0a", "sub/big"), ran.lines());
    }

    @Test
    void ls_takes_a_prefix() {
        assertEquals(
                List.of("sub/big"),
                Ran.of(home, "ls", "--origin", origin, "sub/").lines());
        assertEquals(
                List.of("odd \\\\ name\\x0a"),
                Ran.of(home, "ls", "--origin", origin, "odd \\\\ ").lines());
        assertEquals(
                List.of("odd \\\\ name\\x0a"),
                Ran.of(home, "ls", "--origin", origin, "odd \\ ").lines());
        var nothing = Ran.of(home, "ls", "--origin", origin, "nothing");
        assertEquals(0, nothing.exit());
        assertEquals("", nothing.out());
    }

    @Test
    void ls_says_what_it_leaves_out() throws IOException {
        Files.createSymbolicLink(origin.resolve("out"), home.resolve("elsewhere"));
        var ran = Ran.of(home, "ls", "--origin", origin);
        assertEquals(0, ran.exit());
        assertEquals(4, ran.lines().size());
        assertTrue(ran.err().startsWith("cachefiles: left out: out: "), ran.err());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "demo", "cat", "ls", "inspect", "simulate", "scenario"})
    void help_and_version_go_to_standard_output(String command) {
        var help = command.isEmpty() ? Ran.of(home, "--help") : Ran.of(home, command, "--help");
        assertEquals(0, help.exit());
        assertTrue(help.out().startsWith("Usage: cachefiles"), help.out());
        assertEquals("", help.err());
        var version = command.isEmpty() ? Ran.of(home, "--version") : Ran.of(home, command, "--version");
        assertEquals(0, version.exit());
        assertTrue(version.out().startsWith("cachefiles-actors "), version.out());
    }

    @Test
    void bytes_are_bytes() throws IOException {
        var all = new byte[256];
        for (int i = 0; i < 256; i++) {
            all[i] = (byte) i;
        }
        Files.write(origin.resolve("all"), all);
        assertArrayEquals(all, cat("all").bytes());
        assertEquals("odd", new String(cat("odd \\\\ name\\x0a").bytes(), StandardCharsets.UTF_8));
    }
}
