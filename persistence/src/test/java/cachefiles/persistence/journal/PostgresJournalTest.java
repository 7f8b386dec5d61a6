package cachefiles.persistence.journal;

import static cachefiles.persistence.journal.JournalTest.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.kernel.actor.Gate;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Key;
import cachefiles.persistence.store.DirectoryLock;
import cachefiles.testing.Postgres;
import cachefiles.testing.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(120)
@Postgres
class PostgresJournalTest {
    private static final Cookie COOKIE = Cookie.of("erofs,test.img", "blob1.img");
    private static final Content CONTENT = new Content(65536, "v1");

    @TempDir
    Path directory;

    private PostgresServer server;
    private String url;

    @BeforeEach
    void make(PostgresServer shared) throws SQLException {
        server = shared;
        url = shared.database();
    }

    private Path cache() {
        return directory.resolve("cache");
    }

    private PostgresSetting setting(String parameters) {
        return PostgresSetting.of(
                url + parameters, Map.of("PGUSER", PostgresServer.USER, "PGPASSWORD", PostgresServer.PASSWORD));
    }

    private Journal open() throws IOException {
        return Journal.open(setting(""), cache());
    }

    private void execute(String statements) throws SQLException {
        String schema = "cachefiles_" + JournalFolderTest.idOf(cache());
        try (var connection = server.connect(url);
                var statement = connection.createStatement()) {
            statement.execute("SET search_path TO " + schema + "; " + statements);
        }
    }

    @Test
    void what_was_acquired_is_known_after_a_restart_and_what_was_retired_is_not() throws Exception {
        var retired = Cookie.of("erofs,test.img", "blob2.img");
        var longest = new Cookie(Key.of(new byte[Key.MAX_BYTES]), Key.of(new byte[Key.MAX_BYTES]));
        var validator = new Content(1, "v".repeat(255));
        try (var journal = open();
                var objects = new Objects(journal.setup(), cookie -> cookie.equals(longest) ? validator : CONTENT)) {
            await(objects.acquire(COOKIE));
            await(objects.acquire(longest));
            await(objects.acquire(retired));
            await(objects.release(retired, true));
            await(objects.release(COOKIE, false));
        }
        try (var journal = open();
                var objects = new Objects(journal.setup(), _ -> CONTENT)) {
            for (Cookie cookie : List.of(COOKIE, retired, longest)) {
                await(objects.acquire(cookie));
            }
            assertEquals(CONTENT, await(objects.found(COOKIE)));
            assertEquals(validator, await(objects.found(longest)));
            assertNull(await(objects.found(retired)));
        }
    }

    @Test
    void of_many_events_those_after_the_last_snapshot_are_left() throws Exception {
        try (var journal = open();
                var objects = new Objects(journal.setup(), _ -> CONTENT)) {
            JournalTest.assertEventsAfterSnapshotAreLeft(objects, 100);
        }
    }

    @Test
    void tables_of_a_newer_program_are_refused() throws Exception {
        open().close();
        execute("INSERT INTO cachefiles_schema (version) VALUES (99)");

        var refused = assertThrows(IOException.class, this::open);

        assertTrue(
                refused.getMessage()
                        .endsWith(" has tables of version 99; this program knows versions up to 1."
                                + " Run the newer one, or choose another directory"),
                refused.getMessage());
    }

    @Test
    void a_step_that_was_cut_off_is_done_again() throws Exception {
        open().close();
        execute("DELETE FROM cachefiles_schema; DROP TABLE snapshot");

        try (var journal = open();
                var objects = new Objects(journal.setup(), _ -> CONTENT)) {
            assertEquals(Errno.OK, await(objects.acquire(COOKIE)).errno());
        }
    }

