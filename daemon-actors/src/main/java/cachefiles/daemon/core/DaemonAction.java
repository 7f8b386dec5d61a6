package cachefiles.daemon.core;

import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceCall;
import cachefiles.kernel.uapi.Handle;
import cachefiles.kernel.uapi.MsgId;
import cachefiles.kernel.uapi.Range;

/// What a daemon's shell is to do, in this order.
public sealed interface DaemonAction {
    /// Say this to the device.
    record Say(DeviceCall call) implements DaemonAction {}

    /// Ask the origin for the content of `cookie`, then [DaemonCommand.LookedUp].
    record LookUp(int worker, MsgId msgId, Cookie cookie) implements DaemonAction {}

    /// Fetch the holes of `range` from the origin and write them through the handle, then [DaemonCommand.Filled].
    record Fill(int worker, MsgId msgId, Handle handle, Content content, Range range) implements DaemonAction {}

    /// Have the supervisor keep the descriptor and what is known of it, over this daemon's death (Q7).
    record Keep(Handle handle, Content content) implements DaemonAction {}

    /// The descriptor needs no keeping any more.
    record Discard(Handle handle) implements DaemonAction {}

    /// Tell the supervisor that a request was completed.
    record ReportProgress() implements DaemonAction {}
}
