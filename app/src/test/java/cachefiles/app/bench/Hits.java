package cachefiles.app.bench;

import cachefiles.app.engine.CachedObject;
import cachefiles.daemon.fetch.MemoryOrigin;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceException;
import cachefiles.persistence.journal.Journal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
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
import org.openjdk.jmh.annotations.Warmup;

/// Reads of 4 KiB that are present, from objects drawn at random.
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 1, time = 1)
@Measurement(iterations = 3, time = 1)
public class Hits {
    private static final int BYTES = 4096;

    @State(Scope.Benchmark)
    public static class Filled {
        @Param({"1", "10000"})
        public int objects;

        private final List<CachedObject> opened = new ArrayList<>();
        private Bench bench;

        @Setup
        public void fill() throws DeviceException {
            var origin = new MemoryOrigin();
            bench = new Bench(origin, Journal.Kind.MEMORY, options -> options);
            var volume = bench.cache.acquireVolume(Bench.VOLUME);
            var target = ByteBuffer.allocate(BYTES);
            for (int i = 0; i < objects; i++) {
                origin.put(Cookie.of(Bench.VOLUME, "object-" + i), BYTES);
                var object = volume.acquire("object-" + i);
                object.read(0, target.clear());
                opened.add(object);
            }
        }

        @TearDown
        public void close() throws IOException {
            bench.close();
        }
    }

    @State(Scope.Thread)
    public static class Reader {
        private final ByteBuffer target = ByteBuffer.allocateDirect(BYTES);
    }

    @Benchmark
    public int hit(Filled filled, Reader reader) throws DeviceException {
        int which = filled.objects == 1 ? 0 : ThreadLocalRandom.current().nextInt(filled.objects);
        return filled.opened.get(which).read(0, reader.target.clear());
    }
}
