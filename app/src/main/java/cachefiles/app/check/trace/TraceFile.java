package cachefiles.app.check.trace;

import java.io.BufferedReader;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Reads traces.
public final class TraceFile {
    /// Takes lines in their order.
    public interface Lines {
        /// @param at where it stands in the file, counted from 1
        void line(long at, TraceLine line) throws IOException;
    }

    /// A line that cannot be read.
    public static final class DamagedException extends Exception {
        private static final long serialVersionUID = 1;

        DamagedException(long line, Exception why) {
            super(new Departure(line, String.valueOf(why.getMessage())).toString(), why);
        }
    }

    private TraceFile() {}

    /// Reads up to the end, or up to the first line that is damaged: what stands behind that is not looked at, for
    /// nobody knows what it follows.
    /// @throws DamagedException naming the line and what is wrong with it, or why it could not be read
    /// @throws IOException what `lines` does has failed
    public static void read(BufferedReader in, Lines lines) throws IOException, DamagedException {
        long at = 1;
        for (var line = next(in, at); line != null; line = next(in, at)) {
            lines.line(at++, line);
        }
    }

    private static @Nullable TraceLine next(BufferedReader in, long at) throws DamagedException {
        try {
            var text = in.readLine();
            return text == null ? null : TraceFormat.read(text);
        } catch (IOException | IllegalArgumentException wrong) {
            throw new DamagedException(at, wrong);
        }
    }
}
