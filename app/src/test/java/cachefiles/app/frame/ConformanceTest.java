package cachefiles.app.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// docs/conformance.md and the tags of all tests say the same.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ConformanceTest {
    private static final Path PAGE = Sources.root().resolve("docs/conformance.md");
    private static final Pattern ROW = Pattern.compile("\\| ([A-Z]\\d+) \\| (\\w+) \\| (.*?) ?\\|[^|]*\\|");
    private static final Pattern TAG = Pattern.compile("@Tag\\(\"([A-Z]\\d+)\"\\)");
    private static final Pattern SCENARIO = Pattern.compile("(?m)^tags: (.+)$");

    /// What a rule's row says, in the page's order.
    private record Row(String rule, String verdict, String why) {
        boolean applies() {
            return !verdict.equals("none");
        }

        String line(Set<String> tests) {
            return "| %s | %s | %s | %s |".formatted(rule, verdict, why, String.join(", ", tests));
        }
    }

    @Test
    void every_rule_that_applies_has_a_test_and_every_tag_names_a_rule() throws IOException {
        var tests = tests();
        var lines = new ArrayList<String>();
        var faults = new TreeSet<String>();
        var rules = new TreeSet<String>();
        for (String line : Files.readAllLines(PAGE)) {
            var match = ROW.matcher(line);
            if (!match.matches()) {
                lines.add(line);
                continue;
            }
            var row = new Row(match.group(1), match.group(2), match.group(3));
            var names = tests.getOrDefault(row.rule(), Set.of());
            rules.add(row.rule());
            lines.add(row.line(names));
            if (row.applies() && names.isEmpty()) {
                faults.add(row.rule() + " applies and has no test with its tag");
            }
        }
        tests.keySet().stream()
                .filter(tag -> !rules.contains(tag))
                .forEach(tag -> faults.add(tag + " is a tag of " + tests.get(tag) + " and no rule of " + PAGE));
        if (Boolean.getBoolean("conformance.rewrite")) {
            Files.write(PAGE, lines);
        }
        assertEquals(Set.of(), faults);
        var differing = new ArrayList<>(lines);
        differing.removeAll(Files.readAllLines(PAGE));
        assertEquals(List.of(), differing, "rows of " + PAGE + ": write them with -Dconformance.rewrite=true");
    }

    /// Names of test classes and scenarios by tag.
    private static Map<String, Set<String>> tests() throws IOException {
        var tests = new TreeMap<String, Set<String>>();
        for (String module : Sources.MODULES) {
            try (Stream<Path> files = Files.walk(Sources.root().resolve(module).resolve("src"))) {
                files.filter(Files::isRegularFile).forEach(file -> {
                    var name = String.valueOf(file.getFileName());
                    if (name.equals("ScenarioTags.java")) {
                        return; // those of the scenarios, which are read themselves
                    }
                    if (name.endsWith(".java")) {
                        TAG.matcher(text(file))
                                .results()
                                .forEach(tag -> add(tests, tag.group(1), name.substring(0, name.length() - 5)));
                    } else if (file.getParent().endsWith("resources/scenarios")) {
                        Matcher tags = SCENARIO.matcher(text(file));
                        while (tags.find()) {
                            Stream.of(tags.group(1).trim().split("\\s+")).forEach(tag -> add(tests, tag, name));
                        }
                    }
                });
            }
        }
        return tests;
    }

    private static void add(Map<String, Set<String>> tests, String tag, String test) {
        tests.computeIfAbsent(tag, _ -> new TreeSet<>()).add(test);
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
