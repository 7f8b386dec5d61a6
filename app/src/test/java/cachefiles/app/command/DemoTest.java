package cachefiles.app.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.kernel.uapi.Phase;
import cachefiles.persistence.store.FileStore;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
@Timeout(300)
class DemoTest {
    private static final String FIELDS =
            "[kills, killsByPhase, closes, restarts, reads, readErrors, wrongBytes, redelivered, reopened, reopenAttempts,"
                    + " fenced, originBytes, objectBytes, repeatedBytes, stallMillis, seconds";
    private static final int FILES = 12;
    private static final int FILE_BYTES = 200_001;

    @TempDir
    Path home;

    private Path origin = Path.of("");

    @BeforeEach
    void fill() throws IOException {
        origin = Files.createDirectories(home.resolve("origin"));
        var random = new Random(1);
        for (int i = 0; i < FILES; i++) {
            var bytes = new byte[FILE_BYTES];
            random.nextBytes(bytes);
            Files.write(origin.resolve("file" + i), bytes);
        }
        Files.createFile(origin.resolve("none"));
    }

    private Ran demo(Object... options) {
        var args = new ArrayList<Object>(List.of("demo", "--origin", origin, "--readers", 8));
        args.addAll(Arrays.asList(options));
        return Ran.of(home, args.toArray());
    }

    private static JsonNode json(Ran ran) throws IOException {
        return new ObjectMapper().readTree(ran.out());
    }

    private static String names(JsonNode object) {
        var names = new ArrayList<String>();
        object.fieldNames().forEachRemaining(names::add);
        return names.toString();
    }

    @Test
    void with_fail_over_nothing_fails_without_it_reads_do() throws IOException {
        var trace = home.resolve("trace");
        var ran = demo("--kills", 24, "--closes", 4, "--json", "-", "--trace", trace);
        assertEquals(0, ran.exit(), ran.err());

        var found = json(ran);
        assertEquals(FIELDS + ", withoutFailover]", names(found));
        assertEquals(FIELDS + "]", names(found.get("withoutFailover")));
        assertEquals("[p50, p99, max]", names(found.get("stallMillis")));
        long byPhase = 0;
        for (Phase phase : Phase.values()) {
            byPhase += found.get("killsByPhase").get(phase.word()).asLong();
        }
        assertEquals(24, byPhase);
        assertEquals(24, found.get("kills").asLong());
        assertTrue(found.get("restarts").asLong() >= 24, ran.out());
        assertEquals(4, found.get("closes").asLong());
        assertEquals(0, found.get("readErrors").asLong());
        assertEquals(0, found.get("wrongBytes").asLong());
        assertEquals(
                found.get("objectBytes").asLong(),
                found.get("originBytes").asLong() - found.get("repeatedBytes").asLong());
        assertEquals(0, found.get("withoutFailover").get("wrongBytes").asLong());
        assertTrue(found.get("withoutFailover").get("readErrors").asLong() > 0, ran.out());

        var told = Ran.of(home, "trace", trace);
        assertEquals(0, told.exit(), told.err());
        var lines = told.lines();
        assertEquals("# with fail-over", lines.getFirst());
        assertTrue(lines.contains("# without fail-over"));
        assertTrue(lines.stream().anyMatch(line -> line.endsWith(" daemon PreRestart")));
        assertTrue(lines.stream()
                .anyMatch(line -> line.matches(
                        "t=\\d+ object (file\\d+) why=acquire \\1 CLOSE→OPENING actions=\\[submit-open]")));
        assertTrue(lines.stream()
                .anyMatch(line -> line.matches("t=\\d+ device (file\\d+) why=copen \\1 REOPENING→OPEN actions=.*")));
    }

    @Test
    void without_kills_nothing_is_fetched_twice() throws IOException {
        var found = json(demo("--kills", 0, "--closes", 3, "--failover", "on", "--json", "-"));
        assertEquals(0, found.get("restarts").asLong());
        assertEquals(0, found.get("redelivered").asLong());
        assertEquals(0, found.get("repeatedBytes").asLong());
        assertEquals(3, found.get("closes").asLong());
        assertEquals(FILES * FILE_BYTES, found.get("objectBytes").asLong());
        assertEquals(FILES * FILE_BYTES, found.get("originBytes").asLong());
        assertTrue(found.get("withoutFailover").isNull());
    }

