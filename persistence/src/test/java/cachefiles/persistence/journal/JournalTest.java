package cachefiles.persistence.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.ActorRef;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.Adapter;
import akka.actor.typed.javadsl.Behaviors;
import akka.persistence.JournalProtocol;
import akka.persistence.Persistence;
import cachefiles.kernel.actor.ObjectActor;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Key;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(60)
class JournalTest {
    private static final Cookie COOKIE = Cookie.of("erofs,test.img", "blob1.img");
    private static final Content CONTENT = new Content(65536, "v1");

    @TempDir
    Path cache;

    @Test
    void what_was_acquired_is_known_after_a_restart_and_what_was_retired_is_not() throws Exception {
        var retired = Cookie.of("erofs,test.img", "blob2.img");
        var longest = new Cookie(Key.of(new byte[Key.MAX_BYTES]), Key.of(new byte[Key.MAX_BYTES]));
        var validator = new Content(1, "v".repeat(255));
        try (var journal = Journal.open(Journal.Kind.H2, cache);
                var objects = new Objects(journal.setup(), cookie -> cookie.equals(longest) ? validator : CONTENT)) {
            await(objects.acquire(COOKIE));
            await(objects.acquire(longest));
            await(objects.acquire(retired));
            await(objects.release(retired, true));
            await(objects.release(COOKIE, false));
        }
        try (var journal = Journal.open(Journal.Kind.H2, cache);
                var objects = new Objects(journal.setup(), _ -> CONTENT)) {
            for (Cookie cookie : List.of(COOKIE, retired, longest)) {
                await(objects.acquire(cookie));
            }
            assertEquals(CONTENT, await(objects.found(COOKIE)));
            assertEquals(validator, await(objects.found(longest)));
            assertNull(await(objects.found(retired)));
        }
        assertEquals(List.of("journal.mv.db"), names(cache.resolve("journal")));
    }

    @ParameterizedTest
    @EnumSource(Journal.Kind.class)
    void of_many_events_those_after_the_last_snapshot_are_left(Journal.Kind kind) throws Exception {
        try (var journal = Journal.open(kind, cache);
                var objects = new Objects(journal.setup(), _ -> CONTENT)) {
            assertEventsAfterSnapshotAreLeft(objects, 500);
        }
    }

    /// Each turn makes two events, and each tenth a snapshot with the last one before the object ends.
    static void assertEventsAfterSnapshotAreLeft(Objects objects, int turns) throws Exception {
        for (int turn = 0; turn < turns; turn++) {
            assertEquals(Errno.OK, await(objects.acquire(COOKIE)).errno());
            await(objects.release(COOKIE, true));
        }
        assertEquals(Errno.OK, await(objects.acquire(COOKIE)).errno());

        var left = await(events(objects));
        while (left.size() > 1) { // those before a snapshot are deleted after it, and nobody waits for that
            left = await(events(objects));
        }

        assertEquals(List.of(2L * turns + 1), left);
    }

    /// The sequence numbers that the journal would replay.
    static CompletableFuture<List<Long>> events(Objects objects) {
        var numbers = new ArrayList<Long>();
        var done = new CompletableFuture<List<Long>>();
        var asker = objects.system()
                .systemActorOf(
                        Behaviors.receive(Object.class)
                                .onMessage(JournalProtocol.ReplayedMessage.class, message -> {
                                    numbers.add(message.persistent().sequenceNr());
                                    return Behaviors.same();
                                })
                                .onMessage(JournalProtocol.RecoverySuccess.class, _ -> {
                                    done.complete(numbers);
                                    return Behaviors.same();
                                })
                                .build(),
                        "asker-" + UUID.randomUUID(), // the one before may not have ended
                        Props.empty());
        var id = ObjectActor.persistenceId(COOKIE).id();
        Persistence.get(objects.system())
                .journalFor("", ConfigFactory.empty())
                .tell(
                        new JournalProtocol.ReplayMessages(
                                0, Long.MAX_VALUE, Long.MAX_VALUE, id, Adapter.toClassic(asker)),
                        ActorRef.noSender());
        return done;
    }

    @Test
    void a_step_of_the_tables_that_was_cut_off_is_done_again() throws Exception {
        try (var journal = H2File.open(cache);
                var connection = DriverManager.getConnection(journal.url());
                var statement = connection.createStatement()) {
            statement.execute("DELETE FROM cachefiles_schema");
        }

        try (var journal = H2File.open(cache);
                var connection = DriverManager.getConnection(journal.url());
                var statement = connection.createStatement()) {
            assertEquals(2, Schema.H2.check(statement, "here"));
        }
    }

