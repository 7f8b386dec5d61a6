package cachefiles.app.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.testing.OriginServer;
import cachefiles.testing.Postgres;
import cachefiles.testing.PostgresServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `kill -9` of the whole process in the middle of its work, and a start on what it left. `make kill` does it 100
/// times.
@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(1_800)
class KillTest {
    private static final int KILLS = Integer.getInteger("kills", 5);
    private static final int OBJECTS = 8;
    private static final int BLOCK = 4096;
    private static final int BLOCKS = 1_000 * Math.max(1, KILLS / 20);
    private static final int READERS = 8;
    private static final int MOST_BLOCKS_A_READ = 8;

    @TempDir
    Path directory;

    private final Random random = new Random(1);
    private final byte[][] right = new byte[OBJECTS][];
    /// Blocks that were answered, of each object.
    private final BitSet[] answered = new BitSet[OBJECTS];
    private final Semaphore answers = new Semaphore(0);
    private final AtomicInteger brokenOff = new AtomicInteger();
    private final ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();
    private boolean over;
    private URI serving = URI.create("http://127.0.0.1:1/");

    @Test
    @Tag("I19")
    @Tag("S127")
    void nothing_that_was_answered_is_lost_or_wrong_with_the_journal_in_h2() throws Exception {
        lives(List.of(), Map.of());
    }

    @Test
    @Tag("I19")
    @Postgres
    void nothing_that_was_answered_is_lost_or_wrong_with_the_journal_in_postgresql(PostgresServer server)
            throws Exception {
        lives(
                List.of("--journal", server.database()),
                Map.of("PGUSER", PostgresServer.USER, "PGPASSWORD", PostgresServer.PASSWORD));
    }

    private void lives(List<String> journal, Map<String, String> environment) throws Exception {
        try (var origin = new OriginServer()) {
            var setting = ServeProcess.Setting.ofShortLife(directory.resolve("cache"), origin.address())
                    .with(journal, environment);
            for (int object = 0; object < OBJECTS; object++) {
                right[object] = new byte[BLOCKS * BLOCK + 17 * object];
                new Random(object).nextBytes(right[object]);
                answered[object] = new BitSet();
                origin.put("object" + object, right[object]);
            }
            var readers = new ArrayList<Thread>();
            for (int reader = 0; reader < READERS; reader++) {
                long seed = reader;
                readers.add(Thread.ofVirtual().start(() -> read(new Random(seed))));
            }
            for (int kill = 0; kill < KILLS; kill++) {
                try (var service = setting.start()) {
                    int asked = origin.requests().size();
                    long fetches = origin.gets();
                    var before = copy();
                    serve(service.objects());
                    answers.acquire(1 + random.nextInt(120));
                    service.kill();
                    assertTrue(origin.gets() > fetches, "it was killed over hits alone");
                    noneAgain(origin, asked, before);
                }
            }
            try (var service = setting.start()) {
                int asked = origin.requests().size();
                var before = copy();
                serve(service.objects());
                answers.acquire(100);
                end();
                for (Thread reader : readers) {
                    reader.join();
                }
                noneAgain(origin, asked, before);
                for (int object = 0; object < OBJECTS; object++) {
                    assertTrue(got(service.objects(), object, 0, right[object].length), "the rest can be read");
                }
                assertEquals(0, service.end(), "exit code after SIGTERM");
            }
            assertEquals(List.of(), List.copyOf(wrong));
            assertTrue(brokenOff.get() >= KILLS, "reads that a kill broke off: " + brokenOff);
        }
    }

    private synchronized void serve(URI objects) {
        answers.drainPermits();
        serving = objects;
        notifyAll();
    }

    private synchronized void end() {
        over = true;
        notifyAll();
    }

    private synchronized boolean isOver() {
        return over;
    }

    private synchronized URI serving() {
        return serving;
    }

    /// Waits for another process.
    private synchronized void awaitOther(URI dead) throws InterruptedException {
        while (!over && serving.equals(dead)) {
            wait();
        }
    }

    private synchronized BitSet[] copy() {
        return Arrays.stream(answered).map(blocks -> (BitSet) blocks.clone()).toArray(BitSet[]::new);
    }

    private void read(Random chance) {
        try {
            while (!isOver()) {
                int object = chance.nextInt(OBJECTS);
                int first = chance.nextInt(BLOCKS);
                int blocks = Math.min(1 + chance.nextInt(MOST_BLOCKS_A_READ), BLOCKS - first);
                URI from = serving();
                try {
                    if (got(from, object, first * BLOCK, blocks * BLOCK)) {
                        synchronized (this) {
                            answered[object].set(first, first + blocks);
                        }
                        answers.release();
                    }
                } catch (IOException _) {
                    brokenOff.incrementAndGet();
                    awaitOther(from);
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean got(URI from, int object, int offset, int length) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(from.resolve("object" + object))
                .header("Range", "bytes=" + offset + "-" + (offset + length - 1))
                .build();
        var response = client.send(request, BodyHandlers.ofByteArray());
        byte[] body = response.body();
        boolean same = response.statusCode() == 206
                && Arrays.equals(body, 0, body.length, right[object], offset, offset + length);
        if (!same) {
            wrong.add("object " + object + " from " + offset + ": " + response.statusCode() + ", " + body.length
                    + " bytes");
        }
        return same;
    }

    /// Whatever had been answered when the process began was not fetched by it.
    private static void noneAgain(OriginServer origin, int asked, BitSet[] before) {
        var requests = origin.requests();
        for (var request : requests.subList(asked, requests.size())) {
            var range = Pattern.compile("bytes=(\\d+)-(\\d+)").matcher(request.field("range"));
            if (request.method().equals("GET") && range.matches()) {
                int object = Integer.parseInt(request.path().replaceFirst(".*object", ""));
                int first = (int) (Long.parseLong(range.group(1)) / BLOCK);
                int limit = (int) (Long.parseLong(range.group(2)) / BLOCK) + 1;
                var again = before[object].get(first, limit);
                assertTrue(
                        again.isEmpty(),
                        () -> "fetched again, of object " + object + " from block " + first + ": " + again);
            }
        }
    }
}
