package cachefiles.app.check;

import cachefiles.kernel.uapi.AnonymousFd;
import cachefiles.kernel.uapi.Handle;
import cachefiles.kernel.uapi.Range;
import java.nio.ByteBuffer;

/// A descriptor that knows who holds it. What it would do is modelled by whoever made it.
public record Fd(Handle handle, long incarnation) implements AnonymousFd {
    @Override
    public AnonymousFd heldBy(long other) {
        return new Fd(handle, other);
    }

    @Override
    public int write(ByteBuffer source, long position) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Range[] nextHole(long position, long limit) {
        throw new UnsupportedOperationException();
    }
}
