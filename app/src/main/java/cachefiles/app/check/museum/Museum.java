package cachefiles.app.check.museum;

import cachefiles.app.check.explore.Bounds;
import cachefiles.app.check.explore.Explorer;
import cachefiles.app.check.explore.Trace;
import cachefiles.app.check.explore.Verdict;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The bugs that Linux had, each found again: one guard is taken out of a compiled core, and the explorer or a scenario
/// runs with what is left. The cores themselves know nothing of it.
public final class Museum {
    private static final String PIECES = "cachefiles/app/check/museum/pieces.txt";
    private static final String PAGE = "cachefiles/app/check/museum/page.md"; // what comes before the rows
    private static final long MAX_STATES = 2_000_000;

    /// What became of a piece.
    /// @param by what found it: the invariant that does not hold, or the scenario; empty if nothing did
    /// @param trace null if it was found by no exploration
    public record Found(
            Piece piece, boolean found, String by, @Nullable Trace trace) {
        public int traceSteps() {
            return trace == null ? 0 : trace.steps().size();
        }
    }

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
        if (finder[0].equals("check")) {
            var options = new Explorer.Options(false, true, 1, MAX_STATES);
            var verdict = explore(piece, Inside.bounds(finder[1]), options);
            var what = verdict.violation();
            return new Found(piece, what != null, what == null ? "" : what, verdict.trace());
        }
        boolean held = (Boolean) call(piece, "holds", resource("scenarios/" + finder[1] + ".txt"));
        return new Found(piece, !held, held ? "" : "scenario " + finder[1], null);
    }

    /// Explores what is left without the piece's guards.
    public static Verdict explore(Piece piece, Bounds bounds, Explorer.Options options) {
        var flags = bounds.flags() + (bounds.forged() ? "" : " --forged 0");
        return Inside.in(bounds, (Map<?, ?>) call(piece, "explore", flags, Inside.options(options)));
    }

    /// The museum as a page for `docs`.
    public static String page(List<Found> results) {
        var page = new StringBuilder(resource(PAGE));
        for (Found found : results) {
            var piece = found.piece();
            var guards = piece.guards().stream()
                    .map(guard -> "`" + guard.className().replaceAll(".*\\.", "") + "." + guard.method() + "`: `"
                            + guard.line().replace("|", "\\|") + "` – " + guard.how())
                    .toList();
            page.append("| **").append(piece.id()).append("** ").append(piece.title());
            page.append(piece.cve().isEmpty() ? "" : " (" + piece.cve() + ")");
            page.append(" | ").append(piece.linux()).append(" | ").append(piece.here());
            page.append(" | ").append(String.join("<br>and ", guards));
            page.append(" | `").append(piece.finder()).append("` | ").append(found.found() ? found.by() : "NOT FOUND");
            page.append(" | ")
                    .append(found.trace() == null ? "" : found.traceSteps())
                    .append(" |\n");
        }
        return page.toString();
    }

    private static Object call(Piece piece, String method, String... arguments) {
        try {
            var inside = new MutantLoader(piece.guards()).loadClass(Inside.class.getName());
            var types = new Class<?>[arguments.length];
            Arrays.fill(types, String.class);
            return Objects.requireNonNull(inside.getMethod(method, types).invoke(null, (Object[]) arguments));
        } catch (InvocationTargetException thrown) {
            throw new IllegalStateException(piece.id() + ": " + thrown.getCause(), thrown.getCause());
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static String resource(String name) {
        return new String(
                MutantLoader.bytes(Objects.requireNonNull(Museum.class.getClassLoader()), name),
                StandardCharsets.UTF_8);
    }
}
