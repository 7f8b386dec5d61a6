package cachefiles.kernel.device;

import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceCall;
import cachefiles.kernel.uapi.Range;
import org.jspecify.annotations.Nullable;

/// What is asked of the device: by an object, by its own timer, or by a daemon ([Call]).
public sealed interface DeviceCommand {
    /// What an object submits. Each may be submitted again, after any loss, with the effect of once.
    sealed interface FromObject extends DeviceCommand {
        Cookie cookie();
    }

    /// Enqueue an OPEN (S91), unless one is there, the object is open already, or the reopen it was asked for is over.
    /// @param expected for a reopen, what the object's readers were promised (G13); null for a look-up: any will do
    record SubmitOpen(Cookie cookie, @Nullable Content expected) implements FromObject {}

    /// Enqueue a READ (S98). One of the same range that is in the table is taken over under the new tag.
    /// @param tag tells this READ from an earlier one of the same range
    /// @param promised what the object's readers were promised: through a handle on other content it fails (G13)
    record SubmitRead(Cookie cookie, Range range, long tag, Content promised) implements FromObject {}

    /// Enqueue a CLOSE, if the object is open (S85, S108).
    record SubmitClose(Cookie cookie) implements FromObject {}

    /// The last waiter has gone: the READ leaves the table, handed out or not (S89).
    record CancelRead(Cookie cookie, long tag) implements FromObject {}

    /// The object goes away: its requests end, its handle is revoked, its slot is forgotten (S101, S108).
    record Drop(Cookie cookie) implements FromObject {}

    /// The object's actor has come back without its memory: what it was told may be lost with it.
    record ObjectUp(Cookie cookie) implements FromObject {}

    /// The object would leave memory: may it? (B33)
    record AskRest(Cookie cookie) implements FromObject {}

    /// The back-off before reopen attempt `attempt` is over (G5).
    record RetryReopen(Cookie cookie, int attempt) implements DeviceCommand {}

    /// A daemon, or the supervisor, speaks.
    record Call(DeviceCall call) implements DeviceCommand {}
}
