package cachefiles.app.check.sim;

import java.util.Locale;

/// One crash at one place, instead of all that a seed draws. In text: `device:acting:17`.
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

    /// @param text as [#toString]
    /// @throws IllegalArgumentException if it names no crash
    public static Crash parse(String text) {
        var words = text.toUpperCase(Locale.ROOT).split(":", -1);
        if (words.length != 3) {
            throw new IllegalArgumentException("a crash is VICTIM:MOMENT:STEP, such as device:acting:17");
        }
        return new Crash(Victim.valueOf(words[0]), Moment.valueOf(words[1]), Long.parseLong(words[2]));
    }

    @Override
    public String toString() {
        return Options.word(victim) + ":" + Options.word(moment) + ":" + step;
    }
}
