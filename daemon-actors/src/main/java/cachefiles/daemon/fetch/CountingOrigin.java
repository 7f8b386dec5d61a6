package cachefiles.daemon.fetch;

import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/// Counts the bytes that come from another origin, and how many of them had come before.
public final class CountingOrigin extends ForwardingOrigin {
    /// What came of one version of an object: start of each stretch to its limit, none touching another.
    private record Seen(String validator, TreeMap<Long, Long> stretches) {
        /// Adds `offset` to `limit`.
        /// @return how many of these bytes were there already
        long add(long offset, long limit) {
            long start = offset;
            long end = limit;
            long repeated = 0;
            Map.Entry<Long, Long> last = stretches.floorEntry(limit);
            while (last != null && last.getValue() >= offset) {
                repeated += Math.max(0, Math.min(limit, last.getValue()) - Math.max(offset, last.getKey()));
                start = Math.min(start, last.getKey());
                end = Math.max(end, last.getValue());
                stretches.remove(last.getKey());
                last = stretches.floorEntry(limit);
            }
            stretches.put(start, end);
            return repeated;
        }
    }

    private final Map<Cookie, Seen> seen = new HashMap<>();
    private long fetchedBytes;
    private long repeatedBytes;

    public CountingOrigin(Origin origin) {
        super(origin);
    }

    @Override
    public void fetch(Cookie cookie, Content expected, long offset, ByteBuffer target) throws DeviceException {
        int start = target.position();
        try {
            super.fetch(cookie, expected, offset, target);
        } finally {
            count(cookie, expected.validator(), offset, target.position() - start);
        }
    }

    private synchronized void count(Cookie cookie, String validator, long offset, int length) {
        if (length > 0) {
            Seen ranges = seen.compute(
                    cookie,
                    (_, held) -> held != null && held.validator.equals(validator)
                            ? held
                            : new Seen(validator, new TreeMap<>()));
            repeatedBytes += ranges.add(offset, offset + length);
            fetchedBytes += length;
        }
    }

    /// Bytes that came, those of failed fetches too.
    public synchronized long fetchedBytes() {
        return fetchedBytes;
    }

    /// Those of them that had come before, of the same version.
    public synchronized long repeatedBytes() {
        return repeatedBytes;
    }
}
