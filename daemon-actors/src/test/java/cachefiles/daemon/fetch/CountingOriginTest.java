package cachefiles.daemon.fetch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceException;
import cachefiles.kernel.uapi.Errno;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class CountingOriginTest {
    private static final Cookie COOKIE = Cookie.of("volume", "key");

    private final MemoryOrigin memory = new MemoryOrigin();
    private final CountingOrigin origin = new CountingOrigin(memory);

    @Test
    void it_counts_bytes_and_those_that_came_before() throws Exception {
        Content found = memory.put(COOKIE, 1000);
        var random = new Random(3);
        var seen = new BitSet();
        long repeated = 0;
        long fetched = 0;
        for (int i = 0; i < 200; i++) {
            int offset = random.nextInt(1000);
            int length = random.nextInt(Math.min(40, 1001 - offset));
            fetch(found, offset, length);
            repeated += seen.get(offset, offset + length).cardinality();
            fetched += length;
            seen.set(offset, offset + length);

            assertEquals(fetched, origin.fetchedBytes());
            assertEquals(repeated, origin.repeatedBytes());
        }
    }

    @Test
    void another_version_or_object_is_no_repetition() throws Exception {
        fetch(memory.put(COOKIE, 100), 0, 100);
        fetch(memory.put(COOKIE, 100), 0, 100);
        Cookie other = Cookie.of("volume", "other");
        origin.fetch(other, memory.put(other, 100), 0, ByteBuffer.allocate(100));

        assertEquals(300, origin.fetchedBytes());
        assertEquals(0, origin.repeatedBytes());
    }

    @Test
    void content_from_memory_depends_on_object_version_and_offset_alone() throws Exception {
        Content first = memory.put(COOKIE, 1000);
        byte[] whole = fetch(first, 0, 1000);
        assertArrayEquals(Arrays.copyOfRange(whole, 13, 300), fetch(first, 13, 287));
        var again = ByteBuffer.allocate(1000);
        MemoryOrigin.fill(COOKIE, first, 0, again);
        assertArrayEquals(whole, again.array());

        Content second = memory.put(COOKIE, 1000);

        assertFalse(Arrays.equals(whole, fetch(second, 0, 1000)));
        assertEquals(Errno.ESTALE, failure(first));
        memory.remove(COOKIE);
        assertEquals(Errno.ENOENT, failure(second));
    }

    private Errno failure(Content expected) {
        return assertThrows(DeviceException.class, () -> fetch(expected, 0, 1)).errno();
    }

    private byte[] fetch(Content expected, long offset, int length) throws DeviceException {
        var target = ByteBuffer.allocate(length);
        origin.fetch(COOKIE, expected, offset, target);
        return target.array();
    }
}
