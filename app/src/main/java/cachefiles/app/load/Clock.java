package cachefiles.app.load;

import java.util.concurrent.locks.LockSupport;

/// The time that readers go by.
interface Clock {
    long nanos();

    /// Returns when that time has come, or earlier.
    void sleepUntil(long nanos);

    Clock REAL = new Clock() {
        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public void sleepUntil(long nanos) {
            LockSupport.parkNanos(nanos - System.nanoTime());
        }
    };
}
