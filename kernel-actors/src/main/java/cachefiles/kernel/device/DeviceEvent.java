package cachefiles.kernel.device;

import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Handle;
import cachefiles.kernel.uapi.MsgId;

/// What has happened to the device. Not journaled: the device's state dies with the process (S129).
public sealed interface DeviceEvent {
    /// A request is in the table, NEW.
    record Enqueued(Pending request) implements DeviceEvent {}

    /// A READ goes on under another tag: its object lost its memory and asked again.
    record Retagged(MsgId msgId, long tag) implements DeviceEvent {}

    /// A request was handed out; the cursor moved behind it (S28, S31).
    record Delivered(MsgId msgId, Handle handle) implements DeviceEvent {}

    /// A delivered OPEN brought this handle (S32).
    record HandleMade(Handle handle) implements DeviceEvent {}

    /// A request left the table. Whoever waits is told in the same step (S90, I1).
    record Ended(MsgId msgId) implements DeviceEvent {}

    /// One request may be handed out again: the handle it was out under is closed.
    record Renewed(MsgId msgId) implements DeviceEvent {}

    /// All requests may be handed out again (S74).
    record Restored() implements DeviceEvent {}

    /// The slot of `cookie` is now `slot`.
    record SlotSet(Cookie cookie, Slot slot) implements DeviceEvent {}

    /// The object is gone, its slot forgotten.
    record SlotDropped(Cookie cookie) implements DeviceEvent {}

    /// A new daemon holds the device.
    /// @param floor handles of an incarnation below are closed
    record TookOver(long incarnation, long floor) implements DeviceEvent {}

    /// No daemon until the next take-over.
    record GaveUp() implements DeviceEvent {}

    /// DEAD, for good (S3).
    record Died() implements DeviceEvent {}
}
