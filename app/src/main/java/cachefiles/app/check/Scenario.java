package cachefiles.app.check;

import cachefiles.app.check.trace.Recorder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A scenario in text, as etcd's raft has them: what is done above `----`, what happens below it, up to a blank line.
///
///     # the daemon dies holding a READ; its successor finishes it
///     tags: Q5 S74 I18
///
///     open blob | pick | copen 0 65536
///     ----
///     open blob        OPEN#0 NEW; blob CLOSE→OPENING
///     pick             OPEN#0 blob h1
///     copen 0 65536    ok; blob OPENING→OPEN; blob acquired, 65536 bytes
///
/// What can be done is described at [Stage].
/// @param title the first line
/// @param tags the rules it shows
public record Scenario(String title, List<String> tags, List<String> lines) {
    private static final String RULE = "----";

    /// @throws IllegalArgumentException if `text` has no title or no tags
    public static Scenario parse(String text) {
        var lines = List.of(text.split("\n", -1));
        if (!lines.getFirst().startsWith("# ")) {
            throw new IllegalArgumentException("a scenario begins with `# ` and one sentence");
        }
        var tags = lines.stream().filter(line -> line.startsWith("tags: ")).findFirst();
        if (tags.isEmpty()) {
            throw new IllegalArgumentException("a scenario has a line `tags: ` with the rules it shows");
        }
        return new Scenario(
                lines.getFirst().substring(2),
                Arrays.asList(tags.get().substring("tags: ".length()).split(" ")),
                lines);
    }

    /// The scenario with what happens below each `----`: the same text, if it is right.
    /// @throws IllegalArgumentException naming the line that cannot be done
    public String rewritten() {
        return rewritten(null);
    }

    /// As [#rewritten()], with each step of the cores taken down.
    public String rewritten(@Nullable Recorder recorder) {
        return played(new Stage(recorder));
    }

    /// What happens when others play it, told in the order of the letters within each verb: what several actors do at
    /// once has no order.
    public String playedBy(Ensemble.Casting casting) {
        return unordered(played(new Stage(casting)));
    }

    /// The scenario as [#playedBy] tells it, if it is right.
    public String unordered() {
        return unordered(String.join("\n", lines));
    }

    private static String unordered(String text) {
        boolean below = false;
        var told = new ArrayList<String>();
        for (String line : text.split("\n", -1)) {
            below = !line.isBlank() && (below || line.equals(RULE));
            int outcome = below ? line.indexOf("    ") : -1;
            told.add(
                    outcome < 0
                            ? line
                            : line.substring(0, outcome) + "    "
                                    + sorted(line.substring(outcome).strip()));
        }
        return String.join("\n", told);
    }

    private static String sorted(String outcome) {
        return Arrays.stream(outcome.split("; ")).sorted().collect(Collectors.joining("; "));
    }

    private String played(Stage playing) {
        try (var stage = playing) {
            return playedOn(stage);
        }
    }

    private String playedOn(Stage stage) {
        var text = new ArrayList<String>();
        var verbs = new ArrayList<String>();
        boolean below = false;
        int number = 0;
        for (String line : lines) {
            number++;
            if (line.isBlank()) {
                below = false;
                verbs.clear();
                text.add("");
            } else if (line.equals(RULE)) {
                text.add(RULE);
                text.addAll(perform(stage, verbs, number));
                below = true;
            } else if (!below) {
                text.add(line);
                if (!line.startsWith("#") && !line.startsWith("tags: ")) {
                    verbs.addAll(
                            Arrays.stream(line.split("\\|")).map(String::strip).toList());
                }
            }
        }
        return String.join("\n", text);
    }

    private static List<String> perform(Stage stage, List<String> verbs, int number) {
        var happened = new ArrayList<String>();
        int width = verbs.stream().mapToInt(String::length).max().orElse(0) + 4;
        for (String verb : verbs) {
            try {
                var outcome = stage.perform(verb);
                happened.add((verb + " ".repeat(width - verb.length()) + outcome).stripTrailing());
            } catch (IllegalArgumentException wrong) {
                throw new IllegalArgumentException(
                        "above line " + number + ", `" + verb + "`: " + wrong.getMessage(), wrong);
            }
        }
        return happened;
    }
}
