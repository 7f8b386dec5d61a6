package cachefiles.persistence.journal;

import static cachefiles.persistence.journal.JournalTest.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.persistence.journal.JournalReport.Known;
import cachefiles.persistence.store.DirectoryLock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.DriverManager;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(60)
class JournalInspectorTest {
    private static final Cookie KEPT = Cookie.of("erofs,test.img", "blob1.img");
    private static final Cookie RETIRED = Cookie.of("erofs,test.img", "blob2.img");
    private static final Cookie OFTEN = Cookie.of("erofs,test.img", "blob3.img");
    private static final Content CONTENT = new Content(65536, "v1");
    private static final JournalReport CONTENTS = new JournalReport.Read(
            List.of(new Known(KEPT, CONTENT), new Known(RETIRED, null), new Known(OFTEN, CONTENT)), List.of());

    @TempDir
    Path cache;

    @Test
    void it_tells_what_is_known_and_changes_nothing() throws Exception {
        fill();
        var before = files();

        assertEquals(CONTENTS, JournalInspector.inspect(cache));

        assertEquals(before, files());
    }

    @Test
    void it_reads_what_a_killed_process_left() throws Exception {
        Path image = Files.createDirectories(cache.resolve("image/journal"));
        fill(() -> Files.copy(H2File.file(cache), image.resolve("journal.mv.db")));
        var before = files();

        assertEquals(CONTENTS, JournalInspector.inspect(cache.resolve("image")));

        assertEquals(before, files());
    }

    @Test
    void a_directory_without_a_journal_has_none() {
        assertEquals(new JournalReport.Absent(), JournalInspector.inspect(cache));
        assertEquals(new JournalReport.Absent(), JournalInspector.inspect(cache.resolve("missing")));
    }

    enum Damage {
        EMPTY,
        FOREIGN,
        CUT,
        ZEROED,
        FLIPPED;

        byte[] of(byte[] file) {
            return switch (this) {
                case EMPTY -> new byte[0];
                case FOREIGN -> "no database at all ".repeat(1000).getBytes(StandardCharsets.UTF_8);
                case CUT -> Arrays.copyOf(file, 8192);
                case ZEROED -> {
                    Arrays.fill(file, 8192, file.length, (byte) 0);
                    yield file;
                }
                case FLIPPED -> {
                    for (int i = 8192; i < file.length; i++) {
                        file[i] ^= 0x55;
                    }
                    yield file;
                }
            };
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_damaged_file_is_told_and_left_as_it_is(Damage damage) throws Exception {
        fill();
        byte[] damaged = damage.of(Files.readAllBytes(H2File.file(cache)));
        Files.write(H2File.file(cache), damaged);
        var before = files();

        var report = assertInstanceOf(JournalReport.Unreadable.class, JournalInspector.inspect(cache));

        assertTrue(report.why().startsWith("the journal in " + cache + " is damaged; move "), report.why());
        assertArrayEquals(damaged, Files.readAllBytes(H2File.file(cache)));
        assertEquals(before, files());
    }

    @Test
    void an_event_that_cannot_be_read_hides_its_object_alone() throws Exception {
        fill();
        try (var journal = H2File.open(cache);
                var connection = DriverManager.getConnection(journal.url());
                var statement = connection.createStatement()) {
            statement.execute("UPDATE \"event_journal\" SET \"event_payload\" = X'00'"
                    + " WHERE \"persistence_id\" LIKE '%" + hex("blob1.img") + "'");
        }

        var report = assertInstanceOf(JournalReport.Read.class, JournalInspector.inspect(cache));

        assertEquals(List.of(new Known(RETIRED, null), new Known(OFTEN, CONTENT)), report.objects());
        assertEquals(1, report.problems().size());
        assertTrue(
                report.problems().getFirst().startsWith("blob1.img: "),
                report.problems().getFirst());
    }

    @Test
    void a_directory_in_use_is_refused() throws Exception {
        fill();
        try (var _ = DirectoryLock.acquire(cache)) {
            assertEquals(
                    new JournalReport.InUse(
                            "this process, " + ProcessHandle.current().pid()),
                    JournalInspector.inspect(cache));
        }
        assertEquals(CONTENTS, JournalInspector.inspect(cache));
    }

    @Test
    void a_journal_in_use_by_another_process_is_refused() throws Exception {
        fill();
        var holder = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        cache.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (var out = holder.inputReader()) {
            assertEquals("open", out.readLine());

            assertEquals(new JournalReport.InUse("another process"), JournalInspector.inspect(cache));
            var refused = assertThrows(IOException.class, () -> Journal.open(Journal.Kind.H2, cache));
            assertTrue(refused.getMessage().contains("in use by another process"), refused.getMessage());
        } finally {
            holder.destroyForcibly().waitFor();
        }
        assertEquals(CONTENTS, JournalInspector.inspect(cache));
    }

    /// Holds a journal until it is killed.
    static final class Holder {
        public static void main(String[] arguments) throws IOException {
            try (var _ = Journal.open(Journal.Kind.H2, Path.of(arguments[0]))) {
                System.out.println("open");
                System.in.read();
            }
        }
    }

    private interface Look {
        void run() throws IOException;
    }

    private void fill() throws Exception {
        fill(() -> {});
    }

    /// @param look run before the journal is closed
    private void fill(Look look) throws Exception {
        try (var journal = Journal.open(Journal.Kind.H2, cache)) {
            try (var objects = new Objects(journal.setup(), _ -> CONTENT)) {
                for (Cookie cookie : List.of(KEPT, RETIRED, OFTEN)) {
                    await(objects.acquire(cookie));
                }
                await(objects.release(RETIRED, true));
                for (int i = 0; i < 15; i++) { // beyond the first snapshot
                    await(objects.release(OFTEN, true));
                    await(objects.acquire(OFTEN));
                }
            }
            look.run();
        }
    }

    private Map<Path, FileTime> files() throws IOException {
        try (var all = Files.walk(cache)) {
            var times = new TreeMap<Path, FileTime>();
            for (Path file : all.toList()) {
                times.put(file, Files.getLastModifiedTime(file));
            }
            return times;
        }
    }

    private static String hex(String key) {
        return HexFormat.of().formatHex(key.getBytes(StandardCharsets.UTF_8));
    }
}
