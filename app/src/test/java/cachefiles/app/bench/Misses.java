package cachefiles.app.bench;

import cachefiles.app.engine.CachedObject;
import cachefiles.app.engine.Volume;
import cachefiles.daemon.fetch.MemoryOrigin;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceException;
import cachefiles.persistence.journal.Journal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// Reads of bytes that nobody has read: each passes reader, object, device, daemon, worker, file, and the way back.
/// Each reader (JMH's `-t`) has an object of its own, and reads each of its blocks once. The origin computes its bytes.
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 8, time = 2)
@Measurement(iterations = 3, time = 1)
public class Misses {
    private static final long SIZE_BYTES = 1L << 36;

    @State(Scope.Benchmark)
    public static class Files {
        private final MemoryOrigin origin = new MemoryOrigin();
        private final AtomicInteger objects = new AtomicInteger();
        private final Bench bench = new Bench(origin, Journal.Kind.MEMORY, options -> options);
        private final Volume volume;

        public Files() {
            try {
                volume = bench.cache.acquireVolume(Bench.VOLUME);
            } catch (DeviceException failed) {
                throw new IllegalStateException(failed);
            }
        }

        CachedObject cold() throws DeviceException {
            var name = "object-" + objects.incrementAndGet();
            origin.put(Cookie.of(Bench.VOLUME, name), SIZE_BYTES);
            return volume.acquire(name);
        }

        @TearDown
        public void close() throws IOException {
            bench.close();
        }
    }

    @State(Scope.Thread)
    public static class Reader {
        @Param({"4096", "131072"})
        public int bytes;

        private CachedObject object;
        private ByteBuffer target;
        private long offset;

        @Setup(Level.Iteration)
        public void open(Files files) throws DeviceException {
            object = files.cold();
            target = ByteBuffer.allocateDirect(bytes);
            offset = 0;
        }

        @TearDown(Level.Iteration)
        public void forget() {
            object.retire();
        }
    }

    @Benchmark
    public int miss(Reader reader) throws DeviceException {
        int copied = reader.object.read(reader.offset, reader.target.clear());
        if (copied != reader.bytes) {
            throw new IllegalStateException(copied + " bytes at " + reader.offset);
        }
        reader.offset += copied;
        return copied;
    }
}
