package cachefiles.app.bench;

import cachefiles.persistence.journal.Journal;
import com.sun.management.UnixOperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import javax.management.ObjectName;

/// A million objects: open, read, through a crash, and after `kill -9`. Each part is a process of its own; the one that
/// is killed does not hear of it.
public final class Scale {
    private static final String H2 =
            ";TRACE_LEVEL_FILE=0;DB_CLOSE_DELAY=-1;DB_CLOSE_ON_EXIT=FALSE;WRITE_DELAY=0;MAX_COMPACT_TIME=2000;CACHE_SIZE=8192";
    private static final String HEAP = "-Xmx12g";
    private static final int SAMPLE = 10_000;
    private static final int CONNECTIONS = 8;

    private Scale() {}

    /// A process of [#measure].
    /// @param args part, folder, how many objects
    public static void main(String[] args) throws Exception {
        switch (args[0]) {
            case "fill" -> fill(Path.of(args[1]), Integer.parseInt(args[2]));
            case "again" -> again(Path.of(args[1]), Integer.parseInt(args[2]));
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    private static void say(String name, double value) {
        System.out.println("scale " + name + " " + value);
        System.out.flush();
    }

    // --- the process that is killed

    private static void fill(Path folder, int count) throws Exception {
        say("commits", commits(folder.resolve("plain")));
        var world = new ScaleWorld(folder.resolve("cache"), Journal.Kind.H2, count, SAMPLE, Duration.ZERO);
        world.open(SAMPLE, i -> i); // warms up
        world.read(0, SAMPLE, 0);
        long empty = heap();
        int few = 2 * SAMPLE;
        opened("few", world.open(SAMPLE, i -> SAMPLE + i));
        say("few.heap", (heap() - empty) / (double) SAMPLE);
        cost("few.read", world.read(SAMPLE, few, 0));
        cost("few.hit", world.read(SAMPLE, few, 0));
        crashed("few", world.crash(SAMPLE, few, 1));
        long begin = System.nanoTime();
        world.open(count - 3 * SAMPLE, i -> few + i);
        say("opens", (count - 3 * SAMPLE) * 1e9 / (System.nanoTime() - begin));
        opened("many", world.open(SAMPLE, i -> count - SAMPLE + i));
        say("many.heap", (heap() - empty) / (count - (double) SAMPLE));
        say("actors", instances("cachefiles.kernel.actor.ObjectActor"));
        say("descriptors", descriptors());
        say("open", world.cache.objectsInMemory());
        parts(count);
        cost("many.read", world.read(count - SAMPLE, count, 0));
        cost("many.hit", world.read(count - SAMPLE, count, 0));
        crashed("many", world.crash(count - SAMPLE, count, 1));
        say("commits.after", commits(folder.resolve("plain-after")));
        say("filled", 1);
        Thread.currentThread().join(); // until it is killed
    }

    private static void opened(String name, ScaleWorld.Counts counts) {
        cost(name + ".open", counts);
        say(name + ".open.journaled", counts.journaled() / (double) SAMPLE);
    }

    private static void crashed(String name, ScaleWorld.Counts counts) {
        cost(name + ".crash", counts);
    }

    private static void cost(String name, ScaleWorld.Counts counts) {
        say(name + ".messages", counts.messages() / (double) SAMPLE);
        say(name + ".events", counts.events() / (double) SAMPLE);
        say(name + ".bytes", counts.allocatedBytes() / (double) SAMPLE);
        say(name + ".micros", counts.nanos() / 1e3 / SAMPLE);
    }

    /// After a collection.
    private static long heap() {
        System.gc();
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static String histogram() throws Exception {
        return (String) ManagementFactory.getPlatformMBeanServer()
                .invoke(
                        new ObjectName("com.sun.management:type=DiagnosticCommand"),
                        "gcClassHistogram",
                        new Object[] {new String[0]},
                        new String[] {String[].class.getName()});
    }

    private static double instances(String type) throws Exception {
        return histogram()
                .lines()
                .map(line -> line.strip().split("\\s+"))
                .filter(words -> words.length > 3 && words[3].equals(type))
                .mapToLong(words -> Long.parseLong(words[1]))
                .sum();
    }

    /// Bytes an object of the classes that take most.
    private static void parts(int count) throws Exception {
        histogram()
                .lines()
                .map(line -> line.strip().split("\\s+"))
                .filter(words -> words.length > 3 && words[0].matches("\\d+:"))
                .limit(60)
                .forEach(words -> System.out.printf(
                        Locale.ROOT,
                        "part %.1f %.2f %s%n",
                        Long.parseLong(words[2]) / (double) count,
                        Long.parseLong(words[1]) / (double) count,
                        words[3]));
    }

    private static double descriptors() {
        return ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getOpenFileDescriptorCount();
    }

    // --- plain loops

    /// What a thread does, time after time.
    private interface Loop {
        void step(Connection connection, int number) throws SQLException;
    }

    /// How many steps a second as many threads do as the journal has connections.
    private static double loop(String url, int steps, Loop loop) throws InterruptedException {
        var next = new AtomicInteger();
        long begin = System.nanoTime();
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < CONNECTIONS; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                try (var connection = DriverManager.getConnection(url)) {
                    for (int step = next.getAndIncrement(); step < steps; step = next.getAndIncrement()) {
                        loop.step(connection, step);
                    }
                } catch (SQLException failed) {
                    throw new IllegalStateException(failed);
                }
            }));
        }
        for (var thread : threads) {
            thread.join();
        }
        return steps * 1e9 / (System.nanoTime() - begin);
    }

    /// One row and one commit a step, as an open costs.
    private static double commits(Path folder) throws Exception {
        Files.createDirectories(folder);
        String url = "jdbc:h2:file:" + folder.resolve("plain") + H2;
        try (var held = DriverManager.getConnection(url);
                var create = held.createStatement()) {
            create.execute(
                    "CREATE TABLE e (o BIGINT GENERATED BY DEFAULT AS IDENTITY, p VARCHAR(1028) NOT NULL, s BIGINT"
                            + " NOT NULL, w VARCHAR(255), t BIGINT, b VARBINARY(1048576), PRIMARY KEY (p, s))");
            loop(url, SAMPLE, (connection, number) -> insert(connection, "warm-" + number));
            double rate = loop(url, 2 * SAMPLE, (connection, number) -> insert(connection, "object-" + number));
            create.execute("SHUTDOWN");
            return rate;
        }
    }

    private static void insert(Connection connection, String id) throws SQLException {
        connection.setAutoCommit(false);
        try (var insert = connection.prepareStatement("INSERT INTO e (p, s, w, t, b) VALUES (?, 1, ?, ?, ?)")) {
            insert.setString(1, "object|7363616c65|" + id);
            insert.setString(2, "5d0a3c5e-9f2e-4b8e-8e57-5a4f6e7d8c9b");
            insert.setLong(3, System.currentTimeMillis());
            insert.setBytes(4, new byte[40]);
            insert.executeUpdate();
            connection.commit();
        }
    }

    // --- the process after it

    private static void again(Path folder, int count) throws Exception {
        boolean fresh = !Files.exists(folder.resolve("cache"));
        long opening = System.nanoTime();
        var world = new ScaleWorld(folder.resolve("cache"), Journal.Kind.H2, count, 64, Duration.ZERO);
        String name = fresh ? "empty" : "again";
        say(name + ".ready", (double) (System.currentTimeMillis()
                - ManagementFactory.getRuntimeMXBean().getStartTime()));
        say(name + ".cache", (System.nanoTime() - opening) / 1e6);
        say(name + ".first", world.firstReadNanos(count / 2) / 1e6);
        if (!fresh) {
            var random = new SplittableRandom(1);
            int demanded = Math.min(count / 2, 10 * SAMPLE);
            var objects = random.ints(0, count / 2).distinct().limit(demanded).toArray();
            var counts = world.open(demanded, i -> objects[i]);
            say("again.demanded", demanded * 1e9 / counts.nanos());
        }
        world.close();
        if (!fresh) {
            queries(folder.resolve("cache/journal/journal"), count);
        }
        say("done", 1);
    }

    /// What a recovery asks of the journal.
    private static void queries(Path file, int count) throws Exception {
        String url = "jdbc:h2:file:" + file + H2;
        var ids = new ArrayList<String>();
        try (var held = DriverManager.getConnection(url);
                var statement = held.createStatement()) {
            try (var rows = statement.executeQuery(
                    "SELECT COUNT(DISTINCT \"persistence_id\") FROM \"event_journal\" WHERE \"persistence_id\" LIKE 'object%'")) {
                rows.next();
                say("again.known", (double) rows.getLong(1));
            }
            try (var rows =
                    statement.executeQuery("SELECT \"persistence_id\" FROM \"event_journal\" ORDER BY RAND() LIMIT "
                            + Math.min(count / 2, 10 * SAMPLE))) {
                while (rows.next()) {
                    ids.add(rows.getString(1));
                }
            }
            say("queries", loop(url, ids.size(), (connection, number) -> {
                String id = ids.get(number);
                ask(
                        connection,
                        "SELECT * FROM \"snapshot\" WHERE \"persistence_id\" = ? ORDER BY \"sequence_number\" DESC LIMIT 1",
                        id);
                ask(
                        connection,
                        "SELECT MAX(\"sequence_number\") FROM \"event_journal\" WHERE \"persistence_id\" = ?",
                        id);
                ask(
                        connection,
                        "SELECT * FROM \"event_journal\" WHERE \"persistence_id\" = ? AND \"deleted\" = FALSE AND"
                                + " \"sequence_number\" >= 1 ORDER BY \"sequence_number\" LIMIT 500",
                        id);
            }));
        }
    }

    private static void ask(Connection connection, String query, String id) throws SQLException {
        try (var select = connection.prepareStatement(query)) {
            select.setString(1, id);
            try (var rows = select.executeQuery()) {
                while (rows.next()) {
                    rows.getObject(1);
                }
            }
        }
    }

    // --- all of it

    /// @param line takes the lines of the table; how many objects is the property `scale`, a million if it is not set
    static void measure(Consumer<String> line) throws Exception {
        int count = Integer.getInteger("scale", 1_000_000);
        var folder = Files.createTempDirectory("cachefiles-scale");
        try {
            var found = new LinkedHashMap<String, Double>();
            var parts = new ArrayList<String>();
            run("again", folder.resolve("empty"), count, found, parts);
            run("fill", folder, count, found, parts);
            run("again", folder, count, found, parts);
            table(count, found, parts).lines().forEach(line);
        } finally {
            try (var files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    /// Starts a part, and kills it once it is done.
    private static void run(String part, Path folder, int count, Map<String, Double> found, List<String> parts)
            throws IOException, InterruptedException {
        Files.createDirectories(folder);
        var command = new ArrayList<String>();
        command.add(ProcessHandle.current().info().command().orElse("java"));
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.add(HEAP);
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                Scale.class.getName(),
                part,
                folder.toString(),
                "" + count));
        var process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (var lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                System.out.println(line);
                var words = line.split(" ");
                if (words[0].equals("scale")) {
                    found.put(words[1], Double.parseDouble(words[2]));
                }
                if (words[0].equals("part")) {
                    parts.add(line);
                }
                if (line.startsWith("scale filled")) {
                    process.destroyForcibly(); // kill -9
                }
            }
        }
        process.waitFor();
    }

    private static String table(int count, Map<String, Double> found, List<String> parts) {
        var text = new StringBuilder("\n| what | least | %,d objects | holds |\n|---|---|---|---|\n".formatted(count));
        row(text, "objects known after `kill -9`, by query", count, found.get("again.known"), true);
        row(text, "actors live, by class histogram", count, found.get("actors"), true);
        row(text, "heap each after a collection, bytes", 2560, found.get("many.heap"), false);
        row(text, "descriptors", 1000, found.get("descriptors"), false);
        double commits = Math.max(found.get("commits"), found.get("commits.after"));
        row(
                text,
                "cold opens to plain commits (%,.0f a second to %,.0f)".formatted(found.get("opens"), commits),
                0.5,
                found.get("opens") / commits,
                true);
        for (String what : List.of("open", "read", "hit", "crash")) {
            for (String each : List.of("messages", "events", "bytes", "micros")) {
                String name = what + "." + each;
                double few = found.get("few." + name);
                double many = found.get("many." + name);
                double most = each.equals("micros") ? 1.5 : 1.05;
                row(
                        text,
                        "%s, %s an operation: %.2f with 20,000, %.2f with all; ratio".formatted(what, each, few, many),
                        most,
                        few == many ? 1 : many / few,
                        false);
            }
        }
        row(
                text,
                "ready after `kill -9`, to an empty directory (%,.0f to %,.0f ms)"
                        .formatted(found.get("again.ready"), found.get("empty.ready")),
                1.3,
                found.get("again.ready") / found.get("empty.ready"),
                false);
        row(text, "first demanded read after that, ms", 500, found.get("again.first"), false);
        row(
                text,
                "demanded in random order, to plain queries (%,.0f a second to %,.0f)"
                        .formatted(found.get("again.demanded"), found.get("queries")),
                0.5,
                found.get("again.demanded") / found.get("queries"),
                true);
        text.append("\nOf the heap, bytes an object, how many, and of which class:\n\n```\n");
        parts.stream().limit(25).forEach(part -> text.append(part.substring(5)).append('\n'));
        return text.append("```\n").toString();
    }

    private static void row(StringBuilder text, String what, double bound, double found, boolean isLeast) {
        text.append(String.format(
                Locale.ROOT,
                "| %s | %s%s | %s | %s |%n",
                what,
                isLeast ? "" : "at most ",
                number(bound),
                number(found),
                (isLeast ? found >= bound : found <= bound) ? "yes" : "**no**"));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%.2f" : "%,.0f", value);
    }
}
