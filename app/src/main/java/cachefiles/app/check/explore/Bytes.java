package cachefiles.app.check.explore;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Small numbers, one after the other: to be written, and to be read again.
final class Bytes {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private byte[] bytes;
    private int at;

    Bytes() {
        this.bytes = new byte[128];
    }

    Bytes(byte[] bytes) {
        this.bytes = bytes;
    }

    void clear() {
        at = 0;
    }

    /// @param value 0 to 255
    void put(int value) {
        if (at == bytes.length) {
            bytes = Arrays.copyOf(bytes, 2 * at);
        }
        if (value < 0 || value > 255) {
            throw new IllegalStateException("no byte: " + value);
        }
        bytes[at++] = (byte) value;
    }

    void put(boolean value) {
        put(value ? 1 : 0);
    }

    void put(Bytes other) {
        if (at + other.at > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, at + other.at));
        }
        System.arraycopy(other.bytes, 0, bytes, at, other.at);
        at += other.at;
    }

    int get() {
        return bytes[at++] & 0xff;
    }

    boolean flag() {
        return bytes[at++] != 0;
    }

    byte[] toArray() {
        return Arrays.copyOf(bytes, at);
    }

    int compareTo(Bytes other) {
        return Arrays.compare(bytes, 0, at, other.bytes, 0, other.at);
    }

    /// A fingerprint of what stands in `bytes` from `from` on: 64 bits of a multiply-and-fold hash.
    static long fingerprint(byte[] bytes, int from) {
        long hash = 0x9e3779b97f4a7c15L ^ bytes.length;
        int at = from;
        for (; at + Long.BYTES <= bytes.length; at += Long.BYTES) {
            hash = mix(hash ^ (long) LONGS.get(bytes, at));
        }
        long rest = 0;
        for (; at < bytes.length; at++) {
            rest = rest << Byte.SIZE | bytes[at] & 0xff;
        }
        return mix(hash ^ rest);
    }

    private static long mix(long value) {
        long mixed = value + 0x9e3779b97f4a7c15L;
        mixed = (mixed ^ mixed >>> 30) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94d049bb133111ebL;
        return mixed ^ mixed >>> 31;
    }
}
