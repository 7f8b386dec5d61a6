package cachefiles.app.demo;

import cachefiles.app.check.trace.TraceWriter;
import cachefiles.app.crash.CrashPlan;
import cachefiles.app.crash.FaultyStore;
import cachefiles.app.engine.Cache;
import cachefiles.app.engine.CacheOptions;
import cachefiles.daemon.actor.DaemonObserver;
import cachefiles.daemon.actor.SupervisorActor;
import cachefiles.daemon.core.SupervisorCore;
import cachefiles.daemon.core.SupervisorState;
import cachefiles.daemon.fetch.CountingOrigin;
import cachefiles.daemon.fetch.Origin;
import cachefiles.kernel.actor.ObjectObserver;
import cachefiles.kernel.uapi.DeviceException;
import cachefiles.kernel.uapi.Phase;
import cachefiles.persistence.store.FileStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// One load on one cache: with fail-over, or without.
final class Part {
    private static final Duration REST = Duration.ofSeconds(10);
    private static final Duration LAST_RESTART = Duration.ofSeconds(2);

    private final DemoOptions options;
    private final boolean failover;
    private final Corpus corpus;
    private final CountingOrigin origin;
    private final Load load;
    private final Tally tally = new Tally();
    private final Watch watch = new Watch();
    private final @Nullable TraceWriter trace;
    private final long startNanos = System.nanoTime();
    private volatile @Nullable Kills kills;
    private volatile SupervisorState supervised = SupervisorState.FRESH;
    private volatile boolean interrupted;

    /// @param name tells its volumes from those of other parts and runs
    Part(
            DemoOptions options,
            boolean failover,
            Corpus corpus,
            Origin origin,
            String name,
            @Nullable TraceWriter trace) {
        this.options = options;
        this.failover = failover;
        this.corpus = corpus;
        this.origin = new CountingOrigin(origin);
        this.load = new Load(corpus, name, options.readers(), options.kills());
        this.trace = trace;
    }

    boolean failover() {
        return failover;
    }

    /// Ends the load before its time.
    void interrupt() {
        interrupted = true;
        load.stop();
    }

    PartResult run(Path directory) throws IOException {
        var faulty = new FaultyStore(FileStore.open(directory));
        var plan = new CrashPlan(faulty, () -> watch.open().stream().findAny().orElse(null));
        var kill = new Kills(plan);
        kills = kill;
        var wanted = CacheOptions.of(directory, origin)
                .store(faulty)
                .journal(options.journal())
                .readAhead(0) // else there would be few misses for kills to hit
                .deadline(options.deadline())
                .handles(failover ? options.handles() : SupervisorCore.Handles.DEVICE_LOST)
                .strategy(options.supervision())
                .faults(kill)
                .observers(watch, ObjectObserver.NONE, daemon());
        if (trace != null) {
            wanted.trace(trace, failover ? "with fail-over" : "without fail-over");
        }
        try (var cache = Cache.open(wanted)) {
            plan.bind(cache);
            return run(cache, kill);
        } catch (IOException | RuntimeException failed) {
            load.stop();
            throw failed;
        }
    }

    private PartResult run(Cache cache, Kills kill) {
        var mounts = new Mounts(cache, !failover);
        warmUp(mounts);
        long begin = System.nanoTime();
        var killer = new Killer(options, cache, kill, load, corpus, trace);
        var closer = new Closer(options, cache, watch, load, trace);
        var threads = new ArrayList<Thread>();
        threads.add(Thread.ofPlatform().daemon().name("demo-killer").start(killer));
        threads.add(Thread.ofPlatform().daemon().name("demo-closer").start(closer));
        var seeds = new SplittableRandom(options.seed());
        for (int i = 0; i < options.readers(); i++) {
            var reader = new Reader(cache, load, mounts, closer, tally, !failover, seeds.split());
            threads.add(Thread.ofVirtual().name("demo-reader-", i).start(reader));
        }
        boolean timeOver = !load.awaitOver(options.longest().toNanos()) && !interrupted;
        load.stop();
        int stuck = join(threads);
        return result(cache, killer.missed(), (System.nanoTime() - begin) / 1e9, timeOver, stuck);
    }

