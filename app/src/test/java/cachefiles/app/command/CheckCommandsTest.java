package cachefiles.app.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.app.check.museum.Mutant;
import cachefiles.app.check.sim.Crash;
import cachefiles.app.check.sim.Fault;
import cachefiles.app.check.sim.Options;
import cachefiles.app.check.sim.Simulation;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
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
    void the_same_seeds_give_the_same_traces_compiled_or_interpreted() throws Exception {
        var args = List.of("simulate", "--seed", "7", "--seeds", "20", "--steps", "200");
        var first = Ran.of(home, args.toArray());
        assertEquals(0, first.exit(), first.out() + first.err());
        assertTrue(first.out()
                .matches("20 seeds held, [0-9,]+ steps, [0-9,]+ crash-restart cycles, trace \\p{XDigit}+\n"));
        assertTrue(first.err().contains("crash-restart cycles per CPU-minute"), first.err());
        assertEquals(first.out(), Ran.of(home, args.toArray()).out());

        var command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-Xint",
                "-cp",
                System.getProperty("java.class.path"),
                "cachefiles.app.Main"));
        command.addAll(args);
        var interpreted = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertEquals(first.out(), new String(interpreted.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        assertEquals(0, interpreted.waitFor());
    }

    @Test
    void what_a_simulation_came_to_is_written_as_json() throws IOException {
        var file = home.resolve("simulation.json");
        var ran =
                Ran.of(home, "simulate", "--seeds", 3, "--steps", 300, "--faults", "device-crash,slow", "--json", file);
        assertEquals(0, ran.exit(), ran.out() + ran.err());
        var all = new ObjectMapper().readTree(Files.readString(file));
        assertEquals(3, all.get("seeds").asInt());
        assertEquals(0, all.get("failures").asInt());
        assertTrue(all.get("steps").asLong() > 900, all::toString);
        assertTrue(all.has("cycles") && all.get("cyclesPerCpuMinute").isNumber(), all::toString);
        assertTrue(ran.out().endsWith("trace " + all.get("traceHash").asText() + "\n"), ran.out());
    }

    @Test
    void a_soak_ends_when_its_time_is_over() {
        var ran = Ran.of(home, "simulate", "--soak", "0.001", "--steps", 100);
        assertEquals(0, ran.exit(), ran.out() + ran.err());
        assertTrue(ran.out().contains(" seeds held, "), ran.out());
    }

    @Test
    void the_command_that_replays_a_run_replays_exactly_that_run() {
        for (Options options : List.of(
                Options.of(94, 120),
                Options.of(94, 120).with(new Crash(Crash.Victim.DEVICE, Crash.Moment.ACTING, 40)),
                Options.of(94, 120).withFaults(Set.of(Fault.SLOW, Fault.DAEMON_CRASH)),
                Options.of(94, 120).withFaults(Set.of()))) {
            var report = Simulation.run(options);
            var words = report.command().replace("./cachefiles ", "").split(" ");
            var ran = Ran.of(home, (Object[]) words);
            assertTrue(ran.out().endsWith("trace " + Long.toHexString(report.hash()) + "\n"), ran.out() + ran.err());
        }
    }

    @Test
    void a_simulation_of_cores_without_a_guard_fails_and_its_replay_fails_likewise() throws IOException {
        var file = home.resolve("simulation.json");
        var ran = Ran.of(home, "simulate", "--seed", 1, "--seeds", 200, "--without", "B8,G10", "--json", file);
        assertEquals(1, ran.exit(), ran.out() + ran.err());
        var found = new ObjectMapper().readTree(Files.readString(file));
        assertEquals(1, found.get("failures").asInt());
        var replay = found.get("replay").asText();
        assertTrue(replay.endsWith(" --without B8,G10"), replay);
        assertTrue(ran.out().contains("\nreplay: " + replay + "\n"), ran.out());

        var again = Ran.of(home, (Object[]) replay.replace("./cachefiles ", "").split(" "));
        assertEquals(1, again.exit(), again.out() + again.err());
        assertTrue(again.out().contains(found.get("violation").asText()), again.out());
    }

    @Test
    void without_a_guard_and_seeds_those_from_0_on_are_run() {
        var found = Ran.of(home, "simulate", "--without", "B8");
        assertEquals(1, found.exit(), found.out() + found.err());
        assertTrue(found.out().startsWith("did not hold: --seed "), found.out());

        var missed = Ran.of(home, "simulate", "--without", "B40", "--steps", 10);
        assertEquals(0, missed.exit(), missed.out() + missed.err());
        assertTrue(missed.out().startsWith("2,000 seeds held, "), missed.out());
        assertTrue(missed.lines().getLast().startsWith("B40 is found by `play cache open | "), missed.out());
    }

    @Test
    void what_a_run_without_a_guard_comes_to_is_told_whole() {
        var whole = Simulation.run(Options.of(94, 120));
        var beside = Mutant.without(List.of()).simulate(Options.of(94, 120));
        assertEquals(whole.toString(), beside.toString());
        assertEquals(whole.coverage().toString(), beside.coverage().toString());
    }

    @Test
    void numbers_alone_go_to_standard_output_if_they_are_asked_for_there() throws IOException {
        var ran = Ran.of(home, "simulate", "--seeds", 1, "--steps", 50, "--json", "-");
        assertEquals(1, new ObjectMapper().readTree(ran.out()).get("seeds").asInt(), ran.out());
        assertTrue(ran.err().contains("1 seeds held"), ran.err());
    }

    @Test
    void what_could_not_be_written_is_refused_before_the_run() {
        var nowhere = home.resolve("missing").resolve("file");
        for (String command : List.of(
                "check --objects 1 --json",
                "check --without B8 --svg",
                "museum run B19 --json",
                "simulate --seed 3 --json")) {
            var words = new ArrayList<Object>(List.of(command.split(" ")));
            words.add(nowhere);
            var ran = Ran.of(home, words.toArray());
            assertEquals(4, ran.exit(), command);
            assertEquals("", ran.out(), command);
            assertTrue(
                    ran.err().matches("cachefiles: --(json|svg): cannot write: .* does not exist and cannot be made\n"),
                    ran.err());
        }
    }

    @Test
    void a_file_for_what_does_not_come_is_left_as_it_was() throws IOException {
        var old = home.resolve("old.svg");
        Files.writeString(old, "an older drawing");
        for (Path svg : List.of(old, home.resolve("new.svg"))) {
            var held = Ran.of(home, "check", "--objects", 1, "--svg", svg);
            assertEquals(0, held.exit(), held.err());
        }
        assertEquals("an older drawing", Files.readString(old));
        assertFalse(Files.exists(home.resolve("new.svg")));

        assertEquals(1, Ran.of(home, "check", "--without", "B8", "--svg", old).exit());
        assertTrue(Files.readString(old).startsWith("<svg "));
        assertTrue(Files.readString(old).stripTrailing().endsWith("</svg>"));
    }

    @Test
    void wrong_use_of_simulate_is_exit_2() {
        for (String args : List.of(
                "--seeds 0",
                "--steps 0",
                "--seed x",
                "--soak 0",
                "--soak 1 --seeds 1",
                "--faults nonsense",
                "--crash device:acting",
                "--without B99",
                "--crash device:never:1",
                "--crash device:acting:1 --faults slow")) {
            assertEquals(
                    2, Ran.of(home, (Object[]) ("simulate " + args).split(" ")).exit(), args);
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

        var all = Ran.of(home, "scenario", "run", "--against", "cores");
        assertEquals(0, all.exit(), all.out() + all.err());
        assertEquals(list.lines().size(), all.lines().size());
        assertTrue(all.lines().stream().allMatch(line -> line.endsWith(": held")), all.out());
    }

    @Test
    void a_scenario_is_held_to_its_text_by_the_actors_too() throws IOException {
        var both = Ran.of(home, "scenario", "run", "g06-drop-is-final", "g10-fencing");
        assertEquals(0, both.exit(), both.err());
        assertEquals("g06-drop-is-final: held\ng10-fencing: held\n", both.out());

        var actors = Ran.of(home, "scenario", "run", "--against", "actors", "q14-cull", "g10-fencing");
        assertEquals(0, actors.exit(), actors.err());
        assertEquals("q14-cull: held\ng10-fencing: held\n", actors.out());

        var file = home.resolve("wrong.txt");
        Files.writeString(file, WRONG);
        var wrong = Ran.of(home, "scenario", "run", "--against", "actors", file);
        assertEquals(1, wrong.exit());
        assertTrue(wrong.out().startsWith(file + ", by the actors: did not hold, line 6\n- "), wrong.out());
    }

    @Test
    void wrong_use_of_scenario_is_told() {
        assertEquals(2, Ran.of(home, "scenario", "list", "--against", "cores").exit());
        assertEquals(2, Ran.of(home, "scenario", "run", "--against", "nobody").exit());
        assertEquals(1, Ran.of(home, "scenario", "show", "q99").exit());
        assertEquals(1, Ran.of(home, "scenario", "run", "q99").exit());
        assertEquals(2, Ran.of(home, "scenario", "show").exit());
        assertEquals(2, Ran.of(home, "scenario", "list", "q05-crash").exit());
    }
}
