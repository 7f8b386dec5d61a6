package cachefiles.kernel.object;

import cachefiles.kernel.device.Notice;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Range;

/// What is asked of an object: by its gate, the device, the store, or the keeper of actors.
public sealed interface ObjectCommand {
    /// Look the object up: learn its content from the daemon (S105).
    record Acquire() implements ObjectCommand {}

    /// These bytes are missing. Ends with the READ that covers the first of them.
    /// @param ask names the question; one asked again of a successor has a new name
    record Read(long ask, Range range) implements ObjectCommand {}

    /// Nobody waits for this ask any more.
    record CancelRead(long ask) implements ObjectCommand {}

    /// The last user has gone (S108).
    /// @param retire whether content and bytes are to be forgotten
    record Release(boolean retire) implements ObjectCommand {}

    /// The device has lost its table, or this actor its memory: submit again what is out.
    record Resubmit() implements ObjectCommand {}

    /// Leave memory, if nothing of the object is in use or on its way (B33).
    record Rest() implements ObjectCommand {}

    /// The backing file is this content's, or why not.
    record Attached(Content content, Errno errno) implements ObjectCommand {}

    /// The device says something.
    record Heard(Notice notice) implements ObjectCommand {}
}
