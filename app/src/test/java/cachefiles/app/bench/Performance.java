package cachefiles.app.bench;

import static cachefiles.app.bench.RestoreOfOne.What.KEPT;
import static cachefiles.app.bench.RestoreOfOne.What.LOST;
import static cachefiles.app.bench.RestoreOfOne.What.ORDINARY;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;
import org.openjdk.jmh.util.Statistics;

/// Runs all benchmarks, each right after the limit that it is compared with, and writes the tables between the marks of
/// docs/performance.md: `make performance`.
public final class Performance {
    private static final String VIRTUAL = "-Djmh.executor=VIRTUAL";

    private final StringBuilder text = new StringBuilder();

    private Performance() {}

    private interface Part {
        void write() throws Exception;
    }

    /// @param args the document, and `tables`, `ratios` or `scale` for that part alone
    public static void main(String[] args) throws Exception {
        var document = Path.of(args[0]);
        var run = new Performance();
        for (String part : args.length > 1 ? List.of(args[1]) : List.of("tables", "ratios", "scale")) {
            run.replace(
                    document,
                    part,
                    switch (part) {
                        case "ratios" -> run::ratios;
                        case "scale" -> run::scale;
                        default -> run::all;
                    });
        }
    }

    /// Writes what stands between the marks of a part.
    private void replace(Path document, String name, Part part) throws Exception {
        String begin = "<!-- " + name + ": written by `make performance` -->";
        String end = "<!-- end of " + name + " -->";
        if (!Files.readString(document).contains(begin)) {
            throw new IOException(document + " has no marks to write the " + name + " between");
        }
        text.setLength(0);
        part.write();
        var old = Files.readString(document);
        Files.writeString(
                document, old.substring(0, old.indexOf(begin)) + begin + "\n" + text + old.substring(old.indexOf(end)));
    }

    private void ratios() throws Exception {
        machine();
        table(
                "`serve`, and the nginx that is its origin asked by the same client, s, and CPU seconds of `serve` a GiB",
                Ratios.COLUMNS);
        Ratios.measure(each -> line("%s", each));
        line("Load average at the end: %s.", load());
    }

    private void scale() throws Exception {
        machine();
        Scale.measure(each -> line("%s", each));
        line("Load average at the end: %s.", load());
    }

    private void all() throws Exception {
        machine();
        misses();
        opens();
        hits();
        restores();
        reopens();
        line("Load average at the end: %s.", load());
    }

    private void machine() throws IOException {
        line(
                "%s, commit %s, by `make performance`. Each cell: minimum / **median** / maximum of the iterations.",
                LocalDate.now(ZoneId.systemDefault()), said("git", "describe", "--always", "--dirty"));
        line("");
        line(
                "%d × %s, Linux %s, Java %s; files on %s; load average at the start %s.",
                Runtime.getRuntime().availableProcessors(),
                processor(),
                System.getProperty("os.version"),
                System.getProperty("java.runtime.version"),
                Bench.place(),
                load());
    }

    /// What an operation takes of the clock, and of the processors.
    private record Measured(Statistics rate, Statistics cpu) {}

    private void misses() throws RunnerException {
        table(
                "Cold reads, what they would cost without our code (`Floor`), and round trips of two processes over a "
                        + "pipe: a second, and µs of CPU each",
                "readers | what | a second | CPU, µs | rate to as many pipes | rate to one pipe | pipe's least CPU to its least");
        Measured onePipe = null;
        for (int readers : new int[] {1, 16, 64}) {
            var pipe = measured(named(Pipe.class).threads(readers));
            onePipe = onePipe == null ? pipe : onePipe;
            row(readers, "4 KiB, threads", measured(misses(4096, readers)), pipe, onePipe);
            var virtual = misses(4096, readers).jvmArgsAppend(VIRTUAL);
            row(readers, "4 KiB, virtual threads", measured(virtual), pipe, onePipe);
            for (String hands : List.of("alone", "handed")) {
                var floor = new OptionsBuilder().include(Floor.class.getName() + "." + hands);
                row(readers, "floor, " + hands, measured(floor.threads(readers)), pipe, onePipe);
            }
            row(readers, "pipe", pipe, pipe, onePipe);
            row(readers, "128 KiB, threads", measured(misses(131072, readers).warmupIterations(2)), pipe, onePipe);
        }
    }

    private static ChainedOptionsBuilder misses(int bytes, int readers) {
        return named(Misses.class).param("bytes", "" + bytes).threads(readers);
    }

    private void row(int readers, String what, Measured measured, Measured pipe, Measured onePipe) {
        line(
                "| %d | %s | %s | %s | %s | %s | %s |",
                readers,
                what,
                cell(measured.rate),
                cell(measured.cpu),
                ratio(measured.rate, pipe.rate),
                ratio(measured.rate, onePipe.rate),
                quotient(pipe.cpu.getMin(), measured.cpu.getMin()));
    }

