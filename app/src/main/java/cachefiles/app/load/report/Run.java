package cachefiles.app.load.report;

import cachefiles.app.load.plan.Recovery;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// A load, as its log tells of it. A log that was cut off anywhere tells of a load that ended there.
/// @param end null if the log has none
public record Run(
        Entry.Head head,
        List<Entry.Prepared> prepared,
        List<Entry.Interval> intervals,
        List<Entry.Mark> marks,
        Entry.@Nullable End end) {

    /// @param text of a log; a last line without its end is left out
    /// @throws IllegalArgumentException it is none; the message says which line is not
    public static Run parse(String text) {
        var entries = new ArrayList<Entry>();
        int from = 0;
        for (int to = text.indexOf('\n'); to >= 0; to = text.indexOf('\n', from)) {
            try {
                entries.add(LogLine.parse(text.substring(from, to)));
            } catch (IllegalArgumentException wrong) {
                throw new IllegalArgumentException("line " + (entries.size() + 1) + ": " + wrong.getMessage(), wrong);
            }
            from = to + 1;
        }
        return of(entries);
    }

    public static Run of(List<Entry> entries) {
        var head = new Entry.Head("unknown", Map.of(), Map.of());
        var prepared = new ArrayList<Entry.Prepared>();
        var intervals = new ArrayList<Entry.Interval>();
        var marks = new ArrayList<Entry.Mark>();
        Entry.End end = null;
        for (Entry entry : entries) {
            switch (entry) {
                case Entry.Head first -> head = first;
                case Entry.Prepared before -> prepared.add(before);
                case Entry.Interval interval -> intervals.add(interval);
                case Entry.Mark mark -> marks.add(mark);
                case Entry.End last -> end = last;
            }
        }
        return new Run(head, List.copyOf(prepared), List.copyOf(intervals), List.copyOf(marks), end);
    }

    /// All reads, by where the service stood.
    public Map<Recovery, Latency> latencies() {
        var sums = new EnumMap<Recovery, Latency>(Recovery.class);
        for (var interval : intervals) {
            interval.latencies()
                    .forEach((recovery, latency) ->
                            sums.computeIfAbsent(recovery, _ -> Latency.none()).add(latency));
        }
        return sums;
    }

    public Latency latency() {
        var sum = Latency.none();
        latencies().values().forEach(sum::add);
        return sum;
    }

    /// How late idle readers began.
    public Histogram late() {
        var sum = Latency.empty();
        intervals.forEach(each -> sum.add(each.late()));
        return sum;
    }

    public long reads() {
        return intervals.stream().mapToLong(Entry.Interval::reads).sum();
    }

    public long bytes() {
        return intervals.stream().mapToLong(Entry.Interval::bytes).sum();
    }

    public long wrongBytes() {
        return intervals.stream().mapToLong(Entry.Interval::wrongBytes).sum();
    }

    public Map<String, Long> errors() {
        var sums = new TreeMap<String, Long>();
        intervals.forEach(interval -> interval.errors().forEach((error, count) -> sums.merge(error, count, Long::sum)));
        return sums;
    }

    public long errorCount() {
        return intervals.stream().mapToLong(Entry.Interval::errorCount).sum();
    }

    public long crashes() {
        return marks.stream().filter(each -> each.now() == Recovery.DOWN).count();
    }

    public double seconds() {
        return intervals.isEmpty() ? 0 : intervals.getLast().endMicros() / 1e6;
    }

    /// The last that is known of a gauge; -1 if nothing is.
    public long gauge(String name) {
        long last = -1;
        for (var interval : intervals) {
            last = interval.gauges().getOrDefault(name, last);
        }
        return last;
    }

    public double readsPerSecond() {
        return seconds() == 0 ? 0 : reads() / seconds();
    }

    /// Steps that were to begin, and did not.
    public long unstarted() {
        return end == null ? 0 : end.unstarted();
    }

    /// Whether what was to be done was done: to its end, and with a crash at least where there were to be some.
    public boolean isConclusive() {
        return end != null && !end.why().equals("interrupted") && (end.crashesAsked() == 0 || crashes() > 0);
    }

    /// Why the numbers say less about the target than about the generator; empty if there is no such reason.
    public List<String> warnings() {
        var warnings = new ArrayList<String>();
        var corrected = latency().corrected();
        long late = late().getValueAtPercentile(99);
        if (late > 1_000_000 && late * 2 > corrected.getValueAtPercentile(99)) {
            warnings.add("the generator was the bottleneck: one in a hundred of its idle readers began "
                    + Words.nanos(late) + " late or later; lower the rate, or leave it more of the processors");
        }
        if (unstarted() > 0) {
            warnings.add(
                    Words.count(unstarted())
                            + " steps were to begin and did not, as all readers were busy to the end: their waiting is in no percentile; lower the rate, or let there be more readers");
        }
        if (end == null) {
            warnings.add("the log has no end: it was cut off after " + Words.seconds(seconds()));
        } else if (end.why().equals("interrupted")) {
            warnings.add("the load was interrupted after " + Words.seconds(seconds()));
        }
        if (end != null && end.crashesAsked() > 0 && crashes() == 0) {
            warnings.add(Words.count(end.crashesAsked()) + " crashes were asked for, and none landed");
        }
        return warnings;
    }
}
