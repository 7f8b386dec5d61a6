package cachefiles.kernel.device;

import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceReply;
import cachefiles.kernel.uapi.Handle;
import cachefiles.kernel.uapi.Request;

/// What the device's shell is to do, in this order.
public sealed interface DeviceAction {
    /// Tell an object. Messages to one object arrive in the order they are told.
    record Tell(Cookie cookie, Notice notice) implements DeviceAction {}

    /// Answer the call under way.
    record Reply(DeviceReply reply) implements DeviceAction {}

    /// Answer the fetch under way with a message and its descriptor.
    record Deliver(int worker, Request request, Handle handle) implements DeviceAction {}

    /// Raise POLLIN (S38, S42).
    record Wake() implements DeviceAction {}

    /// Come back with [DeviceCommand.RetryReopen] after the back-off of this attempt.
    record RetryAfter(Cookie cookie, int attempt) implements DeviceAction {}

    /// Writes through this handle fail from now on. Done before anything later in the list.
    record Revoke(Handle handle) implements DeviceAction {}

    /// Only writers of `incarnation`, through handles of `floor` or later, may write from now on.
    record Fence(long incarnation, long floor) implements DeviceAction {}
}
