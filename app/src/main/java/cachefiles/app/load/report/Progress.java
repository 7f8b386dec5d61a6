package cachefiles.app.load.report;

import java.util.Locale;
import java.util.stream.Collectors;

/// How far a load is, in one line.
public final class Progress {
    private long crashes;
    private long errors;
    private long wrongBytes;

    /// @return what to show; empty if there is nothing new
    public String after(Entry entry) {
        return switch (entry) {
            case Entry.Mark mark -> {
                crashes += mark.now() == cachefiles.app.load.plan.Recovery.DOWN ? 1 : 0;
                yield "";
            }
            case Entry.Interval interval -> {
                errors += interval.errorCount();
                wrongBytes += interval.wrongBytes();
                yield line(interval);
            }
            case Entry.Head _, Entry.Prepared _, Entry.End _ -> "";
        };
    }

    private String line(Entry.Interval interval) {
        var all = Exports.corrected(interval);
        String states = interval.gauges().entrySet().stream()
                .filter(each -> each.getKey().startsWith("state.") && each.getValue() > 0)
                .map(each -> each.getKey().substring("state.".length()) + " " + Words.count(each.getValue()))
                .collect(Collectors.joining("  "));
        return String.format(
                Locale.ROOT,
                "%6.1f s  %s/s  p50 %s  p99 %s  errors %s  wrong %s  crashes %s  %s  heap %s",
                interval.endMicros() / 1e6,
                Words.count(interval.reads() * 1e6 / Math.max(1, interval.micros())),
                Words.nanos(all.getValueAtPercentile(50)),
                Words.nanos(all.getValueAtPercentile(99)),
                Words.count(errors),
                Words.count(wrongBytes),
                Words.count(crashes),
                states,
                Words.bytes((double) interval.gauges().getOrDefault("heap", 0L)));
    }
}
