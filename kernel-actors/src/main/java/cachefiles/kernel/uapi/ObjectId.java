package cachefiles.kernel.uapi;

/// The id under which the daemon knows an object: new at every delivery of an OPEN, over 1 to 2^31-1 (S84).
/// @param value 0 = an OPEN was never delivered, -1 = the descriptor was closed, else the id of the live descriptor
/// (S7)
public record ObjectId(int value) implements Comparable<ObjectId> {
    public static final ObjectId NONE = new ObjectId(0);
    public static final ObjectId CLOSED = new ObjectId(-1);

    @Override
    public int compareTo(ObjectId other) {
        return Integer.compare(value, other.value);
    }

    @Override
    public String toString() {
        return "h" + value;
    }
}
