package cachefiles.app.engine;

import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/// Deadlines of what waits (I15).
interface Alarms extends AutoCloseable {
    /// Has `ring` called once that time has passed.
    /// @return to be run when nobody needs it any more
    Runnable after(Duration delay, Runnable ring);

    @Override
    void close();

    /// Real time, kept by one thread.
    static Alarms real(ThreadFactory threads) {
        var executor = new ScheduledThreadPoolExecutor(1, threads);
        executor.setRemoveOnCancelPolicy(true);
        return new Alarms() {
            @Override
            public Runnable after(Duration delay, Runnable ring) {
                var scheduled = executor.schedule(ring, delay.toNanos(), TimeUnit.NANOSECONDS);
                return () -> scheduled.cancel(false);
            }

            @Override
            public void close() {
                executor.shutdownNow();
            }
        };
    }
}
