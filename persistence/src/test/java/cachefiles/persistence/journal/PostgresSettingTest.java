package cachefiles.persistence.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class PostgresSettingTest {
    private static final String URL = "jdbc:postgresql://db.example:5433/caches";

    private static PostgresSetting of(String word, Map<String, String> environment) {
        return (PostgresSetting) JournalSetting.of(word, environment);
    }

    @Test
    void a_url_is_taken_from_the_command_line_or_the_environment() {
        assertEquals(URL, of(URL, Map.of()).url());
        assertEquals(URL, of("postgres", Map.of("CACHEFILES_JOURNAL_URL", URL)).url());
        assertEquals(
                URL,
                of("postgres", Map.of("PGHOST", "db.example", "PGPORT", "5433", "PGDATABASE", "caches"))
                        .url());
        assertEquals(
                "jdbc:postgresql://localhost:5432/me",
                of("postgres", Map.of("PGUSER", "me")).url());
    }

    @Test
    void user_and_password_come_from_the_environment_and_are_never_shown() {
        var setting = of(URL + "?ssl=true&currentSchema=mine", Map.of("PGUSER", "me", "PGPASSWORD", "s3cret"));

        assertEquals(URL + "?ssl=true", setting.url());
        assertEquals("mine", setting.schema());
        assertEquals("me", setting.properties("x").getProperty("user"));
        assertEquals("s3cret", setting.properties("x").getProperty("password"));
        assertFalse(setting.toString().contains("s3cret"), setting::toString);
    }

    @Test
    void the_user_may_stand_in_the_url() {
        var setting = of(URL + "?user=a%20b", Map.of("PGUSER", "me"));

        assertEquals(URL, setting.url());
        assertEquals("a b", setting.properties("x").getProperty("user"));
        assertNull(setting.properties("x").getProperty("password"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:postgresql://me:s3cret@db/caches",
                "jdbc:postgresql://db/caches?password=s3cret",
                "jdbc:postgresql://db/caches?ssl=true&sslPassword=s3cret"
            })
    void a_password_in_the_url_is_refused_and_not_repeated(String url) {
        var refused = assertThrows(IllegalArgumentException.class, () -> of(url, Map.of()));

        assertTrue(refused.getMessage().contains("PGPASSWORD"), refused.getMessage());
        assertFalse(refused.getMessage().contains("s3cret"), refused.getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "jdbc:postgresql:caches, begins with",
        "jdbc:postgresql://db, names no database",
        "jdbc:postgresql://db/, names no database",
        "jdbc:postgresql://db/x?currentSchema=a;b, currentSchema",
        "leveldb, there are: memory h2 postgres"
    })
    void what_is_no_journal_is_refused_with_what_would_be(String word, String why) {
        var refused = assertThrows(IllegalArgumentException.class, () -> of(word, Map.of()));

        assertTrue(refused.getMessage().contains(why), refused.getMessage());
    }

    @Test
    void a_folder_of_unix_sockets_is_refused() {
        var refused = assertThrows(
                IllegalArgumentException.class, () -> of("postgres", Map.of("PGHOST", "/var/run/postgresql")));

        assertTrue(refused.getMessage().contains("knows no Unix sockets"), refused.getMessage());
    }
}
