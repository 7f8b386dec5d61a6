package cachefiles.app.command;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Work that ends in order when the process is told to end (Ctrl-C, SIGTERM).
final class Interruptible {
    private static final int PATIENCE_SECONDS = 20;

    private Interruptible() {}

    /// Runs `work`. If the process is told to end meanwhile, `stop` is called on another thread, and the process ends
    /// once `work` has come to its end, or after some seconds.
    static <T> T call(Runnable stop, Callable<T> work) throws Exception {
        var ended = new CountDownLatch(1);
        var hook = Thread.ofPlatform().name("cachefiles-interrupt").unstarted(() -> {
            stop.run();
            try {
                ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        });
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            return work.call();
        } finally {
            ended.countDown();
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException _) {
                // the process is ending
            }
        }
    }

    /// As [#call], for work that goes on until the process is told to end: that is no failure, so the process then ends
    /// with the exit code that `work` comes to.
    static int callToTheEnd(Runnable stop, Callable<Integer> work) throws Exception {
        var exit = new CompletableFuture<Integer>();
        var hook = Thread.ofPlatform().name("cachefiles-interrupt").unstarted(() -> {
            stop.run();
            try {
                Runtime.getRuntime().halt(exit.get(2 * PATIENCE_SECONDS, TimeUnit.SECONDS));
            } catch (InterruptedException | ExecutionException | TimeoutException _) {
                // ends as if it had been killed
            }
        });
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            int code = work.call();
            exit.complete(code);
            return code;
        } catch (Exception failed) {
            exit.completeExceptionally(failed);
            throw failed;
        } finally {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException _) {
                // the process is ending
            }
        }
    }
}
