package cachefiles.app.command;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/// An option that names a file to write, or `-` for standard output.
final class OutputOption {
    private OutputOption() {}

    /// Opened before the run: it would be a pity if its outcome could not be written.
    /// @param file null = nothing is to be written
    static @Nullable OutputStream open(CommandSpec spec, Console console, String option, @Nullable String file)
            throws CommandException {
        if (file == null) {
            return null;
        }
        try {
            return file.equals("-") ? kept(console.out()) : Files.newOutputStream(Path.of(Values.notEmpty(file)));
        } catch (IOException failed) {
            throw new CommandException(ExitCode.ENVIRONMENT, option + ": " + Why.of(failed), failed);
        } catch (IllegalArgumentException wrong) { // no path, or an empty one
            throw new ParameterException(spec.commandLine(), option + ": " + wrong.getMessage(), wrong);
        }
    }

    /// Flushed where others are closed.
    private static OutputStream kept(OutputStream out) {
        return new FilterOutputStream(out) {
            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                out.write(bytes, offset, length);
            }

            @Override
            public void close() throws IOException {
                flush();
            }
        };
    }
}
