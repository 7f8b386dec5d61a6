package cachefiles.kernel.actor;

import cachefiles.kernel.reader.ReadAhead;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Range;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Has fetched what the readers of one use of an object will need: the shell of [ReadAhead]. Nobody waits for it, and
/// what becomes of it is nobody's failure: a reader that meets a hole asks for it himself.
public final class Ahead implements AutoCloseable {
    private final Gate gate;
    private final ReadAhead core;
    private final Set<Wait> waits = new HashSet<>();
    private volatile long[] marks = {};
    private boolean closed;

    /// @param mostBytes to be ahead of a reader; 0 = not at all
    /// @param readBytes the most that one READ asks for
    public Ahead(Gate gate, long mostBytes, int readBytes) {
        this.gate = gate;
        this.core = new ReadAhead(mostBytes, readBytes, gate.file().sizeBytes());
    }

    /// A read waits for `hole`.
    synchronized void missed(Range read, Range hole) {
        ask(core.missed(read, hole));
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
        ask(core.passed(seen));
    }

    private void ask(List<Range> pieces) {
        marks = core.marks();
        for (Range piece : pieces) {
            long at = piece.offset();
            while (!closed && at < piece.limit()) {
                var hole = gate.file().hole(at, piece.limit());
                hole.ifPresent(found -> new Wait().begin(found));
                at = hole.map(Range::limit).orElse(piece.limit());
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
        private long number;
        private boolean over;

        void begin(Range hole) {
            number = gate.await(hole, this);
            if (!over) {
                waits.add(this);
            }
        }

        @Override
        public void wakeUp(Errno errno) {
            synchronized (Ahead.this) {
                over = true;
                waits.remove(this);
            }
        }
    }
}
