package cachefiles.persistence.journal;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// Failures of the journal by hand. Nothing fails until told; safe for use by several threads.
public final class JournalSwitch implements JournalFaults {
    private final Map<Moment, Integer> toFail = new EnumMap<>(Moment.class);
    private final Map<Moment, Integer> failed = new EnumMap<>(Moment.class);
    private final Map<Moment, List<CompletableFuture<Void>>> held = new EnumMap<>(Moment.class);

    /// Makes the next `times` fail; `Integer.MAX_VALUE` = all until [#heal].
    public synchronized void fail(Moment moment, int times) {
        toFail.put(moment, times);
    }

    /// Makes all wait until [#heal]. Akka acknowledges writes in order, so one that waits holds up all later ones.
    public synchronized void hold(Moment moment) {
        held.putIfAbsent(moment, new ArrayList<>());
    }

    /// The journal works again; what waits goes on.
    public void heal() {
        var waiting = new ArrayList<CompletableFuture<Void>>();
        synchronized (this) {
            toFail.clear();
            held.values().forEach(waiting::addAll);
            held.clear();
        }
        waiting.forEach(each -> each.complete(null));
    }

    /// How many were made to fail.
    public synchronized int failed(Moment moment) {
        return failed.getOrDefault(moment, 0);
    }

    /// How many wait.
    public synchronized int waiting(Moment moment) {
        return held.getOrDefault(moment, List.of()).size();
    }

    @Override
    public synchronized CompletionStage<?> at(Moment moment, String persistenceId) {
        int left = toFail.getOrDefault(moment, 0);
        if (left > 0) {
            if (left != Integer.MAX_VALUE) {
                toFail.put(moment, left - 1);
            }
            failed.merge(moment, 1, Integer::sum);
            return CompletableFuture.failedFuture(new JournalFault(moment, persistenceId));
        }
        var waiting = held.get(moment);
        if (waiting == null) {
            return CompletableFuture.completedFuture(null);
        }
        var wait = new CompletableFuture<Void>();
        waiting.add(wait);
        return wait;
    }

    /// A failure made on purpose.
    public static final class JournalFault extends RuntimeException {
        private static final long serialVersionUID = 1;

        JournalFault(Moment moment, String persistenceId) {
            super(
                    "made to fail while " + moment.name().toLowerCase(Locale.ROOT) + " " + persistenceId,
                    null,
                    false,
                    false);
        }
    }
}
