package cachefiles.kernel.device;

import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Errno;
import org.jspecify.annotations.Nullable;

/// What an object hears from the device.
public sealed interface Notice {
    /// The OPEN ended.
    /// @param content what the daemon gave; null unless `OK`
    record OpenEnded(Errno errno, @Nullable Content content) implements Notice {}

    /// The READ of this tag ended; with `OK` the object's bytes are worth another look (S88).
    record ReadEnded(long tag, Errno errno) implements Notice {}

    /// The CLOSE was delivered, or there was nothing to close.
    record CloseEnded() implements Notice {}

    /// A READ met a closed handle: submit an OPEN (the kernel's reopen work, S99, S123).
    record Reopen() implements Notice {}

    /// Nothing of the object is left in the device.
    record DropDone() implements Notice {}

    /// Answer to [DeviceCommand.AskRest]: whether the device holds nothing that will speak to the object.
    record MayRest(boolean yes) implements Notice {}
}
