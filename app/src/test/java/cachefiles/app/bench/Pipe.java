package cachefiles.app.bench;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// What two processes need to say a byte each over pipes: the limit that misses are compared with. Each thread (JMH's
/// `-t`) has a peer process of its own.
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 1, time = 2)
@Measurement(iterations = 3, time = 1)
public class Pipe {
    @State(Scope.Thread)
    public static class Pair {
        private Process peer;
        private OutputStream to;
        private InputStream from;

        @Setup
        public void start() throws IOException {
            var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
            peer = new ProcessBuilder(
                            java,
                            "-Xmx8m",
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Pipe.class.getName())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            to = peer.getOutputStream();
            from = peer.getInputStream();
        }

        @TearDown
        public void stop() throws IOException, InterruptedException {
            to.close();
            peer.waitFor();
        }
    }

    @Benchmark
    public int pingPong(Pair pair) throws IOException {
        pair.to.write(1);
        pair.to.flush();
        int answer = pair.from.read();
        if (answer < 0) {
            throw new IOException("the peer has gone");
        }
        return answer;
    }

    /// The peer: says each byte back.
    public static void main(String[] args) throws IOException {
        try (var in = new FileInputStream(FileDescriptor.in);
                var out = new FileOutputStream(FileDescriptor.out)) {
            for (int said = in.read(); said >= 0; said = in.read()) {
                out.write(said);
            }
        }
    }
}
