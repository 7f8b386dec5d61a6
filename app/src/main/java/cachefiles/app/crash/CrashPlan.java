package cachefiles.app.crash;

import cachefiles.app.engine.Cache;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Faults;
import cachefiles.kernel.uapi.Phase;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Makes chosen actors fail at chosen phases, and knows which of these crashes landed.
///
/// Whoever reaches the phase is held there until the victim has thrown: the request is in that phase in the moment of
/// death, not about then. A victim that was just stopping does not hear it: its successor is told instead, and if
/// nobody dies for two seconds the crash is armed again, and counted as missed.
///
/// [Victim#STORE] and [Victim#JOURNAL] are no actors, and work for others: they fail in the first thing that they are
/// asked for once the phase was reached, and nobody is held until then.
public final class CrashPlan implements Faults {
    private static final int HOLD_MILLIS = 200;
    private static final int TELLINGS = 10;

    private final Map<Phase, Deque<List<Victim>>> armed = new EnumMap<>(Phase.class);
    private final Map<Victim, Map<Phase, AtomicLong>> landed = new EnumMap<>(Victim.class);
    private final Set<Death> awaited = ConcurrentHashMap.newKeySet();
    private final AtomicLong missed = new AtomicLong();
    private final @Nullable FaultyStore store;
    private final FaultyJournal journal;
    private final Supplier<@Nullable Cookie> anyObject;
    private volatile @Nullable Cache cache;
    private volatile boolean anyArmed;

    /// For a cache whose journal is not to fail.
    public CrashPlan(FaultyStore store, Supplier<@Nullable Cookie> anyObject) {
        this(store, new FaultyJournal(), anyObject);
    }

    /// For a cache of which only actors are to fail.
    public CrashPlan(Supplier<@Nullable Cookie> anyObject) {
        this(null, new FaultyJournal(), anyObject);
    }

    /// @param store whose writes fail for [Victim#STORE]; null if they never do
    /// @param journal that fails for [Victim#JOURNAL]
    /// @param anyObject the object to fail where no request names one; null if there is none now
    public CrashPlan(@Nullable FaultyStore store, FaultyJournal journal, Supplier<@Nullable Cookie> anyObject) {
        this.store = store;
        this.journal = journal;
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
        armTogether(phase, victim);
    }

    /// The next to reach `phase` sees all of `victims` fail at once.
    public void armTogether(Phase phase, Victim... victims) {
        synchronized (armed) {
            queue(phase).add(List.of(victims));
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
            return armed.values().stream()
                    .flatMap(Deque::stream)
                    .mapToInt(List::size)
                    .sum();
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
        List<Victim> victims;
        synchronized (armed) {
            victims = queue(phase).poll();
        }
        if (victims != null) {
            fail(target, victims, phase, here, cookie == null ? anyObject.get() : cookie);
        }
    }

    private void fail(Cache target, List<Victim> victims, Phase phase, Victim here, @Nullable Cookie cookie) {
        var deaths = new ArrayList<Death>();
        for (Victim victim : victims) {
            switch (victim) {
                case STORE ->
                    Objects.requireNonNull(store, "no store that fails").failNextWrite(counting(victim, phase));
                case JOURNAL -> journal.failNext(counting(victim, phase));
                case WORKER -> {} // dies only where it is itself
                case OBJECT, DEVICE, DAEMON, SUPERVISOR -> {
                    if (victim == Victim.OBJECT && cookie == null) {
                        arm(victim, phase);
                    } else if (victim != here) {
                        deaths.add(new Death(victim, phase, victim == Victim.OBJECT ? cookie : null));
                    }
                }
            }
        }
        for (Death death : deaths) {
            awaited.add(death);
            tell(target, death);
        }
        for (Death death : deaths) {
            boolean seen = death.isSeen();
            for (int i = 0; i < TELLINGS && !seen; i++) {
                tell(target, death); // it may have gone to one that was just stopping
                seen = death.isSeen();
            }
            awaited.remove(death);
            if (!seen) {
                missed.incrementAndGet();
                arm(death.victim, phase);
            }
        }
        if (victims.contains(here)) {
            counter(here, phase).incrementAndGet();
            throw new InjectedCrash(why(phase));
        }
    }

    private void tell(Cache target, Death death) {
        target.crash(death.victim, death.cookie, new Crash(why(death.phase), () -> landed(death.victim, death.cookie)));
    }

    private static String why(Phase phase) {
        return "made to fail at " + phase.word();
    }

    private Crash counting(Victim victim, Phase phase) {
        return new Crash(why(phase), () -> counter(victim, phase).incrementAndGet());
    }

    /// Counts for all who hold a request until then, also where they had not asked for this death but for the next.
    private void landed(Victim victim, @Nullable Cookie cookie) {
        for (Death death : List.copyOf(awaited)) {
            if (death.victim == victim && Objects.equals(death.cookie, cookie) && awaited.remove(death)) {
                counter(victim, death.phase).incrementAndGet();
                death.seen.countDown();
            }
        }
    }

    /// Somebody is to die while a request is held in a phase.
    private static final class Death {
        final Victim victim;
        final Phase phase;
        final @Nullable Cookie cookie;
        final CountDownLatch seen = new CountDownLatch(1);

        Death(Victim victim, Phase phase, @Nullable Cookie cookie) {
            this.victim = victim;
            this.phase = phase;
            this.cookie = cookie;
        }

        /// An interrupt does not end the wait: it is meant for the reader that takes this turn, not for the turn.
        boolean isSeen() {
            long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(HOLD_MILLIS);
            boolean interrupted = false;
            try {
                while (true) {
                    try {
                        return seen.await(end - System.nanoTime(), TimeUnit.NANOSECONDS);
                    } catch (InterruptedException _) {
                        interrupted = true;
                    }
                }
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    private Deque<List<Victim>> queue(Phase phase) {
        return Objects.requireNonNull(armed.get(phase));
    }

    private AtomicLong counter(Victim victim, Phase phase) {
        return Objects.requireNonNull(Objects.requireNonNull(landed.get(victim)).get(phase));
    }
}
