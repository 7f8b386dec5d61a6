package cachefiles.app.check.sim;

import cachefiles.app.check.sim.Crash.Moment;
import cachefiles.app.check.sim.Crash.Victim;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

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
        EVENTS_LOST,
        BLOCKS_LOST,
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

    /// All counts under the names of what they count; of a crash, the victim and the moment.
    public Map<String, Long> byName() {
        var all = new TreeMap<String, Long>();
        faults.forEach((fault, count) -> all.put(fault.name(), count));
        counts.forEach((what, count) -> all.put(what.name(), count));
        crashes.forEach((victim, moments) ->
                moments.forEach((moment, count) -> all.put(victim.name() + " " + moment.name(), count)));
        return all;
    }

    /// What [#byName] tells of.
    public static Coverage byName(Map<String, Long> all) {
        var coverage = new Coverage();
        for (Fault fault : Fault.values()) {
            put(coverage.faults, fault, all.get(fault.name()));
        }
        for (Count what : Count.values()) {
            put(coverage.counts, what, all.get(what.name()));
        }
        for (Victim victim : Victim.values()) {
            var moments = new EnumMap<Moment, Long>(Moment.class);
            for (Moment moment : Moment.values()) {
                put(moments, moment, all.get(victim.name() + " " + moment.name()));
            }
            if (!moments.isEmpty()) {
                coverage.crashes.put(victim, moments);
            }
        }
        return coverage;
    }

    private static <K> void put(Map<K, Long> counts, K what, @Nullable Long count) {
        if (count != null) {
            counts.put(what, count);
        }
    }

    @Override
    public String toString() {
        return "faults " + faults + "\ncrashes " + crashes + "\ncounts " + counts;
    }
}
