package cachefiles.app.check.museum;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// Where a guard stands in the source of its core.
/// @param number of its line, from 1
record Source(List<String> lines, int number) {
    private static final int AROUND = 3;

    /// @throws IllegalArgumentException if the line is not in its method, or is there more than once
    static Source of(Guard guard) {
        var classes = Objects.requireNonNull(Source.class.getClassLoader());
        var text = new String(MutantLoader.bytes(classes, guard.source()), StandardCharsets.UTF_8);
        var lines = text.lines().toList();
        var bytes = MutantLoader.bytes(classes, guard.binaryName().replace('.', '/') + ".class");
        var method = Mutator.linesOf(bytes, guard.method());
        var found = new ArrayList<Integer>();
        for (int number = method[0]; number <= Math.min(method[1], lines.size()); number++) {
            if (withoutComment(lines.get(number - 1)).equals(guard.line())) {
                found.add(number);
            }
        }
        if (found.size() != 1) {
            throw new IllegalArgumentException((found.isEmpty() ? "not in " : "more than once in ")
                    + guard.className()
                    + "."
                    + guard.method()
                    + " any more: "
                    + guard.line());
        }
        return new Source(lines, found.getFirst());
    }

    private static String withoutComment(String line) {
        return line.replaceFirst("\\s+// .*", "").strip();
    }

    /// The line, marked, with some before and behind it.
    String context() {
        var text = new StringBuilder();
        for (int at = Math.max(1, number - AROUND); at <= Math.min(lines.size(), number + AROUND); at++) {
            text.append(at == number ? "  ▶ " : "    ")
                    .append(String.format("%4d  ", at))
                    .append(lines.get(at - 1))
                    .append('\n');
        }
        return text.toString();
    }
}
