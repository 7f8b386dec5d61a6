package cachefiles.daemon.core;

import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Handle;
import java.util.Map;

/// What has happened to a daemon. Not journaled: its memory dies with it.
public sealed interface DaemonEvent {
    record Started(long incarnation, Map<Handle, Content> kept) implements DaemonEvent {}

    /// A worker took up other work.
    record WorkerTurned(int worker, DaemonState.Work work) implements DaemonEvent {}

    /// The device said that it is, or is no more, readable.
    record Polled(boolean readable) implements DaemonEvent {}

    /// An object was opened. Recorded before it is answered (D2).
    record Opened(Handle handle, Content content) implements DaemonEvent {}

    /// The device has accepted the answer to the OPEN.
    record Confirmed(Handle handle) implements DaemonEvent {}

    /// An object was closed, or its opening refused.
    record Closed(Handle handle) implements DaemonEvent {}

    /// The first request since the start was completed.
    record Progressed() implements DaemonEvent {}
}
