package cachefiles.daemon.fetch;

import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceException;
import cachefiles.kernel.uapi.Errno;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Content that is computed from cookie, version and offset, so that terabytes of it can be served, and compared with
/// what a reader got, while none is stored.
public final class MemoryOrigin implements Origin {
    private record Version(long sizeBytes, int number) {
        Content found() {
            return new Content(sizeBytes, "v" + number);
        }
    }

    private final Map<Cookie, Version> contents = new ConcurrentHashMap<>();

    /// Adds `cookie`, or replaces its content by a next version with other bytes.
    /// @return what [#find] says from now on
    public Content put(Cookie cookie, long sizeBytes) {
        return contents.merge(
                        cookie, new Version(sizeBytes, 1), (old, next) -> new Version(next.sizeBytes, old.number + 1))
                .found();
    }

    public void remove(Cookie cookie) {
        contents.remove(cookie);
    }

    @Override
    public Content find(Cookie cookie) throws DeviceException {
        return version(cookie).found();
    }

    @Override
    public void fetch(Cookie cookie, Content expected, long offset, ByteBuffer target) throws DeviceException {
        if (!version(cookie).found().equals(expected) || offset + target.remaining() > expected.sizeBytes()) {
            throw new DeviceException(Errno.ESTALE, cookie + ": not " + expected);
        }
        fill(cookie, expected, offset, target);
    }

    @Override
    public boolean isImmediate() {
        return true;
    }

    private Version version(Cookie cookie) throws DeviceException {
        Version version = contents.get(cookie);
        if (version == null) {
            throw new DeviceException(Errno.ENOENT, cookie.toString());
        }
        return version;
    }

    /// Fills `target` with the bytes that this version of `cookie` has from `offset` on.
    public static void fill(Cookie cookie, Content version, long offset, ByteBuffer target) {
        long seed =
                cookie.hashCode() * 0x9E3779B97F4A7C15L + version.validator().hashCode();
        ByteBuffer words = target.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        long at = offset;
        while (words.hasRemaining()) {
            long word = word(seed, at / Long.BYTES);
            if (at % Long.BYTES == 0 && words.remaining() >= Long.BYTES) {
                words.putLong(word);
                at += Long.BYTES;
            } else {
                words.put((byte) (word >>> 8 * (at % Long.BYTES)));
                at++;
            }
        }
        target.position(target.limit());
    }

    private static long word(long seed, long index) {
        long z = seed + index * 0x9E3779B97F4A7C15L;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }
}