    @ParameterizedTest
    @ValueSource(strings = {"fetched", "starting", "close-queued"})
    void kills_land_in_the_phase_that_was_asked_for(String phase) throws IOException {
        var ran = demo("--kills", 5, "--closes", 0, "--phase", phase, "--failover", "on", "--json", "-");
        assertEquals(0, ran.exit(), ran.err());
        assertEquals(5, json(ran).get("killsByPhase").get(phase).asLong());
        assertEquals(5, json(ran).get("kills").asLong());
    }

    @Test
    void a_daemon_that_is_stopped_stays_away_and_the_demo_ends() throws IOException {
        var trace = home.resolve("trace");
        var ran = demo("--supervision", "stop", "--failover", "on", "--trace", trace);
        assertEquals(1, ran.exit(), ran.err());
        assertTrue(Ran.of(home, "trace", trace).out().contains(" daemon PostStop\n"));
        assertTrue(ran.lines().getLast().startsWith("did not hold: "), ran.out());
    }

    @Test
    void a_daemon_that_is_resumed_goes_on() {
        var ran = demo("--supervision", "resume", "--kills", 10, "--failover", "on");
        assertEquals(0, ran.exit(), ran.out() + ran.err());
    }

    @Test
    void kept_handles_are_not_reopened_after_a_kill() throws IOException {
        var ran = demo(
                "--handles",
                "kept",
                "--kills",
                10,
                "--closes",
                0,
                "--phase",
                "fetching",
                "--failover",
                "on",
                "--json",
                "-");
        assertEquals(0, ran.exit(), ran.err());
        assertEquals(0, json(ran).get("reopened").asLong());
        assertTrue(json(ran).get("redelivered").asLong() > 0, ran.out());
    }

    @Test
    void a_lost_device_is_what_failover_off_means() throws IOException {
        var ran = demo("--handles", "device-lost", "--kills", 5, "--json", "-");
        assertEquals(1, ran.exit(), ran.err());
        assertEquals(
                json(ran).get("readErrors"), json(ran).get("withoutFailover").get("readErrors"));
    }

    @Test
    void a_kill_that_cannot_land_is_exit_3() throws IOException {
        var empty = Files.createDirectories(home.resolve("empty"));
        Files.createFile(empty.resolve("file"));
        var ran = Ran.of(home, "demo", "--origin", empty, "--kills", 1, "--phase", "fetched", "--failover", "on");
        assertEquals(3, ran.exit(), ran.err());
        assertTrue(ran.lines().getLast().startsWith("inconclusive: a kill did not land (fetched)"), ran.out());
    }

    @Test
    void its_cache_can_be_inspected() {
        var cache = home.resolve("cache");
        var ran = demo("--kills", 3, "--cache", cache, "--failover", "on");
        assertEquals(0, ran.exit(), ran.err());
        var inspected = Ran.of(home, "inspect", cache);
        assertEquals(0, inspected.exit(), inspected.err());
        assertEquals(FILES + 1 + 1, inspected.lines().size(), inspected.out());
    }

    @Test
    void a_locked_cache_is_exit_4() throws IOException {
        var cache = home.resolve("cache");
        try (var _ = FileStore.open(cache)) {
            var ran = demo("--cache", cache);
            assertEquals(4, ran.exit());
            assertTrue(ran.err().contains("is in use by"), ran.err());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--kills -1",
                "--kills x",
                "--closes -1",
                "--readers 0",
                "--readers 262145",
                "--size 0",
                "--size 1T",
                "--seconds 0",
                "--deadline -1",
                "--phase nowhere",
                "--failover perhaps",
                "--supervision hope",
                "--handles dropped",
                "--journal paper",
                "--origin /nowhere/at/all",
                "--json - --trace -",
                "extra"
            })
    void wrong_use_is_exit_2(String options) {
        var args = new ArrayList<Object>(List.of("demo"));
        args.addAll(List.of(options.split(" ")));
        var ran = Ran.of(home, args.toArray());
        assertEquals(2, ran.exit(), ran.err());
        assertEquals("", ran.out());
        assertTrue(ran.err().startsWith("cachefiles: "), ran.err());
    }

    @Test
    void an_unknown_phase_is_told_with_those_there_are() {
        var ran = Ran.of(home, "demo", "--phase", "nowhere");
        for (Phase phase : Phase.values()) {
            assertTrue(ran.err().contains(phase.word()), ran.err());
        }
    }
}
