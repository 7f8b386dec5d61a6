package cachefiles.kernel.object;

import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Range;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the cache knows of one file on demand. Whether the daemon has a live handle on it is not here but in the
/// device's slot; `inspect` and the traces join the two to the kernel's words ([ObjectCore#printed]).
///
///     Idle ──acquire──▶ Opening ──copen──▶ Attaching ──attached──▶ Ready ──release──▶ Closing
///     Closing ──CLOSE ended──▶ Dropping ──drop done──▶ Idle
///     Opening ──open error, release──▶ Dropping      Attaching ──attach error, release──▶ Dropping
///     Idle ──read after a failure──▶ Ready      Idle ──release──▶ Closing
///
/// Only `known` is journaled. All else is asked for again by whoever waits for it.
public sealed interface ObjectState {
    /// The content that the journal has, null if none.
    @Nullable
    Content known();

    /// Nobody uses it, or its actor has just come up.
    record Idle(@Nullable Content known) implements ObjectState {}

    /// An OPEN is out for whoever acquires it.
    record Opening(@Nullable Content known) implements ObjectState {}

    /// The daemon said what the content is; the backing file is being made that content's.
    /// @param releasing whether it was released meanwhile, and so will be dropped
    /// @param retiring whether it was released for good
    record Attaching(@Nullable Content known, Content content, boolean releasing, boolean retiring)
            implements ObjectState {}

    /// In use: misses become READs.
    /// @param reads out, at most one a range, sorted by range
    /// @param askedRest whether the device was asked if the actor may leave memory
    record Ready(Content content, List<Outstanding> reads, boolean askedRest) implements ObjectState {
        @Override
        public Content known() {
            return content;
        }
    }

    /// A CLOSE is out.
    /// @param retiring whether the content is to be forgotten
    record Closing(@Nullable Content known, boolean retiring) implements ObjectState {}

    /// The device is ending what it has of the object. Leaves to Idle alone (I8).
    /// @param failed why the look-up failed (S107), or `OK` if the object was released
    record Dropping(@Nullable Content known, boolean retiring, Errno failed) implements ObjectState {}

    /// One READ in the device's table.
    /// @param tag the ask that began it
    /// @param asks who waits for it, the first included
    record Outstanding(Range range, long tag, List<Long> asks) {}
}
