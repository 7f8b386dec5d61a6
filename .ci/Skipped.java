import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.TreeMap;

/// Prints which tests were skipped, and why: the last lines of a build. Reads what `cachefiles.testing.SkippedTests`
/// wrote in each module.
public final class Skipped {
    private static final String[] MODULES = {"kernel-actors", "daemon-actors", "persistence", "app"};

    private Skipped() {}

    public static void main(String[] none) throws IOException {
        var byReason = new TreeMap<String, ArrayList<String>>();
        long tests = 0;
        for (var module : MODULES) {
            var file = Path.of(module, "target", "skipped.txt");
            if (!Files.exists(file)) continue;
            for (var line : Files.readAllLines(file)) {
                var cells = line.split("\t", 3);
                tests += Long.parseLong(cells[0]);
                byReason.computeIfAbsent(cells[2], _ -> new ArrayList<>())
                        .add("%5s  %s".formatted(cells[0], cells[1].replace("cachefiles.", "")));
            }
        }
        System.out.println();
        if (byReason.isEmpty()) {
            System.out.println("Skipped tests: none");
        } else {
            System.out.println("Skipped tests: " + tests + " (REQUIRE=name,... turns a skip into a failure)");
            byReason.forEach((reason, lines) -> {
                System.out.println("  " + reason);
                lines.forEach(line -> System.out.println("  " + line));
            });
        }
        System.out.println();
    }
}
