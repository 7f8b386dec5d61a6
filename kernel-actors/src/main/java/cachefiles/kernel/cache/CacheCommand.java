package cachefiles.kernel.cache;

import cachefiles.kernel.extent.FreeSpace;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Key;
import cachefiles.kernel.uapi.TextCommand;

/// What the cache is asked or told. A *ticket* is a number that its sender never uses twice: it names who waits, and
/// afterwards what he got. Each is answered by one [CacheAction.Complete], at once or later.
public sealed interface CacheCommand {
    /// Life of the device file and of the cache: [CacheCore].
    sealed interface OfDevice extends CacheCommand {}

    /// @param administrator whether the caller may open the device at all (S1)
    record OpenDevice(long ticket, boolean administrator) implements OfDevice {}

    /// The last copy of the device descriptor is closed.
    /// @param liveHandles anonymous descriptors that are still open: each pins the cache (S4)
    record CloseDevice(int liveHandles) implements OfDevice {}

    /// Handles were closed, or revoked.
    /// @param liveHandles how many are left
    record CloseHandles(int liveHandles) implements OfDevice {}

    /// Text was written to the device.
    /// @param directory where the writer is: `cull` and `inuse` name a file there (S112)
    record Write(long ticket, String directory, TextCommand text) implements OfDevice {}

    /// Answer to [CacheAction.CheckDirectory].
    /// @param errno `OK`: directory and tag are taken
    record DirectoryChecked(Errno errno) implements OfDevice {}

    /// The backing file system failed an operation with `EIO` (S116).
    record FailCache() implements OfDevice {}

    /// Free space was measured (S115).
    record MeasureSpace(FreeSpace space) implements OfDevice {}

    /// Volumes and cookies: [VolumeCore].
    sealed interface OfVolumes extends CacheCommand {}

    /// `OK`, or `EBUSY` while someone else has it; waits while the last one is being released (S5).
    /// The ticket names the owner from then on.
    /// @param shared one of several owners, all of which say so: a domain (S121)
    record AcquireVolume(long ticket, Key volume, boolean shared) implements OfVolumes {}

    /// An owner needs its volume no more; his cookies he releases one by one. Answered when the volume is gone, or has
    /// other owners. An owner who is none (any more) is answered `OK`.
    /// @param owner the ticket that acquired the volume
    record RelinquishVolume(long ticket, long owner) implements OfVolumes {}

    /// Uses a cookie; whoever is first has it looked up. `OK`, or the error of the look-up; `ENOBUFS` there is no cache
    /// for it; `EIO` its daemon has gone for good. The ticket names the use from then on.
    /// @param owner the ticket that acquired the volume
    /// @param primary the image of a mount: `EEXIST` if anyone uses the cookie already (S121)
    record AcquireCookie(long ticket, long owner, Key key, boolean primary) implements OfVolumes {}

    /// Ends a use, once however often it is said. Not answered (Q11).
    /// @param use the ticket that acquired the cookie
    record ReleaseCookie(long use) implements OfVolumes {}

    /// Whoever waits on `ticket` waits no more. Without effect if he was answered already: what he got is his to
    /// release.
    /// @param errno what the wait ends with: `EINTR` killed, `ETIMEDOUT`
    record Cancel(long ticket, Errno errno) implements OfVolumes {}

    /// Answer to [CacheAction.StartLookUp].
    record LookedUp(Cookie cookie, Errno errno) implements OfVolumes {}

    /// Answer to [CacheAction.Withdraw]: nothing is left of the object.
    record Withdrawn(Cookie cookie) implements OfVolumes {}
}
