package cachefiles.kernel.uapi;

/// Bytes `offset` (inclusive) to `limit` (exclusive) of one object.
/// @param offset bytes from the start of the object, 0 or more
/// @param length bytes, 1 or more
public record Range(long offset, long length) implements Comparable<Range> {
    public Range {
        if (offset < 0 || length <= 0 || offset + length < 0) {
            throw new IllegalArgumentException("not a range: offset " + offset + ", length " + length);
        }
    }

    /// The range from `offset` to `limit`, which lies behind it.
    public static Range between(long offset, long limit) {
        return new Range(offset, limit - offset);
    }

    /// The first byte behind the range.
    public long limit() {
        return offset + length;
    }

    public boolean contains(long position) {
        return position >= offset && position < limit();
    }

    @Override
    public int compareTo(Range other) {
        int byOffset = Long.compare(offset, other.offset);
        return byOffset != 0 ? byOffset : Long.compare(length, other.length);
    }

    @Override
    public String toString() {
        return offset + "+" + length;
    }
}
