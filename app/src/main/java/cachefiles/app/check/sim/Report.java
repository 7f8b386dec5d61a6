package cachefiles.app.check.sim;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a run went.
/// @param steps in all, those until everything was quiet included
/// @param hash of the trace: the same for the same options
/// @param violation null if the run held
/// @param trace the last transitions before the violation, one a line; empty if the run held
public record Report(
        Options options,
        long steps,
        long hash,
        Coverage coverage,
        @Nullable String violation,
        List<String> trace) {
    public boolean held() {
        return violation == null;
    }

    /// What shows this run again.
    public String command() {
        return "./cachefiles simulate " + options.flags();
    }

    @Override
    public String toString() {
        var head = options.flags() + ": ";
        return held()
                ? head + "held, " + steps + " steps, trace " + Long.toHexString(hash)
                : head + violation + "\nreplay: " + command() + "\n" + String.join("\n", trace);
    }
}
