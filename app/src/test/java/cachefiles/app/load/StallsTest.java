package cachefiles.app.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.app.load.plan.Profile;
import cachefiles.app.load.plan.Profile.Name;
import cachefiles.app.load.plan.Recovery;
import cachefiles.app.load.plan.Synthetic;
import cachefiles.app.load.plan.Walk;
import cachefiles.app.load.report.Latency;
import cachefiles.app.load.report.Run;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A target that is known to stall: whether what is measured is what was.
@DisplayNameGeneration(ReplaceUnderscores.class)
class StallsTest {
    private static final long MILLI = 1_000_000;
    private static final long SERVICE = MILLI / 5;
    private static final long STALL_BEGINS = 300 * MILLI;
    private static final long STALL_ENDS = 550 * MILLI;
    private static final long LENGTH = 1000 * MILLI;
    private static final int RATE = 1000;

    /// When a read ends that began then.
    private static long end(long began) {
        return (began >= STALL_BEGINS && began < STALL_ENDS ? STALL_ENDS : began) + SERVICE;
    }

    /// Answers each read when it is to end.
    private record Stalling(Clock clock, long zero) implements Target {
        @Override
        public void read(int object, long offset, ByteBuffer into) {
            long until = zero + end(clock.nanos() - zero);
            Synthetic.fill(object, offset, into);
            while (clock.nanos() < until) {
                clock.sleepUntil(until);
            }
        }

        @Override
        public void tell(Marks marks) {}

        @Override
        public void open(int object) {}

        @Override
        public void drop(int object) {}

        @Override
        public void dropAll() {}

        @Override
        public void crash() {}

        @Override
        public Map<String, Long> gauges() {
            return Map.of();
        }

        @Override
        public void close() {}
    }

    private static Profile profile(int readers, String rate) {
        return Profile.of(Map.of(Name.READERS, "" + readers, Name.RATE, rate, Name.OBJECTS, "10"));
    }

    private static Run loaded(Profile profile, Clock clock, long zero, Runnable left) throws InterruptedException {
        var synthetic = new Synthetic(profile.objects(), profile.objectSize());
        var schedule = new Schedule(zero, LENGTH, profile.ratePerSecond());
        var meter = new Meter(zero);
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < profile.readers(); i++) {
            var walk = new Walk(profile, synthetic, Walk.ranks(profile), i, new SplittableRandom(i));
            var reader = new Reader(clock, schedule, new Stalling(clock, zero), walk, synthetic, meter);
            threads.add(Thread.ofPlatform().start(() -> {
                reader.run();
                left.run();
            }));
        }
        for (var thread : threads) {
            thread.join();
        }
        return Run.of(List.of(meter.interval(clock.nanos(), 0, Map.of())));
    }

    private static Run virtually(Profile profile) throws InterruptedException {
        var clock = new VirtualClock(profile.readers());
        return loaded(profile, clock, 0, clock::left);
    }

    /// What there is to be measured, computed without any of what measures.
    private static Latency truth(int readers) {
        var truth = Latency.none();
        var free = new PriorityQueue<Long>();
        for (int i = 0; i < readers; i++) {
            free.add(0L);
        }
        for (long intended = 0; intended < LENGTH; intended += 1000 * MILLI / RATE) {
            long began = Math.max(intended, free.remove());
            if (began >= LENGTH) {
                break;
            }
            free.add(end(began));
            truth.corrected().recordValue(end(began) - intended);
            truth.real().recordValue(end(began) - began);
        }
        return truth;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 300})
    void under_a_virtual_clock_the_error_is_0(int readers) throws InterruptedException {
        var run = virtually(profile(readers, "" + RATE));
        assertEquals(truth(readers).corrected(), run.latency().corrected());
        assertEquals(truth(readers).real(), run.latency().real());
        assertEquals(run.late().getTotalCount(), run.late().getCountAtValue(0), "none late");
        assertEquals(0, run.wrongBytes());
    }

    @Test
    void a_stall_of_a_quarter_is_in_a_quarter_of_the_corrected_latencies_and_in_one_real_one()
            throws InterruptedException {
        var run = virtually(profile(1, "" + RATE));
        long half = (STALL_ENDS - STALL_BEGINS) / 2;
        assertEquals(1, over(run.latency().real(), half));
        assertTrue(over(run.latency().corrected(), half) >= 125);
    }

    private static long over(Histogram histogram, long nanos) {
        return histogram.getCountBetweenValues(nanos, histogram.getHighestTrackableValue());
    }

    @Test
    void a_closed_loop_begins_when_a_reader_is_free() throws InterruptedException {
        var run = virtually(profile(1, "closed"));
        assertEquals(run.latency().real(), run.latency().corrected());
        assertEquals((LENGTH - (STALL_ENDS - STALL_BEGINS)) / SERVICE, run.reads());
    }

    /// Not of every build: others use the machine too.
    @Test
    @Tag("long")
    void by_the_real_clock_the_error_is_1_percent_or_2_ms() throws InterruptedException {
        loaded(profile(300, "" + RATE), Clock.REAL, System.nanoTime(), () -> {}); // compiles
        var run = loaded(profile(300, "" + RATE), Clock.REAL, System.nanoTime(), () -> {});
        var truth = truth(300);
        for (double percentile : new double[] {50, 90, 99, 99.9}) {
            double wanted = truth.corrected().getValueAtPercentile(percentile);
            double got = run.latency().corrected().getValueAtPercentile(percentile);
            assertEquals(wanted, got, Math.max(2 * MILLI, wanted / 100), "p" + percentile);
        }
    }

    @Test
    void what_no_reader_got_to_is_told() {
        var schedule = new Schedule(0, LENGTH, RATE);
        for (int i = 0; i < 10; i++) {
            schedule.take(0);
        }
        assertEquals(990, schedule.unstarted());
        schedule.stop(LENGTH / 2);
        assertEquals(490, schedule.unstarted());
        assertEquals(Long.MAX_VALUE, schedule.take(LENGTH / 2));
    }

    @Test
    void a_read_belongs_to_the_worst_that_it_has_met() {
        var timeline = Recovery.Timeline.BEGINNING
                .then(Recovery.DOWN, 100)
                .then(Recovery.RESTORING, 110)
                .then(Recovery.AFTER, 120)
                .then(Recovery.DOWN, 200)
                .then(Recovery.RESTORING, 190)
                .then(Recovery.AFTER, 230);
        assertEquals(Recovery.BEFORE, timeline.worst(50, 99));
        assertEquals(Recovery.DOWN, timeline.worst(50, 105));
        assertEquals(Recovery.DOWN, timeline.worst(50, 150));
        assertEquals(Recovery.RESTORING, timeline.worst(111, 150));
        assertEquals(Recovery.AFTER, timeline.worst(121, 199));
        assertEquals(Recovery.RESTORING, timeline.worst(201, 300));
        assertEquals(Recovery.AFTER, timeline.worst(231, 300));
    }
}
