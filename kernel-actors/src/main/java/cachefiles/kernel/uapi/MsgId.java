package cachefiles.kernel.uapi;

/// The id that a request is answered with: unsigned 32 bits, given cyclically (S82), kept over a daemon's death (S74).
/// @param value the 32 bits; compare with [#compareTo], never with `<`
public record MsgId(int value) implements Comparable<MsgId> {
    public static final MsgId FIRST = new MsgId(0);

    /// The id after this one; the last is followed by 0.
    public MsgId next() {
        return new MsgId(value + 1);
    }

    @Override
    public int compareTo(MsgId other) {
        return Integer.compareUnsigned(value, other.value);
    }

    @Override
    public String toString() {
        return "#" + Integer.toUnsignedString(value);
    }
}
