package cachefiles.kernel.uapi;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The name of a volume or of a cookie: 1 to 255 bytes of any value (S5, S6, S16).
public final class Key implements Comparable<Key> {
    public static final int MAX_BYTES = 255;

    private final byte[] bytes;
    private final int hash;

    private Key(byte[] bytes) {
        this.bytes = bytes;
        this.hash = Arrays.hashCode(bytes);
    }

    /// @throws IllegalArgumentException if there are no bytes or more than [#MAX_BYTES]
    public static Key of(byte[] bytes) {
        if (bytes.length == 0) {
            throw new IllegalArgumentException("a key is empty; give it 1 to " + MAX_BYTES + " bytes");
        }
        if (bytes.length > MAX_BYTES) {
            throw new IllegalArgumentException("a key has " + bytes.length + " bytes; the protocol carries at most "
                    + MAX_BYTES + ": " + new String(bytes, StandardCharsets.UTF_8));
        }
        return new Key(bytes.clone());
    }

    /// The key whose bytes are the UTF-8 form of `text`.
    /// @throws IllegalArgumentException as [#of(byte\[\])]
    public static Key of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    public byte[] bytes() {
        return bytes.clone();
    }

    public int length() {
        return bytes.length;
    }

    /// The key read as UTF-8; bytes that are none come out as the replacement character.
    public String text() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public int compareTo(Key other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Key key && hash == key.hash && Arrays.equals(bytes, key.bytes);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return text();
    }
}
