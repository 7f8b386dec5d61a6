package cachefiles.app.crash;

import cachefiles.kernel.uapi.Faults;
import cachefiles.persistence.journal.JournalFaults;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;

/// A journal that fails on demand, in whatever it is asked for next: storing, telling that it has stored, replaying.
public final class FaultyJournal implements JournalFaults {
    private final ConcurrentLinkedQueue<Faults.Crash> crashes = new ConcurrentLinkedQueue<>();

    /// What it is asked for next fails.
    public void failNext(Faults.Crash crash) {
        crashes.add(crash);
    }

    @Override
    public CompletionStage<?> at(Moment moment, String persistenceId) {
        var crash = crashes.poll();
        return crash == null ? CompletableFuture.completedFuture(null) : CompletableFuture.failedFuture(crash.now());
    }
}
