package cachefiles.app.engine;

import cachefiles.kernel.actor.Ahead;
import cachefiles.kernel.actor.Gate;
import cachefiles.kernel.actor.ReadOperation;
import cachefiles.kernel.uapi.DeviceException;
import cachefiles.kernel.uapi.Errno;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A read whose caller waits for it. All of it is done on the caller's thread, which lends the crew a hand meanwhile
/// rather than sleep.
final class BlockingRead implements ReadOperation.Resume {
    /// Turns taken before it is time to look at the clock.
    private static final int TURNS_A_LOOK = 16;

    private final Cache cache;
    private final Crew crew;
    private final Gate gate;
    private final long offset;
    private final ReadOperation operation;
    private final Thread owner = Thread.currentThread();
    private final AtomicReference<@Nullable Runnable> rest = new AtomicReference<>();
    private volatile boolean asleep;
    private volatile @Nullable Errno outcome;
    private int copied;
    private boolean permitted;
    private boolean helping;

    BlockingRead(Cache cache, Gate gate, Ahead ahead, long offset, ByteBuffer target, long sizeBytes) {
        this.cache = cache;
        this.crew = cache.crew();
        this.gate = gate;
        this.offset = offset;
        this.operation =
                new ReadOperation(gate, ahead, offset, target, sizeBytes, cache.options().readBytes, this, this::ended);
    }

    /// @return bytes copied
    int run() throws DeviceException {
        operation.start();
        var errno = permitted ? awaitEnd() : outcome; // also one that was refused at once has its place to give back
        if (errno == null || !errno.isOk()) {
            throw new DeviceException(errno == null ? Errno.EIO : errno, gate.cookie() + " at " + offset);
        }
        return copied;
    }

    private void ended(Errno errno, int bytes) {
        copied = bytes;
        outcome = errno;
    }

    @Override
    public boolean mayWait() {
        permitted = permitted || cache.reads().tryAcquire();
        helping = helping || permitted && crew.join();
        return permitted;
    }

    @Override
    public void execute(Runnable what) {
        rest.set(what);
        if (asleep) {
            LockSupport.unpark(owner);
        }
    }

    private @Nullable Errno awaitEnd() {
        long longest = cache.options().deadline.toNanos();
        long start = System.nanoTime();
        boolean interrupted = false;
        try {
            for (int turn = 1; outcome == null; turn++) {
                if (!goOn() && !help()) {
                    sleep(longest == 0 ? Long.MAX_VALUE : longest - (System.nanoTime() - start));
                    turn = 0;
                }
                if (turn % TURNS_A_LOOK == 0 && longest != 0 && System.nanoTime() - start >= longest) {
                    operation.deadlinePassed();
                }
                if (outcome == null && Thread.interrupted()) {
                    interrupted = true;
                    operation.cancel();
                }
            }
        } finally {
            if (helping) {
                crew.leaveInOrder();
            }
            if (permitted) {
                cache.reads().release();
            }
            if (interrupted) {
                owner.interrupt();
            }
        }
        return outcome;
    }

    /// Goes on with the read, if what it waited for has come.
    private boolean goOn() {
        var next = rest.get();
        if (next == null) {
            return false;
        }
        rest.set(null);
        next.run();
        return true;
    }

    private boolean help() {
        if (!helping) {
            helping = crew.hasWork() && crew.join();
        }
        if (!helping) {
            return false;
        }
        if (crew.takeOne()) {
            return true;
        }
        helping = false;
        crew.leave();
        return false;
    }

    private void sleep(long nanos) {
        asleep = true;
        if (rest.get() == null && nanos > 0 && outcome == null) {
            LockSupport.parkNanos(this, nanos);
        }
        asleep = false;
    }
}