    @Test
    void each_directory_has_a_schema_of_its_own() throws Exception {
        try (var journal = open();
                var objects = new Objects(journal.setup(), _ -> CONTENT)) {
            await(objects.acquire(COOKIE));
        }
        try (var journal = Journal.open(setting(""), directory.resolve("other"));
                var objects = new Objects(journal.setup(), _ -> CONTENT)) {
            await(objects.acquire(COOKIE));
            assertNull(await(objects.found(COOKIE)));
        }
    }

    @Test
    void the_schema_of_another_directory_is_refused() throws Exception {
        Journal.open(setting("?currentSchema=shared"), cache()).close();
        Journal.open(setting("?currentSchema=shared"), cache()).close();

        var refused = assertThrows(
                IOException.class, () -> Journal.open(setting("?currentSchema=shared"), directory.resolve("other")));

        assertEquals(
                "the journal in " + url + ", schema shared belongs to another cache directory, which was " + cache()
                        + "; name another schema with ?currentSchema=NAME, or none",
                refused.getMessage());
    }

    @Test
    void the_inspector_tells_what_is_known_where_it_is_and_that_it_cannot_be_reached() throws Exception {
        var environment = Map.of("PGUSER", PostgresServer.USER, "PGPASSWORD", PostgresServer.PASSWORD);
        var inUse = new JournalReport.InUse(
                "this process, " + ProcessHandle.current().pid());
        var retired = Cookie.of("erofs,test.img", "blob2.img");
        try (var _ = DirectoryLock.acquire(cache());
                var journal = open();
                var objects = new Objects(journal.setup(), _ -> CONTENT)) {
            await(objects.acquire(COOKIE));
            await(objects.acquire(retired));
            await(objects.release(retired, true));
            assertEquals(inUse, JournalInspector.inspect(cache(), environment));
        }

        assertEquals(
                new JournalReport.Read(
                        List.of(new JournalReport.Known(COOKIE, CONTENT), new JournalReport.Known(retired, null)),
                        List.of()),
                JournalInspector.inspect(cache(), environment));
        assertEquals(
                url + ", schema cachefiles_" + JournalFolderTest.idOf(cache()),
                JournalInspector.elsewhere(cache()).orElseThrow());
        var away = assertInstanceOf(
                JournalReport.Unreachable.class, JournalInspector.inspect(cache(), Map.of("PGUSER", "nobody")));
        assertTrue(away.why().contains("say who with PGUSER"), away.why());
    }

    @Test
    void a_journal_that_is_removed_leaves_nothing_in_the_database() throws Exception {
        open().close();
        Journal.remove(setting(""), cache());
        Journal.remove(setting(""), directory.resolve("other")); // which never had one

        try (var connection = server.connect(url);
                var schemas = connection.getMetaData().getSchemas(null, "cachefiles%")) {
            assertFalse(schemas.next());
        }
    }

    @Test
    void a_copy_of_the_directory_is_refused_while_the_journal_is_in_use() throws Exception {
        open().close();
        var copy = directory.resolve("copy");
        Files.createDirectories(copy.resolve("journal"));
        var file = Path.of("journal", "journal.properties");
        Files.copy(cache().resolve(file), copy.resolve(file));
        try (var journal = open();
                var objects = new Objects(journal.setup(), _ -> CONTENT)) {
            await(objects.acquire(COOKIE));
            var refused = assertThrows(IOException.class, () -> Journal.open(setting(""), copy));
            assertTrue(refused.getMessage().contains(" is in use by another process; "), refused.getMessage());
        }
        Journal.open(setting(""), copy).close(); // when it is not
    }

    @Test
    void a_schema_that_was_made_for_a_user_without_rights_will_do() throws Exception {
        try (var connection = server.connect(url);
                var statement = connection.createStatement()) {
            statement.execute("CREATE ROLE poor LOGIN PASSWORD 'poor'");
            statement.execute("CREATE SCHEMA made AUTHORIZATION poor");
        }
        var environment = Map.of("PGUSER", "poor", "PGPASSWORD", "poor");

        var refused =
                assertThrows(IOException.class, () -> Journal.open(PostgresSetting.of(url, environment), cache()));
        assertTrue(refused.getMessage().contains("grant CREATE on the database"), refused.getMessage());

        var made = PostgresSetting.of(url + "?currentSchema=made", environment);
        try (var journal = Journal.open(made, cache());
                var objects = new Objects(journal.setup(), _ -> CONTENT)) {
            assertEquals(Errno.OK, await(objects.acquire(COOKIE)).errno());
        }
    }

