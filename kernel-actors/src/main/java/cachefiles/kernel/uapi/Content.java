package cachefiles.kernel.uapi;

/// Which content an object has: what the daemon says when it accepts an OPEN.
/// @param sizeBytes 0 or more
/// @param validator changes when the content does, at most 255 characters; empty if the origin has none
public record Content(long sizeBytes, String validator) {
    /// Whether both can be the same bytes: equal size, and validators equal as far as known (G13).
    public boolean agreesWith(Content other) {
        return sizeBytes == other.sizeBytes
                && (validator.isEmpty() || other.validator.isEmpty() || validator.equals(other.validator));
    }
}
