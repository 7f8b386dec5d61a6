package cachefiles.app.check.explore;

/// What may go wrong. Each has a budget, and what is left of it is part of the state.
public enum Fault {
    /// The daemon fails, between any two steps, or over what the device has just said to it.
    CRASH("crashes"),
    /// The process dies: what is journaled and stored is left.
    PROCESS_CRASH("process-crashes"),
    /// An object's actor fails: between two messages, over one, or after some of its actions.
    OBJECT_CRASH("object-crashes"),
    /// The device's actor fails, likewise.
    DEVICE_CRASH("device-crashes"),
    /// The supervisor fails, likewise, and its daemon with it.
    SUPERVISOR_CRASH("supervisor-crashes"),
    /// A worker dies alone, over a look-up or a fill.
    WORKER_DEATH("worker-deaths"),
    /// The daemon closes a descriptor that is needed (Q3, Q4).
    CLOSE("closes"),
    /// Somebody says `restore`, on a living daemon too (I18).
    RESTORE("restores"),
    /// The object is taken out of use; its bytes are kept.
    DROP("drops"),
    /// The object is taken out of use for good: its bytes are forgotten.
    RETIRE("retires"),
    /// A reader gives up (Q10).
    CANCEL("cancels"),
    /// A reader's deadline passes (G14).
    DEADLINE("deadlines"),
    /// The origin refuses a look-up: the OPEN is answered with an error (S70).
    OPEN_ERROR("open-errors"),
    /// A fill fails, and the READ is answered with an error.
    READ_ERROR("read-errors"),
    /// A READ is answered without data (S88).
    NO_DATA("no-data"),
    /// The daemon could not take what it was handed (S33, S34).
    REFUSAL("refusals"),
    /// What the daemon answered comes twice.
    DUPLICATE("duplicates"),
    /// The device is closed for good (Q6).
    DEVICE_CLOSE("device-closes"),
    /// An object is asked to leave memory (B33).
    REST("rests"),
    /// A reader whose read has ended reads once more.
    REREAD("rereads"),
    /// An object that was released is taken into use again, and read once more.
    REACQUIRE("reacquires"),
    /// A device that was closed, and whose objects are out of use, is opened anew (Q6).
    DEVICE_OPEN("device-opens"),
    /// The origin's content becomes another, of the same size (G13).
    CHANGE("changes"),
    /// The journal refuses an object's event, or stores it and does not say so: the object's actor is gone for a while.
    JOURNAL_FAILURE("journal-failures");

    private final String flag;

    Fault(String flag) {
        this.flag = flag;
    }

    /// As the command line names its budget, without `--`.
    public String flag() {
        return flag;
    }
}
