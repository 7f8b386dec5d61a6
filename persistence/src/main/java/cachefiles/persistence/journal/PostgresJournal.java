package cachefiles.persistence.journal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/// A cache's journal in PostgreSQL: a schema of its own, which names the cache directory that it belongs to.
///
/// One process uses it at a time. Each of its connections holds an advisory lock, shared with the others of the
/// process; who opens the journal has to get that lock for itself alone. When the server restarts all these locks are
/// gone, and somebody else may open the journal: so the opener also writes down a token, and no connection is made for
/// the holder of an older one.
///
///     process A                  server            process B, with a copy of the directory
///     lock, token := a
///     connections: lock, token = a
///                                restarts
///                                                  lock, token := b
///     connection: token is b: refused
final class PostgresJournal implements Closeable {
    private static final String DATABASE = "akka-persistence-jdbc.shared-databases.slick.db.";

    private static final String PATIENCE = "3s";
    private static final String LOCK_NOT_AVAILABLE = "55P03";

    /// If our machine dies without a word the server is to find out within a minute: until then nobody else can open
    /// the journal.
    private static final String NOTICE_DEATH = """
            SET tcp_keepalives_idle = 30;
            SET tcp_keepalives_interval = 10;
            SET tcp_keepalives_count = 3;
            """;

    /// What every connection of the pool does first.
    private static final String ENTER = NOTICE_DEATH + """
            DO $$ BEGIN
              PERFORM pg_advisory_lock_shared(%s);
              IF NOT EXISTS (SELECT FROM cachefiles_cache WHERE holder = '%s') THEN
                RAISE EXCEPTION 'another process has opened this journal since';
              END IF;
            END $$""";

    private final Map<String, String> config;
    private final Connection held;

    private PostgresJournal(Map<String, String> config, Connection held) {
        this.config = config;
        this.held = held;
    }

    /// @throws IOException it cannot be reached, is in use, of a newer program, or another directory's
    static PostgresJournal open(PostgresSetting setting, Path directory) throws IOException {
        var folder = JournalFolder.of(directory);
        String schema = schema(setting, folder);
        String where = where(setting, schema);
        String token = UUID.randomUUID().toString();
        try {
            var connection = DriverManager.getConnection(setting.url(), setting.properties(schema));
            try (var statement = connection.createStatement()) {
                lock(statement, schema, where);
                if (!holds(statement, "SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = '" + schema + "')")) {
                    statement.execute("CREATE SCHEMA " + schema);
                }
                Schema.POSTGRES.update(connection, where);
                claim(connection, folder, where, token);
                folder.in(setting.url(), schema).write();
                return new PostgresJournal(config(setting, schema, token), connection);
            } catch (IOException | SQLException | RuntimeException failed) {
                connection.close();
                throw failed;
            }
        } catch (SQLException failed) {
            throw explained(where, failed);
        }
    }

    /// Removes the journal of the cache in `directory`, if there is one.
    /// @throws IOException it cannot be reached, is in use, or another directory's
    static void remove(PostgresSetting setting, Path directory) throws IOException {
        var folder = JournalFolder.find(directory);
        if (folder == null) {
            return;
        }
        String schema = schema(setting, folder);
        String where = where(setting, schema);
        try (var connection = DriverManager.getConnection(setting.url(), setting.properties(schema));
                var statement = connection.createStatement()) {
            lock(statement, schema, where);
            checkOwner(connection, folder, where);
            statement.execute("DROP SCHEMA " + schema + " CASCADE");
        } catch (SQLException failed) {
            throw explained(where, failed);
        }
    }

    static String schema(PostgresSetting setting, JournalFolder folder) {
        String named = setting.schema();
        return named != null ? named : "cachefiles_" + folder.id();
    }

    static String where(PostgresSetting setting, String schema) {
        return setting.url() + ", schema " + schema;
    }

    private static String key(String schema) {
        return "hashtextextended('cachefiles " + schema + "', 0)";
    }

    /// Alone for a moment, then shared with the pool. A session whose client has ended may take a moment to end.
    private static void lock(Statement statement, String schema, String where) throws IOException, SQLException {
        statement.execute(NOTICE_DEATH + "SET lock_timeout = '" + PATIENCE + "'");
        try {
            statement.execute("SELECT pg_advisory_lock(" + key(schema) + ")");
        } catch (SQLException failed) {
            if (LOCK_NOT_AVAILABLE.equals(failed.getSQLState())) {
                throw new IOException(
                        "the journal in " + where
                                + " is in use by another process; stop that or choose another directory",
                        failed);
            }
            throw failed;
        }
        statement.execute("SET lock_timeout = 0");
        statement.execute("SELECT pg_advisory_lock_shared(" + key(schema) + ")");
        statement.execute("SELECT pg_advisory_unlock(" + key(schema) + ")");
    }

    private static boolean holds(Statement statement, String query) throws SQLException {
        try (var rows = statement.executeQuery(query)) {
            return rows.next() && rows.getBoolean(1);
        }
    }

    private static void claim(Connection connection, JournalFolder folder, String where, String token)
            throws IOException, SQLException {
        checkOwner(connection, folder, where);
        try (var statement = connection.prepareStatement("""
                INSERT INTO cachefiles_cache (id, directory, holder) VALUES (?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET directory = excluded.directory, holder = excluded.holder""")) {
            statement.setString(1, folder.id());
            statement.setString(2, folder.directory().toAbsolutePath().toString());
            statement.setString(3, token);
            statement.executeUpdate();
        }
    }

    /// @throws IOException the journal is another directory's
    static void checkOwner(Connection connection, JournalFolder folder, String where) throws IOException, SQLException {
        try (var statement = connection.prepareStatement("SELECT directory FROM cachefiles_cache WHERE id <> ?")) {
            statement.setString(1, folder.id());
            try (var rows = statement.executeQuery()) {
                if (rows.next()) {
                    throw new IOException("the journal in " + where + " belongs to another cache directory, which was "
                            + rows.getString(1) + "; name another schema with ?currentSchema=NAME, or none");
                }
            }
        }
    }

    private static Map<String, String> config(PostgresSetting setting, String schema, String token) {
        var config = new HashMap<String, String>();
        config.put(DATABASE + "url", setting.url());
        config.put(DATABASE + "connectionInitSql", ENTER.formatted(key(schema), token));
        setting.properties(schema)
                .forEach((name, value) -> config.put(DATABASE + "properties." + name, String.valueOf(value)));
        return config;
    }

    /// What the driver says holds no password.
    static IOException explained(String where, SQLException failed) {
        String state = String.valueOf(failed.getSQLState());
        String what = switch (state) {
            case "28P01", "28000", "08004" ->
                "it refuses the user; say who with PGUSER, and the password with PGPASSWORD or in ~/.pgpass";
            case "3D000" -> "there is no such database; make it with createdb, or name another";
            case "42501" -> "the user may not do that; grant CREATE on the database, or make the schema for it";
            case "57P03" -> "the server is starting or stopping; try again";
            default -> state.startsWith("08") ? "it cannot be reached; is the server up, and host and port right?" : "";
        };
        String said = String.valueOf(failed.getMessage()).lines().findFirst().orElse("");
        return new IOException(
                "the journal in " + where + " cannot be opened: " + (what.isEmpty() ? said : what + " (" + said + ")"),
                failed);
    }

    /// What the actor system is to be started with, beside `postgres.conf`.
    Map<String, String> config() {
        return config;
    }

    @Override
    public void close() throws IOException {
        try {
            held.close();
        } catch (SQLException failed) {
            throw new IOException("the journal was not closed in order: " + failed.getMessage(), failed);
        }
    }
}
