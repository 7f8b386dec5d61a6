package cachefiles.app.check.museum;

import cachefiles.daemon.core.DaemonCore;
import cachefiles.kernel.device.DeviceCore;
import cachefiles.testing.ModuleFolder;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;

/// Mutation tests of the cores: PIT changes one instruction at a time and runs the tests of the cores and the checker
/// that reach it; a change that no test notices survives. Writes docs/mutation.md: `make mutation`.
///
/// Each package is a part, whose last outcome stays in `target/mutation`; of a part that was not run here the page goes
/// on telling what it told.
public final class Mutation {
    private static final List<String> PARTS =
            List.of("kernel.device", "kernel.object", "kernel.reader", "kernel.cache", "daemon.core", "kernel.uapi");

    private static final String TESTS = "cachefiles.kernel.device.*Test,cachefiles.kernel.object.*Test,"
            + "cachefiles.kernel.reader.*Test,cachefiles.kernel.cache.*Test,cachefiles.kernel.uapi.*Test,"
            + "cachefiles.daemon.core.*Test,cachefiles.app.check.ScenariosTest,cachefiles.app.check.DeviceWalkTest,"
            + "cachefiles.app.check.CrashEverywhereTest";

    private static final String NOT_MUTATED = "cachefiles.kernel.uapi.KeyText"; // prints keys; no core uses it

    private static final Path OUTCOMES = ModuleFolder.of(Mutation.class).resolve("target/mutation");
    private static final Path REASONS =
            ModuleFolder.of(Mutation.class).resolve("src/test/resources/museum/survivors.txt");

    /// One change.
    record Mutant(String part, String type, String method, int line, String change, String status) {
        boolean killed() {
            return status.equals("KILLED") || status.equals("TIMED_OUT") || status.equals("MEMORY_ERROR");
        }

        /// The line, without a comment behind it.
        String source() throws IOException {
            var module = ModuleFolder.of(part.startsWith("daemon") ? DaemonCore.class : DeviceCore.class);
            var file = module.resolve(
                    "src/main/java/cachefiles", type.replaceAll("\\$.*", "").replace('.', '/') + ".java");
            return Files.readAllLines(file)
                    .get(line - 1)
                    .replaceFirst("\\s+// .*", "")
                    .strip();
        }

        /// Whether javac made the branch, not the source: whether a component is of its own type, in a record pattern.
        boolean isOfTheCompiler() throws IOException {
            return change.equals("removed conditional - replaced equality check with true")
                    && source().matches("case .*");
        }

        String key() throws IOException {
            return type + "." + method + " | " + source().replace('|', '¦') + " | " + change;
        }
    }

    private Mutation() {}

    /// @param args the page, and the parts, if not all
    public static void main(String[] args) throws Exception {
        var asked = List.of(args).subList(1, args.length);
        for (String part : PARTS) {
            if (asked.isEmpty() || asked.contains(part)) {
                mutate(part);
            }
        }
        var page = Path.of(args[0]);
        Files.writeString(page, page(Files.readAllLines(page)));
        System.err.println(page + " is written");
    }

