package cachefiles.app.stage;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// One thread for all that actors, stores and readers do, which knows when there is nothing left to do.
final class Turns implements Executor, AutoCloseable {
    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("scenario").factory());
    private int open;

    @Override
    public void execute(Runnable turn) {
        synchronized (this) {
            open++;
        }
        thread.execute(() -> {
            try {
                turn.run();
            } finally {
                ended();
            }
        });
    }

    private synchronized void ended() {
        if (--open == 0) {
            notifyAll();
        }
    }

    /// Waits until nothing is on its way. What was done before is seen after.
    synchronized void awaitQuiet() {
        boolean interrupted = false;
        while (open > 0) {
            try {
                wait();
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// Once there is nothing left to do.
    @Override
    public void close() {
        awaitQuiet();
        thread.shutdown();
    }
}
