package cachefiles.app.bench;

import cachefiles.app.serve.ServeProcess;
import cachefiles.testing.Machine;
import cachefiles.testing.Nginx;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.DoubleStream;

/// `serve` beside its origin: what a client gets of an nginx through a cold, a restarted and a warm cache, divided by
/// what the same client gets of the nginx itself, a moment before. Origin and cache lie in memory where there is such a
/// file system. Each row is measured [#ROUNDS] times, after one time that does not count, in one process of `serve`;
/// `again from disk` begins a new one each time.
final class Ratios {
    static final String COLUMNS = "what | directly | through serve | ratio | CPU";

    private static final int ROUNDS = Integer.getInteger("rounds", 3);
    private static final long SIZE = Long.getLong("size", 1L << 30);
    private static final int SMALL = Integer.getInteger("small", 10_000);
    private static final int SMALL_BYTES = 16 * 1024;
    private static final int SMALL_CLIENTS = 64;
    private static final int RANDOM_READS = Integer.getInteger("reads", 2_000);
    private static final long BLOCK = 4096;
    private static final long MOST_BLOCKS = 32;
    private static final double SECONDS = 0.005;
    private static final String GIB = "%.2f";

    private final Path place;
    private final Consumer<String> line;

    /// What one thing took, and the same of the origin alone.
    private record Round(double direct, double through, double cpu) {}

    private interface Work {
        void run() throws Exception;
    }

    private Ratios(Path place, Consumer<String> line) {
        this.place = place;
        this.line = line;
    }

    /// Writes a table.
    /// @param line takes each line of it
    static void measure(Consumer<String> line) throws Exception {
        if (Machine.missing("nginx").isPresent() || !Files.exists(Nginx.SLEEPY)) {
            line.accept("Not measured: there is no nginx with its echo module (libnginx-mod-http-echo).");
            return;
        }
        var place = Files.createTempDirectory(Bench.place(), "cachefiles-ratios");
        try {
            new Ratios(place, line).all();
        } finally {
            delete(place);
        }
    }

    public static void main(String[] args) throws Exception {
        System.out.println(COLUMNS);
        measure(System.out::println);
    }

    private void all() throws Exception {
        var files = Files.createDirectories(place.resolve("files"));
        fill(files.resolve("0"), SIZE);
        for (int number = 1; number <= 3 * (ROUNDS + 1); number++) {
            Files.createLink(files.resolve("" + number), files.resolve("0"));
        }
        for (int number = 0; number < SMALL; number++) {
            fill(files.resolve("small" + number), SMALL_BYTES);
        }
        try (var quick = Nginx.start(files, place.resolve("quick"), null, 0);
                var slow = Nginx.start(files, place.resolve("slow"), Nginx.SLEEPY, SECONDS)) {
            large(quick.address(), "");
            large(slow.address(), ", 5 ms a request");
            random(slow.address());
            small(quick.address(), "");
            small(slow.address(), ", 5 ms a request");
        }
    }

    private ServeProcess.Setting setting(URI origin) {
        return new ServeProcess.Setting(
                place.resolve("cache"),
                origin,
                List.of("-Xss16m", "-XX:+UseCompactObjectHeaders", "-XX:TieredStopAtLevel=1"), // as the launcher does
                List.of("--fresh", "3600"),
                Map.of());
    }

    private void large(URI origin, String how) throws Exception {
        var cold = new ArrayList<Round>();
        var disk = new ArrayList<Round>();
        var hot = new ArrayList<Round>();
        var setting = setting(origin);
        try (var service = setting.start()) {
            for (int round = 0; round <= ROUNDS; round++) {
                String key = "" + round;
                cold.add(round(service, () -> one(origin, key), () -> one(service.objects(), key)));
                hot.add(round(service, () -> one(origin, key), () -> one(service.objects(), key)));
            }
            service.end();
        }
        for (int round = 0; round <= ROUNDS && how.isEmpty(); round++) {
            String key = "" + round;
            try (var service = setting.start()) {
                disk.add(round(service, () -> one(origin, key), () -> one(service.objects(), key)));
                service.end();
            }
        }
        row("1 GiB cold" + how, cold, SIZE);
        row("1 GiB hot" + how, hot, SIZE);
        if (!disk.isEmpty()) {
            row("1 GiB again from disk, first minute of a process" + how, disk, SIZE);
        }
        delete(place.resolve("cache"));
    }

    private static void one(URI from, String key) throws IOException {
        try (var client = new LoopClient(from)) {
            if (client.get(key, "") != SIZE) {
                throw new IOException(key + " is too short");
            }
        }
    }

