package cachefiles.app.load.report;

import cachefiles.app.load.plan.Recovery;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;

/// A run as one page that needs nothing else. The same log makes the same bytes.
public final class Html {
    private static final double[] LADDER = {0, 50, 75, 90, 95, 99, 99.5, 99.9, 99.95, 99.99, 99.995, 99.999};

    private final Run run;
    private final List<Entry.Interval> intervals;
    private final double[] seconds;
    private final StringBuilder page = new StringBuilder();

    private Html(Run run) {
        this.run = run;
        this.intervals = run.intervals();
        this.seconds = each(interval -> (interval.endMicros() - interval.micros() / 2.0) / 1e6);
    }

    public static String of(Run run) {
        return new Html(run).page();
    }

    private String page() {
        String title = "Load " + run.head().name();
        page.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\""
                + " content=\"width=device-width\">\n<title>");
        page.append(Words.escaped(title)).append("</title>\n<style>\n").append(Style.CSS);
        page.append("</style>\n</head>\n<body>\n<main>\n<h1>")
                .append(Words.escaped(title))
                .append("</h1>\n");
        verdict();
        percentiles();
        latency();
        throughput();
        ladder();
        states();
        memory();
        journal();
        crashes();
        pairs("What was to be done", run.head().profile());
        pairs("Where", run.head().machine());
        return page.append("</main>\n</body>\n</html>\n").toString();
    }

    private void verdict() {
        boolean bad = run.wrongBytes() > 0 || run.errorCount() > 0;
        page.append("<p class=\"verdict\">%s reads in %s, %s a second; <span%s>%s failed%s, %s bytes were wrong</span>;"
                        .formatted(
                                Words.count(run.reads()),
                                Words.seconds(run.seconds()),
                                Words.count(run.readsPerSecond()),
                                bad ? " class=\"bad\"" : "",
                                Words.count(run.errorCount()),
                                Words.escaped(Summary.errors(run)),
                                Words.count(run.wrongBytes()))
                + " %s crashes.</p>\n".formatted(Words.count(run.crashes())));
        for (String warning : run.warnings()) {
            page.append("<p class=\"bad\">").append(Words.escaped(warning)).append(".</p>\n");
        }
        for (var prepared : run.prepared()) {
            page.append("<p>Before the load: %s of %s objects, in %s.</p>\n"
                    .formatted(
                            Words.escaped(prepared.what()),
                            Words.count(prepared.objects()),
                            Words.seconds(prepared.micros() / 1e6)));
        }
    }

    private void percentiles() {
        heading("Latency");
        page.append(
                "<p>Corrected is from the moment that a read was to begin, real from when it did. A read belongs to the"
                        + " worst that it has met: <i>down</i>, from a crash to the restore; <i>restoring</i>, until the last"
                        + " request was handed out again; <i>before</i> the first crash; <i>after</i> a recovery.</p>\n");
        page.append("<div class=\"wide\"><table>\n<tr><th></th><th>count</th>");
        Summary.PERCENTILES.forEach(
                each -> page.append("<th>").append(Summary.percentile(each)).append("</th>"));
        page.append("<th>max</th></tr>\n");
        row("all, corrected", run.latency().corrected());
        row("all, real", run.latency().real());
        run.latencies().forEach((recovery, latency) -> {
            row(recovery.word() + ", corrected", latency.corrected());
            row(recovery.word() + ", real", latency.real());
        });
        row("generator: idle readers late", run.late());
        page.append("</table></div>\n");
    }

    private void row(String name, Histogram histogram) {
        page.append("<tr><td>%s</td><td>%s</td>".formatted(name, Words.count(histogram.getTotalCount())));
        boolean any = histogram.getTotalCount() > 0;
        Summary.PERCENTILES.forEach(each ->
                page.append("<td>%s</td>".formatted(any ? Words.nanos(histogram.getValueAtPercentile(each)) : "")));
        page.append("<td>%s</td></tr>\n".formatted(any ? Words.nanos(histogram.getMaxValue()) : ""));
    }

    private void latency() {
        var histograms = intervals.stream().map(Exports::corrected).toList();
        double[] p50 = at(histograms, 50);
        double[] p99 = at(histograms, 99);
        double[] max = at(histograms, 100);
        var chart = overTime(Chart.Axis.log(least(p50), most(max), Words::nanos));
        chart.line("p50", seconds, p50);
        chart.line("p99", seconds, p99);
        chart.line("max", seconds, max);
        page.append(chart.svg("Latency over time, corrected; each crash is a dashed line"));
    }

    private static double[] at(List<Histogram> histograms, double percentile) {
        return histograms.stream()
                .mapToDouble(each -> each.getTotalCount() == 0 ? Double.NaN : each.getValueAtPercentile(percentile))
                .toArray();
    }

    private void throughput() {
        double[] reads = each(interval -> interval.reads() * 1e6 / Math.max(1, interval.micros()));
        double[] errors = each(interval -> interval.errorCount() * 1e6 / Math.max(1, interval.micros()));
        double[] intended = new double[intervals.size()];
        for (int i = 0; i < intended.length; i++) {
            long before = i == 0 ? 0 : intervals.get(i - 1).intended();
            intended[i] = (intervals.get(i).intended() - before)
                    * 1e6
                    / Math.max(1, intervals.get(i).micros());
        }
        var chart = overTime(Chart.Axis.linear(Math.max(most(reads), most(intended)), Words::count));
        chart.line("reads a second", seconds, reads);
        chart.line("errors a second", seconds, errors);
        if (most(intended) > 0) {
            chart.line("steps that were to begin", seconds, intended);
        }
        page.append(chart.svg("Throughput"));
    }

    private void ladder() {
        var all = run.latency();
        var x = new Chart.Axis(1, 1e5, true, value -> Words.plain(100 - 100 / value) + " %");
        double least = Math.max(100, all.real().getValueAtPercentile(1));
        var chart = new Chart(
                x,
                Chart.Axis.log(least, Math.max(least, (double) all.corrected().getMaxValue()), Words::nanos));
        ladder(chart, "all, corrected", all.corrected());
        ladder(chart, "all, real", all.real());
        run.latencies().forEach((recovery, latency) -> ladder(chart, recovery.word(), latency.corrected()));
        page.append(chart.svg("Percentiles"));
    }

    private static void ladder(Chart chart, String name, Histogram histogram) {
        double[] xs = new double[LADDER.length];
        double[] ys = new double[LADDER.length];
        for (int i = 0; i < LADDER.length; i++) {
            xs[i] = 100 / (100 - LADDER[i]);
            boolean known = histogram.getTotalCount() >= xs[i];
            ys[i] = known ? histogram.getValueAtPercentile(LADDER[i]) : Double.NaN;
        }
        chart.line(name, xs, ys);
    }

    private void states() {
        var names = names("state.");
        double[] sum = new double[intervals.size()];
        var tops = new ArrayList<double[]>();
        for (String name : names) {
            double[] values = gauge(name);
            for (int i = 0; i < sum.length; i++) {
                sum[i] += values[i];
            }
            tops.add(sum.clone());
        }
        if (names.isEmpty()) {
            return;
        }
        var chart = overTime(Chart.Axis.linear(most(sum), Words::count));
        double[] below = new double[sum.length];
        for (int i = 0; i < tops.size(); i++) {
            chart.area(names.get(i).substring("state.".length()), seconds, below, tops.get(i));
            below = tops.get(i);
        }
        page.append(chart.svg("Objects by state"));
    }

    private void memory() {
        if (names("heap").isEmpty()) {
            return;
        }
        double[] heap = mebibytes("heap");
        double[] resident = mebibytes("resident");
        var chart =
                overTime(Chart.Axis.linear(Math.max(most(heap), most(resident)), value -> Words.plain(value) + " MiB"));
        chart.line("heap", seconds, heap);
        chart.line("resident", seconds, resident);
        page.append(chart.svg("Memory"));
    }

    private void journal() {
        if (names("journal.").isEmpty()) {
            return;
        }
        double[] written = rate("journal.written");
        double[] replayed = rate("journal.replayed");
        var chart = overTime(Chart.Axis.linear(Math.max(most(written), most(replayed)), Words::count));
        chart.line("written a second", seconds, written);
        chart.line("recoveries a second", seconds, replayed);
        page.append(chart.svg("Journal"));
    }

    private void crashes() {
        if (run.crashes() == 0) {
            return;
        }
        heading("Crashes");
        page.append("<div class=\"wide\"><table>\n<tr><th>at</th><th>who</th><th>restored after</th><th>last handed out"
                + " again after</th><th>restored</th></tr>\n");
        var marks = run.marks();
        for (int i = 0; i < marks.size(); i++) {
            if (marks.get(i).now() == Recovery.DOWN) {
                var restored = following(i, Recovery.RESTORING);
                var recovered = following(i, Recovery.AFTER);
                page.append("<tr><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>\n"
                        .formatted(
                                String.format(
                                        Locale.ROOT, "%.3f s", marks.get(i).atMicros() / 1e6),
                                Words.escaped(marks.get(i).what()),
                                since(i, restored),
                                since(i, recovered),
                                restored < 0
                                        ? ""
                                        : Words.escaped(marks.get(restored).what())));
            }
        }
        page.append("</table></div>\n");
    }

    /// The next such mark before the next crash; -1 if there is none.
    private int following(int crash, Recovery wanted) {
        var marks = run.marks();
        for (int i = crash + 1; i < marks.size() && marks.get(i).now() != Recovery.DOWN; i++) {
            if (marks.get(i).now() == wanted) {
                return i;
            }
        }
        return -1;
    }

    private String since(int crash, int later) {
        return later < 0
                ? ""
                : Words.nanos(1e3
                        * (run.marks().get(later).atMicros()
                                - run.marks().get(crash).atMicros()));
    }

    private Chart overTime(Chart.Axis y) {
        var chart = new Chart(Chart.Axis.linear(run.seconds(), value -> Words.plain(value) + " s"), y);
        var marks = run.marks();
        for (int i = 0; i < marks.size(); i++) {
            var mark = marks.get(i);
            double to = i + 1 < marks.size() ? marks.get(i + 1).atMicros() / 1e6 : run.seconds();
            if (mark.now() == Recovery.DOWN || mark.now() == Recovery.RESTORING) {
                chart.stretch(
                        mark.now().word(), mark.atMicros() / 1e6, to, mark.now().word());
            }
            if (mark.now() == Recovery.DOWN) {
                chart.mark(mark.atMicros() / 1e6, "crash: " + mark.what());
            }
        }
        return chart;
    }

    private double[] each(ToDoubleFunction<Entry.Interval> value) {
        return intervals.stream().mapToDouble(value).toArray();
    }

    private double[] gauge(String name) {
        return each(interval -> interval.gauges().getOrDefault(name, 0L));
    }

    private double[] mebibytes(String name) {
        return each(interval -> interval.gauges().getOrDefault(name, 0L) / 1048576.0);
    }

    /// What a counter counted, a second.
    private double[] rate(String name) {
        double[] counts = gauge(name);
        double[] rates = new double[counts.length];
        for (int i = 1; i < counts.length; i++) {
            rates[i] = (counts[i] - counts[i - 1])
                    * 1e6
                    / Math.max(1, intervals.get(i).micros());
        }
        return rates;
    }

    private List<String> names(String prefix) {
        var names = new TreeSet<String>();
        intervals.forEach(each -> each.gauges().keySet().stream()
                .filter(name -> name.startsWith(prefix))
                .forEach(names::add));
        return List.copyOf(names);
    }

    private static double most(double[] values) {
        double most = 0;
        for (double value : values) {
            most = Double.isNaN(value) ? most : Math.max(most, value);
        }
        return most;
    }

    private static double least(double[] values) {
        double least = Double.MAX_VALUE;
        for (double value : values) {
            least = Double.isNaN(value) ? least : Math.min(least, value);
        }
        return least == Double.MAX_VALUE ? 1000 : Math.max(100, least);
    }

    private void pairs(String title, Map<String, String> pairs) {
        heading(title);
        page.append("<table>\n");
        pairs.forEach((name, text) ->
                page.append("<tr><td>%s</td><td>%s</td></tr>\n".formatted(Words.escaped(name), Words.escaped(text))));
        page.append("</table>\n");
    }

    private void heading(String text) {
        page.append("<h2>").append(text).append("</h2>\n");
    }
}
