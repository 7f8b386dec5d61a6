package cachefiles.app.check.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import cachefiles.app.check.sim.Coverage.Count;
import cachefiles.app.check.sim.Crash.Moment;
import cachefiles.app.check.sim.Crash.Victim;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Recorded seeds only: `src/test/resources/simulation/seeds.txt`. A seed that finds something is added there.
@DisplayNameGeneration(ReplaceUnderscores.class)
class SimulationTest {
    private static final int STEPS = 2_000;
    private static final int BLOCK = 1_000;
    private static final List<Long> SEEDS = seeds();
    private static final Map<Integer, Block> BLOCKS = new ConcurrentHashMap<>();
    private static final List<Long> BASES = List.of(94L, 109L, 162L);
    private static final int BASE_STEPS = 120;

    /// What a block of recorded seeds comes to.
    private record Block(long steps, Coverage coverage, List<Report> failures) {
        static Block of(List<Long> seeds) {
            var reports = seeds.parallelStream()
                    .map(seed -> Simulation.run(Options.of(seed, STEPS)))
                    .toList();
            var coverage = new Coverage();
            reports.forEach(report -> coverage.add(report.coverage()));
            return new Block(
                    reports.stream().mapToLong(Report::steps).sum(),
                    coverage,
                    reports.stream().filter(report -> !report.held()).toList());
        }
    }

    private static Block block(int number) {
        return BLOCKS.computeIfAbsent(
                number, _ -> Block.of(SEEDS.subList(number * BLOCK, Math.min(SEEDS.size(), (number + 1) * BLOCK))));
    }

    private static IntStream blocks() {
        return IntStream.range(0, Math.ceilDiv(SEEDS.size(), BLOCK));
    }

    @TestFactory
    @Tag("S127")
    @Tag("S130")
    @Tag("I15")
    Stream<DynamicTest> every_read_is_answered_once_and_with_the_right_bytes_whatever_fails() {
        return blocks().mapToObj(number -> dynamicTest(
                "seeds from " + SEEDS.get(number * BLOCK) + " on",
                () -> assertEquals(List.of(), block(number).failures())));
    }

    @Test
    void the_recorded_seeds_let_everything_fail_that_can_and_at_every_moment() {
        var all = new Coverage();
        long steps = 0;
        for (int number : blocks().toArray()) {
            all.add(block(number).coverage());
            steps += block(number).steps();
        }
        assertTrue(SEEDS.size() >= 20_000 && steps >= 10_000_000, SEEDS.size() + " seeds, " + steps + " steps");
        var missing = new ArrayList<String>();
        for (Fault fault : Fault.values()) {
            note(missing, fault.toString(), all.of(fault));
        }
        for (Count count : Count.values()) {
            note(missing, count.toString(), all.of(count));
        }
        for (Victim victim : Victim.values()) {
            for (Moment moment : victim == Victim.PROCESS ? new Moment[] {Moment.TAKEN} : Moment.values()) {
                note(missing, victim + " " + moment, all.of(victim, moment));
            }
        }
        assertEquals(List.of(), missing, () -> "never happened; in all:\n" + all);
    }

    private static void note(List<String> missing, String what, long count) {
        if (count == 0) {
            missing.add(what);
        }
    }

    @Test
    void one_seed_gives_one_trace() {
        for (long seed = 0; seed < 10; seed++) {
            var first = Simulation.run(Options.of(seed, STEPS));
            assertEquals(first.hash(), Simulation.run(Options.of(seed, STEPS)).hash());
            assertEquals(first.steps(), Simulation.run(Options.of(seed, STEPS)).steps());
        }
    }

    @TestFactory
    @Tag("I18")
    Stream<DynamicTest> a_crash_after_any_step_costs_nobody_anything() {
        return BASES.stream()
                .flatMap(base -> Stream.of(Victim.values())
                        .map(victim ->
                                dynamicTest(victim + " in base run " + base, () -> crashAtEachStep(base, victim))));
    }

    private static void crashAtEachStep(long base, Victim victim) {
        var landed = new Coverage();
        for (int step = 0; step < BASE_STEPS; step++) {
            for (Moment moment : hasMoments(victim) ? Moment.values() : new Moment[] {Moment.TAKEN}) {
                landed.add(held(Simulation.run(Options.of(base, BASE_STEPS).with(new Crash(victim, moment, step)))));
            }
        }
        assertTrue(landed.of(victim.fault) >= BASE_STEPS / 2, () -> "few crashes landed: " + landed);
    }

    /// Whether it is an actor with a core: a worker dies between two jobs, a process between two steps.
    private static boolean hasMoments(Victim victim) {
        return victim != Victim.WORKER && victim != Victim.PROCESS;
    }

    private static Coverage held(Report report) {
        assertTrue(report.held(), report::toString);
        return report.coverage();
    }

    /// Each line begins with a seed, or a range of them; what follows says what it found.
    private static List<Long> seeds() {
        return lines().filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(line -> line.split("[ -]+", 3))
                .flatMapToLong(words -> words.length > 1 && words[1].matches("\\d+")
                        ? LongStream.rangeClosed(Long.parseLong(words[0]), Long.parseLong(words[1]))
                        : LongStream.of(Long.parseLong(words[0])))
                .distinct()
                .boxed()
                .toList();
    }

    private static Stream<String> lines() {
        try {
            return Files.readAllLines(Path.of("src/test/resources/simulation/seeds.txt")).stream();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
