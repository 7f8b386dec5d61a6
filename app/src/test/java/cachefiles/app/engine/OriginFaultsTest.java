package cachefiles.app.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.daemon.fetch.Credentials;
import cachefiles.daemon.fetch.HttpOrigin;
import cachefiles.daemon.fetch.HttpSettings;
import cachefiles.kernel.uapi.DeviceException;
import cachefiles.kernel.uapi.Errno;
import cachefiles.persistence.journal.Journal;
import cachefiles.testing.OriginServer;
import cachefiles.testing.OriginServer.Conduct;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// An origin errs for 3 s in the middle of a read of 256 MiB: readers get right bytes or one clean error, never bytes
/// of two versions, and the next reader gets all of it right.
@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(300)
class OriginFaultsTest {
    private static final int SIZE = 256 << 20;
    private static final int READ_BYTES = 256 * 1024;
    private static final int FAULT_SECONDS = 3;

    @TempDir
    Path directory;

    enum Fault {
        DOWN,
        ERROR_500,
        BODY_CUT,
        /// It says what was asked for, and sends half of that, with the length of the half.
        WELL_FORMED_BUT_SHORT,
        HANG,
        /// What hangs goes on hanging when the server is well again.
        HANG_FOR_EVER,
        REPLACED;

        private Conduct conduct() {
            return switch (this) {
                case DOWN -> OriginServer.DOWN;
                case ERROR_500 -> (_, reply) -> reply.status(500, Map.of());
                case BODY_CUT ->
                    (_, reply) -> {
                        int[] range = reply.range();
                        reply.head(206, reply.ranged(), range[1] - range[0]);
                        reply.body(reply.bytes(), range[0], (range[0] + range[1]) / 2);
                        return false;
                    };
                case WELL_FORMED_BUT_SHORT ->
                    (_, reply) -> {
                        int[] range = reply.range();
                        return reply.send(206, reply.ranged(), reply.bytes(), range[0], (range[0] + range[1]) / 2);
                    };
                case HANG -> OriginServer.HANG;
                case HANG_FOR_EVER -> OriginServer.HANG_FOR_EVER;
                case REPLACED -> OriginServer.GOOD;
            };
        }
    }

    private static byte[] drawn(int seed) {
        var bytes = new byte[SIZE];
        new SplittableRandom(seed).nextBytes(bytes);
        return bytes;
    }

    @ParameterizedTest
    @EnumSource
    @Tag("G13")
    @Tag("I20")
    void right_bytes_or_one_clean_error_and_the_next_reader_right(Fault fault) throws Exception {
        var first = drawn(1);
        var last = fault == Fault.REPLACED ? drawn(2) : first;
        try (var server = new OriginServer();
                var origin = HttpOrigin.of(server.address(), Credentials.NONE, HttpSettings.DEFAULT);
                var cache = Cache.open(CacheOptions.of(directory, origin).journal(Journal.Kind.MEMORY));
                var clock = Executors.newSingleThreadScheduledExecutor()) {
            server.put("file", first);
            var volume = cache.acquireVolume("v");
            long stall = 0;
            try (var object = volume.acquire("file")) {
                for (int at = 0; at < SIZE; at += READ_BYTES) {
                    if (at == SIZE / 2) {
                        server.put("file", last);
                        server.behave(fault.conduct());
                        var unused =
                                clock.schedule(() -> server.behave(OriginServer.GOOD), FAULT_SECONDS, TimeUnit.SECONDS);
                    }
                    long begin = System.nanoTime();
                    assertReads(object, first, at);
                    stall = Math.max(stall, System.nanoTime() - begin);
                }
                assertTrue(fault != Fault.REPLACED, "what was replaced cannot be read to its end");
            } catch (DeviceException failed) {
                assertEquals(Errno.ESTALE, failed.errno());
                assertEquals(Fault.REPLACED, fault);
            }
            System.out.printf("%s for %d s: the longest read took %.2f s%n", fault, FAULT_SECONDS, stall / 1e9);
            server.behave(OriginServer.GOOD);
            try (var object = volume.acquire("file")) {
                for (int at = 0; at < SIZE; at += READ_BYTES) {
                    assertReads(object, last, at);
                }
            }
        }
    }

    private static void assertReads(CachedObject object, byte[] right, int at) throws DeviceException {
        var target = ByteBuffer.allocate(READ_BYTES);
        assertEquals(READ_BYTES, object.read(at, target));
        assertEquals(
                -1, target.flip().mismatch(ByteBuffer.wrap(right, at, READ_BYTES)), () -> "wrong bytes from " + at);
    }
}
