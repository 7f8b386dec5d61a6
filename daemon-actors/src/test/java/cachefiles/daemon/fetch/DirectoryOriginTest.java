package cachefiles.daemon.fetch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceException;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Key;
import cachefiles.kernel.uapi.KeyText;
import cachefiles.testing.Machine;
import cachefiles.testing.Needs;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class DirectoryOriginTest {
    @TempDir
    Path parent;

    private Path root;
    private DirectoryOrigin origin;

    @BeforeEach
    void openOrigin() throws IOException {
        root = Files.createDirectories(parent.resolve("origin"));
        origin = DirectoryOrigin.of(root);
    }

    @Test
    void a_file_is_found_and_fetched_by_its_path() throws Exception {
        Files.createDirectories(root.resolve("a/b"));
        Files.writeString(root.resolve("a/b/file"), "0123456789");

        Content found = origin.find(cookie("a/b/file"));

        assertEquals(10, found.sizeBytes());
        assertTrue(found.validator().length() <= 255);
        assertEquals("345", fetch("a/b/file", found, 3, 3));
        assertEquals("0123456789", fetch("a/b/file", found, 0, 10));
    }

    @Test
    void fetching_fills_the_target_from_its_position() throws Exception {
        Files.writeString(root.resolve("file"), "0123456789");
        var target = ByteBuffer.wrap("abcdef".getBytes(StandardCharsets.US_ASCII))
                .position(2)
                .limit(4);

        origin.fetch(cookie("file"), origin.find(cookie("file")), 8, target);

        assertEquals("ab89ef", new String(target.array(), StandardCharsets.US_ASCII));
    }

    @Test
    @Tag("D9")
    void an_empty_file_is_a_file() throws Exception {
        Files.createFile(root.resolve("empty"));

        Content found = origin.find(cookie("empty"));

        assertEquals(0, found.sizeBytes());
        assertEquals("", fetch("empty", found, 0, 0));
    }

    @ParameterizedTest
    @CsvSource({
        "missing, ENOENT",
        "file/below, ENOENT",
        "dir, EISDIR",
        "../secret, EACCES",
        "dir/../../secret, EACCES",
        "dir/.., EACCES",
        "/file, ENOENT",
        "dir//file, ENOENT",
        "./file, ENOENT",
        "file/, ENOENT",
        "out, EACCES",
        "outdir/secret, EACCES",
        "dangling, ENOENT",
        "in, OK"
    })
    void keys_that_are_no_file_of_ours_have_an_error_of_their_own(String key, Errno expected) throws Exception {
        Files.writeString(parent.resolve("secret"), "secret");
        Files.writeString(root.resolve("file"), "file");
        Files.createDirectory(root.resolve("dir"));
        Files.writeString(root.resolve("dir/file"), "file");
        Files.createSymbolicLink(root.resolve("out"), parent.resolve("secret"));
        Files.createSymbolicLink(root.resolve("outdir"), parent);
        Files.createSymbolicLink(root.resolve("dangling"), Path.of("nowhere"));
        Files.createSymbolicLink(root.resolve("in"), Path.of("dir/file"));

        if (expected.isOk()) {
            assertEquals(4, origin.find(cookie(key)).sizeBytes());
        } else {
            assertErrno(expected, () -> origin.find(cookie(key)));
        }
    }

    @Test
    void a_sibling_whose_name_begins_like_the_root_is_outside() throws Exception {
        Files.createDirectory(parent.resolve("origin2"));
        Files.writeString(parent.resolve("origin2/secret"), "secret");
        Files.createSymbolicLink(root.resolve("link"), parent.resolve("origin2/secret"));

        assertErrno(Errno.EACCES, () -> origin.find(cookie("link")));
    }

    @Test
    @Needs("unprivileged")
    void a_file_that_may_not_be_read_is_refused() throws Exception {
        Path file = Files.writeString(root.resolve("file"), "secret");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));

        assertEquals("EACCES", Unprivileged.finds(root, "file"));
    }

    /// Looks a file up in a process of its own, for which file permissions hold.
    static final class Unprivileged {
        private Unprivileged() {}

        static String finds(Path root, String key) throws IOException {
            var command = new ArrayList<>(Machine.unprivileged());
            command.add(ProcessHandle.current().info().command().orElse("java"));
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), Unprivileged.class.getName()));
            command.addAll(List.of(root.toString(), key));
            var process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try (var output = process.inputReader()) {
                return output.readAllAsString();
            }
        }

        public static void main(String[] rootAndKey) throws IOException {
            try {
                System.out.print(DirectoryOrigin.of(Path.of(rootAndKey[0])).find(cookie(rootAndKey[1])));
            } catch (DeviceException refused) {
                System.out.print(refused.errno());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "with space",
                "new\\x0aline",
                "\\xff\\xfe",
                "%41",
                "é",
                "a?b#c",
                "back\\\\slash",
                "\\x01",
                "~",
                "-"
            })
    void a_name_may_be_any_bytes(String text) throws Exception {
        byte[] name = KeyText.parse(text);
        writeRaw(name, "odd");
        Key key = Key.of(name);

        Content found = origin.find(new Cookie(Key.of("v"), key));
        var target = ByteBuffer.allocate(3);
        origin.fetch(new Cookie(Key.of("v"), key), found, 0, target);

        assertEquals("odd", new String(target.array(), StandardCharsets.US_ASCII));
        assertEquals(List.of(text), list(""));
        assertEquals(text, KeyText.of(key));
    }

    @Test
    void every_change_changes_the_validator() throws Exception {
        Path file = Files.writeString(root.resolve("file"), "0123456789");
        Content first = origin.find(cookie("file"));
        var mtime = Files.getLastModifiedTime(file);

        Path next = Files.writeString(root.resolve("next"), "9876543210");
        Files.setLastModifiedTime(next, mtime);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);

        assertNotEquals(first, origin.find(cookie("file")));
    }

    @Test
    void a_file_that_changed_is_stale_and_one_that_vanished_is_missing() throws Exception {
        Path file = Files.writeString(root.resolve("file"), "0123456789");
        Content found = origin.find(cookie("file"));

        Files.writeString(file, "01234");
        assertErrno(Errno.ESTALE, () -> fetch("file", found, 0, 5));
        Files.delete(file);
        assertErrno(Errno.ENOENT, () -> fetch("file", found, 0, 5));
    }

    @Test
    void asking_behind_the_end_is_stale() throws Exception {
        Files.writeString(root.resolve("file"), "0123456789");
        Content found = origin.find(cookie("file"));

        assertErrno(Errno.ESTALE, () -> fetch("file", found, 8, 5));
    }

    @Test
    void while_a_file_is_replaced_again_and_again_each_fetch_is_one_version_or_an_error() throws Exception {
        int size = 64 * 1024;
        Path file = Files.writeString(root.resolve("file"), "a".repeat(size));
        var writer = Thread.ofPlatform().start(() -> {
            try {
                for (int i = 0; i < 300; i++) {
                    Path next = Files.writeString(
                            parent.resolve("next"),
                            String.valueOf((char) ('a' + i % 26)).repeat(size));
                    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
                }
            } catch (IOException failed) {
                throw new IllegalStateException(failed);
            }
        });
        while (writer.isAlive()) {
            Content found = origin.find(cookie("file"));
            try {
                String bytes = fetch("file", found, 0, size);
                assertEquals(bytes.substring(0, 1).repeat(size), bytes);
                assertEquals(bytes.substring(0, 1), fetch("file", found, size - 1, 1));
            } catch (DeviceException stale) {
                assertEquals(Errno.ESTALE, stale.errno());
            }
        }
        writer.join();
    }

    @Test
    void it_lists_files_in_the_order_of_their_keys() throws Exception {
        for (String name : List.of("b", "a.txt", "a/z", "a/b/c", "a0", "ab/x")) {
            Path file = root.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, name);
        }
        Files.createSymbolicLink(root.resolve("a/loop"), root);
        Files.createSymbolicLink(root.resolve("link"), Path.of("b"));

        assertEquals(List.of("a.txt", "a/b/c", "a/z", "a0", "ab/x", "b", "link"), list(""));
        assertEquals(List.of("a/b/c", "a/z"), list("a/"));
        assertEquals(List.of("a/b/c"), list("a/b"));
        assertEquals(List.of("ab/x"), list("ab"));
        assertEquals(List.of("b"), list("b"));
        assertEquals(List.of(), list("c"));
    }

    @Test
    void it_tells_what_it_could_not_list() throws Exception {
        Files.createSymbolicLink(root.resolve("dangling"), Path.of("nowhere"));
        Path deep = root.resolve("d".repeat(200));
        Files.createDirectories(deep);
        Files.writeString(deep.resolve("f".repeat(100)), "");
        Files.writeString(root.resolve("fine"), "");
        var skipped = new ArrayList<Errno>();

        var keys = origin.list("", failed -> skipped.add(failed.errno()))
                .map(listed -> listed.key().text())
                .toList();

        assertEquals(List.of("fine"), keys);
        assertEquals(List.of(Errno.ENOENT, Errno.ENAMETOOLONG), skipped);
    }

    @Test
    void a_root_that_is_no_directory_is_refused() throws Exception {
        Path file = Files.writeString(root.resolve("file"), "");

        assertThrows(IOException.class, () -> DirectoryOrigin.of(file));
        assertThrows(IOException.class, () -> DirectoryOrigin.of(root.resolve("missing")));
    }

    @Test
    void a_key_whose_text_cannot_be_read_is_refused() {
        assertArrayEquals(new byte[] {'\\', -1}, KeyText.parse("\\\\\\xff"));
        for (String text : List.of("\\", "a\\b", "\\x1", "\\xgg")) {
            assertThrows(IllegalArgumentException.class, () -> KeyText.parse(text), text);
        }
    }

    /// Makes a file whose name is these bytes, whatever the locale.
    private void writeRaw(byte[] name, String text) throws IOException {
        var address = new StringBuilder(root.toUri().toString());
        for (byte octet : name) {
            address.append("%%%02x".formatted(octet));
        }
        Files.writeString(Path.of(URI.create(address.toString())), text);
    }

    private List<String> list(String prefix) {
        return origin.list(prefix, failed -> {
                    throw new AssertionError(failed);
                })
                .map(listed -> KeyText.of(listed.key()))
                .toList();
    }

    private String fetch(String key, Content expected, long offset, int length) throws DeviceException {
        var target = ByteBuffer.allocate(length);
        origin.fetch(cookie(key), expected, offset, target);
        return new String(target.array(), StandardCharsets.US_ASCII);
    }

    private static Cookie cookie(String key) {
        return Cookie.of("volume", key);
    }

    private static void assertErrno(Errno expected, Executable call) {
        assertEquals(expected, assertThrows(DeviceException.class, call).errno());
    }
}
