package cachefiles.app.load;

import cachefiles.app.load.plan.Step;
import cachefiles.app.load.plan.Synthetic;
import cachefiles.app.load.plan.Walk;
import java.nio.ByteBuffer;

/// One of many who read: takes the next step that is to begin, waits until it is, and does it.
///
///     intended      began                        ended
///     ───┼────────────┼────────────────────────────┼────
///        │            └───────── real ─────────────┤
///        └──────────────── corrected ──────────────┘
///
/// Where all readers were busy the step began late because of the target, and its user has waited. Where a reader was
/// idle and yet began late, that was the generator.
final class Reader implements Runnable {
    /// One read in so many is compared to the last byte; the others here and there.
    private static final int FULL_ONE_IN = 64;

    private final Clock clock;
    private final Schedule schedule;
    private final Target target;
    private final Walk walk;
    private final Synthetic synthetic;
    private final Meter meter;
    private ByteBuffer buffer = ByteBuffer.allocate(0);
    private long reads;

    Reader(Clock clock, Schedule schedule, Target target, Walk walk, Synthetic synthetic, Meter meter) {
        this.clock = clock;
        this.schedule = schedule;
        this.target = target;
        this.walk = walk;
        this.synthetic = synthetic;
        this.meter = meter;
    }

    @Override
    public void run() {
        while (true) {
            rest(walk.thinkNanos());
            long now = clock.nanos();
            long intended = schedule.take(now);
            if (intended == Long.MAX_VALUE) {
                return;
            }
            boolean idle = now < intended;
            while (now < intended) {
                clock.sleepUntil(intended);
                now = clock.nanos();
                if (now >= schedule.limit()) {
                    return;
                }
            }
            if (idle) {
                meter.late(now - intended);
            }
            take(walk.next(), intended, now);
        }
    }

    private void rest(long nanos) {
        long until = clock.nanos() + nanos;
        while (nanos > 0 && clock.nanos() < Math.min(until, schedule.limit())) {
            clock.sleepUntil(until);
        }
    }

    private void take(Step step, long intended, long began) {
        switch (step) {
            case Step.Read read -> read(read, intended, began);
            case Step.Drop(int object) -> {
                target.drop(object);
                meter.stepped();
            }
            case Step.DropAll _ -> {
                target.dropAll();
                meter.stepped();
            }
            case Step.Compact _ -> {
                System.gc();
                meter.stepped();
            }
        }
    }

    private void read(Step.Read read, long intended, long began) {
        if (buffer.capacity() < read.length()) {
            buffer = ByteBuffer.allocate(Math.max(read.length(), 4096));
        }
        buffer.clear().limit(read.length());
        String error = "";
        try {
            target.read(read.object(), read.offset(), buffer);
        } catch (Target.Failure failed) {
            error = failed.error();
        }
        meter.read(intended, began, clock.nanos());
        if (error.isEmpty()) {
            int wanted = synthetic.expected(read.object(), read.offset(), read.length());
            boolean full = reads++ % FULL_ONE_IN == 0;
            meter.got(buffer.position(), Synthetic.wrongBytes(read.object(), read.offset(), buffer, wanted, full));
        } else {
            meter.failed(error);
        }
    }
}
