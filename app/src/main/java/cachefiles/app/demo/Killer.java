package cachefiles.app.demo;

import cachefiles.app.check.trace.TraceWriter;
import cachefiles.app.engine.Cache;
import cachefiles.daemon.actor.SupervisorActor;
import cachefiles.kernel.uapi.Phase;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Crashes the daemon again and again, each time somewhere in the next part of the load, and waits until it has landed.
final class Killer implements Runnable {
    /// Kills in recovery: they need a crash before them.
    private static final Set<Phase> RECOVERY = EnumSet.of(Phase.RESTORING, Phase.STARTING);
    /// Phases that no request of a file without bytes reaches.
    private static final Set<Phase> NEED_BYTES = EnumSet.of(
            Phase.READ_QUEUED, Phase.READ_DELIVERED, Phase.FETCHING, Phase.FETCHED, Phase.WRITTEN, Phase.ANSWERED);

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(12);
    private static final long STARVED_NANOS = TimeUnit.MILLISECONDS.toNanos(30);
    /// In so many pieces a starving kill gets what was meant for the next one.
    private static final int FEEDS = 8;
    private static final long LOOK_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

    /// One kill in this many is at random.
    private static final int RANDOM_ONE_IN = 5;

    private final DemoOptions options;
    private final Cache cache;
    private final Kills kills;
    private final Load load;
    private final Corpus corpus;
    private final @Nullable TraceWriter trace;
    private final SplittableRandom random;
    private final Deque<Phase> turn = new ArrayDeque<>();
    private volatile String missed = "";

    Killer(DemoOptions options, Cache cache, Kills kills, Load load, Corpus corpus, @Nullable TraceWriter trace) {
        this.options = options;
        this.cache = cache;
        this.kills = kills;
        this.load = load;
        this.corpus = corpus;
        this.trace = trace;
        this.random = new SplittableRandom(options.seed());
    }

    /// Which kill did not land though there was time; empty if each did.
    String missed() {
        return missed;
    }

    @Override
    public void run() {
        try {
            options.phases().stream()
                    .filter(phase -> options.kills() > 0 && !isReachable(phase))
                    .findFirst()
                    .ifPresent(phase -> missed = phase.word());
            int done = 0;
            int most = options.supervision() == SupervisorActor.Strategy.STOP
                    ? Math.min(1, options.kills()) // nobody is there for a second one
                    : options.kills();
            while (done < most && goesOn()) {
                done += killNext(done);
            }
        } finally {
            kills.disarm();
            load.release(Load.Brake.KILLS);
        }
    }

    private boolean goesOn() {
        return !load.isStopped() && missed.isEmpty() && !cache.hasGivenUp();
    }

    /// @return how many kills that was
    private int killNext(int done) {
        long from = load.share(done, options.kills());
        long to = load.share(done + 1, options.kills());
        load.allow(Load.Brake.KILLS, to);
        load.awaitClaimed(from + random.nextLong(Math.max(1, to - from)));
        if (load.isStopped()) {
            return 0;
        }
        var recovery = new ArrayList<Phase>();
        int left = options.kills() - done;
        boolean atRandom = false;
        Phase first = null;
        while (first == null && !atRandom && recovery.size() < left) {
            atRandom = options.phases().isEmpty() && random.nextInt(RANDOM_ONE_IN) == 0;
            if (!atRandom) {
                var next = nextPhase();
                if (!RECOVERY.contains(next)) {
                    first = next;
                } else {
                    recovery.add(next);
                    if (!options.phases().isEmpty()) {
                        break; // others may never come
                    }
                }
            }
        }
        int count = recovery.size() + (first != null || atRandom ? 1 : 0);
        long before = kills.landed();
        recovery.forEach(kills::arm);
        if (first != null) {
            kills.arm(first);
        } else if (atRandom) {
            kills.atRandom(cache);
        } else {
            kills.begin(cache);
        }
        awaitLanding(before + count, Math.max(1, (to - from) / FEEDS), words(recovery, first, atRandom));
        return count;
    }

    private static String words(List<Phase> recovery, @Nullable Phase first, boolean atRandom) {
        var words = new ArrayList<String>();
        if (first != null) {
            words.add(first.word());
        } else if (atRandom) {
            words.add("at random");
        }
        recovery.forEach(phase -> words.add(phase.word()));
        return String.join(" and then ", words);
    }

    private void awaitLanding(long target, long portion, String what) {
        long begin = System.nanoTime();
        long starvedSince = begin;
        while (kills.landed() < target) {
            if (!goesOn()) {
                return;
            }
            long now = System.nanoTime();
            if (now - begin > PATIENCE_NANOS) {
                missed = what;
                return;
            }
            if (!load.isStarved()) {
                starvedSince = now;
            } else if (now - starvedSince > STARVED_NANOS) {
                load.feed(Load.Brake.KILLS, portion);
                starvedSince = now;
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
        if (trace != null) {
            trace.remark("kill " + target + " landed: " + what);
        }
    }

    private Phase nextPhase() {
        if (turn.isEmpty()) {
            var phases = new ArrayList<>(options.phases().isEmpty() ? reachable() : options.phases());
            if (options.phases().isEmpty()) {
                for (int i = phases.size() - 1; i > 0; i--) {
                    phases.set(i, phases.set(random.nextInt(i + 1), phases.get(i)));
                }
            }
            turn.addAll(phases);
        }
        return turn.remove();
    }

    /// Phases that this load and this supervision can lead to.
    private List<Phase> reachable() {
        return EnumSet.allOf(Phase.class).stream().filter(this::isReachable).toList();
    }

    private boolean isReachable(Phase phase) {
        boolean noSuccessor = options.supervision() == SupervisorActor.Strategy.RESUME
                || options.supervision() == SupervisorActor.Strategy.STOP;
        return !(corpus.bytes() == 0 && NEED_BYTES.contains(phase)) && !(noSuccessor && RECOVERY.contains(phase));
    }
}
