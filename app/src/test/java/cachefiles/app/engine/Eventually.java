package cachefiles.app.engine;

import static org.junit.jupiter.api.Assertions.fail;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// Waits for what must come, and fails when it does not.
public final class Eventually {
    /// Long enough for a machine that is busy with other things.
    static final Duration LONG = Duration.ofSeconds(60);

    private Eventually() {}

    public static void holds(String what, BooleanSupplier condition) {
        holds(() -> what, condition);
    }

    public static void holds(Supplier<String> what, BooleanSupplier condition) {
        long end = System.nanoTime() + LONG.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                fail("did not come: " + what.get());
            }
            LockSupport.parkNanos(200_000);
        }
    }

    static void opens(String what, CountDownLatch latch) throws InterruptedException {
        if (!latch.await(LONG.toSeconds(), TimeUnit.SECONDS)) {
            fail("did not come: " + what);
        }
    }

    /// The future's value.
    public static <T> T of(CompletableFuture<T> future) throws InterruptedException, ExecutionException {
        try {
            return future.get(LONG.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException _) {
            return fail("did not come");
        }
    }
}
