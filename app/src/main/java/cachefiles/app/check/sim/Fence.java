package cachefiles.app.check.sim;

import cachefiles.kernel.uapi.AnonymousFd;
import cachefiles.kernel.uapi.DeviceException;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Handle;
import cachefiles.kernel.uapi.Range;
import java.nio.ByteBuffer;

/// The device's word on who may write, as writers see it (`cachefiles.kernel.handle.Fence`).
final class Fence {
    private long incarnation = -1;
    private long floor;

    /// One handle's part.
    static final class Gate {
        boolean revoked;
        boolean accepted;
    }

    void raise(long writers, long oldest) {
        incarnation = writers;
        floor = oldest;
    }

    /// A descriptor (`cachefiles.kernel.handle.HandleFile`). Its writes are several steps, so that anything may fall
    /// between.
    record Fd(Fence fence, Gate gate, Handle handle, long incarnation, Blob blob, int use) implements AnonymousFd {
        boolean isAttached() {
            return blob.use == use && blob.file.isAttached();
        }

        boolean admitted() {
            return !gate.revoked && incarnation == fence.incarnation && handle.incarnation() >= fence.floor;
        }

        @Override
        public String toString() {
            return handle + " held by " + incarnation;
        }

        @Override
        public AnonymousFd heldBy(long other) {
            return new Fd(fence, gate, handle, other, blob, use);
        }

        @Override
        public int write(ByteBuffer source, long position) throws DeviceException {
            throw new DeviceException(Errno.EOPNOTSUPP, "a write is several steps");
        }

        @Override
        public Range[] nextHole(long position, long limit) throws DeviceException {
            throw new DeviceException(Errno.EOPNOTSUPP, "a seek may have to wait");
        }
    }
}
