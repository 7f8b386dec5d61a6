package cachefiles.app.check.sim;

import java.util.EnumSet;
import java.util.function.Function;

/// Makes a run that fails smaller while it still fails: fewer kinds of fault, then fewer steps, until neither gives
/// way. What is left may fail for another reason than what it came from; it is a fault all the same.
public final class Shrinker {
    private static final int MAX_ROUNDS = 8;

    private final Function<Options, Report> run;
    private Report smallest;

    private Shrinker(Function<Options, Report> run, Report failed) {
        this.run = run;
        this.smallest = failed;
    }

    /// @param run makes one run; on the cores as they are, [Simulation#run]
    /// @param failed did not hold
    public static Report shrink(Function<Options, Report> run, Report failed) {
        var shrinker = new Shrinker(run, failed);
        for (int round = 0; round < MAX_ROUNDS && shrinker.round(); round++) {}
        return shrinker.smallest;
    }

    /// @return whether anything could go
    private boolean round() {
        var before = smallest.options();
        dropFaults();
        dropSteps();
        return !before.equals(smallest.options());
    }

    private void dropFaults() {
        if (smallest.options().crash() != null) {
            return; // it is all that goes wrong
        }
        var landed = EnumSet.noneOf(Fault.class);
        for (Fault fault : smallest.options().faults()) {
            if (smallest.coverage().of(fault) > 0) {
                landed.add(fault);
            }
        }
        keepIfItFails(smallest.options().withFaults(landed));
        for (Fault fault : EnumSet.allOf(Fault.class)) {
            if (smallest.options().faults().contains(fault)) {
                var without = EnumSet.copyOf(smallest.options().faults());
                without.remove(fault);
                keepIfItFails(smallest.options().withFaults(without));
            }
        }
    }

    private void dropSteps() {
        if (smallest.steps() < smallest.options().steps()) {
            keepIfItFails(smallest.options().withSteps((int) smallest.steps())); // the same run, no further
        }
        for (int fewer = smallest.options().steps() / 2; fewer > 0; fewer /= 2) {
            while (smallest.options().steps() > fewer
                    && keepIfItFails(
                            smallest.options().withSteps(smallest.options().steps() - fewer))) {}
        }
    }

    private boolean keepIfItFails(Options smaller) {
        if (smaller.equals(smallest.options())) {
            return false;
        }
        var report = run.apply(smaller);
        if (report.held()) {
            return false;
        }
        smallest = report;
        return true;
    }
}
