package cachefiles.app.check.trace;

import java.io.IOException;
import java.io.Writer;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Writes a trace: one run after the other, each through a [Recorder] of its own.
///
/// It writes where it is called: who takes a step waits until the line is in the writer's buffer, so that a trace has
/// all steps, and a run with a trace is a little slower. If writing fails the trace ends there, and the run goes on:
/// [#failure] tells.
public final class TraceWriter implements AutoCloseable {
    private final Writer out;
    private final LongSupplier millis;
    private long lines;
    private boolean closed;
    private @Nullable IOException failure;

    /// @param out buffered by the caller, and closed with the trace
    public TraceWriter(Writer out) {
        this(out, sinceNow());
    }

    /// @param millis a clock of the caller's, rising
    public TraceWriter(Writer out, LongSupplier millis) {
        this.out = out;
        this.millis = millis;
    }

    /// Milliseconds from now on.
    public static LongSupplier sinceNow() {
        long start = System.nanoTime();
        return () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    }

    /// A system begins.
    /// @param title what is run
    public Recorder run(String title) {
        write((number, now) -> new TraceLine.Run(number, now, title));
        return new Recorder(this);
    }

    /// What else is worth a line.
    public void remark(String text) {
        write((number, now) -> new TraceLine.Remark(number, now, text));
    }

    /// Makes a line of its number and time, in ms.
    interface Line {
        TraceLine at(long number, long millis);
    }

    synchronized void write(Line line) {
        if (failure != null || closed) {
            return;
        }
        try {
            out.write(TraceFormat.written(line.at(++lines, millis.getAsLong())) + "\n");
        } catch (IOException failed) {
            failure = failed;
        }
    }

    /// Why lines are missing; null if none are.
    public synchronized @Nullable IOException failure() {
        return failure;
    }

    /// What actors say that are not stopped yet goes nowhere from now on.
    /// @throws IOException the trace, or its end, could not be written
    @Override
    public synchronized void close() throws IOException {
        closed = true;
        try {
            out.close();
        } catch (IOException failed) {
            failure = failure == null ? failed : failure;
        }
        if (failure != null) {
            throw failure;
        }
    }
}
