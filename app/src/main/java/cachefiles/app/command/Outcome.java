package cachefiles.app.command;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/// Where a text goes after a run. A file is opened before it: it would be a pity if its outcome could not be written.
/// Until it is written what stood in it stays, and one that is never written does not come to be.
final class Outcome implements AutoCloseable {
    static final Path STANDARD_OUTPUT = Path.of("-");

    private final Console console;
    private final String option;
    private final @Nullable FileChannel channel; // null = standard output
    private final Path file;
    private boolean unmade;

    private Outcome(Console console, String option, Path file) throws IOException {
        this.console = console;
        this.option = option;
        this.file = file;
        boolean piped = file.equals(STANDARD_OUTPUT);
        this.unmade = !piped && !Files.exists(file, LinkOption.NOFOLLOW_LINKS);
        this.channel = piped ? null : FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    /// @param file null = nothing is to be written
    static @Nullable Outcome open(Console console, String option, @Nullable Path file) throws CommandException {
        try {
            return file == null ? null : new Outcome(console, option, file);
        } catch (IOException failed) {
            throw unwritable(option, failed);
        }
    }

    private static CommandException unwritable(String option, IOException failed) {
        return new CommandException(ExitCode.ENVIRONMENT, option + ": cannot write: " + Why.of(failed), failed);
    }

    /// @param text of whole lines
    void write(String text) throws IOException, CommandException {
        if (channel == null) {
            console.print(text.stripTrailing());
            return;
        }
        unmade = false;
        try {
            if (channel.size() > 0) { // else it may be a pipe, which cannot be cut
                channel.truncate(0);
            }
            Channels.newOutputStream(channel).write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException failed) {
            throw unwritable(option, failed);
        }
    }

    @Override
    public void close() throws IOException {
        if (channel != null) {
            channel.close();
        }
        if (unmade) {
            Files.deleteIfExists(file);
        }
    }
}
