package cachefiles.app.load.plan;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Objects whose sizes and bytes are functions of their number: nothing of them is kept, and what a reader got can be
/// compared. Eight bytes at a time are one word.
public final class Synthetic {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;
    /// A cheap look compares the first and the last word of each stretch of that many bytes.
    private static final int LOOK_BYTES = 4096;

    private final int objects;
    private final Sizes sizes;
    private final int stride;

    public Synthetic(int objects, Sizes sizes) {
        this.objects = objects;
        this.sizes = sizes;
        this.stride = stride(objects);
    }

    /// A number that shares no divisor with `objects`, so that its multiples come by each of them.
    private static int stride(int objects) {
        int candidate = (int) (objects * 0.6180339887498949) | 1;
        while (divisor(candidate, objects) != 1) {
            candidate += 2;
        }
        return candidate;
    }

    private static int divisor(int a, int b) {
        return b == 0 ? a : divisor(b, a % b);
    }

    public int objects() {
        return objects;
    }

    /// The object that comes at this place when they are ordered by how often they are read.
    int ofRank(int rank) {
        return (int) ((long) rank * stride % objects);
    }

    /// `o/000001f`: a thousand objects a folder.
    public static String name(int object) {
        return "o%04x/%03x".formatted(object >>> 12, object & 0xfff);
    }

    /// The number of the object that is called so; -1 if none is.
    public int object(String name) {
        if (!name.matches("o[0-9a-f]{4,5}/[0-9a-f]{3}")) {
            return -1;
        }
        int slash = name.indexOf('/');
        long object =
                (Long.parseLong(name.substring(1, slash), 16) << 12) + Long.parseLong(name.substring(slash + 1), 16);
        return object < objects ? (int) object : -1;
    }

    public long sizeBytes(int object) {
        return sizes.at((mixed(object) >>> 11) * 0x1p-53);
    }

    private static long mixed(long z) {
        long x = (z + 1) * GOLDEN;
        x = (x ^ x >>> 30) * 0xBF58476D1CE4E5B9L;
        x = (x ^ x >>> 27) * 0x94D049BB133111EBL;
        return x ^ x >>> 31;
    }

    private static long word(int object, long index) {
        return mixed(((long) object << 40) + index);
    }

    private static byte octet(int object, long offset) {
        return (byte) (word(object, offset >>> 3) >>> 8 * (offset & 7));
    }

    /// Fills `target` with what the object has from `offset` on.
    public static void fill(int object, long offset, ByteBuffer target) {
        var words = target.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        long at = offset;
        while (words.hasRemaining()) {
            if ((at & 7) == 0 && words.remaining() >= Long.BYTES) {
                words.putLong(word(object, at >>> 3));
                at += Long.BYTES;
            } else {
                words.put(octet(object, at++));
            }
        }
        target.position(target.limit());
    }

    /// How many bytes a read from `offset` on with room for `length` has to get.
    public int expected(int object, long offset, int length) {
        return Math.clamp(sizeBytes(object) - offset, 0, length);
    }

    /// Compares what was read with what is there; looks at all of it if any of what it looks at is wrong.
    /// @param got from its beginning to its position
    /// @param wanted how many bytes it should be
    /// @param full whether to look at all bytes at once
    /// @return how many were wrong, or missing, or too many
    public static long wrongBytes(int object, long offset, ByteBuffer got, int wanted, boolean full) {
        int length = Math.min(got.position(), wanted);
        long missing = Math.abs(got.position() - wanted);
        if (!full && looksRight(object, offset, got, length)) {
            return missing;
        }
        for (int i = 0; i < length; i++) {
            missing += got.get(i) == octet(object, offset + i) ? 0 : 1;
        }
        return missing;
    }

    private static boolean looksRight(int object, long offset, ByteBuffer got, int length) {
        for (int start = 0; start < length; start += LOOK_BYTES) {
            int end = Math.min(length, start + LOOK_BYTES);
            if (!wordIsRight(object, offset, got, start, end)
                    || !wordIsRight(object, offset, got, Math.max(start, end - 8), end)) {
                return false;
            }
        }
        return true;
    }

    private static boolean wordIsRight(int object, long offset, ByteBuffer got, int from, int limit) {
        for (int i = from; i < Math.min(limit, from + 8); i++) {
            if (got.get(i) != octet(object, offset + i)) {
                return false;
            }
        }
        return true;
    }
}
