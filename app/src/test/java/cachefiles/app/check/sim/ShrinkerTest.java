package cachefiles.app.check.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// A fault is planted beside the cores: once the device's actor has failed, a hole of a file is filled with bytes of
/// nobody.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ShrinkerTest {
    private static final int STEPS = 3_000;
    private static final int WATCH_MICROS = 50;

    private static Report run(Options options) {
        return Simulation.run(options, ShrinkerTest::plant);
    }

    private static void plant(World world) {
        world.clock.after(WATCH_MICROS, () -> {
            if (world.coverage.of(Fault.DEVICE_CRASH) > 0) {
                world.blobs.forEach(blob -> blob.file.publish(0, 1, Integer.MAX_VALUE));
            }
            if (!world.isHealed()) {
                plant(world);
            }
        });
    }

    @Test
    void a_run_that_fails_is_cut_down_to_the_fault_and_the_steps_that_it_takes() {
        var failed = LongStream.range(0, 200)
                .mapToObj(seed -> run(Options.of(seed, STEPS)))
                .filter(report -> !report.held())
                .filter(report -> !run(report.options().withFaults(Set.of(Fault.DEVICE_CRASH)))
                        .held())
                .findFirst()
                .orElseThrow();
        assertTrue(Simulation.run(failed.options()).held(), "it fails for what is planted alone");

        var shrunk = Shrinker.shrink(ShrinkerTest::run, failed);

        assertFalse(shrunk.held());
        assertEquals(Set.of(Fault.DEVICE_CRASH), shrunk.options().faults());
        assertTrue(shrunk.options().steps() < STEPS / 4, shrunk::toString);
        assertTrue(run(shrunk.options().withSteps(shrunk.options().steps() - 1)).held(), "one step less, and it holds");
        assertEquals(shrunk.toString(), run(shrunk.options()).toString(), "the same options show the same run");
    }

    @Test
    void what_fails_without_any_fault_is_left_with_none() {
        var failed = Simulation.run(Options.of(7, STEPS), ShrinkerTest::ruin);
        var shrunk = Shrinker.shrink(options -> Simulation.run(options, ShrinkerTest::ruin), failed);
        assertFalse(shrunk.held());
        assertEquals(
                "--seed 7 --steps " + shrunk.options().steps() + " --faults none",
                shrunk.options().flags());
    }

    private static void ruin(World world) {
        world.blobs.forEach(blob -> blob.file.publish(0, 1, Integer.MAX_VALUE));
        world.clock.after(WATCH_MICROS, () -> ruin(world));
    }
}
