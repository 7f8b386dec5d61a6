package cachefiles.app.load.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/// A run in a few lines.
public final class Summary {
    /// The percentiles that are told.
    public static final List<Double> PERCENTILES = List.of(50.0, 90.0, 99.0, 99.9, 99.99, 99.999);

    private Summary() {}

    public static List<String> lines(Run run) {
        var lines = new ArrayList<String>();
        for (var prepared : run.prepared()) {
            lines.add(line(
                    "prepared",
                    "%s of %s objects in %s, %s a second"
                            .formatted(
                                    prepared.what(),
                                    Words.count(prepared.objects()),
                                    Words.seconds(prepared.micros() / 1e6),
                                    Words.count(prepared.objects() * 1e6 / Math.max(1, prepared.micros())))));
        }
        lines.add(line(
                "reads",
                "%s in %s, %s a second, %s a second; %s failed%s; %s bytes were wrong"
                        .formatted(
                                Words.count(run.reads()),
                                Words.seconds(run.seconds()),
                                Words.count(run.readsPerSecond()),
                                Words.bytes(run.seconds() == 0 ? 0 : run.bytes() / run.seconds()),
                                Words.count(run.errorCount()),
                                errors(run),
                                Words.count(run.wrongBytes()))));
        lines.add(line(
                "crashes",
                "%s landed; %s requests were handed out again; %s objects reopened"
                        .formatted(
                                Words.count(run.crashes()),
                                Words.count(Math.max(0, run.gauge("redelivered"))),
                                Words.count(Math.max(0, run.gauge("reopens"))))));
        lines.add(line("latency", header()));
        lines.add(line("corrected", row(run.latency().corrected())));
        lines.add(line("real", row(run.latency().real())));
        run.latencies()
                .forEach((recovery, latency) -> lines.add(line("  " + recovery.word(), row(latency.corrected()))));
        lines.add(line("late", row(run.late()) + ": idle readers, the generator's own"));
        run.warnings().forEach(warning -> lines.add(line("warning", warning)));
        return lines;
    }

    static String errors(Run run) {
        return run.errors().isEmpty()
                ? ""
                : run.errors().entrySet().stream()
                        .map(each -> each.getKey() + " " + Words.count(each.getValue()))
                        .collect(Collectors.joining(", ", " (", ")"));
    }

    static String percentile(double percentile) {
        return "p" + (percentile == Math.rint(percentile) ? Integer.toString((int) percentile) : "" + percentile);
    }

    private static String header() {
        return PERCENTILES.stream()
                        .map(each -> "%8s".formatted(percentile(each)))
                        .collect(Collectors.joining(" ")) + "      max    count";
    }

    private static String row(Histogram histogram) {
        return histogram.getTotalCount() == 0
                ? "none"
                : PERCENTILES.stream()
                                .map(each -> "%8s".formatted(Words.nanos(histogram.getValueAtPercentile(each))))
                                .collect(Collectors.joining(" "))
                        + " %8s %8s"
                                .formatted(
                                        Words.nanos(histogram.getMaxValue()), Words.count(histogram.getTotalCount()));
    }

    private static String line(String name, String text) {
        return String.format(Locale.ROOT, "  %-11s %s", name, text);
    }
}
