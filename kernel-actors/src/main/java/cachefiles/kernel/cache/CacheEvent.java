package cachefiles.kernel.cache;

import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Key;
import cachefiles.kernel.uapi.TextCommand.Limit;

/// What has happened to the cache. Not journaled: binding, limits and flags end with the process (S129).
public sealed interface CacheEvent {
    /// Folded in by [CacheCore].
    sealed interface OfDevice extends CacheEvent {}

    record DeviceOpened() implements OfDevice {}

    record DeviceClosed() implements OfDevice {}

    record DirectoryGiven(String path) implements OfDevice {}

    record TagGiven(String tag) implements OfDevice {}

    record SecurityContextGiven(String context) implements OfDevice {}

    record LimitSet(Limit.Kind kind, int percent) implements OfDevice {}

    record DebugSet(long mask) implements OfDevice {}

    /// @param ticket of the writer, who waits
    record BindStarted(long ticket, boolean onDemand) implements OfDevice {}

    record Bound() implements OfDevice {}

    record BindRefused(Errno errno) implements OfDevice {}

    /// DEAD for an I/O error.
    record CacheFailed() implements OfDevice {}

    record SpaceChanged(boolean culling, boolean full) implements OfDevice {}

    /// The last pin has gone: nothing new is admitted.
    record UnbindStarted() implements OfDevice {}

    /// As if the device had never been opened.
    record Unbound() implements OfDevice {}

    /// Folded in by [VolumeCore].
    sealed interface OfVolumes extends CacheEvent {}

    /// The volume has one more owner.
    record VolumeAcquired(long ticket, Key volume, boolean shared) implements OfVolumes {}

    /// Waits until the volume is gone.
    record VolumeAwaited(long ticket, Key volume, boolean shared) implements OfVolumes {}

    record VolumeRelinquished(long owner) implements OfVolumes {}

    /// The last owner of its volume waits until its cookies are gone.
    record ReleaseAwaited(long ticket, Key volume) implements OfVolumes {}

    record VolumeReleased(Key volume) implements OfVolumes {}

    /// The cookie is being looked up, for nobody but those who wait for it.
    record LookUpStarted(Cookie cookie) implements OfVolumes {}

    /// With `OK` those who wait have their use; with an error they have not, and the object is being withdrawn.
    record LookUpEnded(Cookie cookie, Errno errno) implements OfVolumes {}

    /// Waits for a look-up, or for a withdrawal and then a look-up.
    record UseAwaited(long ticket, Cookie cookie) implements OfVolumes {}

    record UseGranted(long ticket, Cookie cookie) implements OfVolumes {}

    record UseReleased(long use) implements OfVolumes {}

    record WaitCancelled(long ticket) implements OfVolumes {}

    record WithdrawalStarted(Cookie cookie) implements OfVolumes {}

    /// The cookie is no longer known.
    record CookieDropped(Cookie cookie) implements OfVolumes {}
}
