package cachefiles.kernel.cache;

/// Where the cache is in its life (S1-S4, S110).
///
///     CLOSED ──DeviceOpened──▶ OPEN
///     OPEN ──DeviceClosed──▶ CLOSED
///     OPEN ──BindStarted──▶ BINDING
///     BINDING ──Bound──▶ READY
///     BINDING ──BindRefused──▶ OPEN
///     BINDING ──DeviceClosed──▶ ABANDONED
///     ABANDONED ──Unbound──▶ CLOSED
///     READY ──CacheFailed──▶ DEAD
///     READY ──DeviceClosed──▶ PINNED
///     DEAD ──DeviceClosed──▶ PINNED
///     PINNED ──UnbindStarted──▶ UNBINDING
///     UNBINDING ──Unbound──▶ CLOSED
///
/// One command may move it several times: a device closed with no handle open goes from READY to CLOSED at once.
public enum Life {
    /// No cache. The one state in which the device can be opened.
    CLOSED,

    /// The device is open; directory, tag and limits may be given.
    OPEN,

    /// `bind` waits for the directory to be checked.
    BINDING,

    /// The device was closed during [#BINDING]; what the check took must still be given back.
    ABANDONED,

    /// In service.
    READY,

    /// An I/O error ended the service (S116). Only closing the device leads on.
    DEAD,

    /// The device is closed, handles are still open (S4). Hits and writes go on (Q2, S61); nothing new is looked up.
    PINNED,

    /// Nothing holds the cache any more: waiting for look-ups, then for objects (S110).
    UNBINDING;

    /// Bound to a directory. Stays so when DEAD is set (S3).
    public boolean ready() {
        return switch (this) {
            case READY, DEAD, PINNED, UNBINDING -> true;
            case CLOSED, OPEN, BINDING, ABANDONED -> false;
        };
    }

    /// Refuses every request; never unset until the cache is gone (S3).
    public boolean dead() {
        return ready() && this != READY;
    }
}
