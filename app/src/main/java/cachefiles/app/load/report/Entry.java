package cachefiles.app.load.report;

import cachefiles.app.load.plan.Recovery;
import java.util.Map;
import org.HdrHistogram.Histogram;

/// One line of a load's log. Times are microseconds since the load began.
public sealed interface Entry {
    /// The first line.
    /// @param profile what was to be done, by name
    /// @param machine where, by name
    record Head(String name, Map<String, String> profile, Map<String, String> machine) implements Entry {}

    /// What was done before the load began.
    /// @param objects how many were acquired, or read
    record Prepared(String what, long objects, long micros) implements Entry {}

    /// What happened since the interval before.
    /// @param latencies by where the service stood; those that came up
    /// @param late how late idle readers began, in nanoseconds: the generator's own fault
    /// @param intended steps that were to begin by now, since the load began; 0 in a closed loop
    /// @param reads that ended well
    /// @param bytes they got
    /// @param wrongBytes of these
    /// @param errors reads that ended otherwise, by error
    /// @param steps others than reads
    /// @param gauges what there is now, by name; what is counted, is counted since the start
    record Interval(
            long endMicros,
            long micros,
            Map<Recovery, Latency> latencies,
            Histogram late,
            long intended,
            long reads,
            long bytes,
            long wrongBytes,
            Map<String, Long> errors,
            long steps,
            Map<String, Long> gauges)
            implements Entry {
        public long errorCount() {
            return errors.values().stream().mapToLong(each -> each).sum();
        }
    }

    /// The service came to stand elsewhere.
    /// @param what where it died; or how many requests were restored
    record Mark(long atMicros, Recovery now, String what) implements Entry {}

    /// The last line.
    /// @param why `duration` or `interrupted`
    /// @param unstarted steps that were to begin, and did not, for all readers were busy
    record End(long atMicros, String why, long unstarted, long crashesAsked) implements Entry {}
}
