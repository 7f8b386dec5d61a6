package cachefiles.app.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(60)
class CheckCommandsTest {
    private static final String WRONG = """
            # a reader opens a file
            tags: S91

            open blob
            ----
            open blob    nothing happens
            """;

    @TempDir
    Path home;

    @Test
    void one_seed_gives_one_trace() {
        var first = Ran.of(home, "simulate", "--seed", 7, "--runs", 3, "--steps", 200);
        assertEquals(0, first.exit(), first.out() + first.err());
        assertEquals(3, first.lines().size());
        assertTrue(first.lines().getFirst().startsWith("seed 7: held"), first.out());
        assertEquals(
                first.out(),
                Ran.of(home, "simulate", "--seed", 7, "--runs", 3, "--steps", 200)
                        .out());
        assertEquals(
                first.lines().getLast(),
                Ran.of(home, "simulate", "--seed", 9, "--steps", 200).lines().getLast());
    }

    @Test
    void fresh_seeds_are_named() {
        var ran = Ran.of(home, "simulate", "--soak", "--runs", 2, "--steps", 100);
        assertEquals(0, ran.exit(), ran.out() + ran.err());
        assertEquals(2, ran.lines().size());
        assertTrue(ran.lines().stream().allMatch(line -> line.matches("seed \\d+: held, .*")), ran.out());
    }

    @Test
    void wrong_use_of_simulate_is_exit_2() {
        for (var args : new Object[][] {{"--runs", 0}, {"--steps", 0}, {"--seed", "x"}, {"--seed", 1, "--soak"}}) {
            var all = new Object[args.length + 1];
            all[0] = "simulate";
            System.arraycopy(args, 0, all, 1, args.length);
            assertEquals(2, Ran.of(home, all).exit());
        }
    }

    @Test
    void a_scenario_that_is_wrong_is_told_and_can_be_rewritten() throws IOException {
        var file = home.resolve("scenario.txt");
        Files.writeString(file, WRONG);

        var wrong = Ran.of(home, "scenario", "run", file);
        assertEquals(1, wrong.exit());
        assertTrue(
                wrong.out().startsWith(file + ": did not hold, line 6\n- open blob    nothing happens\n+ "),
                wrong.out());
        assertEquals(WRONG, Files.readString(file));

        assertEquals(0, Ran.of(home, "scenario", "rewrite", file).exit());
        var held = Ran.of(home, "scenario", "run", file);
        assertEquals(0, held.exit(), held.out());
        assertEquals(file + ": held\n", held.out());
    }

    @Test
    void a_scenario_that_cannot_be_read_is_exit_1() throws IOException {
        var odd = home.resolve("odd.txt");
        Files.writeString(odd, "nonsense");
        for (Path file : new Path[] {odd, home, home.resolve("missing")}) {
            var ran = Ran.of(home, "scenario", "run", file);
            assertEquals(1, ran.exit());
            assertEquals(1, ran.err().lines().count(), ran.err());
        }
        assertEquals(2, Ran.of(home, "scenario", "play", odd).exit());
    }

    @Test
    void the_shipped_scenarios_are_listed_shown_and_run_by_name() {
        var list = Ran.of(home, "scenario", "list");
        assertEquals(0, list.exit(), list.err());
        assertTrue(list.out().contains("\nq05-crash  "), list.out());

        var shown = Ran.of(home, "scenario", "show", "q05-crash");
        assertEquals(0, shown.exit(), shown.err());
        assertTrue(shown.out().startsWith("# the daemon dies"), shown.out());

        var one = Ran.of(home, "scenario", "run", "q05-crash");
        assertEquals("q05-crash: held\n", one.out(), one.err());

        var all = Ran.of(home, "scenario", "run");
        assertEquals(0, all.exit(), all.out() + all.err());
        assertEquals(list.lines().size(), all.lines().size());
        assertTrue(all.lines().stream().allMatch(line -> line.endsWith(": held")), all.out());
    }

    @Test
    void wrong_use_of_scenario_is_told() {
        assertEquals(1, Ran.of(home, "scenario", "show", "q99").exit());
        assertEquals(1, Ran.of(home, "scenario", "run", "q99").exit());
        assertEquals(2, Ran.of(home, "scenario", "show").exit());
        assertEquals(2, Ran.of(home, "scenario", "list", "q05-crash").exit());
    }
}
