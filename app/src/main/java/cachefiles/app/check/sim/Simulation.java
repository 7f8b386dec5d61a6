package cachefiles.app.check.sim;

import cachefiles.app.check.Violation;
import cachefiles.daemon.core.SupervisorState;
import cachefiles.kernel.object.ObjectState;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A life of the whole system, from one seed.
///
/// Up to the given step everything may fail that the seed has drawn, and after each step [Checks] hold. Then faults
/// stop, and all that waits has to end, without deadlines (I15). Then every object is read whole and compared, given
/// back, and everything has to be as if nothing had been.
public final class Simulation {
    private static final int MAX_QUIET_STEPS = 200_000;

    private final World world;
    private final Trace trace;

    private Simulation(Options options, int traced) {
        this.trace = new Trace(traced);
        this.world = new World(options, trace);
    }

    /// Runs to the end. A run that fails is run again for its trace.
    public static Report run(Options options) {
        return run(options, _ -> {});
    }

    /// @param planted does something to the world before it begins: a fault that has to be found
    static Report run(Options options, Consumer<World> planted) {
        var report = run(options, 0, planted);
        return report.held() ? report : run(options, options.traced(), planted);
    }

    private static Report run(Options options, int traced, Consumer<World> planted) {
        var simulation = new Simulation(options, traced);
        planted.accept(simulation.world);
        String violation = null;
        try {
            simulation.live();
        } catch (Violation broken) {
            violation = broken.getMessage();
        } catch (RuntimeException thrown) { // what would make an actor fail that nobody crashed
            violation = thrown + " at "
                    + Arrays.asList(thrown.getStackTrace()).subList(0, Math.min(4, thrown.getStackTrace().length));
        }
        return simulation.report(options, violation);
    }

    private Report report(Options options, @Nullable String violation) {
        return new Report(
                options,
                trace.steps(),
                trace.hash(),
                world.coverage,
                violation == null ? null : "step " + trace.steps() + ", t=" + world.clock.now() + ": " + violation,
                trace.lines());
    }

    private void live() {
        var operator = new Operator(world);
        operator.begin();
        while (trace.steps() < world.options.steps()) {
            step();
        }
        world.heal();
        trace.line(world.clock.now(), "faults stop");
        runUntilQuiet();
        readAndRelease();
        restAll();
        checkEmpty();
    }

    private boolean step() {
        trace.step();
        return world.clock.step();
    }

    private void runUntilQuiet() {
        long limit = trace.steps() + MAX_QUIET_STEPS;
        do {
            while (step()) {
                world.require(trace.steps() < limit, "I12: it never comes to rest");
            }
            if (world.supervisor.state().phase() == SupervisorState.Phase.GIVEN_UP) {
                checkNobodyWaits();
                world.supervisor.startAgain();
            }
        } while (world.supervisor.state().phase() == SupervisorState.Phase.GIVEN_UP);
        checkNobodyWaits();
        world.require(
                world.supervisor.state().phase() == SupervisorState.Phase.RUNNING
                        && world.supervisor.daemon().state().incarnation()
                                == world.device.state().incarnation(),
                "no daemon is at work",
                world.supervisor.state());
    }

    private void checkNobodyWaits() {
        for (Blob blob : world.blobs) {
            world.require(!blob.user.waits(), "I15: it waits for ever", blob.user, blob.user.reads());
            world.require(blob.gate.isIdle(), "I15: a gate waits for ever", blob);
        }
        world.require(
                world.device.state().table().isEmpty(),
                "I7, I15: a request that nobody ends",
                world.device.state().table());
    }

    /// Reads what is in use, errors allowed for what was spent; then looks each object up anew, which has to succeed.
    private void readAndRelease() {
        for (Blob blob : world.blobs) {
            if (blob.user.isIn()) {
                blob.user.readAll();
            }
        }
        runUntilQuiet();
        for (Blob blob : world.blobs) {
            if (blob.user.isIn()) {
                blob.user.release(false);
            }
        }
        runUntilQuiet();
        for (Blob blob : world.blobs) {
            blob.user.acquire();
            runUntilQuiet();
            world.require(
                    blob.user.isIn() && blob.origin.equals(blob.user.content()), "a healthy look-up fails", blob.user);
            blob.forgive();
            blob.user.readAll();
            runUntilQuiet();
            blob.user.release(false);
            runUntilQuiet();
        }
    }

    private void restAll() {
        for (Blob blob : world.blobs) {
            blob.gate.rest();
        }
        runUntilQuiet();
    }

    private void checkEmpty() {
        world.require(world.keeper.inMemory() == 0, "B33: an idle object stays in memory", world.keeper.inMemory());
        world.require(
                world.device.state().liveHandles() == 0,
                "I17: a handle of nobody",
                world.device.state().slots());
        for (Blob blob : world.blobs) {
            world.require(
                    blob.recovered() instanceof ObjectState.Idle(var known) && blob.origin.equals(known),
                    "the journal has what was acknowledged",
                    blob);
        }
    }
}
