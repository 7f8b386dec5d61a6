package cachefiles.kernel.reader;

import cachefiles.kernel.uapi.Range;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What to ask for before anybody waits for it: the rest of a long read at once, and more and more of the object the
/// longer somebody reads on in order. Who reads here and there has nothing fetched that he does not ask for.
///
/// A *stream* is somebody who reads. It begins with a miss; a miss that goes on where its last read ended makes it a
/// stream in order, with a window, which doubles each time that a read passes the mark:
///
/// ```
///     ─────reads──────▶│                │              │
///                     next            mark           wanted
///                      │◀───────── window ────────────▶│
/// ```
///
/// What is wanted is asked for piece by piece, as many bytes at a time as may be under way: what is under way when the
/// process dies is fetched again. Several streams at a time are told apart, as many readers may share one use of an
/// object. Hits that pass no mark do not come here.
///
/// Changed in place; not safe for several threads.
public final class ReadAhead {
    /// Streams that are remembered; a further one takes the place of the one that was heard of least lately.
    public static final int STREAMS = 8;

    /// The first window, in reads.
    private static final int FIRST_READS = 4;

    private static final class Stream {
        final long start;
        long next;
        long wanted;
        long window;
        long mark = -1;

        Stream(long start) {
            this.start = start;
            this.next = start;
            this.wanted = start;
        }
    }

    private final long mostBytes;
    private final int pieceBytes;
    private final long sizeBytes;
    private final ArrayList<Stream> streams = new ArrayList<>(STREAMS); // heard of last: the last
    private final ArrayDeque<Range> pieces = new ArrayDeque<>();
    private long underwayBytes;

    /// @param mostBytes to be ahead at most; 0 = nothing is asked ahead
    /// @param pieceBytes of a piece at most
    /// @param sizeBytes of the object
    public ReadAhead(long mostBytes, int pieceBytes, long sizeBytes) {
        this.mostBytes = mostBytes;
        this.pieceBytes = pieceBytes;
        this.sizeBytes = sizeBytes;
    }

    /// A read waits for a hole, which it has asked for itself.
    /// @param read from where it began to where it ends
    public void missed(Range read, Range hole) {
        var stream = at(read.offset());
        if (stream == null) {
            stream = new Stream(read.offset());
        }
        streams.remove(stream);
        if (streams.size() == STREAMS) {
            streams.removeFirst();
        }
        streams.add(stream);
        boolean goesOn = read.offset() >= stream.next && stream.next > stream.start;
        stream.next = Math.max(stream.next, read.limit());
        stream.wanted = Math.max(stream.wanted, Math.min(hole.limit(), sizeBytes));
        if (goesOn && read.limit() > stream.mark) { // a first mark lies before what was read
            stream.window = grown(stream, read.length());
        }
        want(stream, hole.offset());
    }

    /// A read has come to the bytes `seen`, which were present.
    public void passed(Range seen) {
        for (Stream stream : streams) {
            if (seen.contains(stream.mark)) {
                stream.next = Math.max(stream.next, seen.limit());
                stream.window = grown(stream, 0);
                want(stream, seen.limit());
                return;
            }
        }
    }

    /// What to ask for now, if anything: to be asked for again until there is nothing.
    /// @param mostUnderway bytes that may be asked for at a time; one piece always may
    public Optional<Range> next(long mostUnderway) {
        var piece = pieces.peek();
        if (piece == null || underwayBytes > 0 && underwayBytes + piece.length() > mostUnderway) {
            return Optional.empty();
        }
        underwayBytes += piece.length();
        return Optional.of(pieces.remove());
    }

    /// So many bytes of what [#next] said are under way no more.
    public void ended(long bytes) {
        underwayBytes -= bytes;
    }

    /// Reads that touch one of these bytes are to be told by [#passed].
    public long[] marks() {
        return streams.stream()
                .mapToLong(stream -> stream.mark)
                .filter(mark -> mark >= 0)
                .toArray();
    }

    /// The stream that a read from `offset` on belongs to.
    private @Nullable Stream at(long offset) {
        for (Stream stream : streams.reversed()) {
            if (offset >= stream.start && offset <= stream.wanted) {
                return stream;
            }
        }
        return null;
    }

    /// @param readBytes of a read that makes it a stream in order; 0 = that is not known
    private long grown(Stream stream, long readBytes) {
        return Math.min(stream.window == 0 ? FIRST_READS * readBytes : 2 * stream.window, mostBytes);
    }

    /// Wants all up to the end of the window, or of the read, whatever is farther, but not farther than allowed.
    private void want(Stream stream, long position) {
        long limit = Math.min(sizeBytes, Math.min(position + mostBytes, stream.next + stream.window));
        if (limit > stream.wanted) {
            for (long at = stream.wanted; at < limit; ) {
                long end = Math.min(limit, (at / pieceBytes + 1) * pieceBytes);
                pieces.add(Range.between(at, end));
                at = end;
            }
            stream.wanted = limit;
            stream.mark = limit == sizeBytes ? -1 : limit - Math.max(1, (limit - position) / 2);
        }
    }
}
