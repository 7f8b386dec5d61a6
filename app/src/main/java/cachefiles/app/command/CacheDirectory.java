package cachefiles.app.command;

import cachefiles.app.engine.Cache;
import cachefiles.app.engine.CacheOptions;
import cachefiles.persistence.store.DirectoryLockedException;
import java.io.IOException;
import java.nio.file.FileSystemException;

/// Opens caches for commands.
final class CacheDirectory {
    private CacheDirectory() {}

    static Cache open(CacheOptions options) throws CommandException {
        try {
            return Cache.open(options);
        } catch (IOException failed) {
            throw unfit(failed);
        }
    }

    /// Says of a cache directory that could not be used what to do.
    static CommandException unfit(IOException failed) {
        String why = switch (failed) {
            case DirectoryLockedException locked -> "the cache " + locked.getMessage();
            case FileSystemException system ->
                "the cache cannot be used: " + Why.of(system) + "; choose another with --cache DIR";
            default -> "the cache cannot be used: " + failed.getMessage();
        };
        return new CommandException(ExitCode.ENVIRONMENT, why, failed);
    }
}
