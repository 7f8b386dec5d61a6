package cachefiles.persistence.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class JournalFolderTest {
    @TempDir
    Path directory;

    static String idOf(Path cache) {
        try {
            return Objects.requireNonNull(JournalFolder.find(cache)).id();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Test
    void a_directory_keeps_its_id_and_where_its_journal_is() throws Exception {
        assertNull(JournalFolder.find(directory));
        var fresh = JournalFolder.of(directory).in("jdbc:postgresql://host/db?x=y", "schema");
        fresh.write();

        assertEquals(fresh, JournalFolder.of(directory));
        assertNotEquals(fresh.id(), JournalFolder.of(directory.resolve("other")).id());
    }

    @Test
    void a_journal_beside_makes_the_other_one_an_older_one() throws Exception {
        var elsewhere = JournalFolder.of(directory).in("jdbc:postgresql://host/db", "schema");
        elsewhere.write();

        Journal.open(Journal.Kind.H2, directory).close();

        assertEquals(elsewhere.here(), JournalFolder.of(directory));
    }

    @Test
    void a_damaged_file_is_refused_with_what_to_do() throws Exception {
        Files.createDirectories(directory.resolve("journal"));
        Files.writeString(directory.resolve("journal/journal.properties"), "id=\\u12");

        var refused = assertThrows(IOException.class, () -> JournalFolder.of(directory));

        assertTrue(refused.getMessage().contains("journal.properties is damaged"), refused.getMessage());
    }
}
