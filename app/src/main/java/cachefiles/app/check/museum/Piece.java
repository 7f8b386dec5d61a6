package cachefiles.app.check.museum;

import cachefiles.app.check.explore.Bounds;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// One bug or hole of the catalogue, or a rule of the semantics that a guard keeps.
/// @param id as the catalogue has it, or the rule; a letter behind it if there are several ways
/// @param title in a few words
/// @param linux what happened there
/// @param cve its number; empty if there is none
/// @param here what this design does about it
/// @param guards that are taken out, all at once
/// @param finder by what it is found: `check` with bounds, `scenario` with a name, `store` with a [Trial],
/// or `play` with the verbs of a scenario, the last of which shows it
/// @param rules of docs/conformance.md that its guards keep; its own, if it names no others
/// @param steps of the shortest trace; 0 if it is no trace
public record Piece(
        String id,
        String title,
        String linux,
        String cve,
        String here,
        List<Guard> guards,
        List<String> rules,
        String finder,
        int steps) {
    private static final String CHECK = "check ";

    /// Reads pieces from text. A blank line stands between two; `#` begins a comment.
    ///
    ///     B6  Two descriptors for one object
    ///       linux  after a restore the OPEN goes out again ...
    ///       cve    CVE-2024-41050                  none if there is none
    ///       here   the same handle again
    ///       guard  kernel.device.DeviceCore.deliver: the line's text
    ///       out    hasLiveHandle = false           as [Guard] has it; more guards may follow
    ///       rules  B6 G8                           as [#rules]
    ///       find   check --objects 1 --restores 1
    ///       steps  7
    ///
    /// A line that begins with eight spaces goes on with the one before.
    static List<Piece> parse(String text) {
        var pieces = new ArrayList<Piece>();
        for (String block : text.replaceAll("(?m)^#.*\n", "").strip().split("\n\n+")) {
            pieces.add(one(block.replaceAll("\n {8,}", " ").lines().toList()));
        }
        return List.copyOf(pieces);
    }

    private static Piece one(List<String> lines) {
        var head = lines.getFirst().split(" +", 2);
        Map<String, String> fields = new LinkedHashMap<>();
        var guards = new ArrayList<Guard>();
        for (String line : lines.subList(1, lines.size())) {
            var field = line.strip().split(" +", 2);
            if (field[0].equals("out")) {
                guards.add(guard(fields.getOrDefault("guard", ""), field[1]));
            }
            fields.put(field[0], field[1]);
        }
        return new Piece(
                head[0],
                head[1],
                fields.getOrDefault("linux", ""),
                fields.getOrDefault("cve", ""),
                fields.getOrDefault("here", ""),
                List.copyOf(guards),
                List.of(fields.getOrDefault("rules", head[0].replaceFirst("[a-z]$", ""))
                        .split(" +")),
                fields.getOrDefault("find", ""),
                Integer.parseInt(fields.getOrDefault("steps", "0")));
    }

    private static Guard guard(String where, String out) {
        int colon = where.indexOf(": ");
        int dot = where.lastIndexOf('.', colon);
        if (dot < 0) {
            throw new IllegalArgumentException("a guard is CLASS.METHOD: LINE, not " + where);
        }
        return new Guard(where.substring(0, dot), where.substring(dot + 1, colon), where.substring(colon + 2), out);
    }

    /// The bounds within which exploring finds it; none if it is found by something else.
    public Optional<Bounds> bounds() {
        return finder.startsWith(CHECK)
                ? Optional.of(Inside.bounds(finder.substring(CHECK.length())))
                : Optional.empty();
    }

    /// The lines that are taken out, and how, for a cell of a table in `docs`.
    String taken() {
        return guards.stream()
                .map(guard -> "`" + guard.className().replaceAll(".*\\.", "") + "." + guard.method() + "`: `"
                        + guard.line().replace("|", "\\|") + "` – " + guard.how())
                .collect(Collectors.joining("<br>and "));
    }

    /// The lines that are taken out, each where it stands in its core and how.
    public String shown() {
        var text = new StringBuilder();
        for (Guard guard : guards) {
            text.append(guard.className()).append('.').append(guard.method());
            text.append(", taken out: ").append(guard.how()).append('\n');
            text.append(Source.of(guard).context());
        }
        return text.toString();
    }
}
