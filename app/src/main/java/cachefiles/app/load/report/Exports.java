package cachefiles.app.load.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.TreeSet;
import org.HdrHistogram.Histogram;

/// A run for other programs.
public final class Exports {
    private static final double MICRO = 1000.0;

    private Exports() {}

    /// One object; latencies in microseconds.
    public static String json(Run run) {
        var json = JsonNodeFactory.instance.objectNode();
        json.put("name", run.head().name());
        var profile = json.putObject("profile");
        run.head().profile().forEach(profile::put);
        json.put("seconds", run.seconds());
        json.put("complete", run.end() != null);
        json.put("reads", run.reads());
        json.put("bytes", run.bytes());
        json.put("readsPerSecond", Math.round(run.readsPerSecond()));
        json.put("errorCount", run.errorCount());
        var errors = json.putObject("errors");
        run.errors().forEach(errors::put);
        json.put("wrongBytes", run.wrongBytes());
        json.put("crashes", run.crashes());
        json.put("redelivered", Math.max(0, run.gauge("redelivered")));
        json.put("unstarted", run.unstarted());
        put(json.putObject("corrected"), run.latency().corrected());
        put(json.putObject("real"), run.latency().real());
        var recoveries = json.putObject("byRecovery");
        run.latencies().forEach((recovery, latency) -> {
            var each = recoveries.putObject(recovery.word());
            put(each.putObject("corrected"), latency.corrected());
            put(each.putObject("real"), latency.real());
        });
        put(json.putObject("late"), run.late());
        run.warnings().forEach(json.putArray("warnings")::add);
        try {
            return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n";
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static void put(ObjectNode json, Histogram histogram) {
        json.put("count", histogram.getTotalCount());
        for (double percentile : Summary.PERCENTILES) {
            json.put(Summary.percentile(percentile), histogram.getValueAtPercentile(percentile) / MICRO);
        }
        json.put("max", histogram.getMaxValue() / MICRO);
        json.put("mean", Math.round(histogram.getMean()) / MICRO);
    }

    /// A line an interval; latencies in microseconds, corrected.
    public static String csv(Run run) {
        var gauges = new TreeSet<String>();
        run.intervals().forEach(each -> gauges.addAll(each.gauges().keySet()));
        var text = new StringBuilder("seconds,reads,bytes,errors,wrongBytes,p50,p99,p99.9,max,latep99");
        gauges.forEach(each -> text.append(',').append(each));
        text.append('\n');
        for (var interval : run.intervals()) {
            var all = corrected(interval);
            text.append(String.format(
                    Locale.ROOT,
                    "%.3f,%d,%d,%d,%d,%.3f,%.3f,%.3f,%.3f,%.3f",
                    interval.endMicros() / 1e6,
                    interval.reads(),
                    interval.bytes(),
                    interval.errorCount(),
                    interval.wrongBytes(),
                    all.getValueAtPercentile(50) / MICRO,
                    all.getValueAtPercentile(99) / MICRO,
                    all.getValueAtPercentile(99.9) / MICRO,
                    all.getMaxValue() / MICRO,
                    interval.late().getValueAtPercentile(99) / MICRO));
            gauges.forEach(each -> text.append(',').append(interval.gauges().getOrDefault(each, 0L)));
            text.append('\n');
        }
        return text.toString();
    }

    /// The ladder of percentiles of all reads, corrected, in milliseconds, as HdrHistogram's plotter reads it.
    public static String hgrm(Run run) {
        var histogram = run.latency().corrected();
        var text = new StringBuilder("       Value     Percentile TotalCount 1/(1-Percentile)\n\n");
        for (var each : histogram.percentiles(5)) {
            double level = each.getPercentileLevelIteratedTo() / 100;
            text.append(String.format(
                    Locale.ROOT,
                    "%12.3f %2.12f %10d",
                    each.getValueIteratedTo() / 1e6,
                    level,
                    each.getTotalCountToThisValue()));
            text.append(level < 1 ? String.format(Locale.ROOT, " %14.2f\n", 1 / (1 - level)) : "\n");
        }
        text.append(String.format(
                Locale.ROOT,
                "#[Mean    = %12.3f, StdDeviation   = %12.3f]\n#[Max     = %12.3f, Total count    = %12d]\n",
                histogram.getMean() / 1e6,
                histogram.getStdDeviation() / 1e6,
                histogram.getMaxValue() / 1e6,
                histogram.getTotalCount()));
        return text.toString();
    }

    static Histogram corrected(Entry.Interval interval) {
        var all = Latency.empty();
        interval.latencies().values().forEach(each -> all.add(each.corrected()));
        return all;
    }
}
