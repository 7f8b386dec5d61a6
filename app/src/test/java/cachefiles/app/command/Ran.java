package cachefiles.app.command;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// A command that has run in this process.
record Ran(int exit, byte[] bytes, String err) {
    /// @param home where the user's cache folder is
    static Ran of(Path home, Object... args) {
        var out = new ByteArrayOutputStream();
        return of(home, out, out, args);
    }

    /// As [#of], with an output that may fail.
    static Ran into(OutputStream out, Path home, Object... args) {
        return of(home, out, new ByteArrayOutputStream(), args);
    }

    private static Ran of(Path home, OutputStream out, ByteArrayOutputStream kept, Object... args) {
        var err = new ByteArrayOutputStream();
        var console = new Console(
                out,
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false,
                Map.of(
                        "HOME",
                        home.toString(),
                        "XDG_CACHE_HOME",
                        home.resolve("xdg").toString()));
        int exit = Cachefiles.run(
                console, List.of(args).stream().map(Object::toString).toArray(String[]::new));
        return new Ran(exit, kept.toByteArray(), err.toString(StandardCharsets.UTF_8));
    }

    String out() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    List<String> lines() {
        return out().lines().toList();
    }

    /// An output whose reader has gone.
    static OutputStream brokenPipe() {
        return new OutputStream() {
            @Override
            public void write(int octet) throws IOException {
                throw new BrokenPipeException(new IOException("Broken pipe"));
            }
        };
    }

    /// An output on a full disk.
    static OutputStream full() {
        return new OutputStream() {
            @Override
            public void write(int octet) throws IOException {
                throw new IOException("No space left on device");
            }
        };
    }
}
