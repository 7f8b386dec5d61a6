package cachefiles.app.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Every file of `src/test/resources/scenarios`. `-Dscenarios.rewrite=true` writes their expected halves anew; read the
/// difference before keeping it.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ScenariosTest {
    private static final Path FOLDER = Path.of("src/test/resources/scenarios");

    @TestFactory
    Stream<DynamicTest> scenario() throws IOException {
        return files().stream().map(ScenariosTest::test);
    }

    private static DynamicTest test(Path file) {
        var name = file.getFileName().toString().replace(".txt", "");
        return dynamicTest(name + ": " + title(file), file.toUri(), () -> {
            var text = Files.readString(file);
            var rewritten = Scenario.parse(text).rewritten();
            if (Boolean.getBoolean("scenarios.rewrite")) {
                Files.writeString(file, rewritten);
            } else {
                assertEquals(text, rewritten, file + " tells something else than what happens");
            }
        });
    }

    private static String title(Path file) {
        try (var lines = Files.lines(file)) {
            return lines.findFirst().orElse("").replaceFirst("^# ", "");
        } catch (IOException unreadable) {
            return unreadable.toString();
        }
    }

    @Test
    void every_tag_of_a_scenario_looks_like_a_rule() throws IOException {
        for (Path file : files()) {
            for (String tag : Scenario.parse(Files.readString(file)).tags()) {
                assertTrue(tag.matches("[SQIBGTD]\\d+"), () -> file + ": " + tag);
            }
        }
    }

    private static List<Path> files() throws IOException {
        try (var found = Files.list(FOLDER)) {
            return found.filter(file -> file.toString().endsWith(".txt"))
                    .sorted()
                    .toList();
        }
    }
}
