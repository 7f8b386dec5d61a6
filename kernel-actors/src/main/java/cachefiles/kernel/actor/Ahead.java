package cachefiles.kernel.actor;

import cachefiles.kernel.reader.ReadAhead;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Range;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Has fetched what the readers of one use of an object will need: the shell of [ReadAhead]. Nobody waits for it, and
/// what becomes of it is nobody's failure: a reader that meets a hole, or has joined, asks for it himself.
public final class Ahead implements AutoCloseable {
    private static final int PIECE_BYTES = 512 * 1024;

    private final Gate gate;
    private final LongSupplier mostUnderway;
    private final long mostBytes;
    private final int readBytes;
    private @Nullable Begun begun;
    private volatile long[] marks = {};
    private boolean closed;

    /// What the first miss brings with it: a use of which nothing is read yet stays small.
    private record Begun(ReadAhead core, Set<Wait> waits) {}

    /// @param mostBytes to be ahead of a reader; 0 = not at all
    /// @param mostUnderway bytes that may be asked for at a time
    /// @param readBytes the most that one READ asks for
    public Ahead(Gate gate, long mostBytes, LongSupplier mostUnderway, int readBytes) {
        this.gate = gate;
        this.mostUnderway = mostUnderway;
        this.mostBytes = mostBytes;
        this.readBytes = readBytes;
    }

    /// A read waits for `hole`.
    synchronized void missed(Range read, Range hole) {
        if (begun == null) {
            var pieceBytes = Math.min(PIECE_BYTES, readBytes);
            begun = new Begun(new ReadAhead(mostBytes, pieceBytes, gate.file().sizeBytes()), new HashSet<>());
        }
        begun.core.missed(read, hole);
        ask(begun);
    }

    /// A read has copied bytes from `offset` to `limit`.
    void passed(long offset, long limit) {
        for (long mark : marks) {
            if (mark >= offset && mark < limit) {
                crossed(Range.between(offset, limit));
                return;
            }
        }
    }

    private synchronized void crossed(Range seen) {
        var now = Objects.requireNonNull(begun); // it has set the marks
        now.core.passed(seen);
        ask(now);
    }

    private void ask(Begun now) {
        var core = now.core;
        marks = core.marks();
        for (var piece = core.next(mostUnderway.getAsLong());
                piece.isPresent() && !closed;
                piece = core.next(mostUnderway.getAsLong())) {
            ask(now, piece.get());
        }
    }

    /// What of it is present, or has been asked for by others and came meanwhile, is not asked for.
    private void ask(Begun now, Range piece) {
        long at = piece.offset();
        while (at < piece.limit()) {
            var hole = gate.file().hole(at, piece.limit());
            long start = Math.max(at, hole.map(Range::offset).orElse(piece.limit()));
            now.core.ended(start - at);
            at = Math.min(piece.limit(), hole.map(Range::limit).orElse(piece.limit())); // a hole ends on a block's edge
            if (at > start) {
                new Wait(now, at - start).begin(hole.orElseThrow());
            }
        }
    }

    /// Asks for nothing more, and leaves what nobody waits for.
    @Override
    public synchronized void close() {
        closed = true;
        if (begun != null) {
            begun.waits.forEach(wait -> gate.leave(wait.number));
            begun.waits.clear();
        }
    }

    private final class Wait implements Gate.Waiter {
        private final Begun now;
        private final long bytes;
        private long number;
        private boolean over;

        Wait(Begun now, long bytes) {
            this.now = now;
            this.bytes = bytes;
        }

        void begin(Range hole) {
            number = gate.awaitAhead(hole, this);
            if (number < 0) {
                end();
            } else if (!over) {
                now.waits.add(this);
            }
        }

        @Override
        public void wakeUp(Errno errno) {
            end();
        }

        private void end() {
            synchronized (Ahead.this) {
                over = true;
                now.waits.remove(this);
                now.core.ended(bytes);
                ask(now);
            }
        }
    }
}
