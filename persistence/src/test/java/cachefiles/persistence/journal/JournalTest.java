package cachefiles.persistence.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Key;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
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
    void a_thousand_events_of_one_object_leave_at_most_forty(Journal.Kind kind) throws Exception {
        var journal = Journal.open(kind, cache);
        try (var objects = new Objects(journal.setup(), _ -> CONTENT)) {
            for (int i = 0; i < 500; i++) {
                assertEquals(Errno.OK, await(objects.acquire(COOKIE)).errno());
                await(objects.release(COOKIE, true));
            }
        }
        journal.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "100%", "ü#?:!", "it's \"quoted\"", "${HOME}", "~", "a=b,c"})
    void the_path_may_hold_odd_characters(String name) throws Exception {
        Path odd = cache.resolve(name);

        Journal.open(Journal.Kind.H2, odd).close();

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
