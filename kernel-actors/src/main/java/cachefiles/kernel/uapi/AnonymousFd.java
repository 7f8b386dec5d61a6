package cachefiles.kernel.uapi;

import java.nio.ByteBuffer;

/// What an OPEN brings to the daemon: the object's file, for positioned writing (S58). Safe for use by several threads.
///
/// It is bound to the incarnation that it was handed to: once a successor has taken over, nothing done through it has
/// an effect (I4, G10). It is no operating-system descriptor.
public interface AnonymousFd {
    Handle handle();

    /// The incarnation of the daemon that holds this copy.
    long incarnation();

    /// A copy of this descriptor in the hands of another incarnation (Q7).
    AnonymousFd heldBy(long incarnation);

    /// Stores all bytes of `source` at `position`, and makes them present once they are in place (S61, I19, I20).
    /// @param position bytes, a multiple of 4096
    /// @return bytes stored: all that `source` held (S62)
    /// @throws DeviceException `ENOBUFS` no file attached, position not on a page, or no space (S61); `EBADF` closed,
    /// or
    ///     a successor has taken over; `EIO` the backing file failed
    int write(ByteBuffer source, long position) throws DeviceException;

    /// The first hole at or after `position`, cut at `limit`, or an empty array where all is present (S63).
    /// @param limit bytes, behind `position`
    /// @return none or one range, on page edges or the object's end
    /// @throws DeviceException as [#write]
    Range[] nextHole(long position, long limit) throws DeviceException;
}
