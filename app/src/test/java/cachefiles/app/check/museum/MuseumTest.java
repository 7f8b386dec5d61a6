package cachefiles.app.check.museum;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.app.check.explore.Explorer;
import cachefiles.app.check.museum.Museum.Found;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every bug of the museum is found again, by what its piece names and in as many steps.
@DisplayNameGeneration(ReplaceUnderscores.class)
class MuseumTest {
    private static final Path PAGE = Path.of("..", "docs", "museum.md");

    private static final Path PIECES =
            Path.of("src", "main", "resources", "cachefiles", "app", "check", "museum", "pieces.txt");
    private static final Map<String, Found> FOUND = new ConcurrentHashMap<>();

    private static Found found(Piece piece) {
        return FOUND.computeIfAbsent(piece.id(), _ -> Museum.run(piece));
    }

    private static List<String> pieces() {
        return Museum.pieces().stream().map(Piece::id).toList();
    }

    @ParameterizedTest
    @MethodSource("pieces")
    void with_its_guard_taken_out_the_bug_is_found(String id) throws IOException {
        var piece = Museum.piece(id);
        var found = found(piece);
        assertTrue(found.found(), piece.finder());
        if (Boolean.getBoolean("museum.rewrite")) {
            record(found);
        } else if (piece.finder().startsWith("check ")) {
            assertEquals(piece.steps(), found.traceSteps(), "-Dmuseum.rewrite=true records it: " + found.by());
        }
        assertTrue(found.traceSteps() > 0, found.text());
    }

    private static void record(Found found) throws IOException {
        var steps = Pattern.compile("^(" + found.piece().id() + "  (?:.+\n)*?  steps  )\\d+$", Pattern.MULTILINE);
        Files.writeString(PIECES, steps.matcher(Files.readString(PIECES)).replaceFirst("$1" + found.traceSteps()));
    }

    @ParameterizedTest
    @MethodSource("pieces")
    void with_its_guard_in_place_nothing_is_found(String id) {
        var piece = Museum.piece(id);
        var whole = new Piece(id, "", "", "", "", List.of(), List.of(), piece.finder(), 0);
        assertFalse(Museum.run(whole).found(), piece.finder());
    }

    @Test
    void where_either_line_is_enough_neither_alone_is_missed() {
        var pairs = Museum.pieces().stream()
                .filter(piece -> piece.here().contains("either is enough"))
                .toList();
        assertEquals(
                List.of("B3", "B6", "B17", "G7", "S55"),
                pairs.stream().map(Piece::id).toList());
        for (Piece pair : pairs) {
            for (Guard guard : pair.guards()) {
                var alone = new Piece(pair.id(), "", "", "", "", List.of(guard), List.of(), pair.finder(), 0);
                assertFalse(Museum.run(alone).found(), alone.toString());
            }
        }
    }

    @Test
    void every_piece_tells_what_it_is() {
        assertEquals(new HashSet<>(pieces()).size(), pieces().size());
        assertAll(Museum.pieces().stream().map(piece -> () -> {
            assertFalse(piece.linux().isEmpty() || piece.here().isEmpty(), piece.id());
            assertTrue(piece.cve().isEmpty() || piece.cve().matches("CVE-\\d{4}-\\d+"), piece.id());
            assertTrue(piece.shown().contains("▶"), piece.id());
        }));
    }

    @Test
    void a_line_that_is_not_in_the_core_is_told() {
        var gone = new Guard("kernel.device.DeviceCore", "flush", "step.record(null);", "skip");
        var twice = new Guard("kernel.device.DeviceCore", "deliver", "step.record(new Ended(request.id()));", "skip");
        assertAll(List.of(gone, twice).stream()
                .map(guard -> () -> assertThrows(IllegalArgumentException.class, () -> Source.of(guard))));
    }

    @Test
    void the_cores_themselves_stay_whole() {
        var bounds = Inside.bounds("--device-closes 1");
        assertFalse(Mutant.without(List.of(Museum.piece("B1")))
                .explore(bounds, Explorer.Options.DEFAULT)
                .held());
        assertTrue(Explorer.explore(bounds, Explorer.Options.DEFAULT, _ -> {}).held());
    }

    @Test
    void the_page_tells_what_is_found() throws IOException {
        var page = Museum.page(Museum.pieces().stream().map(MuseumTest::found).toList());
        if (Boolean.getBoolean("museum.rewrite")) {
            Files.writeString(PAGE, page);
        }
        assertEquals(page, Files.readString(PAGE), "-Dmuseum.rewrite=true writes it anew");
    }
}