    private void random(URI origin) throws Exception {
        try (var service = setting(origin).start()) {
            int key = 1;
            for (int readers : new int[] {1, 16, 64}) {
                var measured = new ArrayList<Round>();
                for (int round = 0; round <= ROUNDS; round++) {
                    String name = "" + key++;
                    int reads = readers == 1 ? RANDOM_READS / 8 : RANDOM_READS;
                    measured.add(round(
                            service,
                            () -> many(readers, origin, reads, (client, read) -> client.get(name, range(read))),
                            () -> many(
                                    readers,
                                    service.objects(),
                                    reads,
                                    (client, read) -> client.get(name, range(read)))));
                }
                row(readers + " readers, each 4 to 128 KiB somewhere, 5 ms a request", measured, 0);
            }
            service.end();
        }
        delete(place.resolve("cache"));
    }

    /// The same for each server, and for no other read.
    private static String range(int read) {
        var chance = new SplittableRandom(read);
        long blocks = chance.nextLong(1, MOST_BLOCKS + 1);
        long first = chance.nextLong(SIZE / BLOCK - blocks);
        return first * BLOCK + "-" + ((first + blocks) * BLOCK - 1);
    }

    private void small(URI origin, String how) throws Exception {
        var measured = new ArrayList<Round>();
        for (int round = 0; round <= ROUNDS; round++) {
            try (var service = setting(origin).start()) {
                many(SMALL_CLIENTS, service.objects(), 500, (client, _) -> client.get("0", "0-4095"));
                measured.add(round(
                        service,
                        () -> many(SMALL_CLIENTS, origin, SMALL, (client, read) -> client.get("small" + read, "")),
                        () -> many(
                                SMALL_CLIENTS,
                                service.objects(),
                                SMALL,
                                (client, read) -> client.get("small" + read, ""))));
                service.end();
            }
            delete(place.resolve("cache"));
        }
        row(
                "%,d objects of 16 KiB cold, %d clients%s".formatted(SMALL, SMALL_CLIENTS, how),
                measured,
                (long) SMALL * SMALL_BYTES);
    }

    private interface Read {
        void by(LoopClient client, int number) throws IOException;
    }

    /// `reads` of `readers` side by side.
    private static void many(int readers, URI from, int reads, Read read) throws Exception {
        var done = new ArrayList<Future<?>>();
        try (var threads = Executors.newFixedThreadPool(readers)) {
            for (int reader = 0; reader < readers; reader++) {
                int first = reader;
                done.add(threads.submit(() -> {
                    try (var client = new LoopClient(from)) {
                        for (int number = first; number < reads; number += readers) {
                            read.by(client, number);
                        }
                    }
                    return null;
                }));
            }
        }
        for (var each : done) {
            try {
                each.get();
            } catch (ExecutionException failed) {
                throw new IOException(failed.getCause());
            }
        }
    }

    private Round round(ServeProcess service, Work direct, Work through) throws Exception {
        double directly = seconds(direct);
        double before = service.cpuSeconds();
        double throughIt = seconds(through);
        return new Round(directly, throughIt, service.cpuSeconds() - before);
    }

    private static double seconds(Work work) throws Exception {
        long start = System.nanoTime();
        work.run();
        return (System.nanoTime() - start) / 1e9;
    }

    /// The first round does not count.
    private void row(String what, List<Round> all, long bytes) {
        var counted = all.subList(1, all.size());
        row(
                what,
                cell(GIB, counted.stream().mapToDouble(Round::direct)),
                cell(GIB, counted.stream().mapToDouble(Round::through)),
                cell(GIB, counted.stream().mapToDouble(round -> round.direct / round.through)),
                bytes == 0 ? "" : cell(GIB, counted.stream().mapToDouble(round -> round.cpu * (1L << 30) / bytes)));
    }

    private static String cell(String format, DoubleStream values) {
        double[] sorted = values.sorted().toArray();
        return String.format(
                Locale.ROOT,
                "%s / **%s** / %s".replace("%s", format),
                sorted[0],
                sorted[sorted.length / 2],
                sorted[sorted.length - 1]);
    }

    private void row(String... cells) {
        line.accept("| " + String.join(" | ", cells) + " |");
    }

    private static void fill(Path file, long bytes) throws IOException {
        var chance = new SplittableRandom(bytes);
        var piece = new byte[(int) Math.min(bytes, 1 << 20)];
        try (var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            for (long written = 0; written < bytes; written += piece.length) {
                chance.nextBytes(piece);
                channel.write(ByteBuffer.wrap(piece));
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
