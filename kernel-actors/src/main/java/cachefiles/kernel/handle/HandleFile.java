package cachefiles.kernel.handle;

import cachefiles.kernel.extent.BackingFile;
import cachefiles.kernel.extent.NoSpaceException;
import cachefiles.kernel.extent.Store;
import cachefiles.kernel.uapi.AnonymousFd;
import cachefiles.kernel.uapi.DeviceException;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Handle;
import cachefiles.kernel.uapi.Range;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// A descriptor in the hands of one incarnation of the daemon.
public final class HandleFile implements AnonymousFd {
    private static final long ATTACH_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Fence fence;
    private final Fence.Gate gate;
    private final Handle handle;
    private final long incarnation;
    private final BackingFile file;

    public HandleFile(Fence fence, Fence.Gate gate, Handle handle, long incarnation, BackingFile file) {
        this.fence = fence;
        this.gate = gate;
        this.handle = handle;
        this.incarnation = incarnation;
        this.file = file;
    }

    @Override
    public Handle handle() {
        return handle;
    }

    @Override
    public long incarnation() {
        return incarnation;
    }

    @Override
    public AnonymousFd heldBy(long other) {
        return new HandleFile(fence, gate, handle, other, file);
    }

    @Override
    public int write(ByteBuffer source, long position) throws DeviceException {
        admit("write");
        if (position % Store.BLOCK_BYTES != 0) {
            throw new DeviceException(
                    Errno.ENOBUFS, "write of " + handle + ": position " + position + " is not on a page");
        }
        if (fence.isFull()) {
            throw new DeviceException(Errno.ENOBUFS, "write of " + handle + ": free space is under the stop limits");
        }
        int length = source.remaining();
        try {
            if (!file.write(position, source, permit())) {
                admit("write");
                throw new DeviceException(Errno.EBADF, "write of " + handle + ": the object has gone");
            }
        } catch (IOException failed) {
            fence.failed(failed);
            throw new DeviceException(errnoOf(failed), "write of " + handle, failed);
        }
        return length;
    }

    /// A full disk is no failure of the cache (S61).
    public static Errno errnoOf(IOException failed) {
        return failed instanceof NoSpaceException ? Errno.ENOBUFS : Errno.EIO;
    }

    @Override
    public Range[] nextHole(long position, long limit) throws DeviceException {
        admit("seek");
        return file.hole(position, limit).map(hole -> new Range[] {hole}).orElseGet(() -> new Range[0]);
    }

    private void admit(String what) throws DeviceException {
        if (!fence.admits(gate, handle, incarnation)) {
            throw new DeviceException(Errno.EBADF, what + " of " + handle + " by " + incarnation);
        }
        if (!file.attached() && !awaitAttached()) {
            throw new DeviceException(Errno.ENOBUFS, what + " of " + handle + ": no file attached");
        }
    }

    /// A daemon that was told its OPEN is accepted may write, though the object is still at its file (G11).
    private boolean awaitAttached() {
        long deadline = System.nanoTime() + ATTACH_NANOS;
        while (gate.isAccepted() && !file.attached() && System.nanoTime() < deadline) {
            LockSupport.parkNanos(100_000);
        }
        return file.attached();
    }

    private BackingFile.WritePermit permit() {
        return new BackingFile.WritePermit() {
            @Override
            public boolean holds() {
                return fence.admits(gate, handle, incarnation);
            }

            @Override
            public boolean whileHeld(Runnable publish) {
                return fence.whileAdmitted(gate, handle, incarnation, publish);
            }
        };
    }
}
