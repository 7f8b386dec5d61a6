package cachefiles.app.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Every file of `src/main/resources/scenarios`. `-Dscenarios.rewrite=true` writes their expected halves anew; read the
/// difference before keeping it.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ScenariosTest {
    private static final Path FOLDER = Path.of("src/main/resources/scenarios");

    /// Of a run for some rules alone (`-Dgroups=S27`) those with one of these tags.
    @TestFactory
    @ScenarioTags
    Stream<DynamicTest> scenario() throws IOException {
        var groups = System.getProperty("groups", "");
        var wanted = groups.matches("[A-Z]\\d+([,| ]+[A-Z]\\d+)*") ? Set.of(groups.split("[,| ]+")) : null;
        return files().stream()
                .filter(file -> wanted == null || tags(file).stream().anyMatch(wanted::contains))
                .map(ScenariosTest::test);
    }

    private static List<String> tags(Path file) {
        try {
            return List.copyOf(Scenario.parse(Files.readString(file)).tags());
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
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
    void the_scenarios_can_be_selected_by_each_of_their_tags() throws IOException {
        var declared = new TreeSet<String>();
        for (Tag tag : ScenarioTags.class.getAnnotationsByType(Tag.class)) {
            declared.add(tag.value());
        }
        var found = new TreeSet<String>();
        files().forEach(file -> found.addAll(tags(file)));
        assertEquals(found, declared);
    }

    private static List<Path> files() throws IOException {
        try (var found = Files.list(FOLDER)) {
            return found.filter(file -> file.toString().endsWith(".txt"))
                    .sorted()
                    .toList();
        }
    }
}
