package cachefiles.app.bench;

import cachefiles.app.engine.CachedObject;
import cachefiles.app.engine.Volume;
import cachefiles.daemon.fetch.Credentials;
import cachefiles.daemon.fetch.HttpOrigin;
import cachefiles.daemon.fetch.HttpSettings;
import cachefiles.kernel.uapi.DeviceException;
import cachefiles.persistence.journal.Journal;
import cachefiles.testing.OriginServer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
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

/// 256 MiB of one cold object of an HTTP server that thinks for 5 ms before each answer, read in order. The server is
/// in this process: its share of the processors is the same for each row.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2)
@Measurement(iterations = 5)
public class Ordered {
    private static final int SIZE = 256 << 20;

    /// Bytes to be fetched ahead.
    @Param({"0", "8388608", "16777216"})
    public int ahead;

    /// Bytes of one read.
    @Param({"131072", "1048576"})
    public int bytes;

    private final OriginServer server;
    private final HttpOrigin origin;
    private Bench bench;
    private CachedObject object;

    public Ordered() {
        try {
            server = new OriginServer();
        } catch (IOException failed) {
            throw new IllegalStateException(failed);
        }
        var content = new byte[SIZE];
        new SplittableRandom(1).nextBytes(content);
        server.put("file", content);
        server.latencyMicros(5_000);
        origin = HttpOrigin.of(server.address(), Credentials.NONE, HttpSettings.DEFAULT);
    }

    @Setup(Level.Iteration)
    public void open() throws DeviceException {
        bench = new Bench(origin, Journal.Kind.MEMORY, options -> options.readAhead(ahead));
        Volume volume = bench.cache.acquireVolume(Bench.VOLUME);
        object = volume.acquire("file");
    }

    @TearDown(Level.Iteration)
    public void close() throws IOException {
        bench.close();
    }

    @TearDown(Level.Trial)
    public void stop() throws IOException {
        origin.close();
        server.close();
    }

    @Benchmark
    public long through() throws DeviceException {
        var target = ByteBuffer.allocateDirect(bytes);
        long at = 0;
        while (at < SIZE) {
            at += object.read(at, target.clear());
        }
        return at;
    }

    /// Nothing but the server: one answer for all.
    @Benchmark
    public long directly() throws DeviceException {
        var cookie = cachefiles.kernel.uapi.Cookie.of(Bench.VOLUME, "file");
        var target = ByteBuffer.allocateDirect(SIZE);
        origin.fetch(cookie, origin.find(cookie), 0, target);
        return target.position();
    }
}
