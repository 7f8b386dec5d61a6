package cachefiles.app.serve;

import cachefiles.app.engine.Cache;
import cachefiles.app.engine.CachedObject;
import cachefiles.app.engine.Volume;
import cachefiles.daemon.fetch.Origin;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceException;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Key;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Objects that requests use. One stays open for a while after its last request, so that the next need not ask the
/// origin again. What was known for longer than that is not taken for granted: an object that nobody uses is looked up
/// anew, and of one in use the origin is asked whether it is still the same.
///
/// A cookie has one version at a time in the cache. So when the origin has another one, who reads the old one has a
/// moment to come to its end; then it is closed under him, and the new one is looked up.
final class OpenObjects implements AutoCloseable {
    /// How long those who read an old version may keep the new one from being looked up.
    static final Duration GRACE = Duration.ofSeconds(2);

    private final Cache cache;
    private final Origin origin;
    private final long keepNanos;
    private final long graceNanos;
    private final LongSupplier nanoTime;

    // Guarded by this object, as are the fields of their values. To close an object is a mere message.
    private final Map<Key, OpenVolume> volumes = new HashMap<>();
    private final LinkedHashMap<Cookie, Entry> entries = new LinkedHashMap<>(); // longest taken for granted first
    private boolean closed;

    /// A volume, as long as any of its objects is open.
    private static final class OpenVolume {
        final CompletableFuture<Volume> volume = new CompletableFuture<>();
        boolean asked;
        int objects;
    }

    private static final class Entry {
        final Cookie cookie;
        final OpenVolume volume;
        final CompletableFuture<CachedObject> object = new CompletableFuture<>();
        final CompletableFuture<Boolean> ended = new CompletableFuture<>();
        long checkedNanos;
        int users;
        boolean outdated;

        Entry(Cookie cookie, OpenVolume volume) {
            this.cookie = cookie;
            this.volume = volume;
        }
    }

    /// @param origin the cache's own
    /// @param keep how old what is known of an object may be
    /// @param grace how long those who read an old version may keep the new one from being looked up
    /// @param nanoTime as [System#nanoTime]
    OpenObjects(Cache cache, Origin origin, Duration keep, Duration grace, LongSupplier nanoTime) {
        this.cache = cache;
        this.origin = origin;
        this.keepNanos = keep.toNanos();
        this.graceNanos = grace.toNanos();
        this.nanoTime = nanoTime;
    }

    /// A request's use of one version of an object.
    final class Lease implements AutoCloseable {
        private final Entry entry;
        private final CachedObject object;
        private final Content content;
        private boolean over;

        private Lease(Entry entry, CachedObject object) {
            this.entry = entry;
            this.object = object;
            this.content = new Content(object.sizeBytes(), object.validator());
        }

        CachedObject object() {
            return object;
        }

        Content content() {
            return content;
        }

        /// Another use of the same version, also when this one is over.
        /// @throws DeviceException `ESTALE` there is another version now; and as [OpenObjects#open]
        Lease again() throws DeviceException {
            var lease = open(entry.cookie);
            if (!lease.content.equals(content)) {
                lease.close();
                throw new DeviceException(Errno.ESTALE, entry.cookie.toString());
            }
            return lease;
        }

        /// The origin has another version by now: nobody else gets this one.
        void outdated() {
            synchronized (OpenObjects.this) {
                entry.outdated = true;
            }
        }

        @Override
        public void close() {
            synchronized (OpenObjects.this) {
                if (!over) {
                    over = true;
                    left(entry);
                }
            }
        }
    }

    /// Opens an object, waiting for the origin if need be.
    /// @throws DeviceException as [Volume#acquire]
    Lease open(Cookie cookie) throws DeviceException {
        Entry before;
        Entry entry;
        boolean isNew = false;
        boolean isDoubtful = false;
        synchronized (this) {
            before = entries.get(cookie);
            if (before == null || before.outdated || before.users == 0 && isOld(before)) {
                isNew = true;
                if (before != null) {
                    outdate(before);
                }
                entry = entered(cookie);
            } else {
                entry = before;
                isDoubtful = isOld(entry) && entry.object.isDone();
            }
            if (isNew || isDoubtful) { // nobody else asks the origin meanwhile
                entry.checkedNanos = nanoTime.getAsLong();
                entries.putLast(cookie, entry);
            }
            entry.users++;
        }
        if (isNew) {
            acquire(entry, before);
        }
        var lease = new Lease(entry, opened(entry));
        if (isDoubtful && !isCurrent(lease)) {
            lease.outdated();
            lease.close();
            return open(cookie);
        }
        return lease;
    }

