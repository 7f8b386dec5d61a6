package cachefiles.app.check.sim;

/// What a seed may let go wrong, or happen seldom.
public enum Fault {
    OBJECT_CRASH,
    DEVICE_CRASH,
    DAEMON_CRASH,
    SUPERVISOR_CRASH,
    WORKER_CRASH,
    /// Everything in memory goes; journal and files stay.
    PROCESS_CRASH,
    /// Storing an event fails, with or without the event stored.
    PERSIST_FAILURE,
    /// An actor's failure takes along what Akka had stashed for it.
    STASH_LOSS,
    /// The daemon closes a descriptor that it needs (Q3, Q4).
    HANDLE_CLOSED,
    /// `restore`, whoever is at work (S76).
    RESTORE_AGAIN,
    /// An answer of an old incarnation, through another handle, of the wrong kind, or to an unknown id (I4).
    FORGED_ANSWER,
    /// A READ is completed though nothing was stored (Q15).
    NO_DATA,
    ORIGIN_ERROR,
    CONTENT_CHANGED,
    STORE_ERROR,
    /// Objects are told that the device has lost its table, though it has not.
    RESUBMIT_AGAIN,
    /// An idle object's actor is told to leave memory.
    REST,
    READ_CANCELLED,
    DEADLINE,
    /// Released while reads are under way, or while the look-up is.
    RELEASED_IN_USE,
    RETIRED,
    GAVE_UP,
    DEVICE_LOST,
    /// The machine dies with the process: of what was written since it started any sector may be missing, of the
    /// journal the end.
    POWER_LOSS,
    /// A bit of a file flips while no process runs.
    BIT_ROT,
    /// Some messages and jobs take a thousand times as long.
    SLOW
}
