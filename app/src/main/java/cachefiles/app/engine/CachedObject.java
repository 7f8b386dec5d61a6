package cachefiles.app.engine;

import cachefiles.kernel.actor.Ahead;
import cachefiles.kernel.actor.CacheActor;
import cachefiles.kernel.actor.Gate;
import cachefiles.kernel.actor.ReadOperation;
import cachefiles.kernel.cache.CacheCommand;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/// One use of a cache object. Reads of bytes that are present touch no actor; others wait for the daemon.
public final class CachedObject implements AutoCloseable {
    private final Cache cache;
    private final Gate gate;
    private final Ahead ahead;
    private final long use;
    private final long sizeBytes;

    CachedObject(Cache cache, Gate gate, long use) {
        this.cache = cache;
        this.gate = gate;
        this.use = use;
        this.sizeBytes = gate.file().sizeBytes();
        this.ahead = new Ahead(gate, cache.options().readAheadBytes, cache::underwayBytes, cache.options().readBytes);
    }

    public Cookie cookie() {
        return gate.cookie();
    }

    Gate gate() {
        return gate;
    }

    public long sizeBytes() {
        return sizeBytes;
    }

    /// What its origin calls this version; empty if it tells none apart.
    public String validator() {
        return gate.file().validator();
    }

    /// Bytes that are in the cache.
    public long presentBytes() {
        return gate.file().presentBytes();
    }

    /// A read under way.
    /// @param bytes how many were copied; fails with a [DeviceException]: `EIO` no data or no daemon, `EINTR`
    /// cancelled,
    ///     `ETIMEDOUT`, `ESTALE` the origin's content changed, `EAGAIN` too many reads wait
    public record Read(CompletableFuture<Integer> bytes, Runnable cancel) {}

    /// Fills `target` from `offset` on, as far as the object goes, and moves its position.
    /// @return bytes copied, 0 at the end
    /// @throws DeviceException as [Read#bytes]
    public int read(long offset, ByteBuffer target) throws DeviceException {
        return new BlockingRead(cache, gate, ahead, checked(offset), target, sizeBytes).run();
    }

    /// As [#read], without waiting for the daemon. `target` belongs to the read until that is done.
    public Read readAsync(long offset, ByteBuffer target) {
        var bytes = new CompletableFuture<Integer>();
        var permit = new Permit(cache);
        var operation = new ReadOperation(
                gate, ahead, checked(offset), target, sizeBytes, cache.options().readBytes, permit, (errno, copied) -> {
                    permit.giveBack();
                    if (errno.isOk()) {
                        bytes.complete(copied);
                    } else {
                        bytes.completeExceptionally(new DeviceException(errno, cookie() + " at " + offset));
                    }
                });
        operation.start();
        var longest = cache.options().deadline;
        if (!longest.isZero() && !bytes.isDone()) {
            var off = cache.alarms().after(longest, operation::deadlinePassed);
            var unused = bytes.whenComplete((_, _) -> off.run());
        }
        return new Read(bytes, operation::cancel);
    }

    private static long checked(long offset) {
        if (offset < 0) {
            throw new IllegalArgumentException("offset " + offset + " lies before the object");
        }
        return offset;
    }

    /// A read's place among those that may wait; it has one from its first wait to its end.
    private static final class Permit implements ReadOperation.Resume {
        private final Cache cache;
        private boolean held;

        Permit(Cache cache) {
            this.cache = cache;
        }

        @Override
        public boolean mayWait() {
            held = held || cache.reads().tryAcquire();
            return held;
        }

        void giveBack() {
            if (held) {
                cache.reads().release();
            }
        }

        @Override
        public void execute(Runnable rest) {
            cache.threads().execute(rest);
        }
    }

    /// Ends this use, and what is asked ahead for it. After the last one the daemon is told to close the object; its
    /// bytes stay.
    @Override
    public void close() {
        ahead.close();
        cache.actor().tell(new CacheActor.Tell(new CacheCommand.ReleaseCookie(use)));
    }

    /// As [#close], and once the last use has ended, content and bytes are forgotten.
    public void retire() {
        cache.actor().tell(new CacheActor.Retire(cookie()));
        close();
    }
}
