package cachefiles.daemon.actor;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/// Where the blocking part of workers runs, for one daemon after the other.
///
/// Linux ends a daemon's threads with its process. Java cannot: a thread that waits for the origin outlives its daemon.
/// So it is interrupted when the daemon dies, which ends most waits; one that goes on all the same is counted as left
/// behind until it ends, and of these there is a bound: a daemon that finds so many does not begin.
///
/// ```
///     daemon i1 ──runs──▶ t1 t2 ╳ dies, interrupts t1 t2 ─▶ t1 ends        t2 is left behind until it ends
///     daemon i2 ──────────────────── begins, unless too many are left behind ──runs──▶ t3 t4
/// ```
public final class WorkerThreads {
    private final Executor executor;
    private final boolean waits;
    private final int mostLeftBehind;
    private final AtomicInteger leftBehind = new AtomicInteger();

    private WorkerThreads(Executor executor, boolean waits, int mostLeftBehind) {
        this.executor = executor;
        this.waits = waits;
        this.mostLeftBehind = mostLeftBehind;
    }

    /// For an origin that may keep its callers waiting.
    /// @param executor bounds nothing itself: what a daemon is about must not wait for what is left behind
    /// @param mostLeftBehind threads of dead daemons, before none begins any more
    public static WorkerThreads waiting(Executor executor, int mostLeftBehind) {
        return new WorkerThreads(executor, true, mostLeftBehind);
    }

    /// For an origin that keeps nobody waiting: nothing is left behind, and threads may be anybody's.
    public static WorkerThreads passing(Executor executor) {
        return new WorkerThreads(executor, false, 1);
    }

    /// Threads of dead daemons that have not ended.
    public int leftBehind() {
        return leftBehind.get();
    }

    /// Whether another daemon may begin.
    boolean admits() {
        return leftBehind.get() < mostLeftBehind;
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
                        ended();
                    }
                }
            });
        }

        private synchronized boolean begin() {
            return !over && running.add(Thread.currentThread());
        }

        private synchronized void ended() {
            running.remove(Thread.currentThread());
            if (over) {
                leftBehind.decrementAndGet();
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
