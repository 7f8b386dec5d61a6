package cachefiles.app.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.daemon.fetch.CountingOrigin;
import cachefiles.daemon.fetch.Credentials;
import cachefiles.daemon.fetch.DirectoryOrigin;
import cachefiles.daemon.fetch.HttpOrigin;
import cachefiles.daemon.fetch.HttpSettings;
import cachefiles.daemon.fetch.Origin;
import cachefiles.kernel.uapi.Faults;
import cachefiles.persistence.journal.Journal;
import cachefiles.testing.OriginServer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What is fetched for whom, counted at the origin: of a directory and of an HTTP server.
@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(120)
class ReadAheadTest {
    private static final int MIB = 1 << 20;
    private static final int SIZE = 48 * MIB;

    @TempDir
    Path directory;

    private final byte[] bytes = new byte[SIZE];

    enum Source {
        DIRECTORY,
        HTTP
    }

    @BeforeEach
    void draw() {
        new SplittableRandom(1).nextBytes(bytes);
    }

    /// A cache over one object of these bytes.
    private final class Opened implements AutoCloseable {
        final OriginServer server = new OriginServer();
        final CountingOrigin origin;
        final Cache cache;
        final CachedObject object;

        Opened(Source source) throws Exception {
            Origin from = HttpOrigin.of(server.address(), Credentials.NONE, HttpSettings.DEFAULT);
            server.put("file", bytes);
            if (source == Source.DIRECTORY) {
                Files.write(Files.createDirectories(directory.resolve("origin")).resolve("file"), bytes);
                from = DirectoryOrigin.of(directory.resolve("origin"));
            }
            origin = new CountingOrigin(from);
            cache = Cache.open(
                    CacheOptions.of(directory.resolve("cache"), origin).journal(Journal.Kind.MEMORY));
            object = cache.acquireVolume("v").acquire("file");
        }

        void read(long offset, int length) throws Exception {
            var target = ByteBuffer.allocate(length);
            assertEquals(length, object.read(offset, target));
            assertEquals(
                    ByteBuffer.wrap(bytes, (int) offset, length).slice(), target.flip(), () -> "bytes at " + offset);
        }

        @Override
        public void close() throws IOException {
            cache.close();
            server.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    @Tag("S117")
    void reading_in_order_fetches_every_byte_once_and_several_ranges_at_a_time(Source source) throws Exception {
        try (var opened = new Opened(source)) {
            Set<String> asked = ConcurrentHashMap.newKeySet();
            Set<String> again = ConcurrentHashMap.newKeySet(); // as of one that is held until its client gives up
            opened.server.behave((request, reply) -> {
                var range = request.fields().get("range");
                if (range != null && !asked.add(range)) {
                    again.add(range);
                } else if (range != null && asked.size() == 2) { // of the second read, so in order
                    Eventually.holds("a request for more while this one waits", () -> asked.size() > 2);
                }
                return reply.good();
            });
            for (long at = 0; at < SIZE; at += 256 * 1024) {
                opened.read(at, 256 * 1024);
            }
            assertEquals(SIZE, opened.origin.fetchedBytes());
            assertEquals(0, opened.origin.repeatedBytes());
            if (source == Source.HTTP) {
                assertEquals(SIZE, opened.server.bodyBytes());
                assertEquals(Set.of(), again, "one at a time");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @Tag("S117")
    void one_long_read_fetches_its_bytes_and_no_more(Source source) throws Exception {
        try (var opened = new Opened(source)) {
            opened.read(MIB, 20 * MIB);
            assertEquals(20 * MIB, opened.origin.fetchedBytes());
        }
    }

    @ParameterizedTest
    @EnumSource
    @Tag("S117")
    void cold_reads_here_and_there_fetch_at_most_four_times_what_is_asked_for(Source source) throws Exception {
        try (var opened = new Opened(source)) {
            var random = new SplittableRandom(2);
            long asked = 0;
            for (int i = 0; i < 100; i++) {
                int length = random.nextInt(4 * 1024, 128 * 1024 + 1);
                opened.read(random.nextInt(SIZE - length), length);
                asked += length;
            }
            long fetched = opened.origin.fetchedBytes();
            assertTrue(fetched <= 4 * asked, fetched + " bytes for " + asked);
        }
    }

    @ParameterizedTest
    @EnumSource
    @Tag("S98")
    void sixty_four_readers_of_one_cold_mib_cost_one_request(Source source) throws Exception {
        try (var opened = new Opened(source)) {
            together(_ -> opened.read(4 * MIB, MIB));
            assertEquals(MIB, opened.origin.fetchedBytes());
            assertEquals(source == Source.HTTP ? 1 : 0, opened.server.gets());
        }
    }

    @ParameterizedTest
    @EnumSource
    @Tag("S98")
    void sixty_four_readers_of_the_parts_of_one_cold_mib_cost_one_request_a_part_at_most(Source source)
            throws Exception {
        int part = MIB / 64;
        try (var opened = new Opened(source)) {
            together(reader -> opened.read(4 * MIB + reader * part, part));
            assertTrue(opened.server.gets() <= 64, () -> opened.server.gets() + " requests");
            assertEquals(0, opened.origin.repeatedBytes());
        }
    }

    private interface ReaderTask {
        void read(int reader) throws Exception;
    }

    private static void together(ReaderTask task) throws Exception {
        var begin = new CountDownLatch(1);
        var failures = new ArrayList<Throwable>();
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < 64; i++) {
            int reader = i;
            threads.add(Thread.ofPlatform().start(() -> {
                try {
                    begin.await();
                    task.read(reader);
                } catch (Throwable failed) {
                    synchronized (failures) {
                        failures.add(failed);
                    }
                }
            }));
        }
        begin.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(List.of(), failures);
    }

    /// A death of the daemon repeats what its workers had under way, and is not seen by the reader.
    @Test
    @Tag("T18")
    void deaths_of_the_daemon_cost_a_reader_in_order_what_was_under_way() throws Exception {
        int kills = 10;
        try (var opened = new Opened(Source.HTTP)) {
            opened.server.latencyMicros(2_000);
            for (int at = 0; at < SIZE; at += 256 * 1024) {
                if (at > 0 && at % (SIZE / (kills + 1) / (256 * 1024) * 256 * 1024) == 0) {
                    opened.cache.crash(Faults.Victim.DAEMON, null, new Faults.Crash("made to fail", () -> {}));
                }
                opened.read(at, 256 * 1024);
            }
            assertEquals(SIZE, opened.origin.fetchedBytes() - opened.origin.repeatedBytes());
            assertTrue(
                    opened.origin.repeatedBytes() <= kills * 12L * MIB, // what may be asked ahead at 2 ms, and some
                    () -> opened.origin.repeatedBytes() + " bytes again");
        }
    }

    @Test
    @Tag("S89")
    void what_was_asked_ahead_is_left_when_its_reader_goes() throws Exception {
        try (var opened = new Opened(Source.HTTP)) {
            opened.read(0, 4096);
            opened.server.behave(OriginServer.HANG);
            var first = opened.object.readAsync(4096, ByteBuffer.allocate(4096));
            Eventually.holds("fetches", () -> opened.server.gets() > 2);
            first.cancel().run();
            Eventually.holds("one that is left", () -> opened.object.gate().waiting() > 0);
            opened.object.close();
            Eventually.holds("nobody waits", () -> opened.object.gate().waiting() == 0);
        }
    }
}
