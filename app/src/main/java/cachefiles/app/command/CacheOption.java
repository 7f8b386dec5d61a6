package cachefiles.app.command;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// `--cache`, for every command that opens one.
final class CacheOption {
    @Option(names = "--cache", paramLabel = "DIR", description = "Where to cache; made if it is missing.")
    private @Nullable Path cache;

    /// What was named; null if nothing was.
    @Nullable
    Path given() {
        return cache;
    }

    /// What was named, or the folder for this origin.
    Path directory(OriginOption origin, Console console) throws CommandException {
        return cache != null ? cache : CacheFolder.of(origin.places(), console.environment());
    }
}
