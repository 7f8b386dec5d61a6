package cachefiles.app.load;

import java.util.concurrent.atomic.AtomicLong;

/// When steps are to begin. In an open loop that is fixed before the first one begins, however long each takes; readers
/// take one after the other.
final class Schedule {
    private final long begin;
    private final double nanosBetween;
    private final long end;
    private final AtomicLong taken = new AtomicLong();
    private volatile long stopped = Long.MAX_VALUE;

    /// @param ratePerSecond 0 = whenever a reader is free
    Schedule(long begin, long lengthNanos, double ratePerSecond) {
        this.begin = begin;
        this.end = begin + lengthNanos;
        this.nanosBetween = ratePerSecond == 0 ? 0 : 1e9 / ratePerSecond;
    }

    /// @return when the next step of this reader is to begin; `Long.MAX_VALUE`: there is none
    long take(long now) {
        if (now >= limit()) {
            return Long.MAX_VALUE;
        }
        if (nanosBetween == 0) {
            return now;
        }
        long intended = intended(taken.getAndIncrement());
        return intended < limit() ? intended : Long.MAX_VALUE;
    }

    private long intended(long number) {
        return begin + (long) (number * nanosBetween);
    }

    /// Nothing begins after `now`.
    void stop(long now) {
        stopped = Math.min(stopped, now);
    }

    long limit() {
        return Math.min(end, stopped);
    }

    /// Steps that were to begin before `now`; 0 in a closed loop.
    long intendedBy(long now) {
        return nanosBetween == 0 ? 0 : Math.max(0, (long) Math.ceil((Math.min(now, limit()) - begin) / nanosBetween));
    }

    /// Steps that were to begin before the end, and that no reader took.
    long unstarted() {
        return Math.max(0, intendedBy(Long.MAX_VALUE) - taken.get());
    }
}
