package cachefiles.app.engine;

import cachefiles.kernel.actor.CacheActor;
import cachefiles.kernel.actor.Gate;
import cachefiles.kernel.cache.CacheCommand;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceException;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Key;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// A group of objects that a caller has acquired (S5).
public final class Volume {
    private final Cache cache;
    private final Key key;
    private final long owner;

    Volume(Cache cache, Key key, long owner) {
        this.cache = cache;
        this.key = key;
        this.owner = owner;
    }

    public Key key() {
        return key;
    }

    /// Acquires an object, waiting for its look-up at the origin.
    /// @param name 1 to 255 bytes; for a directory origin the path below it
    /// @throws DeviceException the origin's error, such as `ENOENT`; `ETIMEDOUT`; `EIO` the daemon has gone for good
    public CachedObject acquire(String name) throws DeviceException {
        return acquire(Key.of(name));
    }

    public CachedObject acquire(Key name) throws DeviceException {
        var acquired = acquireAsync(name);
        try {
            return cache.get(acquired, name.text());
        } catch (DeviceException failed) {
            var _ = acquired.thenAccept(CachedObject::close); // if it comes all the same, nobody has a use for it
            throw failed;
        }
    }

    /// As [#acquire], without waiting. The future fails with a [DeviceException].
    public CompletableFuture<CachedObject> acquireAsync(Key name) {
        var cookie = new Cookie(key, name);
        var acquired = new CompletableFuture<CachedObject>();
        if (!cache.opens().tryAcquire()) {
            acquired.completeExceptionally(new DeviceException(Errno.EAGAIN, name.text()));
            return acquired;
        }
        var waiting = new AtomicLong();
        cache.actor()
                .tell(new CacheActor.Ask(
                        ticket -> {
                            waiting.set(ticket);
                            return new CacheCommand.AcquireCookie(ticket, owner, name, false);
                        },
                        cookie,
                        (ticket, errno, gate) -> {
                            cache.opens().release();
                            cache.complete(acquired, errno, name.text(), () -> object(ticket, gate));
                        }));
        var longest = cache.options().deadline;
        if (!longest.isZero()) { // set after the question was put, and so heard after it
            var off = cache.alarms()
                    .after(longest, () -> cache.actor().tell(new CacheActor.Cancel(waiting::get, Errno.ETIMEDOUT)));
            var unused = acquired.whenComplete((_, _) -> off.run());
        }
        return acquired;
    }

    private CachedObject object(long use, @Nullable Gate gate) {
        if (gate == null) {
            throw new IllegalStateException("an object without a gate");
        }
        return new CachedObject(cache, gate, use);
    }

    /// Gives the volume up; its objects are released one by one. Returns when it may be acquired again.
    public void release() throws DeviceException {
        cache.get(releaseAsync(), "volume " + key);
    }

    /// As [#release], without waiting.
    public CompletableFuture<Long> releaseAsync() {
        var released = new CompletableFuture<Long>();
        cache.actor()
                .tell(new CacheActor.Ask(
                        ticket -> new CacheCommand.RelinquishVolume(ticket, owner),
                        null,
                        (ticket, errno, _) -> cache.complete(released, errno, "volume " + key, () -> ticket)));
        return released;
    }
}
