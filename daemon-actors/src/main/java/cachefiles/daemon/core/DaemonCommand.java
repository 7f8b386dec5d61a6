package cachefiles.daemon.core;

import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.DeviceReply;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Handle;
import cachefiles.kernel.uapi.MsgId;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a daemon hears.
public sealed interface DaemonCommand {
    /// The supervisor has taken the device over for it: begin.
    /// @param kept what the predecessor had opened, if its descriptors were kept (Q7); else empty
    record Start(long incarnation, Map<Handle, Content> kept) implements DaemonCommand {}

    /// The device says something.
    record FromDevice(DeviceReply reply) implements DaemonCommand {}

    /// The look-up at the origin has ended.
    /// @param content null unless `OK`
    record LookedUp(
            long incarnation,
            int worker,
            MsgId msgId,
            Errno errno,
            @Nullable Content content) implements DaemonCommand {}

    /// Fetching and writing have ended.
    record Filled(long incarnation, int worker, MsgId msgId, Errno errno) implements DaemonCommand {}

    /// Close this descriptor though it is needed, as a faulty daemon would (Q3, Q4).
    record CloseEarly(Handle handle) implements DaemonCommand {}

    /// A worker died over its work.
    record WorkerDied(long incarnation, int worker) implements DaemonCommand {}
}
