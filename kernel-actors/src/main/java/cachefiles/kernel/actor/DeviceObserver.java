package cachefiles.kernel.actor;

import cachefiles.kernel.device.DeviceAction;
import cachefiles.kernel.device.DeviceCommand;
import cachefiles.kernel.device.DeviceEvent;
import cachefiles.kernel.device.DeviceState;
import cachefiles.kernel.uapi.Decision;
import cachefiles.kernel.uapi.DeviceCall;

/// Sees every step of the device, on the device's thread.
public interface DeviceObserver {
    DeviceObserver NONE = (_, _, _) -> {};

    /// Somebody who is neither daemon nor supervisor says this: an operator, or the cache. The step that it leads to
    /// follows.
    default void written(DeviceCall call) {}

    /// @param after the state with the events folded in; valid only during the call
    void stepped(DeviceState after, DeviceCommand command, Decision<DeviceEvent, DeviceAction> decision);
}
