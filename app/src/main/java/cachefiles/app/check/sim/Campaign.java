package cachefiles.app.check.sim;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.LongUnaryOperator;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/// Many runs, on all processors, and what they come to: the same for the same seeds, however many processors there are.
/// It ends with the first run that does not hold.
public final class Campaign {
    private static final int BATCH = 64;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    /// What the runs come to so far.
    /// @param seeds how many ran
    /// @param steps of all runs
    /// @param cycles how often an actor, a worker or the process failed and came back
    /// @param traceHash of all traces in their order; of one run its own
    /// @param cpuNanos of the threads that ran them
    /// @param failure the first run that did not hold, or null
    public record Result(
            long seeds,
            long steps,
            long cycles,
            long traceHash,
            long cpuNanos,
            @Nullable Report failure) {
        static final Result NONE = new Result(0, 0, 0, 0, 0, null);

        Result and(Timed run) {
            var report = run.report();
            return new Result(
                    seeds + 1,
                    steps + report.steps(),
                    cycles + report.coverage().cycles(),
                    traceHash * 31 + report.hash(),
                    cpuNanos + run.cpuNanos(),
                    report.held() ? null : report);
        }

        public boolean held() {
            return failure == null;
        }

        public double cyclesPerCpuMinute() {
            return cpuNanos == 0 ? 0 : cycles * 60e9 / cpuNanos;
        }
    }

    private record Timed(Report report, long cpuNanos) {}

    private Campaign() {}

    /// @param seeds the seed of each run, by its number
    /// @param most how many runs
    /// @param options of the run with that seed
    /// @param run makes one run; on the cores as they are, [Simulation#run]
    /// @param enough asked between runs: whether to end now
    /// @param progress hears now and then how it stands
    public static Result run(
            LongUnaryOperator seeds,
            long most,
            LongFunction<Options> options,
            Function<Options, Report> run,
            BooleanSupplier enough,
            Consumer<Result> progress) {
        var all = Result.NONE;
        while (all.seeds() < most && all.held() && !enough.getAsBoolean()) {
            var batch = LongStream.range(all.seeds(), Math.min(most, all.seeds() + BATCH))
                    .map(seeds)
                    .mapToObj(options)
                    .toList();
            for (Timed timed :
                    batch.parallelStream().map(each -> timed(run, each)).toList()) {
                if (all.held()) {
                    all = all.and(timed);
                }
            }
            progress.accept(all);
        }
        return all;
    }

    private static Timed timed(Function<Options, Report> run, Options options) {
        long start = THREADS.getCurrentThreadCpuTime();
        var report = run.apply(options);
        return new Timed(report, THREADS.getCurrentThreadCpuTime() - start);
    }
}
