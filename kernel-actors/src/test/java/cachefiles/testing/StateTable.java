package cachefiles.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/// A table of every state × command beside its test, in `src/test/resources`:
///
///     # what the table is about
///     state | command | what happens
///
/// A cell that is missing, too many or wrong fails the test. `-Dtables.rewrite=true` writes the table anew from what
/// the core does; read the difference before keeping it.
public final class StateTable {
    private final Path file;

    /// @param owner in whose package the table lies
    public StateTable(Class<?> owner, String name) {
        this.file = ModuleFolder.of(owner)
                .resolve("src/test/resources", owner.getPackageName().replace('.', '/'), name);
    }

    /// Compares the table with what `cell` says of each pair.
    /// @param states each by its name; `cell` must not change it
    public <S, C> void check(Map<String, S> states, Map<String, C> commands, BiFunction<S, C, String> cell) {
        var actual = new LinkedHashMap<String, String>();
        int wide = width(states);
        int next = width(commands);
        states.forEach((state, value) -> commands.forEach((command, said) -> actual.put(
                pad(state, wide) + " | " + pad(command, next),
                cell.apply(value, said).strip())));
        check(actual);
    }

    private void check(Map<String, String> actual) {
        if (Boolean.getBoolean("tables.rewrite")) {
            write(actual);
            return;
        }
        var expected = read();
        var wrong = new StringBuilder();
        actual.forEach((cell, found) -> {
            var told = expected.remove(normal(cell));
            if (told == null) {
                wrong.append("missing: ")
                        .append(cell)
                        .append(" | ")
                        .append(found)
                        .append('\n');
            } else if (!told.equals(found)) {
                wrong.append("cell:    ").append(cell).append("\n  table: ").append(told);
                wrong.append("\n  core:  ").append(found).append('\n');
            }
        });
        expected.keySet()
                .forEach(cell -> wrong.append("too many: ").append(cell).append('\n'));
        if (!wrong.isEmpty()) {
            fail(file + " differs from what the core does; -Dtables.rewrite=true writes it anew:\n" + wrong);
        }
    }

    private Map<String, String> read() {
        var cells = new LinkedHashMap<String, String>();
        for (String line : lines()) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            var columns = line.split("\\|", 3);
            assertEquals(3, columns.length, () -> file + ": not `state | command | what happens`: " + line);
            var cell = normal(columns[0] + "|" + columns[1]);
            if (cells.put(cell, columns[2].strip()) != null) {
                fail(file + ": twice: " + cell);
            }
        }
        return cells;
    }

    private void write(Map<String, String> actual) {
        var text = new StringBuilder();
        lines().stream()
                .takeWhile(line -> line.startsWith("#"))
                .forEach(line -> text.append(line).append('\n'));
        var before = "";
        for (var cell : actual.entrySet()) {
            var state = cell.getKey().substring(0, cell.getKey().indexOf('|'));
            if (!state.equals(before)) {
                text.append('\n');
                before = state;
            }
            text.append((cell.getKey() + " | " + cell.getValue()).stripTrailing())
                    .append('\n');
        }
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, text.toString());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private List<String> lines() {
        try {
            return Files.exists(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static String normal(String cell) {
        return Arrays.stream(cell.split("\\|")).map(String::strip).collect(Collectors.joining("|"));
    }

    private static int width(Map<String, ?> names) {
        return names.keySet().stream().mapToInt(String::length).max().orElse(0);
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(width - text.length());
    }
}
