package cachefiles.app.check.sim;

import cachefiles.app.check.sim.Crash.Moment;
import cachefiles.app.check.sim.Crash.Victim;
import java.util.EnumMap;
import java.util.Map;

/// What really happened, counted: a fault that never lands proves nothing.
public final class Coverage {
    /// What a run is about.
    public enum Count {
        READS,
        READ_ERRORS,
        HITS,
        ACQUIRED,
        ACQUIRE_ERRORS,
        REOPENS,
        REDELIVERED,
        RETAGGED,
        FENCED,
        REFUSED_WRITES,
        REOPENS_GIVEN_UP,
        KEPT_HANDLES,
        ORIGIN_BLOCKS,
        REPEATED_BLOCKS,
        EVENTS_STORED,
        RECOVERIES
    }

    private final Map<Fault, Long> faults = new EnumMap<>(Fault.class);
    private final Map<Victim, Map<Moment, Long>> crashes = new EnumMap<>(Victim.class);
    private final Map<Count, Long> counts = new EnumMap<>(Count.class);

    void add(Fault fault) {
        faults.merge(fault, 1L, Long::sum);
    }

    void add(Victim victim, Moment moment) {
        crashes.computeIfAbsent(victim, _ -> new EnumMap<>(Moment.class)).merge(moment, 1L, Long::sum);
    }

    void add(Count count) {
        counts.merge(count, 1L, Long::sum);
    }

    /// How often `fault` landed.
    public long of(Fault fault) {
        return faults.getOrDefault(fault, 0L);
    }

    /// How often `victim` failed at `moment`.
    public long of(Victim victim, Moment moment) {
        return crashes.getOrDefault(victim, Map.of()).getOrDefault(moment, 0L);
    }

    /// How often anyone failed and came back.
    public long cycles() {
        return crashes.values().stream()
                .flatMap(moments -> moments.values().stream())
                .mapToLong(Long::longValue)
                .sum();
    }

    public long of(Count count) {
        return counts.getOrDefault(count, 0L);
    }

    /// Adds what another run covered.
    public void add(Coverage other) {
        other.faults.forEach((fault, count) -> faults.merge(fault, count, Long::sum));
        other.counts.forEach((what, count) -> counts.merge(what, count, Long::sum));
        other.crashes.forEach((victim, moments) ->
                moments.forEach((moment, count) -> crashes.computeIfAbsent(victim, _ -> new EnumMap<>(Moment.class))
                        .merge(moment, count, Long::sum)));
    }

    @Override
    public String toString() {
        return "faults " + faults + "\ncrashes " + crashes + "\ncounts " + counts;
    }
}