    private static Measured measured(ChainedOptionsBuilder options) throws RunnerException {
        RunResult result = run(options.addProfiler(CpuTime.class));
        return new Measured(
                result.getPrimaryResult().getStatistics(),
                result.getSecondaryResults().get(CpuTime.RESULT).getStatistics());
    }

    private void opens() throws RunnerException {
        table("Cold opens a second, 16 at a time", "journal | opens");
        for (String journal : List.of("MEMORY", "H2")) {
            line(
                    "| %s | %s |",
                    journal.toLowerCase(Locale.ROOT),
                    cell(one(named(Opens.class).param("journal", journal))));
        }
    }

    private void hits() throws RunnerException {
        table("Reads of 4 KiB that are present, a second", "objects | 1 thread | 4 threads");
        for (String objects : List.of("1", "10000")) {
            line(
                    "| %s | %s | %s |",
                    objects,
                    cell(one(named(Hits.class).param("objects", objects).threads(1))),
                    cell(one(named(Hits.class).param("objects", objects).threads(4))));
        }
    }

    private void restores() throws Exception {
        table(
                "Restore, from the successor's first word to the last byte, µs, beside as many ordinary misses",
                "in flight | ordinary | restored, handles kept | restored, handles lost | kept to ordinary | lost to ordinary");
        restored(1, RestoreOfOne.measure());
        for (int inFlight : new int[] {1000, 100_000}) {
            restored(
                    inFlight,
                    Map.of(
                            ORDINARY, one(restore("ordinary", inFlight, "KEPT")),
                            KEPT, one(restore("restored", inFlight, "KEPT")),
                            LOST, one(restore("restored", inFlight, "LOST"))));
        }
    }

    private void restored(int inFlight, Map<RestoreOfOne.What, Statistics> micros) {
        var ordinary = Objects.requireNonNull(micros.get(ORDINARY));
        var kept = Objects.requireNonNull(micros.get(KEPT));
        var lost = Objects.requireNonNull(micros.get(LOST));
        line(
                "| %,d | %s | %s | %s | %s | %s |",
                inFlight, cell(ordinary), cell(kept), cell(lost), ratio(kept, ordinary), ratio(lost, ordinary));
    }

    private static ChainedOptionsBuilder restore(String what, int inFlight, String handles) {
        return new OptionsBuilder()
                .include(Restores.class.getName() + "." + what)
                .param("inFlight", "" + inFlight)
                .param("handles", handles)
                .warmupIterations(inFlight < 100_000 ? 20 : 1)
                .measurementIterations(inFlight < 100_000 ? 20 : 3);
    }

    private void reopens() throws RunnerException {
        table(
                "10,000 objects, journal H2: cold opening, and reopening from the successor's first word to the last "
                        + "re-delivery, ms",
                "opening | reopening | ratio");
        var opened = one(reopen("opened"));
        var reopened = one(reopen("reopened"));
        line("| %s | %s | %s |", cell(opened), cell(reopened), ratio(reopened, opened));
    }

    private static ChainedOptionsBuilder reopen(String what) {
        return new OptionsBuilder()
                .include(Reopens.class.getName() + "." + what)
                .param("journal", "H2")
                .warmupIterations(1)
                .measurementIterations(3);
    }

    private static ChainedOptionsBuilder named(Class<?> benchmark) {
        return new OptionsBuilder().include(benchmark.getName() + "\\.");
    }

    private static Statistics one(ChainedOptionsBuilder options) throws RunnerException {
        return run(options).getPrimaryResult().getStatistics();
    }

    private static RunResult run(ChainedOptionsBuilder options) throws RunnerException {
        return new Runner(options.verbosity(VerboseMode.NORMAL).build()).runSingle();
    }

    private static String cell(Statistics values) {
        return "%s / **%s** / %s"
                .formatted(number(values.getMin()), number(values.getPercentile(50)), number(values.getMax()));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value < 100 ? "%.1f" : "%,.0f", value);
    }

    private static String ratio(Statistics value, Statistics limit) {
        return quotient(value.getPercentile(50), limit.getPercentile(50));
    }

    private static String quotient(double value, double limit) {
        return String.format(Locale.ROOT, "%.2f", value / limit);
    }

    private void table(String title, String columns) {
        line("\n%s:\n", title);
        line("| %s |", columns);
        line("|%s", "---|".repeat(columns.split("\\|").length));
    }

    private void line(String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    private static String processor() throws IOException {
        return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                .filter(each -> each.startsWith("model name"))
                .map(each -> each.substring(each.indexOf(':') + 1).strip())
                .findFirst()
                .orElse(System.getProperty("os.arch"));
    }

    private static String load() throws IOException {
        return Arrays.stream(Files.readString(Path.of("/proc/loadavg")).split(" "))
                .findFirst()
                .orElse("unknown");
    }

    private static String said(String... command) throws IOException {
        var process = new ProcessBuilder(command).start();
        try (var out = process.getInputStream()) {
            return new String(out.readAllBytes(), StandardCharsets.UTF_8).strip();
        }
    }
}
