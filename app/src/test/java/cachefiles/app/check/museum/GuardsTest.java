package cachefiles.app.check.museum;

import static org.junit.jupiter.api.Assertions.assertEquals;

import cachefiles.testing.ModuleFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Each guard that docs/conformance.md names is one that the museum takes out and misses ([MuseumTest]), or it is said
/// why not. `-Dmuseum.rewrite=true` writes the list, docs/guards.md.
@DisplayNameGeneration(ReplaceUnderscores.class)
class GuardsTest {
    private static final Path APP = ModuleFolder.of(GuardsTest.class);
    private static final Path CONFORMANCE = APP.resolve("../docs/conformance.md");
    private static final Path PAGE = APP.resolve("../docs/guards.md");
    private static final Path REASONS = APP.resolve("src/test/resources/museum/without-a-piece.txt");

    /// What we keep better than the kernel, every bug and every hole.
    private static final Pattern GUARDED =
            Pattern.compile("\\| ([SIQ]\\d+) \\| (better) \\|.*|\\| ([BG]\\d+) \\| (kernel|better) \\|.*");

    private static final String HEAD = """
            # Guards

            Which line of a core keeps which rule of [conformance.md](conformance.md), and by what it is found when that line is taken
            out: an exploration (`check`), a scenario (`scenario` by its name, `play` by its verbs), or a
            trial of the store and of the file behind a descriptor (`store`). Listed are the bugs of Linux (B), its holes (G), and what we keep better than it does (S, Q).
            [museum.md](museum.md) tells each piece's story. What the loss of any other line of the cores does to their
            tests is in [mutation.md](mutation.md).

            This page is written by `GuardsTest` with `-Dmuseum.rewrite=true`; `MuseumTest` takes each line out.

            | rule | we | piece | taken out | found by |
            |---|---|---|---|---|
            """;

    private static Map<String, String> guarded() throws IOException {
        var rules = new LinkedHashMap<String, String>();
        for (String line : Files.readAllLines(CONFORMANCE)) {
            var row = GUARDED.matcher(line);
            if (row.matches()) {
                boolean better = row.group(1) != null;
                rules.put(row.group(better ? 1 : 3), row.group(better ? 2 : 4));
            }
        }
        return rules;
    }

    private static Map<String, String> reasons() throws IOException {
        return Files.readAllLines(REASONS).stream()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.split(" +", 2))
                .collect(Collectors.toMap(words -> words[0], words -> words[1]));
    }

    private static List<Piece> keeping(String rule) {
        return Museum.pieces().stream()
                .filter(piece -> piece.rules().contains(rule))
                .toList();
    }

    @Test
    void every_rule_with_a_guard_has_a_piece_or_a_reason_why_not() throws IOException {
        var with = new TreeSet<String>();
        Museum.pieces().forEach(piece -> with.addAll(piece.rules()));
        var rules = guarded().keySet();
        var reasons = reasons().keySet();

        var missing = new TreeSet<>(rules);
        missing.removeAll(with);
        missing.removeAll(reasons);
        assertEquals(Set.of(), missing, "neither a piece nor a reason");

        var both = new TreeSet<>(reasons);
        both.removeIf(rule -> rules.contains(rule) && !with.contains(rule));
        assertEquals(Set.of(), both, "a reason for what has a piece, or needs none");
    }

    @Test
    void the_page_lists_them() throws IOException {
        var page = new StringBuilder(HEAD);
        var reasons = reasons();
        guarded()
                .forEach((rule, we) -> rows(rule, reasons.get(rule))
                        .forEach(row -> page.append("| ")
                                .append(rule)
                                .append(" | ")
                                .append(we)
                                .append(row)));
        if (Boolean.getBoolean("museum.rewrite")) {
            Files.writeString(PAGE, page);
        }
        assertEquals(page.toString(), text(PAGE), "-Dmuseum.rewrite=true writes it anew");
    }

    private static List<String> rows(String rule, String reason) {
        var rows = new ArrayList<String>();
        for (Piece piece : keeping(rule)) {
            rows.add(" | " + piece.id() + " | " + piece.taken() + " | `"
                    + piece.finder().replace("|", "\\|") + "` |\n");
        }
        return rows.isEmpty() ? List.of(" | – | – | " + reason + " |\n") : rows;
    }

    private static String text(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
