package cachefiles.persistence.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Errno;
import cachefiles.testing.Postgres;
import cachefiles.testing.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Many objects at once, and much for long, in the journals that last.
@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(1_800)
class JournalLoadTest {
    private static final int MANY = 100_000;
    private static final int SOME = 2_000;
    private static final int EVENTS_A_SNAPSHOT = 20;
    private static final Map<String, String> ENVIRONMENT =
            Map.of("PGUSER", PostgresServer.USER, "PGPASSWORD", PostgresServer.PASSWORD);

    @TempDir
    Path directory;

    private interface Work {
        /// @param events of each object in this turn and before
        void done(int events) throws Exception;
    }

    private interface Size {
        long bytes() throws IOException, SQLException;
    }

    private static Cookie cookie(int number) {
        return Cookie.of("volume", "object" + number);
    }

    private static Content content(Cookie cookie) {
        return new Content(cookie.hashCode() & 0xffff, "version of " + cookie.key());
    }

    private static JournalSetting in(PostgresServer server) throws SQLException {
        return PostgresSetting.of(server.database(), ENVIRONMENT);
    }

    /// All are asked for before the first is answered, as far as they are quicker than the journal.
    private void openAtOnce(JournalSetting setting, int count) throws Exception {
        try (var journal = Journal.open(setting, directory);
                var objects = new Objects(journal.setup(), JournalLoadTest::content)) {
            var opens = IntStream.range(0, count)
                    .mapToObj(number -> objects.acquire(cookie(number)))
                    .toList();
            for (var open : opens) {
                assertEquals(Errno.OK, open.join().errno());
            }
        }
        var left = assertInstanceOf(JournalReport.Read.class, JournalInspector.inspect(directory, ENVIRONMENT));
        var known = new HashSet<>(left.objects());
        for (int number = 0; number < count; number++) {
            var expected = new JournalReport.Known(cookie(number), content(cookie(number)));
            assertTrue(known.remove(expected), expected::toString);
        }
        assertEquals(0, known.size());
    }

    @Test
    @Tag("I18")
    void objects_that_are_opened_at_once_are_all_known_afterwards_in_h2() throws Exception {
        openAtOnce(Journal.Kind.H2, SOME);
    }

    @Test
    @Tag("I18")
    @Postgres
    void objects_that_are_opened_at_once_are_all_known_afterwards_in_postgresql(PostgresServer server)
            throws Exception {
        openAtOnce(in(server), SOME);
    }

    @Test
    @Tag("long")
    void a_hundred_thousand_opened_at_once_are_all_known_afterwards_in_h2() throws Exception {
        openAtOnce(Journal.Kind.H2, MANY);
    }

    @Test
    @Tag("long")
    @Postgres
    void a_hundred_thousand_opened_at_once_are_all_known_afterwards_in_postgresql(PostgresServer server)
            throws Exception {
        openAtOnce(in(server), MANY);
    }

    /// Objects are looked up and forgotten, over and over.
    private void turnOver(JournalSetting setting, int objectCount, int times, Work afterEach) throws Exception {
        try (var journal = Journal.open(setting, directory);
                var objects = new Objects(journal.setup(), JournalLoadTest::content)) {
            for (int turn = 0; turn < times; turn++) {
                var all = IntStream.range(0, objectCount)
                        .mapToObj(number ->
                                objects.acquire(cookie(number)).thenCompose(_ -> objects.release(cookie(number), true)))
                        .toArray(CompletableFuture[]::new);
                CompletableFuture.allOf(all).join();
                afterEach.done(2 * (turn + 1));
            }
        }
    }

    private void assertBounded(JournalSetting setting, int objectCount, int times, Work afterEach, Size size)
            throws Exception {
        turnOver(setting, objectCount, times, afterEach);
        long once = size.bytes();
        turnOver(setting, objectCount, 9 * times, afterEach);
        long tenTimes = size.bytes();
        System.out.printf(
                "%,d objects %,d times: %,d bytes, ten times as often: %,d%n", objectCount, times, once, tenTimes);
        assertTrue(tenTimes <= once * 3 / 2, () -> once + " bytes, after ten times the load " + tenTimes);
    }

    private void inH2(int objectCount, int times) throws Exception {
        var url = H2File.url(H2File.folder(directory).toAbsolutePath()) + H2File.SETTINGS;
        assertBounded(
                Journal.Kind.H2,
                objectCount,
                times,
                events -> {
                    try (var connection = DriverManager.getConnection(url);
                            var statement = connection.createStatement()) {
                        awaitDeletions(statement, objectCount, events);
                    }
                },
                () -> Files.size(H2File.file(directory)));
    }

    @Test
    @Tag("I19")
    void ten_times_the_load_leaves_a_file_of_about_the_same_size_in_h2() throws Exception {
        inH2(20, 20);
    }

    @Test
    @Tag("I19")
    @Postgres
    void ten_times_the_load_leaves_tables_of_about_the_same_size_in_postgresql(PostgresServer server) throws Exception {
        inPostgres(server, 20, 20);
    }

    @Test
    @Tag("long")
    void ten_times_a_long_load_leaves_a_file_of_about_the_same_size_in_h2() throws Exception {
        inH2(1_000, 50);
    }

    @Test
    @Tag("long")
    @Postgres
    void ten_times_a_long_load_leaves_tables_of_about_the_same_size_in_postgresql(PostgresServer server)
            throws Exception {
        inPostgres(server, 1_000, 50);
    }

    /// An object keeps a snapshot, the events since, and one more. What is older is deleted after the snapshot, and
    /// nobody waits for that: a process that ends has it deleted after the next one.
    private static void awaitDeletions(Statement statement, int objectCount, int events) throws SQLException {
        awaitAtMost(statement, "\"event_journal\"", (long) objectCount * (events % EVENTS_A_SNAPSHOT + 1));
        awaitAtMost(statement, "\"snapshot\"", objectCount);
    }

    private static void awaitAtMost(Statement statement, String table, long rows) throws SQLException {
        while (Long.parseLong(one(statement, "SELECT COUNT(*) FROM " + table)) > rows) {
            Thread.onSpinWait();
        }
    }

    private static String one(Statement statement, String query) throws SQLException {
        try (var rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getString(1);
        }
    }

    /// What the server does by itself once a minute is done after each turn.
    private void inPostgres(PostgresServer server, int objectCount, int times) throws Exception {
        String url = server.database();
        var setting = PostgresSetting.of(url, ENVIRONMENT);
        assertBounded(
                setting,
                objectCount,
                times,
                events -> {
                    try (var connection = server.connect(url);
                            var statement = connection.createStatement()) {
                        String schema =
                                one(statement, "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'cachefiles%'");
                        statement.execute("SET search_path TO " + schema);
                        awaitDeletions(statement, objectCount, events);
                        statement.execute("VACUUM");
                    }
                },
                () -> {
                    try (var connection = server.connect(url);
                            var statement = connection.createStatement()) {
                        return Long.parseLong(one(
                                statement,
                                "SELECT sum(pg_total_relation_size(c.oid))"
                                        + " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                                        + " WHERE n.nspname LIKE 'cachefiles%' AND c.relkind = 'r'"));
                    }
                });
    }
}
