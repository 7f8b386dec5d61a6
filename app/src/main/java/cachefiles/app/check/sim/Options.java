package cachefiles.app.check.sim;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Which run.
/// @param seed decides everything that is not said here
/// @param steps before the faults stop
/// @param faults that the seed may draw from
/// @param crash instead of drawn faults; null = none
/// @param traced lines of the trace to keep at the end if the run fails
public record Options(
        long seed, int steps, Set<Fault> faults, @Nullable Crash crash, int traced) {
    private static final int TRACED = 60;

    /// With faults of all kinds.
    public static Options of(long seed, int steps) {
        return new Options(seed, steps, EnumSet.allOf(Fault.class), null, TRACED);
    }

    public Options with(Crash one) {
        return new Options(seed, steps, faults, one, traced);
    }

    public Options withFaults(Set<Fault> some) {
        return new Options(seed, steps, some, crash, traced);
    }

    public Options withSteps(int some) {
        return new Options(seed, some, faults, crash, traced);
    }

    /// As the command line says it.
    public String flags() {
        return "--seed " + seed + " --steps " + steps + (crash == null ? faultsFlag() : " --crash " + crash);
    }

    private String faultsFlag() {
        if (faults.size() == Fault.values().length) {
            return "";
        }
        return " --faults "
                + (faults.isEmpty()
                        ? "none"
                        : new TreeSet<>(faults).stream().map(Options::word).collect(Collectors.joining(",")));
    }

    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