    @Test
    void tables_of_a_newer_program_are_refused() throws Exception {
        try (var journal = H2File.open(cache);
                var connection = DriverManager.getConnection(journal.url());
                var statement = connection.createStatement()) {
            statement.execute("INSERT INTO cachefiles_schema (version) VALUES (99)");
        }

        var refused = assertThrows(IOException.class, () -> Journal.open(Journal.Kind.H2, cache));

        assertEquals(
                "the journal in " + cache + " has tables of version 99; this program knows versions up to 2."
                        + " Run the newer one, or choose another directory",
                refused.getMessage());
    }

    @Test
    void a_damaged_file_is_refused_with_what_to_do() throws Exception {
        Journal.open(Journal.Kind.H2, cache).close();
        Files.write(H2File.file(cache), new byte[8192]);

        var refused = assertThrows(IOException.class, () -> Journal.open(Journal.Kind.H2, cache));

        assertTrue(refused.getMessage().contains("is damaged; move "), refused.getMessage());
    }

    @Test
    @Tag("G12")
    void a_file_that_was_open_when_the_machine_went_down_counts_as_lost() throws Exception {
        try (var journal = Journal.open(Journal.Kind.H2, cache);
                var objects = new Objects(journal.setup(), _ -> CONTENT)) {
            await(objects.acquire(COOKIE));
        }
        Files.writeString(cache.resolve("journal/open"), "another boot\n");

        assertInstanceOf(JournalReport.Unreadable.class, JournalInspector.inspect(cache));
        try (var journal = Journal.open(Journal.Kind.H2, cache);
                var objects = new Objects(journal.setup(), _ -> CONTENT)) {
            await(objects.acquire(COOKIE));
            assertNull(await(objects.found(COOKIE)));
        }
        assertEquals(Set.of("journal.mv.db", "journal.mv.db.lost"), Set.copyOf(names(cache.resolve("journal"))));
    }

    @Test
    void a_file_that_a_dead_process_left_open_is_recovered() throws Exception {
        try (var journal = Journal.open(Journal.Kind.H2, cache);
                var objects = new Objects(journal.setup(), _ -> CONTENT)) {
            await(objects.acquire(COOKIE));
        }
        BootMark.of(cache.resolve("journal")).set();

        try (var journal = Journal.open(Journal.Kind.H2, cache);
                var objects = new Objects(journal.setup(), _ -> CONTENT)) {
            await(objects.acquire(COOKIE));
            assertEquals(CONTENT, await(objects.found(COOKIE)));
        }
    }

    @Test
    void a_step_that_was_cut_off_is_done_again() throws Exception {
        try (var journal = H2File.open(cache);
                var connection = DriverManager.getConnection(journal.url());
                var statement = connection.createStatement()) {
            statement.execute("DELETE FROM cachefiles_schema");
            statement.execute("DROP TABLE \"snapshot\"");
        }

        try (var journal = Journal.open(Journal.Kind.H2, cache);
                var objects = new Objects(journal.setup(), _ -> CONTENT)) {
            assertEquals(Errno.OK, await(objects.acquire(COOKIE)).errno());
        }
    }

    @Test
    void a_kind_is_named_by_its_word() {
        assertEquals(Journal.Kind.H2, Journal.Kind.of("h2"));
        assertEquals(
                "no journal 'leveldb'; there are: memory h2 postgres jdbc:postgresql://HOST/DATABASE",
                assertThrows(IllegalArgumentException.class, () -> Journal.Kind.of("leveldb"))
                        .getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "100%", "ü#?:!", "it's \"quoted\"", "${HOME}", "~", "a=b,c"})
    void the_path_may_hold_odd_characters(String name) throws Exception {
        Path odd = cache.resolve(name);

        var journal = Journal.open(Journal.Kind.H2, odd);
        journal.close();
        journal.close(); // is no error

        assertTrue(Files.size(odd.resolve("journal/journal.mv.db")) > 0);
        assertEquals(List.of(name), names(cache));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a;b", "a\\b"})
    void a_path_that_h2_cannot_name_is_refused(String name) {
        var refused = assertThrows(IOException.class, () -> Journal.open(Journal.Kind.H2, cache.resolve(name)));

        assertTrue(refused.getMessage().contains("Choose another cache directory"), refused.getMessage());
    }

    static <T> T await(CompletableFuture<T> future) throws Exception {
        return future.get(20, TimeUnit.SECONDS);
    }

    private static List<String> names(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
