package cachefiles.app.engine;

import cachefiles.daemon.fetch.ForwardingOrigin;
import cachefiles.daemon.fetch.Origin;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceException;
import cachefiles.kernel.uapi.Errno;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/// An origin that can be made to keep its callers waiting.
public final class Held extends ForwardingOrigin {
    private final AtomicInteger waiting = new AtomicInteger();
    private volatile Errno failure = Errno.OK;
    private volatile CompletableFuture<Boolean> next = CompletableFuture.completedFuture(false);

    public Held(Origin origin) {
        super(origin);
    }

    /// Whoever comes from now on waits.
    /// @return completed to let them go; with true they come back with garbage for bytes
    public CompletableFuture<Boolean> hold() {
        var held = new CompletableFuture<Boolean>();
        next = held;
        return held;
    }

    /// Whoever comes from now on does not wait. Those who do, wait on.
    public void pass() {
        next = CompletableFuture.completedFuture(false);
    }

    /// Whoever comes from now on fails, or no longer does.
    /// @param errno `OK` to end it
    public void fail(Errno errno) {
        failure = errno;
    }

    /// Callers that wait now.
    public int waiting() {
        return waiting.get();
    }

    private boolean await(Cookie cookie) throws DeviceException {
        var errno = failure;
        if (!errno.isOk()) {
            throw new DeviceException(errno, cookie + ": made to fail");
        }
        var held = next;
        waiting.incrementAndGet();
        try {
            return held.join();
        } finally {
            waiting.decrementAndGet();
        }
    }

    @Override
    public Content find(Cookie cookie) throws DeviceException {
        await(cookie);
        return super.find(cookie);
    }

    @Override
    public void fetch(Cookie cookie, Content expected, long offset, ByteBuffer target) throws DeviceException {
        if (await(cookie)) {
            while (target.hasRemaining()) {
                target.put((byte) 0x5A);
            }
        } else {
            super.fetch(cookie, expected, offset, target);
        }
    }

    @Override
    public boolean isImmediate() {
        return false;
    }
}
