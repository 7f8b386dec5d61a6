package cachefiles.daemon.actor;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/// Where the blocking part of workers runs, and the memory that they copy through, for one daemon after the other.
///
/// Linux ends a daemon's threads with its process. Java cannot: a thread that waits for the origin outlives its daemon.
/// So it is interrupted when the daemon dies, which ends most waits; until it ends it is counted as left behind, and of
/// these there is a bound: a daemon that finds so many waits for them, and in the end does not begin.
///
/// ```
///     daemon i1 ──runs──▶ t1 t2 ╳ dies, interrupts t1 t2 ─▶ t1 ends        t2 is left behind until it ends
///     daemon i2 ──────────────────── begins once few enough are left behind ──runs──▶ t3 t4
/// ```
public final class WorkerThreads {
    private final Executor executor;
    private final boolean waits;
    private final int mostLeftBehind;
    private final Duration patience;
    private final Chunks chunks = new Chunks(Chunks.MOST);
    private final AtomicInteger leftBehind = new AtomicInteger();
    private volatile Runnable whenFewer = () -> {};

    private WorkerThreads(Executor executor, boolean waits, int mostLeftBehind, Duration patience) {
        this.executor = executor;
        this.waits = waits;
        this.mostLeftBehind = mostLeftBehind;
        this.patience = patience;
    }

    /// For an origin that may keep its callers waiting.
    /// @param executor bounds nothing itself: what a daemon is about must not wait for what is left behind
    /// @param mostLeftBehind threads of dead daemons with which none begins
    /// @param patience how long a daemon waits until there are fewer
    public static WorkerThreads waiting(Executor executor, int mostLeftBehind, Duration patience) {
        return new WorkerThreads(executor, true, mostLeftBehind, patience);
    }

    /// For an origin that keeps nobody waiting: nothing is left behind, and threads may be anybody's.
    public static WorkerThreads passing(Executor executor) {
        return new WorkerThreads(executor, false, 1, Duration.ZERO);
    }

    /// Threads of dead daemons that have not ended.
    public int leftBehind() {
        return leftBehind.get();
    }

    /// What a job copies through. One that is left behind keeps what it took until it ends.
    Chunks chunks() {
        return chunks;
    }

    /// Whether another daemon may begin.
    /// @param otherwise called as soon as it may, instead of what was given before; maybe more than once
    boolean admits(Runnable otherwise) {
        whenFewer = otherwise;
        return leftBehind.get() < mostLeftBehind;
    }

    /// How long a daemon that is not admitted waits.
    Duration patience() {
        return patience;
    }

    private void ended() {
        if (leftBehind.decrementAndGet() == mostLeftBehind - 1) {
            whenFewer.run();
        }
    }

    /// What one daemon runs.
    final class Shift {
        private final Set<Thread> running = new HashSet<>();
        private boolean over;

        /// Runs `job` unless the daemon dies before it begins.
        void run(Runnable job) {
            if (!waits) {
                executor.execute(job);
                return;
            }
            executor.execute(() -> {
                if (begin()) {
                    try {
                        job.run();
                    } finally {
                        done();
                    }
                }
            });
        }

        private synchronized boolean begin() {
            return !over && running.add(Thread.currentThread());
        }

        private synchronized void done() {
            running.remove(Thread.currentThread());
            if (over) {
                ended();
                Thread.interrupted(); // was meant for this job alone
            }
        }

        /// The daemon is dead.
        synchronized void end() {
            if (!over) {
                over = true;
                leftBehind.addAndGet(running.size());
                running.forEach(Thread::interrupt);
            }
        }
    }
}
