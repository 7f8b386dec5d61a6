package cachefiles.app.bench;

import cachefiles.daemon.fetch.MemoryOrigin;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.CRC32C;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// What [Misses] of 4 KiB would cost without any of our code: the origin's bytes, their checksum, two writes and a read
/// of the same files; and the hand-over to another thread and back that a reader that sleeps cannot do without.
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 1, time = 2)
@Measurement(iterations = 3, time = 1)
public class Floor {
    private static final int BYTES = 4096;
    private static final Cookie COOKIE = Cookie.of(Bench.VOLUME, "object");

    /// As many as there are processors: they sleep only if nobody misses.
    @State(Scope.Benchmark)
    public static class Daemon {
        private final MemoryOrigin origin = new MemoryOrigin();
        private final Content content = origin.put(COOKIE, 1L << 36);
        private final LinkedBlockingQueue<Reader> queue = new LinkedBlockingQueue<>();
        private final Thread[] workers =
                new Thread[Math.max(2, Runtime.getRuntime().availableProcessors())];

        @Setup
        public void start() {
            for (int i = 0; i < workers.length; i++) {
                workers[i] = Thread.ofPlatform().daemon().start(this::serve);
            }
        }

        @TearDown
        public void stop() {
            for (Thread worker : workers) {
                worker.interrupt();
            }
        }

        private void serve() {
            try {
                while (true) {
                    var reader = queue.take();
                    reader.fill(this);
                    reader.filled = true;
                    LockSupport.unpark(reader.thread);
                }
            } catch (InterruptedException _) {
                // it is over
            } catch (IOException | DeviceException failed) {
                throw new IllegalStateException(failed);
            }
        }
    }

    @State(Scope.Thread)
    public static class Reader {
        private final ByteBuffer fetched = ByteBuffer.allocateDirect(BYTES);
        private final ByteBuffer sum = ByteBuffer.allocateDirect(Integer.BYTES);
        private final ByteBuffer target = ByteBuffer.allocateDirect(BYTES);
        private FileChannel data;
        private FileChannel sums;
        private long offset;
        private Thread thread;
        private volatile boolean filled;

        @Setup(Level.Iteration)
        public void open() throws IOException {
            data = opened();
            sums = opened();
            offset = 0;
            thread = Thread.currentThread();
        }

        private static FileChannel opened() throws IOException {
            return FileChannel.open(
                    Files.createTempFile(Bench.place(), "cachefiles-floor", ""),
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.DELETE_ON_CLOSE);
        }

        @TearDown(Level.Iteration)
        public void close() throws IOException {
            data.close();
            sums.close();
        }

        private void fill(Daemon daemon) throws IOException, DeviceException {
            daemon.origin.fetch(COOKIE, daemon.content, offset, fetched.clear());
            data.write(fetched.flip(), offset);
            var crc = new CRC32C();
            crc.update(fetched.rewind());
            sums.write(sum.clear().putInt((int) crc.getValue()).flip(), offset / BYTES * Integer.BYTES);
        }

        private int take() throws IOException {
            int copied = data.read(target.clear(), offset);
            offset += BYTES;
            return copied;
        }
    }

    /// On the reader's own thread: without anybody to hand it to.
    @Benchmark
    public int alone(Daemon daemon, Reader reader) throws IOException, DeviceException {
        reader.fill(daemon);
        return reader.take();
    }

    /// By another thread, while the reader sleeps.
    @Benchmark
    public int handed(Daemon daemon, Reader reader) throws IOException {
        reader.filled = false;
        daemon.queue.add(reader);
        while (!reader.filled) {
            LockSupport.park(reader);
        }
        return reader.take();
    }
}
