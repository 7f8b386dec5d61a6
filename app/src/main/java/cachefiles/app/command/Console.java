package cachefiles.app.command;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What a command talks to. Text is UTF-8, whatever the locale.
///
/// @param out data; unlike [System#out] it tells of failed writes
/// @param err everything else
/// @param terminal whether `err` is a terminal, where a line may be written over
/// @param environment variables of the process
public record Console(OutputStream out, PrintStream err, boolean terminal, Map<String, String> environment) {
    private static final int BUFFER_BYTES = 1 << 16;

    public static Console ofProcess() {
        var out = new FileOutputStream(FileDescriptor.out);
        var err = new FileOutputStream(FileDescriptor.err);
        return new Console(
                new BufferedOutputStream(new PipeStream(out), BUFFER_BYTES),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                isTerminal(),
                System.getenv());
    }

    private static boolean isTerminal() {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException _) {
            return Objects.requireNonNull(System.console()).isTerminal(); // no Linux: true only if all three are
        }
    }

    /// One line of data.
    public void print(String line) throws IOException {
        out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /// One line for the person who watches.
    public void say(@Nullable String line) {
        err.println("cachefiles: " + line);
    }

    /// Tells a reader that has gone from a disk that is full.
    private static final class PipeStream extends OutputStream {
        private final OutputStream out;

        PipeStream(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int octet) throws IOException {
            write(new byte[] {(byte) octet}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                out.write(bytes, offset, length);
            } catch (IOException failed) {
                String why = String.valueOf(failed.getMessage());
                throw why.contains("Broken pipe") || why.contains("Connection reset")
                        ? new BrokenPipeException(failed)
                        : failed;
            }
        }
    }
}
