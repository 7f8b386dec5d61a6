package cachefiles.app.check;

import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Range;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// An object's file: which blocks are present, not their bytes.
final class BlockFile {
    private static final int BLOCK_BYTES = Kernel.BLOCK_BYTES;

    private @Nullable Content content;
    private final TreeSet<Long> present = new TreeSet<>();

    BlockFile copy() {
        var copy = new BlockFile();
        copy.content = content;
        copy.present.addAll(present);
        return copy;
    }

    /// Whose bytes it has; null if there is no file.
    @Nullable
    Content content() {
        return content;
    }

    /// It is `wanted`'s from now on, and loses what it has of another.
    void attach(Content wanted) {
        if (!wanted.equals(content)) {
            present.clear();
            content = wanted;
        }
    }

    void remove() {
        present.clear();
        content = null;
    }

    /// Nothing was written, so there is no file on the disk.
    boolean isEmpty() {
        return present.isEmpty();
    }

    Errno write(Range range) {
        if (content == null || range.offset() % BLOCK_BYTES != 0) {
            return Errno.ENOBUFS;
        }
        for (long block = range.offset() / BLOCK_BYTES; block * BLOCK_BYTES < range.limit(); block++) {
            present.add(block);
        }
        return Errno.OK;
    }

    /// Up to where all is present from `position` on.
    long presentEnd(long position, long limit) {
        long end = position;
        while (end < limit && present.contains(end / BLOCK_BYTES)) {
            end = Math.min(limit, (end / BLOCK_BYTES + 1) * BLOCK_BYTES);
        }
        return end;
    }

    /// The hole in which `position` lies, as far as `limit`.
    Range hole(long position, long limit) {
        long start = position / BLOCK_BYTES * BLOCK_BYTES;
        long end = start;
        while (end < limit && !present.contains(end / BLOCK_BYTES)) {
            end += BLOCK_BYTES;
        }
        return Range.between(start, end);
    }

    /// In words.
    String firstHole() {
        if (content == null) {
            return Errno.ENOBUFS.name();
        }
        long hole = presentEnd(0, content.sizeBytes());
        return hole == content.sizeBytes() ? "no hole" : "hole at " + hole;
    }
}
