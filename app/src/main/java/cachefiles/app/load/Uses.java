package cachefiles.app.load;

import cachefiles.app.engine.CachedObject;
import cachefiles.kernel.uapi.DeviceException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// Objects that readers share. One that is dropped is closed once its last reader has gone.
final class Uses {
    /// How an object is acquired.
    interface Acquire {
        CachedObject acquire(int object) throws DeviceException;
    }

    /// One that is acquired, or on its way.
    static final class Use {
        private final CompletableFuture<CachedObject> acquired = new CompletableFuture<>();
        private int readers = 1;
        private boolean dropped;

        CachedObject object() {
            return acquired.join();
        }

        private synchronized boolean join() {
            readers += dropped ? 0 : 1;
            return !dropped;
        }

        void leave() {
            end(1, false);
        }

        private void drop() {
            end(0, true);
        }

        private void end(int leaving, boolean dropping) {
            boolean close;
            synchronized (this) {
                readers -= leaving;
                close = readers == 0 && (dropped || dropping) && (leaving == 1 || !dropped);
                dropped |= dropping;
            }
            if (close && !acquired.isCompletedExceptionally()) {
                acquired.join().close();
            }
        }
    }

    private final AtomicReferenceArray<@Nullable Use> uses;
    private final Acquire acquire;

    Uses(int objects, Acquire acquire) {
        this.uses = new AtomicReferenceArray<>(objects);
        this.acquire = acquire;
    }

    /// To be left.
    Use join(int object) throws DeviceException {
        while (true) {
            var use = uses.get(object);
            if (use == null) {
                var made = new Use();
                if (uses.compareAndSet(object, null, made)) {
                    return acquired(object, made);
                }
            } else if (use.join()) {
                return awaited(use);
            }
        }
    }

    private Use acquired(int object, Use made) throws DeviceException {
        try {
            made.acquired.complete(acquire.acquire(object));
            return made;
        } catch (DeviceException | RuntimeException failed) {
            uses.compareAndSet(object, made, null);
            made.acquired.completeExceptionally(failed);
            throw failed;
        }
    }

    private static Use awaited(Use use) throws DeviceException {
        try {
            use.acquired.join();
            return use;
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof DeviceException reason) {
                throw reason;
            }
            throw failed;
        }
    }

    /// @param use null = whatever there is
    void drop(int object, @Nullable Use use) {
        var held = uses.get(object);
        if (held != null && (use == null || held == use) && uses.compareAndSet(object, held, null)) {
            held.drop();
        }
    }

    void dropAll() {
        for (int object = 0; object < uses.length(); object++) {
            drop(object, null);
        }
    }
}
