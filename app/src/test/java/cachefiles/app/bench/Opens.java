package cachefiles.app.bench;

import cachefiles.app.engine.CachedObject;
import cachefiles.app.engine.Volume;
import cachefiles.daemon.fetch.MemoryOrigin;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceException;
import cachefiles.persistence.journal.Journal;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/// Cold opens of objects that nobody has opened before, 16 at a time; each costs its actor's recovery and one event.
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Threads(16)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 4, time = 1)
public class Opens {
    @State(Scope.Benchmark)
    public static class Files {
        @Param({"MEMORY", "H2"})
        public Journal.Kind journal;

        private final MemoryOrigin origin = new MemoryOrigin();
        private final AtomicInteger objects = new AtomicInteger();
        private Bench bench;
        private Volume volume;

        @Setup
        public void open() throws DeviceException {
            bench = new Bench(origin, journal, options -> options);
            volume = bench.cache.acquireVolume(Bench.VOLUME);
        }

        @TearDown
        public void close() throws IOException {
            bench.close();
        }
    }

    @Benchmark
    public CachedObject open(Files files) throws DeviceException {
        var name = "object-" + files.objects.incrementAndGet();
        files.origin.put(Cookie.of(Bench.VOLUME, name), 4096);
        return files.volume.acquire(name);
    }
}
