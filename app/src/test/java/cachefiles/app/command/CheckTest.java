package cachefiles.app.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(120)
class CheckTest {
    @TempDir
    Path home;

    @Test
    void bounds_that_are_exhausted_and_hold_are_exit_0() throws IOException {
        var json = home.resolve("found.json");
        var ran = Ran.of(home, "check", "--objects", 1, "--readers", 2, "--crashes", 1, "--closes", 1, "--json", json);
        assertEquals(0, ran.exit(), ran.out() + ran.err());
        assertTrue(ran.out().contains("exhausted, held: "), ran.out());
        var found = new ObjectMapper().readTree(Files.readString(json));
        assertTrue(found.get("states").asLong() > 100);
        assertTrue(found.get("depth").asInt() > 10);
        assertTrue(found.get("exhausted").asBoolean());
        assertEquals(0, found.get("violations").asInt());
        assertTrue(found.get("seconds").asDouble() > 0);
        assertTrue(found.get("statesPerSecond").asDouble() > 0);
    }

    @Test
    void a_bound_that_was_hit_is_exit_3() {
        var ran = Ran.of(home, "check", "--readers", 2, "--crashes", 2, "--max-states", 50);
        assertEquals(3, ran.exit(), ran.out() + ran.err());
        assertTrue(ran.out().contains("not exhausted: "), ran.out());
    }

    /// Without the guard, the shortest way to the bug is told in three forms, and the last line plays it again.
    @Test
    void a_violation_is_exit_1_with_a_trace_a_diagram_and_a_replay() throws IOException {
        var svg = home.resolve("way.svg");
        var ran = Ran.of(
                home, "check", "--without", "B8", "--crashes", 1, "--closes", 1, "--open-errors", 1, "--svg", svg);
        assertEquals(1, ran.exit(), ran.out() + ran.err());
        assertTrue(ran.out().contains("violated: I7"), ran.out());
        assertTrue(ran.out().contains("sequenceDiagram"), ran.out());
        assertTrue(Files.readString(svg).startsWith("<svg "));
        var again = replayed(ran);
        assertTrue(again.out().startsWith("violated: I7"), again.out());
        assertTrue(again.out().contains("the device hears from the daemon: Copen"), again.out());
    }

    private Ran replayed(Ran found) throws IOException {
        var replay = found.lines().getLast();
        assertTrue(replay.startsWith("replay it: ./cachefiles check "), found.out());
        var words = new ArrayList<Object>(List.of(replay.split(" ")));
        var json = home.resolve("replayed.json");
        words.addAll(List.of("--json", json));
        var again = Ran.of(home, words.subList(3, words.size()).toArray());
        assertEquals(1, again.exit(), again.out() + again.err());
        assertEquals(
                1,
                new ObjectMapper()
                        .readTree(Files.readString(json))
                        .get("violations")
                        .asInt());
        return again;
    }

    @Test
    void without_a_guard_the_bounds_are_those_that_have_the_bug_unless_others_are_given() throws IOException {
        var alone = Ran.of(home, "check", "--without", "B8");
        assertEquals(1, alone.exit(), alone.out() + alone.err());
        assertTrue(
                alone.out().startsWith("without bounds of your own, those by which the museum finds B8\n"),
                alone.out());
        assertTrue(replayed(alone).out().startsWith("violated: I7"), alone.out());

        var together = Ran.of(home, "check", "--without", "B27,G1");
        assertEquals(1, together.exit(), together.out() + together.err());

        var elsewhere = Ran.of(home, "check", "--without", "B8", "--crashes", 0);
        assertEquals(0, elsewhere.exit(), elsewhere.out() + elsewhere.err());
        assertEquals(
                "B8 is found by `check --open-errors 1 --closes 1`: ./cachefiles museum run B8",
                elsewhere.lines().getLast());
    }

    @Test
    void without_a_guard_that_exploring_does_not_miss_it_is_looked_for_as_the_museum_does() throws IOException {
        var json = home.resolve("found.json");
        var ran = Ran.of(home, "check", "--without", "B10,G12", "--json", json);
        assertEquals(1, ran.exit(), ran.out() + ran.err());
        assertTrue(
                ran.out().contains("B10 is found not by exploring, but by `scenario q10-cancel`\nviolated: "),
                ran.out());
        assertTrue(ran.out().contains("G12 is found not by exploring, but by `store damaged`\nviolated: "), ran.out());
        var found = new ObjectMapper().readTree(Files.readString(json));
        assertEquals(2, found.get("violations").asInt());
        assertFalse(found.get("exhausted").asBoolean());
    }

    /// The explorer gives ids new names in every state, and these cores heed names.
    @Test
    void a_violation_of_cores_that_heed_names_is_told_and_replayed() throws IOException {
        var ran = Ran.of(home, "check", "--without", "B14", "--readers", 2, "--blocks", 2, "--closes", 1);
        assertEquals(1, ran.exit(), ran.out() + ran.err());
        replayed(ran);
    }

    /// Move numbers mean something else where nothing is reduced.
    @Test
    void a_violation_that_was_found_without_reduction_is_replayed_so() throws IOException {
        for (String forged : List.of("0", "1")) {
            var ran = Ran.of(
                    home,
                    "check",
                    "--without",
                    "G2",
                    "--crashes",
                    1,
                    "--drops",
                    1,
                    "--reduction",
                    "off",
                    "--forged",
                    forged);
            assertEquals(1, ran.exit(), ran.out() + ran.err());
            replayed(ran);
        }
    }

    @Test
    void both_orders_and_no_reduction_come_to_the_same_verdict() {
        for (var how : new Object[][] {{"--search", "dfs"}, {"--search", "bfs"}, {"--reduction", "off"}}) {
            var ran = Ran.of(home, "check", "--readers", 1, "--crashes", 1, how[0], how[1]);
            assertEquals(0, ran.exit(), ran.out() + ran.err());
        }
    }

    @Test
    void wrong_use_is_exit_2_and_says_what_is_wrong() {
        for (var args : new Object[][] {
            {"--objects", 0},
            {"--objects", 9},
            {"--crashes", -1},
            {"--preset", "huge"},
            {"--preset", "quick", "--crashes", 1},
            {"--replay", "99"},
            {"--handles", "device-lost"}
        }) {
            var all = new ArrayList<Object>(List.of("check"));
            all.addAll(List.of(args));
            var ran = Ran.of(home, all.toArray());
            assertEquals(2, ran.exit(), all + ran.out() + ran.err());
            assertFalse(ran.err().isBlank());
        }
    }
}
