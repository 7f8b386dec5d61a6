package cachefiles.kernel.uapi;

/// What a daemon, or the supervisor that holds the device for it, says to the device.
///
/// Every answer names the incarnation of its sender and the handle it was given: the device believes neither a
/// predecessor nor a forged id (I4). In Linux `copen` carries the id alone.
public sealed interface DeviceCall {
    /// Calls of a daemon's worker: void unless the incarnation is the current one.
    sealed interface FromDaemon extends DeviceCall {
        long incarnation();
    }

    /// Reads one message (S25, S26). Answered by [DeviceReply.Message], [DeviceReply.Nothing] or [DeviceReply.Refused].
    /// @param worker which of the daemon's workers asks; comes back in the reply
    /// @param bufferBytes room for the message (S30)
    record Fetch(long incarnation, int worker, int bufferBytes) implements FromDaemon {}

    /// Answers an OPEN (`copen <msg_id>,<size>`). Takes effect once. Answered by [DeviceReply.Done].
    /// @param size bytes; -1 to -4095 is the daemon's error number, passed to whoever opened the cookie (S70)
    /// @param validator what tells this version of the content from another, at most 255 characters; empty if unknown
    record Copen(long incarnation, MsgId msgId, Handle handle, long size, String validator) implements FromDaemon {}

    /// Answers a READ (`READ_COMPLETE`). Takes effect once. Answered by [DeviceReply.Done].
    /// @param error why there is no data; `OK` if the data was stored. Linux has no error answer (S80)
    record Cread(long incarnation, MsgId msgId, Handle handle, Errno error) implements FromDaemon {}

    /// The daemon could not take the message it was handed: the request ends with `error` (S33, S34).
    record Refuse(long incarnation, MsgId msgId, Handle handle, Errno error) implements FromDaemon {}

    /// Closes a descriptor (S60). Answered by [DeviceReply.Done].
    record CloseHandle(long incarnation, Handle handle) implements FromDaemon {}

    /// A new daemon takes the device over. Answered by [DeviceReply.TookOver] with its incarnation.
    /// @param keepHandles whether the descriptors outlived the predecessor (Q7); else they are closed by this (Q5)
    record TakeOver(boolean keepHandles) implements DeviceCall {}

    /// `restore`: every request may be handed out again (S74). Answered by [DeviceReply.Done].
    record Restore() implements DeviceCall {}

    /// No daemon will come for now: what waits ends with `EIO`, and so does what comes, until the next take-over.
    record GiveUp() implements DeviceCall {}

    /// The last copy of the device descriptor is closed: the cache is dead (Q6).
    record Close() implements DeviceCall {}
}
