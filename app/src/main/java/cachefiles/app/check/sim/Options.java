package cachefiles.app.check.sim;

import cachefiles.app.check.Flags;
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
/// @param without the museum's pieces that are taken out of the cores, by whoever makes the run; parted by commas
public record Options(
        long seed, int steps, Set<Fault> faults, @Nullable Crash crash, int traced, String without) {
    private static final int TRACED = 60;
    private static final String NONE = "none";

    /// With faults of all kinds.
    public static Options of(long seed, int steps) {
        return new Options(seed, steps, EnumSet.allOf(Fault.class), null, TRACED, "");
    }

    public Options with(Crash one) {
        return new Options(seed, steps, faults, one, traced, without);
    }

    public Options withFaults(Set<Fault> some) {
        return new Options(seed, steps, some, crash, traced, without);
    }

    public Options withSteps(int some) {
        return new Options(seed, some, faults, crash, traced, without);
    }

    public Options without(String pieces) {
        return new Options(seed, steps, faults, crash, traced, pieces);
    }

    /// The run that [#flags] tells of, but on whole cores.
    /// @throws IllegalArgumentException if a fault or a crash is none
    public static Options parse(String flags) {
        var values = Flags.parse(flags);
        var options = of(
                Long.parseLong(values.getOrDefault("seed", "0")),
                Integer.parseInt(values.getOrDefault("steps", "1000")));
        var crash = values.get("crash");
        if (crash != null) {
            return options.with(Crash.parse(crash));
        }
        var faults = values.get("faults");
        return faults == null ? options : options.withFaults(faultsOf(faults));
    }

    /// @param names parted by commas; or `none`
    private static Set<Fault> faultsOf(String names) {
        var faults = EnumSet.noneOf(Fault.class);
        for (String name : names.equals(NONE) ? new String[0] : names.split(",")) {
            faults.add(Fault.valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_')));
        }
        return faults;
    }

    /// As the command line says it.
    public String flags() {
        return "--seed " + seed + " --steps " + steps + (crash == null ? faultsFlag() : " --crash " + crash)
                + (without.isEmpty() ? "" : " --without " + without);
    }

    private String faultsFlag() {
        if (faults.size() == Fault.values().length) {
            return "";
        }
        return " --faults "
                + (faults.isEmpty()
                        ? NONE
                        : new TreeSet<>(faults).stream().map(Options::word).collect(Collectors.joining(",")));
    }

    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
