package cachefiles.app.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import cachefiles.app.check.Scenario;
import cachefiles.app.check.Scenarios;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ActorsTest {
    private static final String BLOB = "open blob | pick | copen 0 65536";
    private static final String CACHE =
            "cache open | cache say dir /cache | cache say bind ondemand | cache mount m volume";

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

    @ParameterizedTest
    @ValueSource(
            strings = {
                // a wake waits beside what the hand is answered
                "step | open blob | deliver gate>blob | deliver blob>device | pick | deliver hand>device"
                        + " | deliver device>hand | show | settle | show",
                // a device that comes anew knows nobody, at once
                BLOB + " | step | read r1 blob 0 4096 | deliver gate>blob | new-device | show | settle | show",
                // one object's back-off is over, another's goes on; and the alarm itself waits to be heard
                BLOB + " | open other | pick | copen 1 4096 | close blob | close other | read r1 blob 0 4096"
                        + " | read r2 other 0 4096 | pick | pick | pick | copen 4 65536 | copen 5 4096"
                        + " | close blob | close other | pick | retry blob | show | step | retry other | show"
                        + " | deliver timer>device | settle | show",
                // what is being looked up is in use, and what nothing was written to is no file
                CACHE + " | cache use u m blob | cache say inuse blob | pick | copen 0 65536 | cache leave u | pick"
                        + " | cache say inuse blob | cache say cull blob | cache use v m blob | show",
                // who rests is not asked again, fails at nothing, and comes back to be read
                BLOB + " | rest blob | rest blob | fail-object blob | read r1 blob 0 4096 | rest blob | pick | write 1"
                        + " | cread 1 | step | rest blob | rest blob | deliver keeper>blob | settle | rest blob | show",
                // nobody who is asked something, or released, leaves memory before that has ended
                "open blob | rest blob | pick | copen 0 65536 | step | release blob | rest blob | read r1 blob 0 4096"
                        + " | release blob | settle | pick | open blob | rest blob | show",
                // a directory that cannot be used is bound when it can
                "cache open | cache say dir /cache | cache directory EACCES | cache say bind ondemand | cache mount m volume"
                        + " | cache directory OK | cache say bind ondemand | cache mount m volume",
            })
    void messages_that_wait_and_a_cache_are_the_same_to_cores_and_actors(String verbs) {
        var scenario = Scenario.parse("# verbs\ntags: I18\n\n" + verbs + "\n----\n");
        var told = Scenario.parse(scenario.rewritten());
        assertEquals(told.unordered(), told.playedBy(Actors::new));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rest blob",
                "release blob",
                "read r1 blob 0 4096",
                "fail-object blob",
                BLOB + " | release blob | pick | rest blob",
                BLOB + " | release blob | pick | release blob",
                BLOB + " | retire blob | pick | read r1 blob 0 4096",
            })
    void of_what_nobody_uses_nothing_is_asked(String verbs) {
        refused("nobody uses blob", verbs);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "open blob | read r1 blob 0 4096",
                "open blob | pick | copen 0 -5 | read r1 blob 0 4096",
                BLOB + " | release blob | pick | open blob | read r1 blob 0 4096",
            })
    void what_was_not_looked_up_is_not_read(String verbs) {
        refused("blob has not been looked up", verbs);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"open", "open blob | pick | copen", "open blob | pick | copen 0", BLOB + " | read r1 blob 0"})
    void a_verb_without_its_words_is_refused(String verbs) {
        refused("something is missing behind it", verbs);
    }

    @Test
    void a_use_ends_before_the_next_begins() {
        refused("blob is being released: open it when it is", BLOB + " | release blob | open blob");
    }

    private static void refused(String why, String verbs) {
        var scenario = Scenario.parse("# verbs\ntags: S108\n\n" + verbs + "\n----\n");
        for (Executable play : List.<Executable>of(scenario::rewritten, () -> scenario.playedBy(Actors::new))) {
            var refused = assertThrows(IllegalArgumentException.class, play);
            assertTrue(String.valueOf(refused.getMessage()).endsWith(why), refused::toString);
        }
    }

    @Test
    void no_back_off_is_over_that_does_not_run() {
        var scenario = Scenario.parse("# verbs\ntags: G5\n\n" + BLOB + " | retry blob\n----\n");
        var wrong = assertThrows(IllegalArgumentException.class, () -> scenario.playedBy(Actors::new));
        assertEquals("above line 5, `retry blob`: no back-off runs for blob", wrong.getMessage());
    }
}
