package cachefiles.app.demo;

import cachefiles.kernel.uapi.Errno;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/// What readers saw.
final class Tally {
    private static final long LONGEST_MICROS = TimeUnit.HOURS.toMicros(1);

    private final LongAdder reads = new LongAdder();
    private final LongAdder readErrors = new LongAdder();
    private final LongAdder wrongBytes = new LongAdder();
    private final Histogram stalls = new ConcurrentHistogram(LONGEST_MICROS, 3);
    private final Map<Errno, LongAdder> errors = new ConcurrentHashMap<>();

    void read(long nanos) {
        reads.increment();
        stalls.recordValue(Math.clamp(TimeUnit.NANOSECONDS.toMicros(nanos), 0, LONGEST_MICROS));
    }

    /// A read, or the acquiring of an object, ended with an error.
    void failed(Errno errno) {
        readErrors.increment();
        errors.computeIfAbsent(errno, _ -> new LongAdder()).increment();
    }

    void wrong(long bytes) {
        wrongBytes.add(bytes);
    }

    long reads() {
        return reads.sum();
    }

    long readErrors() {
        return readErrors.sum();
    }

    long wrongBytes() {
        return wrongBytes.sum();
    }

    Histogram stalls() {
        return stalls;
    }

    /// How often each error came.
    Map<Errno, Long> errors() {
        var counts = new TreeMap<Errno, Long>();
        errors.forEach((errno, count) -> counts.put(errno, count.sum()));
        return counts;
    }
}
