package cachefiles.kernel.actor;

import cachefiles.kernel.reader.ReadAhead;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Range;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongSupplier;

/// Has fetched what the readers of one use of an object will need: the shell of [ReadAhead]. Nobody waits for it, and
/// what becomes of it is nobody's failure: a reader that meets a hole, or has joined, asks for it himself.
public final class Ahead implements AutoCloseable {
    private static final int PIECE_BYTES = 512 * 1024;

    private final Gate gate;
    private final LongSupplier mostUnderway;
    private final ReadAhead core;
    private final Set<Wait> waits = new HashSet<>();
    private volatile long[] marks = {};
    private boolean closed;

    /// @param mostBytes to be ahead of a reader; 0 = not at all
    /// @param mostUnderway bytes that may be asked for at a time
    /// @param readBytes the most that one READ asks for
    public Ahead(Gate gate, long mostBytes, LongSupplier mostUnderway, int readBytes) {
        this.gate = gate;
        this.mostUnderway = mostUnderway;
        this.core = new ReadAhead(
                mostBytes, Math.min(PIECE_BYTES, readBytes), gate.file().sizeBytes());
    }

    /// A read waits for `hole`.
    synchronized void missed(Range read, Range hole) {
        core.missed(read, hole);
        ask();
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
        core.passed(seen);
        ask();
    }

    private void ask() {
        marks = core.marks();
        for (var piece = core.next(mostUnderway.getAsLong());
                piece.isPresent() && !closed;
                piece = core.next(mostUnderway.getAsLong())) {
            ask(piece.get());
        }
    }

    /// What of it is present, or has been asked for by others and came meanwhile, is not asked for.
    private void ask(Range piece) {
        long at = piece.offset();
        while (at < piece.limit()) {
            var hole = gate.file().hole(at, piece.limit());
            long start = Math.max(at, hole.map(Range::offset).orElse(piece.limit()));
            core.ended(start - at);
            at = Math.min(piece.limit(), hole.map(Range::limit).orElse(piece.limit())); // a hole ends on a block's edge
            if (at > start) {
                new Wait(at - start).begin(hole.orElseThrow());
            }
        }
    }

    /// Asks for nothing more, and leaves what nobody waits for.
    @Override
    public synchronized void close() {
        closed = true;
        waits.forEach(wait -> gate.leave(wait.number));
        waits.clear();
    }

    private final class Wait implements Gate.Waiter {
        private final long bytes;
        private long number;
        private boolean over;

        Wait(long bytes) {
            this.bytes = bytes;
        }

        void begin(Range hole) {
            number = gate.awaitAhead(hole, this);
            if (!over) {
                waits.add(this);
            }
        }

        @Override
        public void wakeUp(Errno errno) {
            synchronized (Ahead.this) {
                over = true;
                waits.remove(this);
                core.ended(bytes);
                ask();
            }
        }
    }
}
