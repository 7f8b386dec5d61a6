package cachefiles.persistence.journal;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;

/// The journal's tables, brought up to date step by step. Step `n` is the resource `schema-<database>-<n>.sql`; which
/// was the last is written in a table of ours. A step that was cut off is done again, so each can be done twice.
enum Schema {
    H2(2),
    POSTGRES(1);

    private final int newest;

    Schema(int newest) {
        this.newest = newest;
    }

    /// @param where the journal is, in words
    /// @throws IOException the tables are a newer program's
    void update(Connection connection, String where) throws IOException, SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("CREATE TABLE IF NOT EXISTS cachefiles_schema (version INTEGER NOT NULL)");
            int found = check(statement, where);
            for (int step = found + 1; step <= newest; step++) {
                for (String ddl : resource(step).split(";\\s*\\n", -1)) {
                    if (!ddl.isBlank()) {
                        statement.execute(ddl);
                    }
                }
                statement.execute("INSERT INTO cachefiles_schema (version) VALUES (" + step + ")");
            }
        }
    }

    /// How many steps were done.
    /// @throws IOException more than this program knows
    int check(Statement statement, String where) throws IOException, SQLException {
        try (var rows = statement.executeQuery("SELECT MAX(version) FROM cachefiles_schema")) {
            rows.next();
            int found = rows.getInt(1);
            if (found > newest) {
                throw new IOException("the journal in " + where + " has tables of version " + found
                        + "; this program knows versions up to " + newest
                        + ". Run the newer one, or choose another directory");
            }
            return found;
        }
    }

    private String resource(int step) {
        String name = "schema-" + name().toLowerCase(Locale.ROOT) + "-" + step + ".sql";
        try (InputStream in = Schema.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("no resource " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
