package cachefiles.app.check.museum;

import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.app.check.explore.Explorer;
import cachefiles.app.check.sim.Options;
import cachefiles.app.check.sim.Report;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Lines whose loss is no bug that Linux had: the simulation notices it, or the explorer.
@DisplayNameGeneration(ReplaceUnderscores.class)
class OwnGuardsTest {
    private static final int SEEDS = 400;
    private static final int STEPS = 600;

    private static Mutant without(String className, String method, String line, String how) {
        return new Mutant(List.of(new Guard(className, method, line, how)));
    }

    private static String simulated(Mutant mutant) {
        return LongStream.range(0, SEEDS)
                .mapToObj(seed -> mutant.simulate(Options.of(seed, STEPS)))
                .filter(report -> !report.held())
                .findFirst()
                .map(Report::violation)
                .orElse("nothing");
    }

    /// Its place in the window is taken until the object has answered, with `EINTR`.
    @Test
    @Tag("S130")
    void whoever_joins_an_ask_that_another_reader_has_cancelled_ends_with_it() {
        var found = simulated(without("kernel.reader.GateCore", "leave", "byRange.remove(asked.range);", "skip"));
        assertTrue(found.contains("S130: an error without a cause: [EINTR, "), found);
    }

    @Test
    @Tag("S130")
    void an_object_that_cancels_for_all_who_wait_ends_readers_who_did_not() {
        var found = simulated(without("kernel.object.ObjectCore", "cancelRead", "if (!left.isEmpty()) {", "never"));
        assertTrue(found.startsWith("step "), found);
    }

    @Test
    void asks_that_are_said_again_and_not_counted_overrun_the_window() {
        var found = simulated(without("kernel.reader.GateCore", "askAnew", "sent++;", "skip"));
        assertTrue(found.contains("gate keeps its window"), found);
    }

    @Test
    @Tag("I20")
    void a_reader_that_does_not_look_again_has_no_bytes() {
        var blind = without(
                "kernel.reader.ReaderCore",
                "step",
                "errno.isOk() ? new Step(new State.Looking(true), new Action.Look()) : done(errno);",
                "never");
        assertTrue(explored(blind, "--objects 1").contains("I20: a read that succeeds is whole"));
        assertTrue(simulated(blind).contains("I20: a read that succeeds is whole"));
    }

    private static String explored(Mutant mutant, String bounds) {
        var options = new Explorer.Options(false, true, 1, 100_000);
        return String.valueOf(mutant.explore(Inside.bounds(bounds), options).violation());
    }
}
