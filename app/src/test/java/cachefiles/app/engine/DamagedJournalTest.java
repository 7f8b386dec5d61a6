package cachefiles.app.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.daemon.fetch.DirectoryOrigin;
import cachefiles.kernel.uapi.DeviceException;
import cachefiles.kernel.uapi.Errno;
import cachefiles.persistence.journal.JournalInspector;
import cachefiles.persistence.journal.JournalReport;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What becomes of an object whose stored event cannot be read, and of the others.
@DisplayNameGeneration(ReplaceUnderscores.class)
class DamagedJournalTest {
    private static final int BYTES = 64 * 1024;

    @TempDir
    Path directory;

    private Cache open(Blobs blobs) throws Exception {
        return Cache.open(CacheOptions.of(cache(), DirectoryOrigin.of(blobs.directory())));
    }

    private Path cache() {
        return directory.resolve("cache");
    }

    private static void read(Blobs blobs, Volume volume, int number) throws DeviceException {
        try (var object = volume.acquire(Blobs.name(number))) {
            var target = ByteBuffer.allocate(BYTES);
            assertEquals(0, blobs.wrong(number, 0, BYTES, target, object.read(0, target)), "wrong bytes");
        }
    }

    /// @return what the event was
    private byte[] replaceEvent(int number, byte[] bytes) throws SQLException {
        var id = "'%" + HexFormat.of().formatHex(Blobs.cookie("v", number).key().bytes()) + "'";
        try (var connection = DriverManager.getConnection("jdbc:h2:file:" + cache().resolve("journal/journal"));
                var statement = connection.createStatement()) {
            byte[] before;
            try (var rows = statement.executeQuery(
                    "SELECT \"event_payload\" FROM \"event_journal\" WHERE \"persistence_id\" LIKE " + id)) {
                assertTrue(rows.next());
                before = rows.getBytes(1);
            }
            statement.executeUpdate("UPDATE \"event_journal\" SET \"event_payload\" = X'"
                    + HexFormat.of().formatHex(bytes) + "' WHERE \"persistence_id\" LIKE " + id);
            return before;
        }
    }

    @Test
    @Tag("I15")
    @Tag("S130")
    void its_acquirers_get_EIO_the_others_their_bytes_and_all_is_back_when_the_event_is() throws Exception {
        try (var blobs = Blobs.make(directory.resolve("origin"), 2, BYTES)) {
            try (var cache = open(blobs)) {
                var volume = cache.acquireVolume("v");
                read(blobs, volume, 0);
                read(blobs, volume, 1);
            }
            byte[] event = replaceEvent(0, new byte[] {0});
            try (var cache = open(blobs)) {
                var volume = cache.acquireVolume("v");
                for (int i = 0; i < 2; i++) {
                    var failed = assertThrows(DeviceException.class, () -> volume.acquire(Blobs.name(0)));
                    assertEquals(Errno.EIO, failed.errno());
                    read(blobs, volume, 1);
                }
                volume.release();
            }
            var report = assertInstanceOf(JournalReport.Read.class, JournalInspector.inspect(cache(), Map.of()));
            assertEquals(1, report.problems().size());
            assertTrue(report.problems().getFirst().contains(Blobs.name(0)), report.problems()::toString);
            replaceEvent(0, event);
            try (var cache = open(blobs)) {
                var volume = cache.acquireVolume("v");
                try (var object = volume.acquire(Blobs.name(0))) {
                    assertEquals(BYTES, object.presentBytes());
                }
                read(blobs, volume, 0);
            }
        }
    }
}
