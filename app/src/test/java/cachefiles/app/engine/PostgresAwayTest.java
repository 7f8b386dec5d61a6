package cachefiles.app.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import cachefiles.daemon.fetch.DirectoryOrigin;
import cachefiles.kernel.uapi.DeviceException;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Key;
import cachefiles.persistence.journal.PostgresSetting;
import cachefiles.testing.Postgres;
import cachefiles.testing.PostgresServer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A journal whose server is away for a while.
@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(180)
@Postgres
class PostgresAwayTest {
    private static final int BYTES = 64 * 1024;

    @TempDir
    Path directory;

    private CacheOptions options(Blobs blobs, String url) throws IOException {
        return CacheOptions.of(directory.resolve("cache"), DirectoryOrigin.of(blobs.directory()))
                .journal(PostgresSetting.of(
                        url + "?currentSchema=away",
                        Map.of("PGUSER", PostgresServer.USER, "PGPASSWORD", PostgresServer.PASSWORD)));
    }

    private static void check(Blobs blobs, CachedObject object, int number) throws DeviceException {
        int size = (int) blobs.size(number);
        var target = ByteBuffer.allocate(size);
        assertEquals(0, blobs.wrong(number, 0, size, target, object.read(0, target)), "wrong bytes");
    }

    private interface Outage {
        void begin() throws IOException;
    }

    private static int facts(PostgresServer server, String url) throws SQLException {
        try (var connection = server.connect(url);
                var statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT count(*) FROM away.event_journal")) {
            rows.next();
            return rows.getInt(1);
        }
    }

    @Test
    @Tag("I15")
    @Tag("I18")
    void hits_go_on_and_misses_wait_until_it_is_back_and_every_fact_is_there_once(PostgresServer server)
            throws Exception {
        away(server, server::down);
    }

    @Test
    @Tag("I18")
    void a_server_that_was_killed_loses_nothing_either(PostgresServer server) throws Exception {
        away(server, server::kill);
    }

    private void away(PostgresServer server, Outage outage) throws Exception {
        int count = 30;
        String url = server.database();
        try (var blobs = Blobs.make(directory.resolve("origin"), count, BYTES)) {
            try (var cache = Cache.open(options(blobs, url))) {
                var volume = cache.acquireVolume("v");
                try (var hot = volume.acquire(Blobs.name(0))) {
                    check(blobs, hot, 0);
                    outage.begin();
                    var opens = IntStream.range(1, count)
                            .mapToObj(i -> volume.acquireAsync(Key.of(Blobs.name(i))))
                            .toList();
                    check(blobs, hot, 0);
                    server.up();
                    for (int i = 1; i < count; i++) {
                        try (var object = Eventually.of(opens.get(i - 1))) {
                            check(blobs, object, i);
                        }
                    }
                }
                volume.release();
            }
            assertEquals(count, facts(server, url));
            try (var cache = Cache.open(options(blobs, url))) {
                var volume = cache.acquireVolume("v");
                for (int i = 0; i < count; i++) {
                    try (var object = volume.acquire(Blobs.name(i))) {
                        assertEquals(blobs.size(i), object.presentBytes());
                    }
                }
            }
            assertEquals(count, facts(server, url));
        }
    }

    @Test
    @Tag("I15")
    void a_miss_ends_at_its_deadline_and_succeeds_when_the_journal_is_back(PostgresServer server) throws Exception {
        String url = server.database();
        try (var blobs = Blobs.make(directory.resolve("origin"), 2, BYTES);
                var cache = Cache.open(options(blobs, url).deadline(Duration.ofSeconds(5)))) {
            var volume = cache.acquireVolume("v");
            try (var hot = Eventually.of(volume.acquireAsync(Key.of(Blobs.name(0))))) {
                check(blobs, hot, 0);
                server.down();
                try {
                    var late = assertThrows(DeviceException.class, () -> volume.acquire(Blobs.name(1)));
                    assertEquals(Errno.ETIMEDOUT, late.errno());
                    check(blobs, hot, 0);
                } finally {
                    server.up();
                }
                try (var again = Eventually.of(volume.acquireAsync(Key.of(Blobs.name(1))))) {
                    check(blobs, again, 1);
                }
            }
        }
        assertEquals(2, facts(server, url));
    }
}
