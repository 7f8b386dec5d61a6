package cachefiles.app.serve;

import cachefiles.app.engine.Cache;
import cachefiles.app.engine.CachedObject;
import cachefiles.app.engine.Volume;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceException;
import cachefiles.kernel.uapi.Key;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Objects that requests use. One stays open for a while after its last request, so that the next need not ask the
/// origin again; one that was opened longer ago than that is looked up anew as soon as nobody uses it, so that a new
/// version at the origin is seen in time.
final class OpenObjects implements AutoCloseable {
    private final Cache cache;
    private final long keepNanos;
    private final LongSupplier nanoTime;
    private final Map<Key, CompletableFuture<Volume>> volumes = new HashMap<>();
    private final Map<Cookie, Entry> entries = new HashMap<>();

    private static final class Entry {
        final CompletableFuture<CachedObject> object;
        final long opened;
        int users;
        boolean dropped;

        Entry(CompletableFuture<CachedObject> object, long opened) {
            this.object = object;
            this.opened = opened;
        }
    }

    /// @param keep how old what is known of an object may be
    /// @param nanoTime as [System#nanoTime]
    OpenObjects(Cache cache, Duration keep, LongSupplier nanoTime) {
        this.cache = cache;
        this.keepNanos = keep.toNanos();
        this.nanoTime = nanoTime;
    }

    /// A request's use of an object.
    final class Lease implements AutoCloseable {
        private final Cookie cookie;
        private final Entry entry;
        private boolean closed;

        private Lease(Cookie cookie, Entry entry) {
            this.cookie = cookie;
            this.entry = entry;
        }

        CachedObject object() {
            return entry.object.join();
        }

        /// The origin has another version by now: nobody else gets this one.
        void outdated() {
            drop(cookie, entry);
        }

        @Override
        public void close() {
            boolean first;
            synchronized (OpenObjects.this) {
                first = !closed;
                closed = true;
            }
            if (first) {
                left(entry);
            }
        }
    }

    /// Opens an object, waiting for the origin if need be.
    /// @throws DeviceException as [Volume#acquire]
    Lease open(Key volume, Key key) throws DeviceException {
        var cookie = new Cookie(volume, key);
        Entry entry = entered(cookie);
        try {
            joined(entry.object);
            return new Lease(cookie, entry);
        } catch (DeviceException | RuntimeException failed) {
            drop(cookie, entry);
            left(entry);
            throw failed;
        }
    }

    private Entry entered(Cookie cookie) throws DeviceException {
        CachedObject outdated = null;
        Entry entry;
        CompletableFuture<CachedObject> toOpen = null;
        synchronized (this) {
            entry = entries.get(cookie);
            if (entry != null && entry.users == 0 && isOld(entry)) {
                outdated = dropped(cookie, entry);
                entry = null;
            }
            if (entry == null) {
                toOpen = new CompletableFuture<>();
                entry = new Entry(toOpen, nanoTime.getAsLong());
                entries.put(cookie, entry);
            }
            entry.users++;
        }
        if (outdated != null) {
            outdated.close();
        }
        if (toOpen != null) {
            acquire(cookie, toOpen);
        }
        return entry;
    }

    private void acquire(Cookie cookie, CompletableFuture<CachedObject> into) {
        try {
            into.complete(volume(cookie.volume()).acquire(cookie.key()));
        } catch (DeviceException | RuntimeException failed) {
            into.completeExceptionally(failed);
        }
    }

    private Volume volume(Key key) throws DeviceException {
        CompletableFuture<Volume> volume;
        boolean ours = false;
        synchronized (this) {
            volume = volumes.get(key);
            if (volume == null) {
                volume = new CompletableFuture<>();
                volumes.put(key, volume);
                ours = true;
            }
        }
        if (ours) {
            try {
                volume.complete(cache.acquireVolume(key));
            } catch (DeviceException | RuntimeException failed) {
                synchronized (this) {
                    volumes.remove(key);
                }
                volume.completeExceptionally(failed);
            }
        }
        return joined(volume);
    }

    private static <T> T joined(CompletableFuture<T> future) throws DeviceException {
        try {
            return future.join();
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof DeviceException reason) {
                throw reason;
            }
            throw failed;
        }
    }

    private boolean isOld(Entry entry) {
        return nanoTime.getAsLong() - entry.opened >= keepNanos;
    }

    private void drop(Cookie cookie, Entry entry) {
        CachedObject unused;
        synchronized (this) {
            unused = dropped(cookie, entry);
        }
        if (unused != null) {
            unused.close();
        }
    }

    /// @return what is to be closed now
    private @Nullable CachedObject dropped(Cookie cookie, Entry entry) {
        entries.remove(cookie, entry);
        entry.dropped = true;
        return entry.users == 0 ? opened(entry) : null;
    }

    private void left(Entry entry) {
        CachedObject unused;
        synchronized (this) {
            entry.users--;
            unused = entry.users == 0 && entry.dropped ? opened(entry) : null;
        }
        if (unused != null) {
            unused.close();
        }
    }

    private static @Nullable CachedObject opened(Entry entry) {
        return entry.object.isCompletedExceptionally() ? null : entry.object.getNow(null);
    }

    /// Closes what is old and of no use.
    void tick() {
        var closing = new java.util.ArrayList<CachedObject>();
        synchronized (this) {
            for (var each : Map.copyOf(entries).entrySet()) {
                if (each.getValue().users == 0 && isOld(each.getValue())) {
                    var unused = dropped(each.getKey(), each.getValue());
                    if (unused != null) {
                        closing.add(unused);
                    }
                }
            }
        }
        closing.forEach(CachedObject::close);
    }

    /// Objects open now.
    synchronized int size() {
        return entries.size();
    }

    @Override
    public void close() {
        var all = new java.util.ArrayList<Map.Entry<Cookie, Entry>>();
        synchronized (this) {
            all.addAll(entries.entrySet());
        }
        all.forEach(each -> drop(each.getKey(), each.getValue()));
    }
}
