package cachefiles.persistence.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class JournalFailuresTest {
    @ParameterizedTest(name = "{2}: {3}")
    @CsvSource({
        "08006, 0, the connection broke, true",
        "57P01, 0, an operator ended it, true",
        "57P03, 0, the server is starting, true",
        "53100, 0, the disk is full, true",
        "90098, 90098, H2 has closed, true",
        "90030, 90030, the H2 file is damaged, false",
        "42P01, 0, a table is gone, false",
        "XX001, 0, a page is damaged, false"
    })
    void a_failure_of_the_database_may_pass_unless_it_tells_of_damage(
            String state, int code, String what, boolean passes) {
        assertEquals(passes, JournalFailures.mayPass(new CompletionException(new SQLException(what, state, code))));
    }

    @Test
    void no_connection_in_time_may_pass_and_what_cannot_be_decoded_does_not() {
        assertEquals(true, JournalFailures.mayPass(new SQLTransientConnectionException("timed out")));
        assertEquals(false, JournalFailures.mayPass(new IllegalStateException("no content")));
    }
}
