package cachefiles.kernel.object;

import cachefiles.kernel.device.DeviceCommand;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Errno;
import org.jspecify.annotations.Nullable;

/// What an object's shell is to do, in this order. Each may be done twice.
public sealed interface ObjectAction {
    /// Tell the device. What is told arrives in this order.
    record Submit(DeviceCommand.FromObject command) implements ObjectAction {}

    /// Make the backing file this content's, then say [ObjectCommand.Attached].
    record Attach(Content content) implements ObjectAction {}

    /// Forget the bytes.
    record Clear() implements ObjectAction {}

    /// Tell the gate: the look-up has ended.
    /// @param content null unless `OK`
    record Acquired(Errno errno, @Nullable Content content) implements ObjectAction {}

    /// Tell the gate: this ask has ended; with `OK` the bytes are worth another look (S88).
    record ReadDone(long ask, Errno errno) implements ObjectAction {}

    /// Tell the gate: the object is out of use.
    record Released() implements ObjectAction {}

    /// Leave memory, unless the gate has spoken again.
    record Leave() implements ObjectAction {}
}
