package cachefiles.kernel.handle;

import cachefiles.kernel.uapi.Handle;
import java.io.IOException;
import java.util.concurrent.locks.StampedLock;
import java.util.function.Consumer;

/// Carries the device's word on who may write to the writers' threads, which do not pass its mailbox (G10). To make
/// bytes present holds it shared, for no longer than that takes; to raise it or to revoke a handle holds it alone.
public final class Fence {
    private final StampedLock lock = new StampedLock();
    private volatile long incarnation = -1;
    private volatile long floor;
    private volatile boolean full;
    private final Consumer<IOException> failures;

    /// @param failures told what writing fails with (S116)
    public Fence(Consumer<IOException> failures) {
        this.failures = failures;
    }

    void failed(IOException failure) {
        failures.accept(failure);
    }

    /// One handle's part. Set with the fence held alone.
    public static final class Gate {
        private volatile boolean revoked;
        private volatile boolean accepted;

        /// Whether the OPEN was accepted, so that a file will be attached (G11).
        boolean isAccepted() {
            return accepted;
        }

        public void accept() {
            accepted = true;
        }
    }

    /// From now on only `writers` incarnation writes, through handles of incarnation `oldest` or later.
    public void raise(long writers, long oldest) {
        long stamp = lock.writeLock();
        incarnation = writers;
        floor = oldest;
        lock.unlockWrite(stamp);
    }

    public void revoke(Gate gate) {
        long stamp = lock.writeLock();
        gate.revoked = true;
        lock.unlockWrite(stamp);
    }

    /// Says whether free space is under the stop limits (S115).
    public void setFull(boolean isFull) {
        full = isFull;
    }

    boolean isFull() {
        return full;
    }

    boolean admits(Gate gate, Handle handle, long writer) {
        return !gate.revoked && writer == incarnation && handle.incarnation() >= floor;
    }

    /// Runs `publish` if the writer is admitted, and keeps it so meanwhile.
    boolean whileAdmitted(Gate gate, Handle handle, long writer, Runnable publish) {
        long stamp = lock.readLock();
        try {
            if (!admits(gate, handle, writer)) {
                return false;
            }
            publish.run();
            return true;
        } finally {
            lock.unlockRead(stamp);
        }
    }
}
