package cachefiles.persistence.journal;

import java.util.concurrent.CompletionStage;

/// Where the journal fails on purpose, or is slow. Given to the actor system when it is made
/// ([Journal#setup(JournalFaults)]); without it a plugin has one null check more.
public interface JournalFaults {
    /// What the journal is at.
    enum Moment {
        /// An event is about to be stored. If this fails it never is.
        WRITING,
        /// An event is stored. If this fails nobody is told of it.
        WRITTEN,
        /// An object's actor comes up and is about to read what is known.
        REPLAYING
    }

    /// Called on the journal's thread: it must not block.
    /// @param persistenceId whose events
    /// @return completes when the journal may go on, and exceptionally if it is to fail
    CompletionStage<?> at(Moment moment, String persistenceId);

    /// Brings faults to the plugins.
    final class Setup extends akka.actor.setup.Setup {
        private final JournalFaults faults;

        public Setup(JournalFaults faults) {
            this.faults = faults;
        }

        JournalFaults faults() {
            return faults;
        }
    }
}
