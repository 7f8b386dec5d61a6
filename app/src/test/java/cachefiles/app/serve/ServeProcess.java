package cachefiles.app.serve;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// `serve` in a process of its own.
/// @param objects the address below which the keys of a volume are
/// @param admin the second address
public record ServeProcess(Process process, URI objects, URI admin) implements AutoCloseable {
    private static final Pattern READY = Pattern.compile("ready http=(\\S+) admin=(\\S+) pid=(\\d+)");

    /// What [ServeProcess] is to be started with.
    /// @param cache the cache's directory
    /// @param flags of the JVM
    /// @param options further ones of `serve`
    /// @param environment beside ours
    public record Setting(
            Path cache, URI origin, List<String> flags, List<String> options, Map<String, String> environment) {
        /// The JVM does not think long: the process lives for a moment.
        public static Setting ofShortLife(Path cache, URI origin) {
            return new Setting(cache, origin, List.of("-XX:TieredStopAtLevel=1"), List.of(), Map.of());
        }

        public Setting with(List<String> more, Map<String, String> variables) {
            return new Setting(cache, origin, flags, more, variables);
        }

        /// Returns once it serves.
        public ServeProcess start() throws IOException {
            var command = new ArrayList<String>();
            command.add(ProcessHandle.current().info().command().orElseThrow());
            command.addAll(flags);
            command.addAll(List.of("--sun-misc-unsafe-memory-access=allow", "--enable-native-access=ALL-UNNAMED"));
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), "cachefiles.app.Main", "serve"));
            command.addAll(List.of("--origin", origin.toString(), "--cache", cache.toString()));
            if (!options.contains("--http")) {
                command.addAll(List.of("--http", "127.0.0.1:0"));
            }
            command.addAll(List.of("--admin", "127.0.0.1:0"));
            command.addAll(options);
            var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
            builder.environment().putAll(environment);
            var process = builder.start();
            BufferedReader out = process.inputReader();
            String line = out.readLine();
            var ready = READY.matcher(String.valueOf(line));
            if (!ready.matches() || Long.parseLong(ready.group(3)) != process.pid()) {
                process.destroyForcibly();
                throw new IOException("not ready: " + line);
            }
            return new ServeProcess(
                    process,
                    URI.create("http://" + ready.group(1) + "/v1/volumes/v/objects/"),
                    URI.create("http://" + ready.group(2) + "/"));
        }
    }

    /// `kill -9`.
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /// As an operator does.
    /// @return the exit code
    public int end() throws InterruptedException {
        process.destroy();
        return process.waitFor();
    }

    /// Seconds that the processors spent on it.
    public double cpuSeconds() {
        return process.info().totalCpuDuration().orElseThrow().toNanos() / 1e9;
    }

    /// The most memory that it had, in bytes.
    public long peakBytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                        .filter(line -> line.startsWith("VmHWM:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                        .sum()
                * 1024;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
