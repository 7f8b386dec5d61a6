package cachefiles.app.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.daemon.fetch.MemoryOrigin;
import cachefiles.kernel.reader.GateCore;
import cachefiles.kernel.reader.ReadAhead;
import cachefiles.persistence.journal.Journal;
import cachefiles.persistence.store.FileStore;
import com.typesafe.config.Config;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every queue, mailbox, stash and pool has a bound: `bounds.txt` lists them, and is what the code says.
@DisplayNameGeneration(ReplaceUnderscores.class)
class BoundsTest {
    private static final Pattern LINE = Pattern.compile("(.+?) {2,}(\\S+) {2,}(.+)");
    private static final Pattern QUEUE = Pattern.compile(
            "new (ArrayDeque|ArrayBlockingQueue|LinkedBlockingQueue|LinkedBlockingDeque|ConcurrentLinkedQueue|"
                    + "ConcurrentLinkedDeque|LinkedList|PriorityQueue|Semaphore|ScheduledThreadPoolExecutor|"
                    + "ThreadPoolExecutor)\\b|Executors\\.new|startTimer|startSingleTimer");

    private static List<String> table() throws IOException {
        try (var table = BoundsTest.class.getResourceAsStream("bounds.txt")) {
            return new String(Objects.requireNonNull(table).readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList();
        }
    }

    private static Map<String, String> said(Path directory) throws IOException, ReflectiveOperationException {
        var options = CacheOptions.of(directory, new MemoryOrigin());
        var said = new LinkedHashMap<String, String>();
        said.put("reads under way", "" + options.readsInFlight);
        said.put("acquires under way", "" + options.opensInFlight);
        said.put("readers waiting at a gate", "" + options.waiters);
        said.put("commands outstanding to an object", "" + options.window);
        said.put("requests in the table", "" + options.limits.requests());
        said.put("live handles", "" + options.limits.handles());
        said.put("reopens of an object in vain", "" + options.limits.reopenAttempts());
        said.put("reopens a fetch", "" + options.limits.reopensPerFetch());
        said.put("requests with a daemon", "" + options.workers);
        said.put("bytes ahead of a reader", "" + options.readAheadBytes);
        said.put("readers in order told apart", "" + ReadAhead.STREAMS);
        said.put(
                "chunks that workers copy through",
                "" + constant(Class.forName("cachefiles.daemon.actor.Chunks"), "MOST"));
        said.put("threads of dead daemons left behind", "" + options.threadsLeftBehind);
        said.put("recoveries of an object in vain", "" + GateCore.RECOVERIES);
        said.put("restarts of a daemon in vain", "" + options.maxFruitlessRestarts);
        said.put("open files", "" + FileStore.DEFAULT_OPEN_FILES);
        try (var journal = Journal.open(Journal.Kind.H2, directory)) {
            var config = journal.config();
            said.put("stash of an object's actor", "" + config.getInt("akka.persistence.typed.stash-capacity"));
            said.put("what exceeds it", config.getString("akka.persistence.typed.stash-overflow-strategy"));
            said.put("recoveries at once", "" + config.getInt("akka.persistence.max-concurrent-recoveries"));
            said.put("connections of the journal", connections(config));
            said.put("stash of a restarting actor", "" + config.getInt("akka.actor.typed.restart-stash-capacity"));
        }
        said.put("hands of the crew", "" + constant(Crew.class, "MEMBERS"));
        said.put("chunks ahead of a client", "" + constant(Class.forName("cachefiles.app.serve.Body"), "CHUNKS_AHEAD"));
        return said;
    }

    private static String connections(Config config) {
        return "" + config.getInt("akka-persistence-jdbc.shared-databases.slick.db.maxConnections");
    }

    private static int constant(Class<?> type, String name) throws ReflectiveOperationException {
        Field field = type.getDeclaredField(name);
        field.setAccessible(true);
        return field.getInt(null);
    }

    @Test
    @Tag("I15")
    void the_table_of_bounds_is_what_the_code_says(@TempDir Path directory) throws Exception {
        var listed = new LinkedHashMap<String, String>();
        for (String line : table()) {
            var match = LINE.matcher(line);
            assertTrue(match.matches(), line);
            listed.put(match.group(1), match.group(2));
        }
        var numbers = new LinkedHashMap<>(listed);
        numbers.values().removeIf(bound -> bound.equals("-")); // bounded by others, which the line names
        assertEquals(said(directory), numbers);
    }

    /// Whoever adds a queue or a pool has to say what bounds it.
    @Test
    @Tag("I15")
    void every_queue_and_pool_in_the_code_is_in_the_table() throws Exception {
        var lines = String.join("\n", table());
        var missing = new TreeSet<String>();
        for (Path source : sources()) {
            var name = source.getFileName().toString().replace(".java", "");
            if (QUEUE.matcher(Files.readString(source)).find()
                    && !Pattern.compile("\\b" + name + "\\b").matcher(lines).find()) {
                missing.add(name);
            }
        }
        assertEquals(new TreeSet<String>(), missing);
    }

    private static List<Path> sources() throws IOException {
        var root = Path.of("").toAbsolutePath();
        while (!Files.exists(root.resolve("persistence"))) {
            root = root.getParent();
        }
        var sources = new ArrayList<Path>();
        for (String module : List.of("kernel-actors", "daemon-actors", "persistence", "app")) {
            try (var files = Files.walk(root.resolve(module).resolve("src/main/java"))) {
                files.filter(file -> file.toString().endsWith(".java"))
                        .filter(file -> !file.toString().matches(".*/app/(check|command|crash|demo|stage)/.*"))
                        .forEach(sources::add);
            }
        }
        return sources;
    }
}
