package cachefiles.app.check.sim;

/// One crash at one place, instead of those that a seed draws.
/// @param step from which on the first chance is taken
public record Crash(Victim victim, Moment moment, long step) {
    public enum Victim {
        OBJECT(Fault.OBJECT_CRASH),
        DEVICE(Fault.DEVICE_CRASH),
        DAEMON(Fault.DAEMON_CRASH),
        SUPERVISOR(Fault.SUPERVISOR_CRASH),
        WORKER(Fault.WORKER_CRASH),
        PROCESS(Fault.PROCESS_CRASH);

        final Fault fault;

        Victim(Fault fault) {
            this.fault = fault;
        }
    }

    /// Where an actor is in its step.
    public enum Moment {
        /// The message is taken and nothing is done.
        TAKEN,
        /// The core has decided, and what it decided is folded in, and stored if it is to be stored.
        DECIDED,
        /// Some actions are performed and others are not.
        ACTING
    }
}
