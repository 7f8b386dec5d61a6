package cachefiles.persistence.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.h2.store.fs.FilePath;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What H2 finds in its file after the process, or the machine, died at any moment: a short life of the journal's
/// tables is recorded, and cut at every change of the file and in its middle, at an edge of a sector.
@DisplayNameGeneration(ReplaceUnderscores.class)
@Tag("I19")
class JournalImagesTest {
    private static final int COMMITS = 30;
    private static final int MANY = 100;

    /// @param begun changes of the file when the transaction began
    /// @param told changes when it was acknowledged
    /// @param rows what is stored since then
    private record Acknowledged(int begun, int told, Map<String, String> rows) {}

    /// How many images ended how.
    private static final class Count {
        int whole;
        int refused;
        int older;
        int strange;

        @Override
        public String toString() {
            return whole + " whole, " + older + " older, " + refused + " refused, " + strange
                    + " with what was never written";
        }
    }

    @BeforeAll
    static void register() {
        FilePath.register(new RecordedFile.Recording());
    }

    private static final class Life {
        final Random random;
        final RecordedFile file;
        final List<Acknowledged> known = new ArrayList<>();
        final Map<String, String> written = new TreeMap<>();
        private int next;

        Life(long seed) throws IOException, SQLException {
            random = new Random(seed);
            file = RecordedFile.Recording.begin();
            known.add(new Acknowledged(0, 0, Map.of()));
            String url = "jdbc:h2:" + RecordedFile.SCHEME + ":memFS:/life" + seed + "/journal;TRACE_LEVEL_FILE=0";
            try (var connection = DriverManager.getConnection(url + H2File.SETTINGS);
                    var statement = connection.createStatement()) {
                Schema.H2.update(connection, "the recorded file");
                connection.setAutoCommit(false);
                for (int i = 0; i < COMMITS; i++) {
                    commit(connection);
                }
                statement.execute("SHUTDOWN");
            }
            FilePath.get("memFS:/life" + seed + "/journal.mv.db").delete();
        }

        private void commit(Connection connection) throws SQLException {
            int begun = file.changes();
            var rows = new TreeMap<>(known.getLast().rows);
            if (rows.size() > 5 && random.nextInt(4) == 0) {
                String id = rows.firstKey();
                rows.remove(id);
                try (var delete =
                        connection.prepareStatement("DELETE FROM \"event_journal\" WHERE \"persistence_id\" = ?")) {
                    delete.setString(1, id);
                    delete.executeUpdate();
                }
            }
            for (int i = 1 + random.nextInt(4); i > 0; i--) {
                insert(connection, rows);
            }
            connection.commit();
            known.add(new Acknowledged(begun, file.changes(), rows));
        }

        private void insert(Connection connection, Map<String, String> rows) throws SQLException {
            String id = "object|%04x".formatted(next++);
            byte[] payload = new byte[20 + random.nextInt(400)];
            random.nextBytes(payload);
            try (var insert = connection.prepareStatement("INSERT INTO \"event_journal\" (\"persistence_id\","
                    + " \"sequence_number\", \"writer\", \"write_timestamp\", \"adapter_manifest\", \"event_payload\","
                    + " \"event_ser_id\", \"event_ser_manifest\") VALUES (?, 1, 'w', 0, '', ?, 8480, '')")) {
                insert.setString(1, id);
                insert.setBytes(2, payload);
                insert.executeUpdate();
            }
            rows.put(id, HexFormat.of().formatHex(payload));
            written.put(id, HexFormat.of().formatHex(payload));
        }
    }

