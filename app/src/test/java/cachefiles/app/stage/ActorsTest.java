package cachefiles.app.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import cachefiles.app.check.Scenario;
import cachefiles.app.check.Scenarios;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;
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
}
