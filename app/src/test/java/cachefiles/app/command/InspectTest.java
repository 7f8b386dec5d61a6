package cachefiles.app.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.app.Main;
import cachefiles.persistence.store.FileStore;
import cachefiles.testing.Machine;
import cachefiles.testing.Needs;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(120)
class InspectTest {
    @TempDir
    Path home;

    private Path cache = Path.of("");

    @BeforeEach
    void fill() throws IOException {
        var origin = Files.createDirectories(home.resolve("origin"));
        cache = home.resolve("cache");
        Files.write(origin.resolve("a"), new byte[10_000]);
        Files.createFile(origin.resolve("b"));
        for (var key : List.of("a", "b")) {
            var ran = Ran.of(home, "cat", "--origin", origin, "--cache", cache, key, "--length", 4096);
            assertEquals(0, ran.exit(), ran.err());
        }
    }

    private Ran inspect(Object... options) {
        var args = new ArrayList<Object>(List.of("inspect", cache));
        args.addAll(List.of(options));
        return Ran.of(home, args.toArray());
    }

    private JsonNode json(Ran ran) throws IOException {
        return new ObjectMapper().readTree(ran.out());
    }

    /// What could tell that somebody has written.
    private Map<String, String> traces() throws IOException {
        var traces = new TreeMap<String, String>();
        try (var files = Files.walk(home)) {
            for (Path file : files.toList()) {
                traces.put(file.toString(), Files.getLastModifiedTime(file) + " " + Files.size(file));
            }
        }
        return traces;
    }

    private Path dataFile() throws IOException {
        try (var files = Files.walk(cache.resolve("cache"))) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> file.getFileName().toString().startsWith("Da"))
                    .findAny()
                    .orElseThrow();
        }
    }

    @Test
    void a_stopped_cache_is_told_and_left_as_it_is() throws IOException {
        var before = traces();

        var ran = inspect();

        assertEquals(0, ran.exit(), ran.err());
        assertEquals(3, ran.lines().size(), ran.out());
        assertTrue(ran.lines().get(0).startsWith("CLOSE 4096 of 10000  [0+4096]  agrees  dir,"), ran.out());
        assertTrue(ran.lines().get(1).startsWith("CLOSE 0 of 0  []  agrees  dir,"), ran.out());
        assertTrue(ran.lines()
                .get(2)
                .endsWith("2 objects, 4096 of 10000 bytes present; stopped; journal and store agree"));
        assertEquals(before, traces());
    }

    @Test
    void json_has_its_fields() throws IOException {
        var found = json(inspect("--json"));

        assertEquals(
                "[directory, inUse, sound, journal, journalAt, agree, objectCount, sizeBytes, presentBytes, objects, problems]",
                names(found));
        assertEquals(
                "[volume, key, state, sizeBytes, presentBytes, present, path, diskBytes, wrongBlocks, store, journal, agree,"
                        + " problem]",
                names(found.get("objects").get(0)));
        assertEquals("CLOSE", found.get("objects").get(0).get("state").asText());
        assertEquals("h2", found.get("journal").asText());
        assertTrue(found.get("agree").asBoolean());
        assertEquals(4096, found.get("presentBytes").asLong());
    }

    private static String names(JsonNode object) {
        var names = new ArrayList<String>();
        object.fieldNames().forEachRemaining(names::add);
        return names.toString();
    }

    @Test
    void a_flipped_byte_is_found() throws IOException {
        try (var file = FileChannel.open(dataFile(), StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.wrap(new byte[] {1}), 100);
        }
        var ran = inspect();
        assertEquals(1, ran.exit());
        assertTrue(ran.out().contains("1 blocks do not match"), ran.out());
        assertEquals(0, inspect("--quick").exit());
        assertEquals(
                1,
                json(inspect("--json")).get("objects").get(0).get("wrongBlocks").asInt());
    }

    @Test
    void a_lost_file_is_found() throws IOException {
        Files.delete(dataFile());
        var ran = inspect();
        assertEquals(1, ran.exit());
        assertTrue(ran.out().contains("no data file"), ran.out());
        assertTrue(ran.err().contains("no data file"), ran.err());
    }

    @Test
    void a_lost_journal_is_told() throws IOException {
        Files.delete(cache.resolve("journal/journal.mv.db"));
        var ran = inspect();
        assertEquals(0, ran.exit(), ran.err());
        assertTrue(ran.out().contains("no journal on disk"), ran.out());
    }

    @Test
    void a_damaged_journal_is_exit_1() throws IOException {
        Files.writeString(cache.resolve("journal/journal.mv.db"), "no database");
        var ran = inspect();
        assertEquals(1, ran.exit());
        assertTrue(ran.err().contains("journal"), ran.err());
        assertTrue(ran.lines().getLast().contains("4096 of 10000 bytes present"), ran.out());
    }

    @Test
    void a_running_cache_is_listed_without_states() throws IOException {
        try (var _ = FileStore.open(cache)) {
            var ran = inspect();
            assertEquals(0, ran.exit(), ran.err());
            assertTrue(ran.lines().getLast().contains("in use by this process"), ran.out());
            assertTrue(ran.lines().getFirst().startsWith("?"), ran.out());
            assertTrue(json(inspect("--json")).get("inUse").asBoolean());
        }
    }

    @Test
    void what_is_no_cache_is_exit_2() throws IOException {
        var empty = Files.createDirectories(home.resolve("nothing"));
        for (var path : List.of(empty, home.resolve("nowhere"), home.resolve("origin/a"))) {
            var ran = Ran.of(home, "inspect", path);
            assertEquals(2, ran.exit(), ran.err());
            assertEquals(1, ran.err().lines().count(), ran.err());
        }
    }

    @Test
    @Needs("unprivileged")
    void what_may_not_be_read_is_named_and_no_foreign_directory() throws Exception {
        for (Path closed : List.of(cache, cache.resolve("blocks"), cache.resolve("journal/journal.mv.db"))) {
            var before = Files.getPosixFilePermissions(closed);
            Files.setPosixFilePermissions(closed, Set.of());
            try {
                var command = new ArrayList<>(Machine.unprivileged());
                command.add(ProcessHandle.current().info().command().orElse("java"));
                command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
                command.addAll(List.of("inspect", cache.toString()));
                var process = new ProcessBuilder(command)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
                try (var err = process.errorReader()) {
                    String said = err.readAllAsString();
                    assertTrue(said.contains(closed + ": permission denied"), said);
                    assertEquals(1, process.waitFor(), said);
                }
            } finally {
                Files.setPosixFilePermissions(closed, before);
            }
        }
    }
}