    /// @throws SQLException H2 refuses the file
    private static Map<String, String> rows(byte[] image) throws IOException, SQLException {
        var file = FilePath.get("memFS:/image/journal.mv.db");
        try (var channel = file.open("rw")) {
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(image), 0);
        }
        var rows = new TreeMap<String, String>();
        try (var connection = DriverManager.getConnection("jdbc:h2:memFS:/image/journal;TRACE_LEVEL_FILE=0");
                var statement = connection.createStatement()) {
            try (var tables = connection.getMetaData().getTables(null, null, "event_journal", null)) {
                if (!tables.next()) {
                    return rows;
                }
            }
            try (var found =
                    statement.executeQuery("SELECT \"persistence_id\", \"event_payload\" FROM \"event_journal\"")) {
                while (found.next()) {
                    byte[] payload = found.getBytes(2);
                    rows.put(
                            found.getString(1),
                            payload == null ? "null" : HexFormat.of().formatHex(payload));
                }
            }
            return rows;
        } finally {
            try (var connection = DriverManager.getConnection("jdbc:h2:memFS:/image/journal;TRACE_LEVEL_FILE=0");
                    var statement = connection.createStatement()) {
                statement.execute("SHUTDOWN IMMEDIATELY");
            } catch (SQLException _) {
                // it never was open
            }
            file.delete();
        }
    }

    private interface Look {
        void at(Life life, int change, int sectors, Count count) throws IOException;
    }

    private static Count images(long firstSeed, int images, Look look) throws IOException, SQLException {
        var count = new Count();
        int made = 0;
        for (long seed = firstSeed; made < images; seed++) {
            var life = new Life(seed);
            for (int change = 0; change <= life.file.changes(); change++, made++) {
                boolean inside = change < life.file.changes();
                look.at(life, change, inside ? life.random.nextInt(life.file.sectors(change)) : 0, count);
            }
        }
        return count;
    }

    private static void afterKill(Life life, int change, int sectors, Count count) throws IOException {
        Map<String, String> found;
        try {
            found = rows(life.file.image(change, sectors, () -> true));
        } catch (SQLException | RuntimeException refused) {
            assertEquals(0, change, "refused, and not over a file that was being made: " + refused);
            count.refused++;
            return;
        }
        Acknowledged last = life.known.getFirst();
        Acknowledged underWay = last;
        for (var each : life.known) {
            if (each.told <= change) {
                last = each;
            }
            if (each.begun <= change) {
                underWay = each;
            }
        }
        if (found.equals(last.rows) || found.equals(underWay.rows)) {
            count.whole++;
        } else {
            count.strange++;
        }
    }

    private static void afterPowerLoss(Life life, int change, int sectors, Count count) throws IOException {
        int odds = 2 << life.random.nextInt(8);
        BooleanSupplier kept = () -> life.random.nextInt(odds) != 0;
        Map<String, String> found;
        try {
            found = rows(life.file.image(change, sectors, kept));
        } catch (SQLException | RuntimeException _) { // H2 stumbles over what makes no sense
            count.refused++;
            return;
        }
        if (!life.written.entrySet().containsAll(found.entrySet())) {
            count.strange++;
        } else if (life.known.stream().anyMatch(each -> each.told <= change && each.rows.equals(found))) {
            count.whole++;
        } else {
            count.older++;
        }
    }

    @Test
    void images_of_dead_processes_have_exactly_what_was_acknowledged() throws Exception {
        var count = images(1, MANY, JournalImagesTest::afterKill);

        System.out.println("H2 after kill -9: " + count);
        assertEquals(0, count.strange, count::toString);
        assertTrue(count.whole > 0, count::toString);
    }

    @Test
    @Tag("long")
    void ten_thousand_images_of_dead_processes() throws Exception {
        var count = images(1_000_000, 10_000, JournalImagesTest::afterKill);

        System.out.println("H2 after kill -9: " + count);
        assertEquals(0, count.strange, count::toString);
    }

    /// Counts what H2 makes of files that it is not given: see [BootMark].
    @Test
    @Tag("long")
    void ten_thousand_images_of_machines_without_power_are_not_to_be_believed() throws Exception {
        var count = images(2_000_000, 10_000, JournalImagesTest::afterPowerLoss);

        System.out.println("H2 after power loss: " + count);
        assertTrue(count.strange > 0, count::toString);
    }
}
