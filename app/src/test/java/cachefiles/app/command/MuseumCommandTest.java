package cachefiles.app.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.app.check.museum.Museum;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(60)
class MuseumCommandTest {
    @TempDir
    Path home;

    @Test
    void every_piece_has_a_line_in_the_list() {
        var ran = Ran.of(home, "museum", "list");
        assertEquals(0, ran.exit(), ran.err());
        assertEquals(Museum.pieces().size(), ran.lines().size());
    }

    @Test
    void a_piece_shows_the_line_that_keeps_it_from_happening() {
        var ran = Ran.of(home, "museum", "show", "b8");
        assertEquals(0, ran.exit(), ran.err());
        assertTrue(ran.out().startsWith("B8  An answer that comes too early"), ran.out());
        assertTrue(
                ran.lines().stream()
                        .anyMatch(line -> line.matches("  ▶ +\\d+ +step\\.set\\(cookie, slot\\.closed\\(errno\\)\\);")),
                ran.out());
    }

    @Test
    void what_is_found_is_written_as_json() throws IOException {
        var file = home.resolve("found.json");
        var ran = Ran.of(home, "museum", "run", "B1", "B19", "--json", file);
        assertEquals(0, ran.exit(), ran.out() + ran.err());
        assertTrue(ran.out().contains("\nB1    found: I2: a request in a device that is dead"), ran.out());
        var list = new ObjectMapper().readTree(file.toFile());
        assertEquals(2, list.size());
        assertEquals("B1", list.get(0).get("id").asText());
        assertTrue(list.get(0).get("found").asBoolean());
        assertTrue(list.get(0).get("by").asText().startsWith("I2: "));
        assertEquals(Museum.piece("B1").steps(), list.get(0).get("traceSteps").asInt());
        assertTrue(list.get(1).get("by").asText().contains("instead of"));
    }

    @Test
    void wrong_use_is_exit_2() {
        for (var args : new Object[][] {
            {}, {"run"}, {"show"}, {"run", "B99"}, {"run", "--all", "B1"}, {"list", "--json", "x"}, {"dust"}
        }) {
            var all = new Object[args.length + 1];
            all[0] = "museum";
            System.arraycopy(args, 0, all, 1, args.length);
            var ran = Ran.of(home, all);
            assertEquals(2, ran.exit(), ran.out() + ran.err());
        }
        assertEquals(2, Ran.of(home, "check", "--without", "B99").exit());
    }

    @Test
    void a_core_without_a_guard_is_explored_and_replayed() {
        var ran = Ran.of(home, "check", "--without", "B12", "--closes", 1, "--drops", 1);
        assertEquals(1, ran.exit(), ran.out() + ran.err());
        var replay = ran.lines().stream()
                .filter(line -> line.startsWith("replay it: "))
                .findFirst()
                .orElseThrow();
        assertTrue(replay.contains(" --without B12 --replay "), replay);
        var words = (Object[]) replay.replace("replay it: ./cachefiles ", "").split(" ");
        var again = Ran.of(home, words);
        assertEquals(1, again.exit(), again.err());
        assertTrue(again.out().contains("→"), again.out());
    }
}
