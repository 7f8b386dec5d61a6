package cachefiles.app.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.persistence.journal.Journal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What an open, a miss, a hit and a crash cost in messages, events and memory is what `budgets.txt` says: nobody makes
/// them dearer without saying so. `-Dbudgets.rewrite=true` writes the file anew.
@DisplayNameGeneration(ReplaceUnderscores.class)
class BudgetTest {
    private static final int OBJECTS = 2_000;
    private static final int WARM = 6_000;
    private static final double MORE_BYTES = 1.2;
    private static final Path RECORD = Path.of("src/test/resources/cachefiles/app/bench/budgets.txt");

    /// What each of so many operations cost, messages and events to the whole.
    private static void put(Map<String, Long> costs, String name, ScaleWorld.Counts counts) {
        costs.put(name + ".messages", counts.messages() / OBJECTS);
        costs.put(name + ".events", counts.events() / OBJECTS);
        costs.put(name + ".journaled", counts.journaled() / OBJECTS);
        costs.put(name + ".bytes", counts.allocatedBytes() / OBJECTS);
    }

    private static Map<String, Long> costs(Path directory) throws Exception {
        var costs = new LinkedHashMap<String, Long>();
        int last = WARM + OBJECTS;
        try (var world = new ScaleWorld(directory, Journal.Kind.MEMORY, last, OBJECTS, Duration.ZERO)) {
            world.open(WARM, object -> object);
            for (int block = 0; block < 3; block++) {
                world.read(0, WARM, block);
            }
            put(costs, "open", world.open(OBJECTS, i -> WARM + i));
            put(costs, "miss", world.read(WARM, last, 0));
            put(costs, "hit", world.read(WARM, last, 0));
            put(costs, "crash", world.crash(WARM, last, 1));
        }
        return costs;
    }

    private static String text(Map<String, Long> costs) {
        return costs.entrySet().stream()
                .map(each -> String.format(Locale.ROOT, "%-16s %d\n", each.getKey(), each.getValue()))
                .collect(Collectors.joining("", "# What each operation costs: BudgetTest.\n", ""));
    }

    private static Map<String, Long> record() throws IOException {
        try (var in = BudgetTest.class.getResourceAsStream("budgets.txt")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split(" +"))
                    .collect(Collectors.toMap(words -> words[0], words -> Long.parseLong(words[1])));
        }
    }

    @Test
    @Tag("T18")
    void an_open_a_miss_a_hit_and_a_crash_cost_what_they_did(@TempDir Path directory) throws Exception {
        var costs = costs(directory);
        System.out.print(text(costs));
        if (Boolean.getBoolean("budgets.rewrite")) {
            Files.writeString(RECORD, text(costs));
            return;
        }
        record().forEach((name, recorded) -> {
            long found = Objects.requireNonNull(costs.get(name));
            if (name.endsWith(".bytes")) {
                assertTrue(found <= recorded * MORE_BYTES, () -> name + ": " + found + ", and were " + recorded);
            } else {
                assertEquals(recorded, found, name);
            }
        });
    }
}