    @Test
    void what_cannot_be_opened_is_told_with_what_to_do_and_without_the_password() throws Exception {
        var wrong = new HashMap<String, PostgresSetting>();
        var words = Map.of("PGUSER", PostgresServer.USER, "PGPASSWORD", "not the word");
        wrong.put("say who with PGUSER, and the password", PostgresSetting.of(url, words));
        wrong.put("the password with PGPASSWORD", PostgresSetting.of(url, Map.of("PGUSER", PostgresServer.USER)));
        wrong.put(
                "there is no such database; make it",
                PostgresSetting.of(
                        server.url("missing"),
                        Map.of("PGUSER", PostgresServer.USER, "PGPASSWORD", PostgresServer.PASSWORD)));
        wrong.put(
                "it cannot be reached; is the server up", PostgresSetting.of("jdbc:postgresql://127.0.0.1:9/x", words));

        for (var each : wrong.entrySet()) {
            var refused = assertThrows(IOException.class, () -> Journal.open(each.getValue(), cache()));
            assertTrue(refused.getMessage().contains(each.getKey()), refused.getMessage());
            for (Throwable cause = refused; cause != null; cause = cause.getCause()) {
                assertFalse(cause.toString().contains("word}"), cause.toString());
                assertFalse(cause.toString().contains("not the word"), cause.toString());
                assertFalse(cause.toString().contains(PostgresServer.PASSWORD), cause.toString());
            }
        }
    }

    @Test
    @Tag("I18")
    void every_fact_is_there_once_though_connections_are_killed_all_the_time() throws Exception {
        killed(this::terminate);
    }

    @Test
    @Tag("I18")
    void every_fact_is_there_once_though_the_server_crashes_in_between() throws Exception {
        killed(() -> {
            server.crash();
            server.up();
        });
    }

    private interface Kill {
        void now() throws Exception;
    }

    private void terminate() throws SQLException {
        server.terminateOthers(url);
    }

    /// Looks 200 objects up, 50 at a time, and disturbs when the first of every second fifty is acknowledged.
    private void killed(Kill kill) throws Exception {
        int rounds = 4;
        var cookies = IntStream.range(0, 200)
                .mapToObj(i -> Cookie.of("erofs,test.img", "blob" + i))
                .toList();
        try (var journal = open();
                var objects = new Objects(journal.setup(), _ -> CONTENT)) {
            var all = new ArrayList<CompletableFuture<?>>();
            for (int round = 0; round < rounds; round++) {
                var some = cookies.subList(round * 50, round * 50 + 50).stream()
                        .map(objects::acquire)
                        .toList();
                all.addAll(some);
                await(CompletableFuture.anyOf(some.toArray(CompletableFuture[]::new)));
                if (round % 2 == 1) {
                    kill.now();
                }
            }
            for (var each : all) {
                assertEquals(new Gate.Acquisition(Errno.OK, CONTENT), each.get(60, TimeUnit.SECONDS));
            }
        }
        try (var connection = server.connect(url);
                var statement = connection.createStatement();
                var rows =
                        statement.executeQuery("SELECT count(*), count(DISTINCT persistence_id), max(sequence_number)"
                                + " FROM cachefiles_" + JournalFolderTest.idOf(cache()) + ".event_journal")) {
            rows.next();
            assertEquals(cookies.size(), rows.getInt(1));
            assertEquals(cookies.size(), rows.getInt(2));
            assertEquals(1, rows.getInt(3));
        }
    }
}
