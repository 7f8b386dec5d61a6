package cachefiles.app.command;

import cachefiles.app.engine.Cache;
import cachefiles.persistence.journal.JournalSetting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// A cache's folder: one that was named, or one that is removed in the end.
/// @param own whether it is removed, with its journal
record TemporaryCache(Path path, boolean own, JournalSetting journal) implements AutoCloseable {
    static TemporaryCache of(@Nullable Path named, JournalSetting journal, Console console) throws CommandException {
        if (named != null) {
            return new TemporaryCache(named, false, journal);
        }
        String chosen = console.environment().getOrDefault("TMPDIR", "");
        try {
            var parent = Path.of(chosen.isEmpty() ? System.getProperty("java.io.tmpdir") : chosen);
            return new TemporaryCache(Files.createTempDirectory(parent, "cachefiles-load-"), true, journal);
        } catch (IOException failed) {
            throw CacheDirectory.unfit(failed);
        }
    }

    @Override
    public void close() throws IOException {
        if (own) {
            Cache.remove(path, journal);
        }
    }
}
