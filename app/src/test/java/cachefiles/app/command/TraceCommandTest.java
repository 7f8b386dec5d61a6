package cachefiles.app.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(60)
class TraceCommandTest {
    @TempDir
    Path home;

    private Path file;

    @BeforeEach
    void a_scenario_with_two_objects_is_traced() {
        file = home.resolve("run.trace");
        assertEquals(
                0,
                Ran.of(home, "scenario", "run", "b05-close-against-copen", "t14-two-at-once", "--trace", file)
                        .exit());
    }

    private Ran trace(Object... options) {
        var args = new Object[options.length + 2];
        args[0] = "trace";
        args[1] = file;
        System.arraycopy(options, 0, args, 2, options.length);
        return Ran.of(home, args);
    }

    @Test
    void all_lines_are_told_and_the_verdict_is_no_data() throws IOException {
        var told = trace();
        assertEquals(0, told.exit(), told.err());
        assertEquals(Files.readAllLines(file).size(), told.lines().size());
        assertTrue(told.lines().contains("# t14-two-at-once"), told.out());
        assertTrue(told.err().contains("is one that the cores make"), told.err());

        var verdict = trace("--check");
        assertEquals(1, verdict.lines().size());
        assertEquals(told.err(), "cachefiles: " + verdict.out());
        assertEquals("", verdict.err());
    }

    /// The actors' steps are the cores' in every scenario that they can play, and each message is accounted for.
    @Test
    void what_the_actors_do_in_scenarios_is_taken_down_too() throws IOException {
        var ran = Ran.of(home, "scenario", "run", "--against", "actors", "--trace", file);
        assertEquals(0, ran.exit(), ran.out() + ran.err());
        assertTrue(Files.readAllLines(file).size() > 1_000, ran.out());
        var checked = trace("--check");
        assertEquals(0, checked.exit(), checked.out() + checked.err());
    }

    @Test
    void lines_are_chosen_and_told_as_they_stand() throws IOException {
        var of = trace("--actor", "object").lines();
        assertFalse(of.isEmpty());
        assertTrue(of.stream().allMatch(line -> line.startsWith("t=0 object ")), of::toString);
        assertEquals(of, trace("--actor", "object", "--grep", "object").lines());
        assertEquals(List.of(), trace("--from", 1).lines());
        assertEquals(trace().lines(), trace("--to", 0).lines());
        assertEquals(List.of(), trace("--object", "nobody").lines());

        var json = trace("--json", "--object", "blob").lines();
        assertTrue(Files.readAllLines(file).containsAll(json));
        assertEquals(trace("--object", "blob").lines().size(), json.size());
    }

    @Test
    void it_is_drawn() throws IOException {
        var svg = home.resolve("run.svg");
        var drawn = trace("--mermaid", "-", "--svg", svg, "--actor", "device");
        assertEquals(0, drawn.exit(), drawn.err());
        assertTrue(drawn.out().startsWith("sequenceDiagram\n"), drawn.out());
        assertTrue(Files.readString(svg).startsWith("<svg "));
        var refused = trace("--svg", home);
        assertEquals(4, refused.exit());
        assertFalse(refused.err().contains("the cores make"), refused.err());
    }

    @Test
    void a_departure_is_named_with_its_line() throws IOException {
        var lines = Files.readAllLines(file);
        int turn = lines.indexOf(lines.stream()
                .filter(line -> line.contains("\"after\":"))
                .findFirst()
                .orElseThrow());
        lines.set(turn, lines.get(turn).replace("\"after\":\"", "\"after\":\"not "));
        Files.write(file, lines);
        var told = trace();
        assertEquals(1, told.exit());
        assertEquals(lines.size(), told.lines().size());
        var named = "departs from the cores, line " + (turn + 1) + ": the state after is ";
        assertTrue(told.err().contains(named), told.err());
    }

    @Test
    void a_line_that_is_cut_ends_what_is_told() throws IOException {
        var text = Files.readString(file);
        Files.writeString(file, text.substring(0, text.length() - 40));
        var told = trace();
        assertEquals(1, told.exit());
        int last = Files.readAllLines(file).size();
        assertEquals(last - 1, told.lines().size());
        assertTrue(told.err().contains(file + ": line " + last + ": no JSON: "), told.err());
    }

    @Test
    void what_cannot_be_read_is_exit_1_and_wrong_use_is_exit_2() {
        assertEquals(1, Ran.of(home, "trace", home.resolve("missing")).exit());
        assertEquals(1, Ran.of(home, "trace", home).exit());
        assertEquals(2, Ran.of(home, "trace").exit());
        assertEquals(2, trace("--actor", "kernel").exit());
        assertEquals(2, trace("--check", "--json").exit());
        assertEquals(2, Ran.of(home, "scenario", "list", "--trace", file).exit());
    }
}
