package cachefiles.app.crash;

import cachefiles.kernel.uapi.Faults;
import cachefiles.persistence.journal.JournalFaults;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/// A journal that fails on demand, in whatever it is asked for next: storing, telling that it has stored, replaying.
/// The replay that follows one that failed is spared: an object that comes back to find every fault there is would be
/// given up after [cachefiles.kernel.reader.GateCore#RECOVERIES] of them.
public final class FaultyJournal implements JournalFaults {
    private final ConcurrentLinkedQueue<Faults.Crash> crashes = new ConcurrentLinkedQueue<>();
    private final Set<String> spared = ConcurrentHashMap.newKeySet();

    /// What it is asked for next fails.
    public void failNext(Faults.Crash crash) {
        crashes.add(crash);
    }

    @Override
    public CompletionStage<?> at(Moment moment, String persistenceId) {
        var crash = moment == Moment.REPLAYING && spared.remove(persistenceId) ? null : crashes.poll();
        if (crash != null && moment == Moment.REPLAYING) {
            spared.add(persistenceId);
        }
        return crash == null ? CompletableFuture.completedFuture(null) : CompletableFuture.failedFuture(crash.now());
    }
}
