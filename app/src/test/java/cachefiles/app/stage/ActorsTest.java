package cachefiles.app.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import cachefiles.app.check.Scenario;
import cachefiles.app.check.Scenarios;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ActorsTest {
    @TestFactory
    Stream<DynamicTest> what_the_cores_do_in_a_scenario_the_actors_do_too() throws IOException {
        return Scenarios.names().stream()
                .filter(name -> scenario(name).onlyCores().isEmpty())
                .map(name -> dynamicTest(name, () -> {
                    var scenario = scenario(name);
                    assertEquals(scenario.unordered(), scenario.playedBy(Actors::new));
                }));
    }

    private static Scenario scenario(String name) {
        try {
            return Scenario.parse(Objects.requireNonNull(Scenarios.text(name)));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    @Test
    void a_scenario_that_tells_what_the_actors_do_not_do_is_found_wrong() throws IOException {
        var text = Objects.requireNonNull(Scenarios.text("g10-fencing"));
        var wrong = Scenario.parse(text.replace("late write 1       EBADF", "late write 1       ok"));
        assertNotEquals(wrong.unordered(), wrong.playedBy(Actors::new));
    }

    /// The table under "Who plays".
    @Test
    void the_docs_name_the_scenarios_that_the_cores_play_alone_with_the_reason() throws IOException {
        var found = new TreeMap<String, String>();
        for (String name : Scenarios.names()) {
            scenario(name)
                    .onlyCores()
                    .ifPresent(reason -> found.put(name, reason.name().toLowerCase(Locale.ROOT)));
        }
        var told = new TreeMap<String, String>();
        for (String line : Files.readAllLines(Path.of("..", "docs", "scenarios.md"))) {
            var cells = line.split("[ `]*\\|[ `]*");
            if (cells.length == 4 && cells[1].matches("order|cache")) {
                for (String name : cells[3].split("[ `]+")) {
                    told.put(name, cells[1]);
                }
            }
        }
        assertEquals(found, told);
    }
}
