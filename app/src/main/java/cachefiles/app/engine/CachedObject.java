package cachefiles.app.engine;

import cachefiles.kernel.actor.CacheActor;
import cachefiles.kernel.actor.Gate;
import cachefiles.kernel.actor.ReadOperation;
import cachefiles.kernel.cache.CacheCommand;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceException;
import cachefiles.kernel.uapi.Errno;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// One use of a cache object. Reads of bytes that are present touch no actor; others wait for the daemon.
public final class CachedObject implements AutoCloseable {
    private final Cache cache;
    private final Gate gate;
    private final long use;
    private final long sizeBytes;

    CachedObject(Cache cache, Gate gate, long use) {
        this.cache = cache;
        this.gate = gate;
        this.use = use;
        this.sizeBytes = gate.file().sizeBytes();
    }

    public Cookie cookie() {
        return gate.cookie();
    }

    public long sizeBytes() {
        return sizeBytes;
    }

    /// Bytes that are in the cache.
    public long presentBytes() {
        return gate.file().presentBytes();
    }

    /// A read under way.
    /// @param bytes how many were copied; fails with a [DeviceException]: `EIO` no data or no daemon, `EINTR` cancelled,
    ///     `ETIMEDOUT`, `ESTALE` the origin's content changed, `EAGAIN` too many reads wait
    public record Read(CompletableFuture<Integer> bytes, Runnable cancel) {}

    /// Fills `target` from `offset` on, as far as the object goes, and moves its position.
    /// @return bytes copied, 0 at the end
    /// @throws DeviceException as [Read#bytes]
    public int read(long offset, ByteBuffer target) throws DeviceException {
        var read = readAsync(offset, target);
        try {
            return cache.get(read.bytes(), cookie() + " at " + offset);
        } catch (DeviceException failed) {
            read.cancel().run(); // whatever it was: nobody waits for it any more
            throw failed;
        }
    }

    /// As [#read], without waiting for the daemon. `target` belongs to the read until that is done.
    public Read readAsync(long offset, ByteBuffer target) {
        if (offset < 0) {
            throw new IllegalArgumentException("offset " + offset + " lies before the object");
        }
        var bytes = new CompletableFuture<Integer>();
        if (!cache.reads().tryAcquire()) {
            bytes.completeExceptionally(new DeviceException(Errno.EAGAIN, cookie().toString()));
            return new Read(bytes, () -> {});
        }
        var operation = new ReadOperation(
                gate,
                offset,
                target,
                sizeBytes,
                cache.options().readBytes,
                cache.threads(),
                (errno, copied) -> {
                    cache.reads().release();
                    if (errno.isOk()) {
                        bytes.complete(copied);
                    } else {
                        bytes.completeExceptionally(new DeviceException(errno, cookie() + " at " + offset));
                    }
                });
        operation.start();
        var longest = cache.options().deadline;
        if (!longest.isZero() && !bytes.isDone()) {
            var deadline =
                    cache.clock().schedule(operation::deadlinePassed, longest.toNanos(), TimeUnit.NANOSECONDS);
            bytes.whenComplete((_, _) -> deadline.cancel(false));
        }
        return new Read(bytes, operation::cancel);
    }

    /// Ends this use. After the last one the daemon is told to close the object; its bytes stay.
    @Override
    public void close() {
        cache.actor().tell(new CacheActor.Tell(new CacheCommand.ReleaseCookie(use)));
    }

    /// As [#close], and once the last use has ended, content and bytes are forgotten.
    public void retire() {
        cache.actor().tell(new CacheActor.Retire(cookie()));
        close();
    }
}
