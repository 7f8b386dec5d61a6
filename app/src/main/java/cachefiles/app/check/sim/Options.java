package cachefiles.app.check.sim;

import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which run.
/// @param seed decides everything that is not said here
/// @param steps before the faults stop
/// @param faults that the seed may draw from
/// @param crash instead of drawn crashes; null = none
/// @param traced lines of the trace to keep at the end if the run fails
public record Options(
        long seed, int steps, Set<Fault> faults, @Nullable Crash crash, int traced) {
    public static Options of(long seed, int steps) {
        return new Options(seed, steps, EnumSet.allOf(Fault.class), null, 60);
    }

    public Options with(Crash one) {
        return new Options(seed, steps, faults, one, traced);
    }

    public Options withFaults(Set<Fault> some) {
        return new Options(seed, steps, some, crash, traced);
    }
}
