package cachefiles.app.demo;

import cachefiles.app.check.trace.TraceWriter;
import cachefiles.app.engine.Cache;
import cachefiles.kernel.uapi.Cookie;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/// Closes descriptors under the daemon, of objects in use, spread over the load. Without kills nothing may be fetched
/// twice: then it waits until no read of the object is under way, for a fetch whose descriptor goes is lost.
final class Closer implements Runnable {
    private static final long TRY_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(12);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private final DemoOptions options;
    private final Cache cache;
    private final Watch watch;
    private final Load load;
    private final @Nullable TraceWriter trace;
    private final SplittableRandom random;
    private final Map<Cookie, ReadWriteLock> quiet = new ConcurrentHashMap<>();
    private boolean gaveUp;

    Closer(DemoOptions options, Cache cache, Watch watch, Load load, @Nullable TraceWriter trace) {
        this.options = options;
        this.cache = cache;
        this.watch = watch;
        this.load = load;
        this.trace = trace;
        this.random = new SplittableRandom(~options.seed());
    }

    /// Whether reads and closes of one object take turns.
    private boolean isGentle() {
        return options.kills() == 0;
    }

    /// To be held during a read of `cookie`; null if there is no need.
    @Nullable
    ReadWriteLock turns(Cookie cookie) {
        return isGentle() && options.closes() > 0
                ? quiet.computeIfAbsent(cookie, _ -> new ReentrantReadWriteLock(true))
                : null;
    }

    @Override
    public void run() {
        try {
            for (int close = 0; close < options.closes() && goesOn(); close++) {
                closeNext(close);
            }
        } finally {
            load.release(Load.Brake.CLOSES);
        }
    }

    private boolean goesOn() {
        return !load.isStopped() && !cache.hasGivenUp() && !gaveUp;
    }

    private void closeNext(int done) {
        long from = load.share(done, options.closes());
        long to = load.share(done + 1, options.closes());
        load.allow(Load.Brake.CLOSES, to);
        load.awaitClaimed(from + random.nextLong(Math.max(1, to - from)));
        long begin = System.nanoTime();
        while (goesOn() && !closeOne()) {
            gaveUp = System.nanoTime() - begin > PATIENCE_NANOS;
            if (load.isStarved()) {
                load.feed(Load.Brake.CLOSES, Math.max(1, to - from));
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    private boolean closeOne() {
        var open = watch.open();
        if (open.isEmpty()) {
            return false;
        }
        var cookie = open.get(random.nextInt(open.size()));
        var turns = turns(cookie);
        if (turns != null) {
            turns.writeLock().lock();
        }
        try {
            watch.expectClose(cookie);
            cache.closeHandle(cookie);
            long begin = System.nanoTime();
            while (!watch.hasClosed(cookie) && System.nanoTime() - begin < TRY_NANOS) {
                LockSupport.parkNanos(LOOK_NANOS);
            }
            boolean closed = watch.stopExpecting(cookie);
            if (closed && trace != null) {
                trace.remark("handle of " + cookie + " closed under the daemon");
            }
            return closed;
        } finally {
            if (turns != null) {
                turns.writeLock().unlock();
            }
        }
    }
}