    private void outdate(Entry entry) {
        entry.outdated = true;
        if (entry.users == 0) {
            end(entry);
        }
    }

    private Entry entered(Cookie cookie) {
        var volume = volumes.computeIfAbsent(cookie.volume(), _ -> new OpenVolume());
        volume.objects++;
        var entry = new Entry(cookie, volume);
        entry.outdated = closed;
        return entry;
    }

    private CachedObject opened(Entry entry) throws DeviceException {
        try {
            return joined(entry.object);
        } catch (DeviceException | RuntimeException failed) {
            synchronized (this) {
                entry.outdated = true;
                left(entry);
            }
            throw failed;
        }
    }

    private void acquire(Entry entry, @Nullable Entry before) {
        try {
            if (before != null) {
                awaitEnd(before);
            }
            entry.object.complete(volume(entry.volume, entry.cookie.volume()).acquire(entry.cookie.key()));
        } catch (DeviceException | RuntimeException failed) {
            entry.object.completeExceptionally(failed);
        }
    }

    private void awaitEnd(Entry before) throws DeviceException {
        try {
            before.ended.get(graceNanos, TimeUnit.NANOSECONDS);
        } catch (TimeoutException _) {
            synchronized (this) {
                end(before);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new DeviceException(Errno.EINTR, before.cookie.toString());
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /// The first one asks for it, others wait.
    private Volume volume(OpenVolume open, Key key) throws DeviceException {
        boolean first;
        synchronized (this) {
            first = !open.asked;
            open.asked = true;
        }
        if (first) {
            try {
                open.volume.complete(cache.acquireVolume(key));
            } catch (DeviceException | RuntimeException failed) {
                synchronized (this) {
                    volumes.remove(key, open); // who comes now tries again
                }
                open.volume.completeExceptionally(failed);
            }
        }
        return joined(open.volume);
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

    /// An origin that does not answer leaves things as they are.
    private boolean isCurrent(Lease lease) {
        try {
            return origin.find(lease.entry.cookie).equals(lease.content);
        } catch (DeviceException failed) {
            return switch (failed.errno()) {
                case EIO, ETIMEDOUT, EINTR -> true;
                default -> false;
            };
        }
    }

    private boolean isOld(Entry entry) {
        return nanoTime.getAsLong() - entry.checkedNanos >= keepNanos;
    }

    private void left(Entry entry) {
        entry.users--;
        if (entry.outdated && entry.users == 0) {
            end(entry);
        }
    }

    /// Closes the object, as soon as it is open if it is not yet, and the volume with its last object.
    private void end(Entry entry) {
        entries.remove(entry.cookie, entry);
        if (entry.ended.complete(true)) {
            var _ = entry.object.thenAccept(CachedObject::close);
            var volume = entry.volume;
            volume.objects--;
            if (volume.objects == 0) {
                volumes.remove(entry.cookie.volume(), volume);
                var _ = volume.volume.thenCompose(Volume::releaseAsync);
            }
        }
    }

    /// Closes what is old and of no use.
    synchronized void tick() {
        var eldest = entries.firstEntry();
        if (eldest != null && isOld(eldest.getValue())) {
            entries.values().stream()
                    .takeWhile(this::isOld)
                    .filter(entry -> entry.users == 0)
                    .toList()
                    .forEach(this::end);
        }
    }

    /// Objects open now.
    synchronized int size() {
        return entries.size();
    }

    /// Volumes of theirs.
    synchronized int volumes() {
        return volumes.size();
    }

    /// Closes what nobody uses, and the rest once nobody does.
    @Override
    public synchronized void close() {
        closed = true;
        List.copyOf(entries.values()).forEach(this::outdate);
    }
}
