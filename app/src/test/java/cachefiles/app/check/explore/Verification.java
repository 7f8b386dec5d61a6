package cachefiles.app.check.explore;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;

/// Explores all presets and writes what was found between the marks of docs/verification.md: `make verification`.
public final class Verification {
    private static final String BEGIN = "<!-- explored: written by `make verification` -->";
    private static final String END = "<!-- end of what was explored -->";
    private static final long MOST_STATES = 60_000_000;

    private Verification() {}

    /// @param args the document, and the presets, if not all: of others the old rows stay
    public static void main(String[] args) throws IOException {
        var document = Path.of(args[0]);
        var text = new StringBuilder("%s, %d cores, Linux %s, Java %s, at most %,d MiB of heap.%n%n"
                .formatted(
                        LocalDate.now(ZoneId.systemDefault()),
                        Runtime.getRuntime().availableProcessors(),
                        System.getProperty("os.version"),
                        Runtime.version(),
                        Runtime.getRuntime().maxMemory() >> 20));
        text.append(
                "| preset | bounds | states | depth | transitions | s | states/s | odds of a hidden state | verdict |\n");
        text.append("|---|---|---:|---:|---:|---:|---:|---:|---|\n");
        var old = Files.readString(document);
        var asked = List.of(args).subList(1, args.length);
        for (String preset : List.of("quick", "standard", "deep")) {
            if (!asked.isEmpty() && !asked.contains(preset)) {
                old.lines()
                        .filter(line -> line.startsWith("| " + preset + " |"))
                        .forEach(line -> text.append(line).append('\n'));
                continue;
            }
            for (Bounds bounds : Presets.of(preset)) {
                var row = row(preset, explored(bounds));
                System.err.print(row);
                text.append(row);
            }
        }
        int begin = old.indexOf(BEGIN);
        int end = old.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new IOException(document + " has no marks to write the table between");
        }
        Files.writeString(document, old.substring(0, begin) + BEGIN + "\n" + text + old.substring(end));
    }

    private static Verdict explored(Bounds bounds) {
        var all = Explorer.Options.DEFAULT;
        return Explorer.explore(bounds, new Explorer.Options(false, true, all.threads(), MOST_STATES), _ -> {});
    }

    private static String row(String preset, Verdict verdict) {
        return String.format(
                Locale.ROOT,
                "| %s | `%s` | %,d | %d | %,d | %.1f | %,.0f | %.0e | %s |%n",
                preset,
                verdict.bounds().flags(),
                verdict.states(),
                verdict.depth(),
                verdict.transitions(),
                verdict.seconds(),
                verdict.states() / verdict.seconds(),
                verdict.odds(),
                !verdict.held() ? "VIOLATED" : verdict.exhausted() ? "exhausted, held" : "not exhausted");
    }
}
