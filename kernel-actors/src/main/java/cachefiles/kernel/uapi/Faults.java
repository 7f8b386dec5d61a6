package cachefiles.kernel.uapi;

import org.jspecify.annotations.Nullable;

/// Where failures are made on purpose. The shells say where they are; what is bound to this decides whether somebody
/// dies.
///
/// A call may take a while: the one who is to die is waited for, so that the crash lands in the phase it was meant for.
public interface Faults {
    /// Who can fail.
    enum Victim {
        OBJECT,
        DEVICE,
        DAEMON,
        WORKER,
        SUPERVISOR,
        STORE,
        JOURNAL
    }

    /// Nobody fails.
    Faults NONE = (_, _, _) -> {};

    /// `here` has reached `phase`.
    /// @param cookie whose request it is; null where no single request is meant
    /// @throws InjectedCrash if it is `here` that fails
    void at(Phase phase, Victim here, @Nullable Cookie cookie);

    /// An actor is told to fail; it throws an [InjectedCrash] of this when it takes the message.
    /// @param landed run in the moment of death
    record Crash(String why, Runnable landed) {
        public InjectedCrash now() {
            landed.run();
            return new InjectedCrash(why);
        }
    }

    /// A failure made on purpose.
    final class InjectedCrash extends RuntimeException {
        private static final long serialVersionUID = 1;

        public InjectedCrash(String why) {
            super(why, null, false, false);
        }
    }
}
