package cachefiles.app.crash;

import cachefiles.app.engine.Cache;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Faults;
import cachefiles.kernel.uapi.Phase;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Makes chosen actors fail at chosen phases, and knows which of these crashes landed.
///
/// Whoever reaches the phase is held there until the victim has thrown: the request is in that phase in the moment of
/// death, not about then. A victim that was just stopping does not hear it: after [#HOLD_SECONDS] the crash is armed
/// again, and counted as missed.
public final class CrashPlan implements Faults {
    private static final int HOLD_SECONDS = 2;

    private final Map<Phase, Deque<Victim>> armed = new EnumMap<>(Phase.class);
    private final Map<Victim, Map<Phase, AtomicLong>> landed = new EnumMap<>(Victim.class);
    private final AtomicLong missed = new AtomicLong();
    private final FaultyStore store;
    private final Supplier<@Nullable Cookie> anyObject;
    private volatile @Nullable Cache cache;
    private volatile boolean anyArmed;

    /// @param store whose writes fail for [Victim#STORE]
    /// @param anyObject the object to fail where no request names one; null if there is none now
    public CrashPlan(FaultyStore store, Supplier<@Nullable Cookie> anyObject) {
        this.store = store;
        this.anyObject = anyObject;
        for (Phase phase : Phase.values()) {
            armed.put(phase, new ArrayDeque<>());
        }
        for (Victim victim : Victim.values()) {
            var byPhase = new EnumMap<Phase, AtomicLong>(Phase.class);
            for (Phase phase : Phase.values()) {
                byPhase.put(phase, new AtomicLong());
            }
            landed.put(victim, byPhase);
        }
    }

    /// Says whose actors are to fail. Until then nothing does.
    public void bind(Cache target) {
        cache = target;
    }

    /// The next to reach `phase` sees `victim` fail.
    public void arm(Victim victim, Phase phase) {
        synchronized (armed) {
            queue(phase).add(victim);
            anyArmed = true;
        }
    }

    /// Takes back what has not happened yet.
    public void disarm() {
        synchronized (armed) {
            armed.values().forEach(Deque::clear);
            anyArmed = false;
        }
    }

    /// Crashes that were armed and have not begun to land.
    public int pending() {
        synchronized (armed) {
            return armed.values().stream().mapToInt(Deque::size).sum();
        }
    }

    /// Crashes of `victim` that landed in `phase`.
    public long landed(Victim victim, Phase phase) {
        return counter(victim, phase).get();
    }

    /// Crashes that did not land at the first try.
    public long missed() {
        return missed.get();
    }

    @Override
    public void at(Phase phase, Victim here, @Nullable Cookie cookie) {
        var target = cache;
        if (!anyArmed || target == null) {
            return;
        }
        Victim victim;
        synchronized (armed) {
            victim = queue(phase).poll();
        }
        if (victim != null) {
            fail(target, victim, phase, here, cookie == null ? anyObject.get() : cookie);
        }
    }

    private void fail(Cache target, Victim victim, Phase phase, Victim here, @Nullable Cookie cookie) {
        var why = "made to fail at " + phase.word();
        if (victim == here) {
            counter(victim, phase).incrementAndGet();
            throw new InjectedCrash(why);
        }
        if (victim == Victim.OBJECT && cookie == null) {
            arm(victim, phase);
            return;
        }
        var died = new CountDownLatch(1);
        var crash = new Crash(why, () -> {
            counter(victim, phase).incrementAndGet();
            died.countDown();
        });
        switch (victim) {
            case STORE -> store.failNextWrite(crash);
            case JOURNAL, WORKER -> throw new IllegalArgumentException(victim + " is not failed by phase");
            case OBJECT, DEVICE, DAEMON, SUPERVISOR -> {
                target.crash(victim, cookie, crash);
                if (!landed(died)) {
                    missed.incrementAndGet();
                    arm(victim, phase);
                }
            }
        }
    }

    private static boolean landed(CountDownLatch died) {
        try {
            return died.await(HOLD_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return true; // the cache is closing: nobody asks any more
        }
    }

    private Deque<Victim> queue(Phase phase) {
        return Objects.requireNonNull(armed.get(phase));
    }

    private AtomicLong counter(Victim victim, Phase phase) {
        return Objects.requireNonNull(
                Objects.requireNonNull(landed.get(victim)).get(phase));
    }
}
