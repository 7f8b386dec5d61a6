package cachefiles.kernel.actor;

import cachefiles.kernel.object.ObjectAction;
import cachefiles.kernel.object.ObjectCommand;
import cachefiles.kernel.object.ObjectEvent;
import cachefiles.kernel.object.ObjectState;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Decision;

/// Sees every step of every object, on the object's thread.
public interface ObjectObserver {
    ObjectObserver NONE = (_, _, _, _) -> {};

    /// An object's actor has come into memory, or back after a failure.
    /// @param state made of what the journal knows
    default void recovered(Cookie cookie, ObjectState state) {}

    void stepped(Cookie cookie, ObjectState after, ObjectCommand command, Decision<ObjectEvent, ObjectAction> decision);
}
