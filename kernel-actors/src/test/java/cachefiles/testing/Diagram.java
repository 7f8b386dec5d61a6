package cachefiles.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// The arrows of a state diagram in a Javadoc: `A ──why──▶ B ──why──▶ C`, several chains a line apart by blanks, and
/// `A, B ──why──▶ C` for one move out of several states.
public final class Diagram {
    private static final Pattern STATES = Pattern.compile("\\w+(?:, \\w+)*");
    private static final Pattern ARROW = Pattern.compile(" ──[^─▶]+──▶ ");

    private Diagram() {}

    /// The moves drawn in the source of `core`, each as `A -> B`.
    public static SortedSet<String> movesIn(Class<?> core) {
        var moves = new TreeSet<String>();
        for (String line : linesOf(ModuleFolder.sourceOf(core))) {
            if (!line.strip().startsWith("///") || !line.contains("──▶")) {
                continue;
            }
            for (String chain : line.strip().substring(3).strip().split(" {3,}")) {
                addMoves(chain, moves);
            }
        }
        return moves;
    }

    private static void addMoves(String chain, SortedSet<String> moves) {
        var states = ARROW.split(chain);
        for (String state : states) {
            if (!STATES.matcher(state).matches()) {
                throw new IllegalArgumentException("not `A ──why──▶ B`: " + chain);
            }
        }
        for (int i = 1; i < states.length; i++) {
            for (String from : states[i - 1].split(", ")) {
                moves.add(from + " -> " + states[i]);
            }
        }
    }

    private static Iterable<String> linesOf(Path source) {
        try {
            return Files.readAllLines(source);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
