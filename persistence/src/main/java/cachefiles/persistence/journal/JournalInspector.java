package cachefiles.persistence.journal;

import cachefiles.kernel.object.ObjectCore;
import cachefiles.kernel.object.ObjectState;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.persistence.codec.ObjectEvents;
import cachefiles.persistence.codec.ObjectIds;
import cachefiles.persistence.codec.ObjectSnapshots;
import cachefiles.persistence.codec.Stored;
import cachefiles.persistence.codec.UnreadableException;
import cachefiles.persistence.store.DirectoryLock;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.h2.api.ErrorCode;

/// Looks into the journal of a stopped cache, and writes nothing: neither to H2's file, nor beside it, nor to a
/// database.
public final class JournalInspector {
    private static final ObjectReader READER = new CBORMapper().readerFor(Stored.class);

    private static final int FETCH_ROWS = 1000;

    /// As an object's actor would find it.
    private static final String SNAPSHOTS = """
            SELECT "persistence_id", "snapshot_payload" FROM "snapshot"
            ORDER BY "persistence_id", "sequence_number\"""";

    private static final String EVENTS = """
            SELECT "persistence_id", "event_payload" FROM "event_journal" e
            WHERE NOT "deleted" AND "sequence_number" > COALESCE(
              (SELECT MAX("sequence_number") FROM "snapshot" s WHERE s."persistence_id" = e."persistence_id"), 0)
            ORDER BY "persistence_id", "sequence_number\"""";

    private interface Step {
        ObjectState then(ObjectState state, Stored stored);
    }

    private final TreeMap<Cookie, ObjectState> states = new TreeMap<>();
    private final Set<Cookie> unreadable = new HashSet<>();
    private final List<String> problems = new ArrayList<>();

    private JournalInspector() {}

    /// What the journal of the cache in `directory` knows, wherever it was last.
    /// @param environment says who comes, if it is in PostgreSQL: see [PostgresSetting]
    public static JournalReport inspect(Path directory, Map<String, String> environment) {
        try {
            var folder = JournalFolder.find(directory);
            return folder == null || folder.url() == null
                    ? inspect(directory)
                    : new JournalInspector().read(folder, PostgresSetting.of(urlOf(folder), environment));
        } catch (IOException | IllegalArgumentException failed) {
            return new JournalReport.Unreadable(String.valueOf(failed.getMessage()));
        }
    }

    /// Where the journal is, if it is not in the directory.
    /// @throws IOException what the directory says of it cannot be read
    public static Optional<String> elsewhere(Path directory) throws IOException {
        return Optional.ofNullable(JournalFolder.find(directory))
                .filter(folder -> folder.url() != null)
                .map(folder -> folder.url() + ", schema " + folder.schema());
    }

    private static String urlOf(JournalFolder folder) {
        String url = String.valueOf(folder.url());
        return url + (url.indexOf('?') < 0 ? "?" : "&") + "currentSchema=" + folder.schema();
    }

    private JournalReport read(JournalFolder folder, PostgresSetting setting) throws IOException {
        var holder = DirectoryLock.holderOf(folder.directory());
        if (holder.isPresent()) {
            return new JournalReport.InUse(holder.get());
        }
        String schema = PostgresJournal.schema(setting, folder);
        String where = PostgresJournal.where(setting, schema);
        try (var connection = DriverManager.getConnection(setting.url(), setting.properties(schema))) {
            connection.setReadOnly(true);
            connection.setAutoCommit(false); // else all rows are fetched at once
            try (var statement = connection.createStatement()) {
                statement.setFetchSize(FETCH_ROWS);
                Schema.POSTGRES.check(statement, where);
                PostgresJournal.checkOwner(connection, folder, where);
                readRows(statement);
            }
            return report();
        } catch (SQLException failed) {
            var explained = PostgresJournal.explained(where, failed);
            return new JournalReport.Unreachable(String.valueOf(explained.getMessage()));
        }
    }

    /// What the H2 journal in `directory` knows.
    static JournalReport inspect(Path directory) {
        if (!Files.exists(H2File.file(directory))) {
            return new JournalReport.Absent();
        }
        try {
            var holder = DirectoryLock.holderOf(directory);
            if (holder.isPresent()) {
                return new JournalReport.InUse(holder.get());
            }
            return BootMark.of(H2File.folder(directory)).machineWentDown()
                    ? new JournalReport.Unreadable(
                            "the journal in " + directory + " was open when the machine went down, and will begin anew")
                    : new JournalInspector().read(directory);
        } catch (IOException failed) {
            return new JournalReport.Unreadable(String.valueOf(failed.getMessage()));
        } catch (SQLException failed) {
            return failed.getErrorCode() == ErrorCode.DATABASE_ALREADY_OPEN_1
                    ? new JournalReport.InUse("another process")
                    : new JournalReport.Unreadable(
                            String.valueOf(H2File.explained(directory, failed).getMessage()));
        }
    }

    private JournalReport read(Path directory) throws IOException, SQLException {
        String url = H2File.url(H2File.folder(directory).toRealPath())
                + ";ACCESS_MODE_DATA=r;IFEXISTS=TRUE;LAZY_QUERY_EXECUTION=1";
        try (var connection = DriverManager.getConnection(url);
                var statement = connection.createStatement()) {
            Schema.H2.check(statement, directory.toString());
            try {
                readRows(statement);
            } catch (SQLException failed) {
                problems.add("the rest cannot be read: "
                        + H2File.explained(directory, failed).getMessage());
            }
            statement.execute(
                    "SHUTDOWN"); // else it stays open in this process, and read-only (DB_CLOSE_DELAY is in the file)
        }
        return report();
    }

    private void readRows(Statement statement) throws SQLException {
        each(statement, SNAPSHOTS, (_, stored) -> new ObjectState.Idle(ObjectSnapshots.read(stored)));
        each(statement, EVENTS, (state, stored) -> ObjectCore.evolve(state, ObjectEvents.read(stored)));
    }

    private JournalReport report() {
        return new JournalReport.Read(
                states.entrySet().stream()
                        .map(entry -> new JournalReport.Known(
                                entry.getKey(), entry.getValue().known()))
                        .toList(),
                List.copyOf(problems));
    }

    private void each(Statement statement, String query, Step step) throws SQLException {
        try (var rows = statement.executeQuery(query)) {
            while (rows.next()) {
                String id = rows.getString(1);
                var cookie = ObjectIds.cookieOf(id);
                if (cookie.isEmpty()) {
                    problems.add("'" + id + "' names no object");
                } else if (!unreadable.contains(cookie.get())) {
                    fold(cookie.get(), rows.getBytes(2), step);
                }
            }
        }
    }

    private void fold(Cookie cookie, byte[] bytes, Step step) {
        try {
            Stored stored = READER.readValue(bytes);
            states.put(cookie, step.then(states.getOrDefault(cookie, new ObjectState.Idle(null)), stored));
        } catch (IOException | UnreadableException failed) {
            states.remove(cookie);
            unreadable.add(cookie);
            problems.add(cookie + ": " + failed.getMessage());
        }
    }
}
