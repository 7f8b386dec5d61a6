package cachefiles.app.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.ScalarResult;

/// What an operation costs in CPU, of this process and of those that it has started: µs. Rates say how much of the
/// machine one got while others used it too; this hardly depends on them.
public final class CpuTime implements InternalProfiler {
    static final String RESULT = "cpu";

    private final OperatingSystemMXBean process = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private long start;

    @Override
    public String getDescription() {
        return "CPU time an operation, with that of child processes";
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
        start = nanos();
    }

    @Override
    public Collection<ScalarResult> afterIteration(
            BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
        double micros = (nanos() - start) / 1e3;
        long operations = Math.max(1, result.getMetadata().getAllOps());
        return List.of(new ScalarResult(RESULT, micros / operations, "us/op", AggregationPolicy.AVG));
    }

    private long nanos() {
        return process.getProcessCpuTime()
                + ProcessHandle.current()
                        .descendants()
                        .mapToLong(child -> child.info()
                                .totalCpuDuration()
                                .orElse(Duration.ZERO)
                                .toNanos())
                        .sum()
                + ofThoseThatHaveEnded();
    }

    /// `cutime` and `cstime` of `/proc/self/stat`, in ticks of 10 ms: the last iteration ends with the peers.
    private static long ofThoseThatHaveEnded() {
        try {
            var stat = Files.readString(Path.of("/proc/self/stat"));
            var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return TimeUnit.MILLISECONDS.toNanos(10 * (Long.parseLong(fields[13]) + Long.parseLong(fields[14])));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
