package cachefiles.app.load;

import cachefiles.app.load.plan.Recovery;
import cachefiles.app.load.report.Entry;
import cachefiles.app.load.report.Latency;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/// What readers have seen since the last interval.
final class Meter {
    /// Latencies of one stretch.
    private static final class Pair {
        final Recorder corrected = recorder();
        final Recorder real = recorder();
    }

    private static Recorder recorder() {
        var like = Latency.empty();
        return new Recorder(
                like.getLowestDiscernibleValue(),
                like.getHighestTrackableValue(),
                like.getNumberOfSignificantValueDigits());
    }

    private final Map<Recovery, Pair> latencies = new EnumMap<>(Recovery.class);
    private final Recorder late = recorder();
    private volatile Recovery.Timeline timeline = Recovery.Timeline.BEGINNING;
    private final List<Entry.Mark> marks = new ArrayList<>();
    private final LongAdder reads = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final LongAdder wrongBytes = new LongAdder();
    private final LongAdder steps = new LongAdder();
    private final Map<String, LongAdder> errors = new ConcurrentHashMap<>();
    private final long begin;
    private long lastMicros;

    /// @param begin of the load
    Meter(long begin) {
        this.begin = begin;
        for (var recovery : Recovery.values()) {
            latencies.put(recovery, new Pair());
        }
    }

    /// An idle reader began that much after the moment.
    void late(long nanos) {
        late.recordValue(Latency.clamped(nanos));
    }

    /// A read ended, well or not.
    void read(long intended, long began, long ended) {
        var pair = Objects.requireNonNull(latencies.get(timeline.worst(intended, ended)));
        pair.corrected.recordValue(Latency.clamped(ended - intended));
        pair.real.recordValue(Latency.clamped(ended - began));
    }

    void got(long count, long wrong) {
        reads.increment();
        bytes.add(count);
        wrongBytes.add(wrong);
    }

    void failed(String error) {
        errors.computeIfAbsent(error, _ -> new LongAdder()).increment();
    }

    void stepped() {
        steps.increment();
    }

    void mark(Recovery now, long at, String what) {
        synchronized (marks) {
            if (timeline.now() != now) {
                timeline = timeline.then(now, at);
                marks.add(new Entry.Mark(micros(timeline.since()), now, what));
            }
        }
    }

    /// Marks since the last call.
    List<Entry.Mark> marks() {
        synchronized (marks) {
            var taken = List.copyOf(marks);
            marks.clear();
            return taken;
        }
    }

    /// What was seen since the last call.
    Entry.Interval interval(long now, long intended, Map<String, Long> gauges) {
        var seen = new EnumMap<Recovery, Latency>(Recovery.class);
        latencies.forEach((recovery, pair) -> {
            Histogram corrected = pair.corrected.getIntervalHistogram();
            Histogram real = pair.real.getIntervalHistogram();
            if (corrected.getTotalCount() + real.getTotalCount() > 0) {
                seen.put(recovery, new Latency(corrected, real));
            }
        });
        var failed = new TreeMap<String, Long>();
        errors.forEach((error, count) -> {
            long since = count.sumThenReset();
            if (since > 0) {
                failed.put(error, since);
            }
        });
        long endMicros = micros(now);
        long before = lastMicros;
        lastMicros = endMicros;
        return new Entry.Interval(
                endMicros,
                endMicros - before,
                seen,
                late.getIntervalHistogram(),
                intended,
                reads.sumThenReset(),
                bytes.sumThenReset(),
                wrongBytes.sumThenReset(),
                failed,
                steps.sumThenReset(),
                gauges);
    }

    long micros(long nanos) {
        return (nanos - begin) / 1000;
    }
}
