package cachefiles.app.command;

import cachefiles.app.check.trace.TraceWriter;
import java.io.BufferedWriter;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/// Where `--trace` writes.
final class TraceOption {
    private TraceOption() {}

    /// @param file null = no trace; `-`: standard output
    /// @param millis the trace's clock
    static @Nullable TraceWriter open(CommandSpec spec, Console console, @Nullable String file, LongSupplier millis)
            throws CommandException {
        var out = OutputOption.open(spec, console, "--trace", file);
        return out == null
                ? null
                : new TraceWriter(new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8)), millis);
    }
}
