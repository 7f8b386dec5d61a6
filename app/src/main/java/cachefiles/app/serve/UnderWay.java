package cachefiles.app.serve;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// Requests that are being answered, counted.
final class UnderWay {
    private int count;

    synchronized void begin() {
        count++;
    }

    synchronized void end() {
        count--;
        notifyAll();
    }

    /// Waits until there are none, but not longer than `patience`.
    /// @return whether there were some
    synchronized boolean awaitNone(Duration patience) {
        boolean some = count > 0;
        long end = System.nanoTime() + patience.toNanos();
        try {
            for (long left = patience.toNanos(); count > 0 && left > 0; left = end - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(this, Math.max(left, TimeUnit.MILLISECONDS.toNanos(1)));
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        return some;
    }
}