    /// The first look-up starts the journal, which is no part of the load.
    private void warmUp(Mounts mounts) {
        try {
            mounts.acquire(load.first()).close();
        } catch (DeviceException _) {
            // readers will see it
        }
    }

    /// Readers end when their read does, which the deadline ends.
    /// @return threads that did not come to an end
    private int join(List<Thread> threads) {
        var rest = options.deadline().isZero()
                ? Duration.ofMinutes(5)
                : options.deadline().plus(REST);
        long end = System.nanoTime() + rest.toNanos();
        int stuck = 0;
        for (Thread thread : threads) {
            try {
                stuck += thread.join(Duration.ofNanos(Math.max(1, end - System.nanoTime()))) ? 0 : 1;
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                stuck++;
            }
        }
        return stuck;
    }

    private PartResult result(Cache cache, String missed, double seconds, boolean timeOver, int stuck) {
        var kill = Objects.requireNonNull(kills);
        var byPhase = new EnumMap<Phase, Long>(Phase.class);
        for (Phase phase : Phase.values()) {
            byPhase.put(phase, kill.landed(phase));
        }
        var stalls = tally.stalls();
        return new PartResult(
                failover,
                kill.landed(),
                byPhase,
                kill.landedAtRandom(),
                kill.begun(),
                missed,
                watch.closes(),
                restarts(kill),
                tally.reads(),
                tally.readErrors(),
                tally.errors(),
                tally.wrongBytes(),
                watch.redelivered(),
                watch.reopened(),
                watch.reopenAttempts(),
                watch.fenced(),
                origin.fetchedBytes(),
                load.objectBytes(),
                Math.round((double) load.objectBytes() * load.readChunks() / load.totalChunks()),
                corpus.pieces().size() * load.rounds(),
                origin.repeatedBytes(),
                new PartResult.Stall(
                        stalls.getValueAtPercentile(50) / 1e3,
                        stalls.getValueAtPercentile(99) / 1e3,
                        stalls.getMaxValue() / 1e3),
                seconds,
                cache.hasGivenUp(),
                interrupted,
                timeOver,
                stuck);
    }

    /// How far it is, in one line.
    String progress() {
        var kill = kills;
        return "%s %5.1f s  kills %d/%d  closes %d/%d  reads %,d  objects read %d %%  restarts %d  errors %,d  wrong bytes %,d"
                .formatted(
                        failover ? "fail-over on " : "fail-over off",
                        (System.nanoTime() - startNanos) / 1e9,
                        kill == null ? 0 : kill.landed(),
                        options.kills(),
                        watch.closes(),
                        options.closes(),
                        tally.reads(),
                        100 * load.readChunks() / load.totalChunks(),
                        supervised.restarts(),
                        tally.readErrors(),
                        tally.wrongBytes());
    }

    /// As the supervisor counts them, those included that died again at their start. The successor of the last one
    /// killed may still be on its way.
    private long restarts(Kills kill) {
        long end = System.nanoTime() + LAST_RESTART.toNanos();
        boolean hasSuccessors = options.supervision() == SupervisorActor.Strategy.RESTART
                || options.supervision() == SupervisorActor.Strategy.BACKOFF;
        while (hasSuccessors && supervised.restarts() < kill.landed() && System.nanoTime() < end) {
            LockSupport.parkNanos(1_000_000);
        }
        return supervised.restarts();
    }

    private DaemonObserver daemon() {
        return new DaemonObserver() {
            @Override
            public void supervised(SupervisorCore.Command command, SupervisorCore.Step step) {
                supervised = step.next();
            }
        };
    }
}
