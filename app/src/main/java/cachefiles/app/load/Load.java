package cachefiles.app.load;

import cachefiles.app.load.plan.Profile;
import cachefiles.app.load.plan.Synthetic;
import cachefiles.app.load.plan.Walk;
import cachefiles.app.load.report.Entry;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Runs one load on one target, and tells its log.
public final class Load {
    private static final Duration REST = Duration.ofSeconds(10);
    private static final int PREPARERS = 64;
    private static final int PREPARED_BYTES = 128 * 1024;

    private final String name;
    private final Profile profile;
    private final Target target;
    private final Consumer<Entry> log;
    private final Synthetic synthetic;
    private final CountDownLatch over = new CountDownLatch(1);
    private final AtomicLong crashesAsked = new AtomicLong();
    private final AtomicInteger prepared = new AtomicInteger();
    private volatile boolean interrupted;

    /// @param name of the profile
    /// @param log gets each line, in order, on one thread at a time
    public Load(String name, Profile profile, Target target, Consumer<Entry> log) {
        this.name = name;
        this.profile = profile;
        this.target = target;
        this.log = log;
        this.synthetic = new Synthetic(profile.objects(), profile.objectSize());
    }

    /// Ends it before its time, in order.
    public void interrupt() {
        interrupted = true;
        over.countDown();
    }

    /// How many objects are acquired, or read, before the load begins.
    public int prepared() {
        return prepared.get();
    }

    /// Returns when the load is over.
    /// @throws Target.Failure an object could not be made ready
    public void run() throws Target.Failure, InterruptedException {
        log.accept(new Entry.Head(name, texts(), Machine.described()));
        target.open(0); // the first starts the journal, which is no part of the load
        prepare();
        var clock = Clock.REAL;
        long begin = clock.nanos();
        var meter = new Meter(begin);
        var schedule = new Schedule(begin, profile.duration().toNanos(), profile.ratePerSecond());
        target.tell((now, what) -> meter.mark(now, clock.nanos(), what));
        var readers = readers(clock, schedule, meter);
        var crasher = Thread.ofPlatform().daemon().name("load-crasher").start(this::crash);
        for (long next = begin + profile.interval().toNanos();
                !awaitOver(Math.min(next, schedule.limit())) && clock.nanos() < schedule.limit();
                next += profile.interval().toNanos()) {
            tell(meter, schedule, clock.nanos());
        }
        schedule.stop(clock.nanos());
        over.countDown();
        join(readers);
        crasher.interrupt();
        tell(meter, schedule, clock.nanos());
        log.accept(new Entry.End(
                meter.micros(clock.nanos()),
                interrupted ? "interrupted" : "duration",
                schedule.unstarted(),
                crashesAsked.get()));
    }

    private void tell(Meter meter, Schedule schedule, long now) {
        var gauges = new LinkedHashMap<>(target.gauges());
        gauges.putAll(Machine.gauges());
        var interval = meter.interval(now, schedule.intendedBy(now), gauges);
        meter.marks().forEach(log);
        log.accept(interval);
    }

    private Map<String, String> texts() {
        var texts = new LinkedHashMap<String, String>();
        profile.texts().forEach((each, text) -> texts.put(each.word(), text));
        return texts;
    }

    private List<Thread> readers(Clock clock, Schedule schedule, Meter meter) {
        var ranks = Walk.ranks(profile);
        var seeds = new SplittableRandom(profile.seed());
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < profile.readers(); i++) {
            var walk = new Walk(profile, synthetic, ranks, i, seeds.split());
            var reader = new Reader(clock, schedule, target, walk, synthetic, meter);
            threads.add(Thread.ofVirtual().name("load-reader-", i).start(reader));
        }
        return threads;
    }

    private void crash() {
        var random = new SplittableRandom(~profile.seed());
        long next = System.nanoTime();
        while (profile.crash().any()) {
            next += profile.crash().nextNanos(random);
            if (awaitOver(next)) {
                return;
            }
            crashesAsked.incrementAndGet();
            try {
                target.crash();
            } catch (Target.Failure _) {
                // asked for, and not landed: the log tells how many did
            }
        }
    }

    /// @return whether the load is over by then, or this thread was interrupted
    private boolean awaitOver(long nanos) {
        try {
            return over.await(nanos - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /// Readers end when their read does, which the deadline ends.
    private void join(List<Thread> threads) throws InterruptedException {
        long end = System.nanoTime() + profile.deadline().plus(REST).toNanos();
        for (var thread : threads) {
            if (!thread.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())))) {
                return;
            }
        }
    }

    private void prepare() throws Target.Failure, InterruptedException {
        if (profile.prepare() == Profile.Prepare.NONE) {
            return;
        }
        long begin = System.nanoTime();
        var next = new AtomicInteger();
        var failed = new AtomicReference<Target.@Nullable Failure>();
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < PREPARERS; i++) {
            threads.add(Thread.ofVirtual().name("load-preparer-", i).start(() -> {
                var buffer = ByteBuffer.allocate(PREPARED_BYTES);
                for (int object = next.getAndIncrement();
                        object < profile.objects() && !interrupted && failed.get() == null;
                        object = next.getAndIncrement()) {
                    try {
                        prepare(object, buffer);
                        prepared.incrementAndGet();
                    } catch (Target.Failure failure) {
                        failed.set(failure);
                    }
                }
            }));
        }
        for (var thread : threads) {
            thread.join();
        }
        var failure = failed.get();
        if (failure != null) {
            throw failure;
        }
        log.accept(new Entry.Prepared(
                profile.texts().getOrDefault(Profile.Name.PREPARE, ""),
                prepared.get(),
                (System.nanoTime() - begin) / 1000));
    }

    private void prepare(int object, ByteBuffer buffer) throws Target.Failure {
        target.open(object);
        if (profile.prepare() == Profile.Prepare.READ) {
            for (long at = 0; at < synthetic.sizeBytes(object); at += buffer.capacity()) {
                target.read(object, at, buffer.clear());
            }
        }
    }
}
