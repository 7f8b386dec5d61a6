package cachefiles.app.command;

import cachefiles.daemon.fetch.DirectoryOrigin;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/// The directory that content comes from.
final class OriginOption {
    private OriginOption() {}

    static DirectoryOrigin open(Path directory) throws CommandException {
        try {
            return DirectoryOrigin.of(directory);
        } catch (NoSuchFileException missing) {
            throw new CommandException(
                    ExitCode.USAGE, "--origin: there is no directory " + directory + "; name one that exists", missing);
        } catch (NotDirectoryException file) {
            throw new CommandException(
                    ExitCode.USAGE, "--origin: " + directory + " is no directory; name the folder of the files", file);
        } catch (AccessDeniedException denied) {
            throw new CommandException(ExitCode.ENVIRONMENT, "--origin: " + directory + " may not be read", denied);
        } catch (IOException failed) {
            throw new CommandException(ExitCode.ENVIRONMENT, "--origin: cannot be read: " + Why.of(failed), failed);
        }
    }
}
