package cachefiles.app.check;

import cachefiles.kernel.device.DeviceCommand;
import cachefiles.kernel.object.ObjectCommand;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceReply;

/// What is on its way between the parts of a [Kernel].
sealed interface Mail {
    record ToObject(Cookie cookie, ObjectCommand command) implements Mail {}

    record ToDevice(String caller, DeviceCommand command) implements Mail {}

    record ToCaller(String caller, DeviceReply reply) implements Mail {}
}