    private static void mutate(String part) throws IOException, InterruptedException {
        var classes = Stream.of(DeviceCore.class, DaemonCore.class)
                .map(Mutation::classes)
                .toList();
        var sources = Stream.of(DeviceCore.class, DaemonCore.class)
                .map(core -> ModuleFolder.of(core).resolve("src/main/java").toString())
                .toList();
        var path = new ArrayList<>(List.of(System.getProperty("java.class.path")));
        classes.forEach(folder -> path.add(folder.resolveSibling("test-classes").toString()));
        var command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                String.join(File.pathSeparator, path),
                "org.pitest.mutationtest.commandline.MutationCoverageReport",
                "--targetClasses=cachefiles." + part + ".*",
                "--excludedClasses=" + NOT_MUTATED,
                "--targetTests=" + TESTS,
                "--mutableCodePaths="
                        + String.join(",", classes.stream().map(Path::toString).toList()),
                "--sourceDirs=" + String.join(",", sources),
                "--reportDir=" + OUTCOMES.resolve(part),
                "--outputFormats=XML",
                "--timestampedReports=false",
                "--mutators=STRONGER",
                "--threads=1",
                "--useClasspathJar=true",
                "--jvmArgs=-Xss16m"));
        int exit = new ProcessBuilder(command)
                .directory(ModuleFolder.of(Mutation.class).toFile()) // where these tests run
                .inheritIO()
                .start()
                .waitFor();
        if (exit != 0) {
            throw new IOException("PIT ended with " + exit + " over " + part);
        }
    }

    private static Path classes(Class<?> core) {
        return Path.of(core.getProtectionDomain().getCodeSource().getLocation().getPath());
    }

    /// What is known of a part.
    record Outcome(int mutants, int killed, List<String> survivors) {}

    private static String page(List<String> before) throws Exception {
        var reasons = Files.readAllLines(REASONS).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(line -> line.split(" \\| ", 4))
                .toList();
        var table = new StringBuilder();
        var survivors = new StringBuilder();
        int all = 0;
        int killed = 0;
        for (String part : PARTS) {
            var mutants = mutants(part);
            var outcome = mutants.isEmpty() ? told(part, before) : measured(mutants);
            all += outcome.mutants();
            killed += outcome.killed();
            table.append(row(part, outcome.mutants(), outcome.killed()));
            for (String key : outcome.survivors()) {
                survivors.append("| `").append(key.replace(" | ", "` | `")).append("` | ");
                survivors.append(reason(reasons, key)).append(" |\n");
            }
        }
        return HEAD.formatted(
                        LocalDate.now(ZoneId.systemDefault()), System.getProperty("os.version"), Runtime.version())
                + table
                + row("all", all, killed)
                + "\n## Survivors\n\n| where | line | change | why |\n|---|---|---|---|\n"
                + survivors;
    }

    private static Outcome measured(List<Mutant> mutants) throws IOException {
        var survivors = new ArrayList<String>();
        for (Mutant mutant : mutants) {
            if (!mutant.killed()) {
                survivors.add(mutant.key());
            }
        }
        return new Outcome(mutants.size(), mutants.size() - survivors.size(), survivors);
    }

    /// What the page told of a part before.
    private static Outcome told(String part, List<String> page) {
        var row = page.stream()
                .filter(line -> line.startsWith("| " + part + " | "))
                .map(line -> line.replace(",", "").split(" \\| ", 4))
                .findFirst();
        var survivors = page.stream()
                .filter(line -> line.startsWith("| `" + part + "."))
                .map(line -> line.substring(3, line.lastIndexOf("` | ")).replace("` | `", " | "))
                .toList();
        return row.map(cells -> new Outcome(Integer.parseInt(cells[1]), Integer.parseInt(cells[2]), survivors))
                .orElse(new Outcome(0, 0, survivors));
    }

    private static String row(String part, int mutants, int killed) {
        return String.format(
                Locale.ROOT,
                "| %s | %,d | %,d | %.1f %% |%n",
                part,
                mutants,
                killed,
                mutants == 0 ? 0 : 100.0 * killed / mutants);
    }

    /// The first whose place, line and change are all found in the mutant's.
    private static String reason(List<String[]> reasons, String of) {
        var key = of.split(" \\| ", 3);
        for (String[] reason : reasons) {
            if (key[0].matches(reason[0]) && key[1].contains(reason[1]) && key[2].contains(reason[2])) {
                return reason[3];
            }
        }
        return "not looked at yet";
    }

    private static List<Mutant> mutants(String part) throws Exception {
        var file = OUTCOMES.resolve(part).resolve("mutations.xml");
        var mutants = new ArrayList<Mutant>();
        if (!Files.exists(file)) {
            return mutants;
        }
        var found = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(file.toFile())
                .getElementsByTagName("mutation");
        for (int at = 0; at < found.getLength(); at++) {
            var one = (Element) found.item(at);
            var mutant = new Mutant(
                    part,
                    text(one, "mutatedClass").replaceFirst("^cachefiles\\.", ""),
                    text(one, "mutatedMethod"),
                    Integer.parseInt(text(one, "lineNumber")),
                    text(one, "description"),
                    one.getAttribute("status"));
            if (!mutant.isOfTheCompiler()) {
                mutants.add(mutant);
            }
        }
        return mutants;
    }

    private static String text(Element of, String name) {
        return of.getElementsByTagName(name).item(0).getTextContent();
    }

    private static final String HEAD = """
            # Mutation tests

            `make mutation` changes the compiled cores, one instruction at a time, and runs the tests that reach it: tables, scenarios,
            random walks, a crash after each message. A change that no test notices survives, and stands below with the reason:
            either nobody could notice it, or a test is missing. PIT 1.30.0 does this, with its mutators STRONGER. Not counted are
            branches that javac makes for record patterns and that always go one way. Of the museum's explorer and simulation, which
            find more ([guards.md](guards.md)), none takes part here: a survivor would cost minutes each.

            Written by that command on %s, 2 cores, Linux %s, Java %s. `make mutation PARTS='kernel.reader'` runs a part anew.

            | part | mutants | killed | |
            |---|---:|---:|---:|
            """;
}
