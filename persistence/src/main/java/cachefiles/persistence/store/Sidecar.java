package cachefiles.persistence.store;

import cachefiles.kernel.extent.Store;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Key;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.CRC32C;

/// What lies beside an object's data, in a file of the same name below `<dir>/blocks`: whose bytes these are, and a
/// checksum for each block that is present. Big endian.
///
/// ```
///     0   8  magic "cfblocks"
///     8   2  version, 1
///    10   2  bytes of the validator, v (0 to 765: 255 characters of UTF-8)
///    12   2  bytes of the volume key, k (1 to 255)
///    14   2  bytes of the cookie key, c (1 to 255)
///    16   4  bytes of a block, 4096
///    20   8  bytes of the object
///    28   8  seed, drawn anew for each content
///    36   v  validator, k volume key, c cookie key, then zeros
///  2044   4  CRC-32C of bytes 0 to 2043
///  2048   4  block 0: its checksum, 0 = absent
///  2052   4  block 1, and so on; what lies behind the end of the file is absent
/// ```
///
/// A block's checksum is the CRC-32C of its bytes, up to the object's end, mixed with the seed and the block's number.
/// So neither what was left by an earlier content, nor a block that landed in the wrong place, passes for a block of
/// this one, in whatever order the disk kept or lost our writes. The one value that comes out as 0 is stored as 1.
///
/// @param cookie whose bytes these are: a file copied to another name is foreign
/// @param sizeBytes bytes of the object
/// @param validator tells its version; may be empty
/// @param seed the content's own
record Sidecar(Cookie cookie, long sizeBytes, String validator, long seed) {
    static final int HEADER_BYTES = 2048;
    static final int ENTRY_BYTES = 4;

    private static final long MAGIC = 0x6366_626c_6f63_6b73L; // "cfblocks"
    private static final short VERSION = 1;
    private static final int NAMES_AT = 36;
    private static final int SUM_AT = HEADER_BYTES - Integer.BYTES;
    private static final int MAX_VALIDATOR_CHARS = 255;

    Sidecar {
        if (sizeBytes < 0 || validator.length() > MAX_VALIDATOR_CHARS) {
            throw new IllegalArgumentException(
                    "size " + sizeBytes + " must not be negative, and the validator have at most " + MAX_VALIDATOR_CHARS
                            + " characters: " + validator);
        }
    }

    Sidecar withValidator(String other) {
        return new Sidecar(cookie, sizeBytes, other, seed);
    }

    /// Whether content of this size and validator is the one described. Where either side has no validator the size
    /// decides.
    boolean describes(long otherSizeBytes, String otherValidator) {
        return new Content(sizeBytes, validator).agreesWith(new Content(otherSizeBytes, otherValidator));
    }

    long blocks() {
        return Math.ceilDiv(sizeBytes, (long) Store.BLOCK_BYTES);
    }

    /// The length of the data file (S105).
    long dataBytes() {
        return blocks() * Store.BLOCK_BYTES;
    }

    /// Bytes of `block` that belong to the object; fewer in the last one.
    int blockBytes(long block) {
        return (int) Math.min(Store.BLOCK_BYTES, sizeBytes - block * Store.BLOCK_BYTES);
    }

    /// Bytes of the object in blocks `first` to `limit`.
    int runBytes(long first, long limit) {
        return Math.toIntExact(Math.min(limit * Store.BLOCK_BYTES, sizeBytes) - first * Store.BLOCK_BYTES);
    }

    static long entryAt(long block) {
        return HEADER_BYTES + block * ENTRY_BYTES;
    }

    /// What to store for `block` when it holds `bytes`, from their position to their limit. Never 0.
    int checksum(long block, ByteBuffer bytes) {
        var crc = new CRC32C();
        crc.update(bytes);
        int sum = (int) crc.getValue() ^ Long.hashCode(scatter(seed + block * 0x9E3779B97F4A7C15L));
        return sum == 0 ? 1 : sum;
    }

    private static long scatter(long value) {
        long z = (value ^ value >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }

    ByteBuffer header() {
        byte[] version = validator.getBytes(StandardCharsets.UTF_8);
        var header = ByteBuffer.allocate(HEADER_BYTES);
        header.putLong(MAGIC).putShort(VERSION).putShort((short) version.length);
        header.putShort((short) cookie.volume().length())
                .putShort((short) cookie.key().length());
        header.putInt(Store.BLOCK_BYTES).putLong(sizeBytes).putLong(seed);
        header.put(version).put(cookie.volume().bytes()).put(cookie.key().bytes());
        header.putInt(SUM_AT, sumOf(header));
        return header.clear();
    }

    /// Reads a header back; empty for anything that is not whole and ours.
    static Optional<Sidecar> decode(ByteBuffer header) {
        if (header.limit() < HEADER_BYTES
                || header.getLong(0) != MAGIC
                || header.getShort(8) != VERSION
                || header.getInt(16) != Store.BLOCK_BYTES
                || header.getInt(SUM_AT) != sumOf(header)) {
            return Optional.empty();
        }
        var names = header.duplicate().position(NAMES_AT);
        var validator = new String(take(names, header.getShort(10)), StandardCharsets.UTF_8);
        var cookie = new Cookie(Key.of(take(names, header.getShort(12))), Key.of(take(names, header.getShort(14))));
        return Optional.of(new Sidecar(cookie, header.getLong(20), validator, header.getLong(28)));
    }

    private static byte[] take(ByteBuffer names, int length) {
        byte[] name = new byte[length];
        names.get(name);
        return name;
    }

    private static int sumOf(ByteBuffer header) {
        var crc = new CRC32C();
        crc.update(header.duplicate().clear().limit(SUM_AT));
        return (int) crc.getValue();
    }
}
