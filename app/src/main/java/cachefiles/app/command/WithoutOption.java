package cachefiles.app.command;

import cachefiles.app.check.museum.Museum;
import cachefiles.app.check.museum.Mutant;
import cachefiles.app.check.museum.Piece;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Cores without the guards of some pieces of the museum.
final class WithoutOption {
    @Option(
            names = "--without",
            paramLabel = "ID",
            split = ",",
            converter = PieceName.class,
            description = {
                "Take the guards of this piece of the museum out of the cores, or of several, parted by commas."
            })
    private List<Piece> pieces = List.of();

    static final class PieceName extends Parsed<Piece> {
        PieceName() {
            super(Museum::piece);
        }
    }

    /// The cores without them; null if there are none to take out.
    @Nullable
    Mutant mutant() {
        return pieces.isEmpty() ? null : Mutant.without(pieces);
    }

    List<Piece> pieces() {
        return pieces;
    }

    /// How each of them is found, a line each.
    List<String> finders() {
        return pieces.stream()
                .map(piece ->
                        piece.id() + " is found by `" + piece.finder() + "`: ./cachefiles museum run " + piece.id())
                .toList();
    }

    /// Their ids, parted by commas.
    String ids() {
        return pieces.stream().map(Piece::id).collect(Collectors.joining(","));
    }
}
