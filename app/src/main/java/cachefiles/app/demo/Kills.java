package cachefiles.app.demo;

import cachefiles.app.crash.CrashPlan;
import cachefiles.app.engine.Cache;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Faults;
import cachefiles.kernel.uapi.Phase;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Crashes of the daemon that landed, by phase. One at a random moment counts for the phase that was reached last.
final class Kills implements Faults {
    private final CrashPlan plan;
    private final Map<Phase, AtomicLong> atRandom = new EnumMap<>(Phase.class);
    private final AtomicLong random = new AtomicLong();
    private final AtomicLong begun = new AtomicLong();
    private volatile Phase last = Phase.STARTING;

    Kills(CrashPlan plan) {
        this.plan = plan;
        for (Phase phase : Phase.values()) {
            atRandom.put(phase, new AtomicLong());
        }
    }

    @Override
    public void at(Phase phase, Victim here, @Nullable Cookie cookie) {
        last = phase;
        plan.at(phase, here, cookie);
    }

    /// The daemon dies when `phase` is reached next.
    void arm(Phase phase) {
        plan.arm(Victim.DAEMON, phase);
    }

    void disarm() {
        plan.disarm();
    }

    /// The daemon dies as soon as it takes its next message.
    void atRandom(Cache cache) {
        cache.crash(Victim.DAEMON, null, new Crash("made to fail at random", () -> {
            count(last).incrementAndGet();
            random.incrementAndGet();
        }));
    }

    /// The daemon dies only so that a successor comes up, for a kill that waits for that. Not counted as a kill.
    void begin(Cache cache) {
        cache.crash(Victim.DAEMON, null, new Crash("made to fail, so that a successor comes", begun::incrementAndGet));
    }

    long landed(Phase phase) {
        return plan.landed(Victim.DAEMON, phase) + count(phase).get();
    }

    long landed() {
        long sum = 0;
        for (Phase phase : Phase.values()) {
            sum += landed(phase);
        }
        return sum;
    }

    long landedAtRandom() {
        return random.get();
    }

    /// Crashes by [#begin].
    long begun() {
        return begun.get();
    }

    private AtomicLong count(Phase phase) {
        return Objects.requireNonNull(atRandom.get(phase));
    }
}
