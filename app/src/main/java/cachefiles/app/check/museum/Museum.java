package cachefiles.app.check.museum;

import cachefiles.app.check.explore.Explorer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/// The bugs that Linux had, each found again: one guard is taken out of a compiled core, and the explorer or a scenario
/// runs with what is left. The cores themselves know nothing of it.
public final class Museum {
    private static final String PIECES = "cachefiles/app/check/museum/pieces.txt";
    private static final String PAGE = "cachefiles/app/check/museum/page.md"; // what comes before the rows
    private static final long MAX_STATES = 2_000_000;

    /// What became of a piece.
    /// @param by what does not hold, or what happens in a scenario instead of what should; empty if it was not found
    /// @param traceSteps how many steps it takes: of the shortest trace, or verbs of the scenario
    /// @param text the trace, or the scenario with what happens in it
    public record Found(Piece piece, boolean found, String by, int traceSteps, String text) {}

    private Museum() {}

    /// All pieces, in the catalogue's order.
    public static List<Piece> pieces() {
        return Piece.parse(resource(PIECES));
    }

    /// @throws IllegalArgumentException if there is none of that name
    public static Piece piece(String id) {
        return pieces().stream()
                .filter(piece -> piece.id().equalsIgnoreCase(id))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException("no piece " + id + ": `museum list` tells which there are"));
    }

    /// Looks for the bug with what the piece names.
    public static Found run(Piece piece) {
        var finder = piece.finder().split(" +", 2);
        var without = Mutant.without(List.of(piece));
        return switch (finder[0]) {
            case "check" -> explored(piece, without, finder[1]);
            case "store" -> tried(piece, without, finder[1].toUpperCase(Locale.ROOT));
            case "scenario" -> played(piece, without, true, resource("scenarios/" + finder[1] + ".txt"));
            case "play" ->
                played(
                        piece,
                        without,
                        false,
                        "# played\ntags: " + piece.id() + "\n\n" + finder[1].replace(" | ", "\n") + "\n----\n");
            default -> throw new IllegalArgumentException(piece.id() + ": nothing finds by " + finder[0]);
        };
    }

    private static Found explored(Piece piece, Mutant without, String flags) {
        var options = new Explorer.Options(false, true, 1, MAX_STATES);
        var verdict = without.explore(Inside.bounds(flags), options);
        var what = verdict.violation();
        var trace = verdict.trace();
        return what == null || trace == null
                ? notFound(piece)
                : new Found(piece, true, what, trace.steps().size(), trace.text());
    }

    private static Found tried(Piece piece, Mutant without, String trial) {
        var mutant = without.tried(trial);
        var shipped = Mutant.without(List.of()).tried(trial);
        var by = "`" + mutant + "` instead of `" + shipped + "`";
        return mutant.equals(shipped) ? notFound(piece) : new Found(piece, true, by, 1, by + "\n");
    }

    /// @param named whether it is one of the scenarios that are shipped, with what has to happen
    private static Found played(Piece piece, Mutant without, boolean named, String scenario) {
        var shipped = named ? scenario : Inside.play(scenario);
        var mutant = without.play(scenario);
        if (mutant.startsWith(Inside.BROKEN)) {
            return new Found(piece, true, mutant, verbs(shipped.lines().toList()), mutant + "\n");
        }
        return compared(piece, named, shipped.lines().toList(), mutant.lines().toList());
    }

    private static Found notFound(Piece piece) {
        return new Found(piece, false, "", 0, "");
    }

    /// @param named whether each line counts, or the last alone
    private static Found compared(Piece piece, boolean named, List<String> shipped, List<String> mutant) {
        int at = named ? 0 : shipped.size() - 1; // of as many lines, for they stand for the same verbs
        while (at < shipped.size() && shipped.get(at).equals(mutant.get(at))) {
            at++;
        }
        if (at == shipped.size()) {
            return notFound(piece);
        }
        var verb = mutant.get(at).split(" {2,}")[0];
        var by = "`" + verb + "`: `" + happened(mutant.get(at)) + "` instead of `" + happened(shipped.get(at)) + "`";
        var text = String.join("\n", mutant.subList(0, at + 1)) + "\n";
        return new Found(piece, true, by, verbs(mutant.subList(0, at + 1)), text);
    }

    private static String happened(String line) {
        return line.contains("  ") ? line.replaceFirst(".*? {2,}", "") : "nothing";
    }

    /// How many lines tell what happened.
    private static int verbs(List<String> lines) {
        int verbs = 0;
        boolean below = false;
        for (String line : lines) {
            below = line.equals("----") || below && !line.isBlank();
            verbs += below && !line.equals("----") ? 1 : 0;
        }
        return verbs;
    }

    /// The museum as a page for `docs`.
    public static String page(List<Found> results) {
        var page = new StringBuilder(resource(PAGE));
        for (Found found : results) {
            var piece = found.piece();
            page.append("| **").append(piece.id()).append("** ").append(piece.title());
            page.append(piece.cve().isEmpty() ? "" : " (" + piece.cve() + ")");
            page.append(" | ").append(piece.linux()).append(" | ").append(piece.here());
            page.append(" | ").append(piece.taken());
            page.append(" | `")
                    .append(piece.finder().replace("|", "\\|"))
                    .append("` | ")
                    .append(found.found() ? found.by().replace("|", "\\|") : "NOT FOUND");
            page.append(" | ").append(found.traceSteps()).append(" |\n");
        }
        return page.toString();
    }

    private static String resource(String name) {
        return new String(
                MutantLoader.bytes(Objects.requireNonNull(Museum.class.getClassLoader()), name),
                StandardCharsets.UTF_8);
    }
}
