package cachefiles.kernel.uapi;

import java.util.function.Consumer;

/// An open device descriptor. Calls return at once; the reply comes later, on any thread.
public interface DevicePort {
    /// Says `call` to the device.
    /// @param replyTo gets the reply; for [DeviceCall.TakeOver] it also gets every [DeviceReply.Readable] from then on
    void call(DeviceCall call, Consumer<DeviceReply> replyTo);
}
