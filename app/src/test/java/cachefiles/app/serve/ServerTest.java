package cachefiles.app.serve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.app.crash.FaultyStore;
import cachefiles.app.engine.Cache;
import cachefiles.app.engine.CacheOptions;
import cachefiles.app.engine.Eventually;
import cachefiles.app.engine.Held;
import cachefiles.daemon.fetch.CountingOrigin;
import cachefiles.daemon.fetch.DirectoryOrigin;
import cachefiles.kernel.extent.FreeSpace;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Faults;
import cachefiles.persistence.journal.Journal;
import cachefiles.persistence.store.FileStore;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A cache as its clients see it.
@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(120)
class ServerTest {
    private static final int LARGE = 3_000_000;
    /// As much as a client is sent at a time.
    private static final int CACHED = 262_144;
    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    @TempDir
    Path directory;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private Path files;
    private Held origin;
    private CountingOrigin counted;
    private FaultyStore store;
    private Cache cache;
    private Server server;

    @BeforeEach
    void start() throws Exception {
        files = Files.createDirectories(directory.resolve("files/d e"));
        files = directory.resolve("files");
        put("large", random(1, LARGE));
        put("text", "hello\n".getBytes(StandardCharsets.UTF_8));
        put("empty", new byte[0]);
        put("d e/ü%", new byte[] {7});
        origin = new Held(DirectoryOrigin.of(files));
        counted = new CountingOrigin(origin);
        store = new FaultyStore(FileStore.open(directory.resolve("cache")));
        cache = Cache.open(CacheOptions.of(directory.resolve("cache"), counted)
                .journal(Journal.Kind.MEMORY)
                .measureSpaceEvery(Duration.ofMillis(10))
                .store(store));
        server = new Server(cache, counted, Duration.ZERO, ANY, ANY, null);
    }

    @AfterEach
    void stop() throws IOException {
        origin.pass();
        server.close();
        cache.close();
    }

    private void put(String name, byte[] bytes) throws IOException {
        Files.write(files.resolve(name), bytes);
    }

    private static byte[] random(long seed, int size) {
        var bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private HttpRequest.Builder request(String key) {
        return HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + server.httpAddress().getPort() + "/v1/volumes/v/objects/" + key));
    }

    private HttpResponse<byte[]> get(String key, String... headers) throws Exception {
        var request = request(key);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), BodyHandlers.ofByteArray());
    }

    private HttpResponse<String> admin(String path) throws Exception {
        var address = URI.create("http://127.0.0.1:" + server.adminAddress().getPort() + path);
        return client.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString());
    }

    private static String field(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    @Test
    void an_object_comes_whole_or_in_ranges_and_from_the_origin_once() throws Exception {
        var whole = get("large");
        assertEquals(200, whole.statusCode());
        assertEquals("bytes", field(whole, "Accept-Ranges"));
        assertArrayEquals(random(1, LARGE), whole.body());
        assertArrayEquals(random(1, LARGE), get("large").body());
        assertEquals(LARGE, counted.fetchedBytes());

        var part = get("large", "Range", "bytes=1000-2000999");
        assertEquals(206, part.statusCode());
        assertEquals("bytes 1000-2000999/" + LARGE, field(part, "Content-Range"));
        assertArrayEquals(Arrays.copyOfRange(random(1, LARGE), 1000, 2_001_000), part.body());
        assertEquals(LARGE, counted.fetchedBytes());
    }

    @Test
    void several_ranges_come_in_parts() throws Exception {
        var parts = get("text", "Range", "bytes=1-2,4-4");
        assertEquals(206, parts.statusCode());
        String boundary = field(parts, "Content-Type").replaceFirst("multipart/byteranges; boundary=", "");
        assertEquals(
                """

                        --B
                        Content-Type: application/octet-stream
                        Content-Range: bytes 1-2/6

                        el
                        --B
                        Content-Type: application/octet-stream
                        Content-Range: bytes 4-4/6

                        o
                        --B--
                        """,
                new String(parts.body(), StandardCharsets.US_ASCII)
                        .replace(boundary, "B")
                        .replace("\r\n", "\n"));
    }

    @Test
    void odd_names_and_empty_objects_are_objects_too() throws Exception {
        assertArrayEquals(new byte[] {7}, get("d%20e/%C3%BC%25").body());
        assertArrayEquals(new byte[] {7}, get("d%20e%2F%c3%bc%25?query").body());
        var empty = get("empty");
        assertEquals(200, empty.statusCode());
        assertEquals(0, empty.body().length);
        assertEquals(416, get("empty", "Range", "bytes=0-").statusCode());
    }

    @Test
    void what_is_not_there_not_named_or_not_allowed_is_said_so() throws Exception {
        assertEquals(404, get("nothing").statusCode());
        assertEquals(404, get("d%20e").statusCode());
        assertEquals(403, get("%2E%2E/secret").statusCode());
        assertEquals(404, get("a".repeat(256)).statusCode());
        var behind = get("text", "Range", "bytes=6-");
        assertEquals(416, behind.statusCode());
        assertEquals("bytes */6", field(behind, "Content-Range"));
        var posted = client.send(
                request("text").POST(HttpRequest.BodyPublishers.ofString("x")).build(), BodyHandlers.discarding());
        assertEquals(405, posted.statusCode());
        assertEquals("GET, HEAD", field(posted, "Allow"));
    }

    @Test
    void a_head_tells_what_a_get_would_and_fetches_nothing() throws Exception {
        var head = client.send(request("large").HEAD().build(), BodyHandlers.discarding());
        assertEquals(200, head.statusCode());
        assertEquals(Integer.toString(LARGE), field(head, "Content-Length"));
        assertEquals(0, counted.fetchedBytes());
        String tag = field(head, "ETag");
        assertEquals(tag, field(get("large", "Range", "bytes=0-0"), "ETag"));
        assertEquals(304, get("large", "If-None-Match", tag).statusCode());
        assertEquals(412, get("large", "If-Match", "\"other\"").statusCode());
        assertEquals(
                200, get("large", "If-Range", "\"other\"", "Range", "bytes=0-0").statusCode());
    }

    @Test
    @Tag("S127")
    void a_daemon_that_dies_is_a_delay() throws Exception {
        var hold = origin.hold();
        var response = client.sendAsync(request("large").build(), BodyHandlers.ofByteArray());
        Eventually.holds("a look-up", () -> origin.waiting() > 0);
        cache.crash(Faults.Victim.DAEMON, null, new Faults.Crash("test", () -> {}));
        origin.pass();
        hold.complete(false);
        assertArrayEquals(random(1, LARGE), Eventually.of(response).body());
    }

    @Test
    @Tag("S106")
    void a_new_version_comes_whole_with_a_tag_of_its_own() throws Exception {
        var first = get("large");
        put("large", random(2, LARGE));
        var second = get("large");
        assertArrayEquals(random(2, LARGE), second.body());
        assertTrue(!field(first, "ETag").equals(field(second, "ETag")));
        assertEquals(200, get("large", "If-None-Match", field(first, "ETag")).statusCode());
    }

    @Test
    @Tag("S106")
    void an_object_replaced_before_its_first_byte_is_sent_comes_in_its_new_version() throws Exception {
        var looking = origin.hold();
        var response = client.sendAsync(request("large").build(), BodyHandlers.ofByteArray());
        Eventually.holds("a look-up", () -> origin.waiting() > 0);
        var fetching = origin.hold();
        looking.complete(false);
        Eventually.holds("a fetch", () -> origin.waiting() > 0 && counted.fetchedBytes() == 0);
        put("large", random(2, LARGE));
        origin.pass();
        fetching.complete(false);
        assertArrayEquals(random(2, LARGE), Eventually.of(response).body());
    }

    @Test
    @Tag("S106")
    void an_object_replaced_later_ends_in_a_connection_that_breaks_off_and_the_next_reader_gets_the_new_one()
            throws Exception {
        var begun = begin();
        put("large", random(2, LARGE));
        var body = begun.goOn();
        assertThrows(IOException.class, body::readAllBytes);
        assertArrayEquals(random(2, LARGE), get("large").body());
    }

    @Test
    void a_client_that_goes_away_waits_for_nothing() throws Exception {
        assertEquals(1, get("large", "Range", "bytes=0-0").body().length);
        var hold = origin.hold();
        var response = client.sendAsync(request("large").build(), BodyHandlers.ofInputStream());
        Eventually.holds("a fetch", () -> origin.waiting() > 0);
        response.cancel(true);
        origin.pass();
        hold.complete(false);
        Eventually.holds("nothing in use", () -> open() == 0);
    }

    private double open() {
        try {
            return admin("/metrics")
                    .body()
                    .lines()
                    .filter(line -> line.startsWith("cachefiles_objects_open "))
                    .mapToDouble(line -> Double.parseDouble(line.split(" ")[1]))
                    .sum();
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }

    @Test
    void health_readiness_and_numbers_have_an_address_of_their_own() throws Exception {
        get("text");
        assertEquals(200, admin("/-/healthy").statusCode());
        assertEquals(200, admin("/-/ready").statusCode());
        var metrics = admin("/metrics").body();
        assertTrue(metrics.lines().allMatch(line -> line.startsWith("cachefiles_") || line.startsWith("#")), metrics);
        assertTrue(metrics.contains("cachefiles_requests_total{method=\"GET\",status=\"200\"} 1.0"), metrics);
        assertTrue(metrics.contains("cachefiles_origin_bytes_total 6.0"), metrics);
        assertEquals(404, admin("/other").statusCode());
    }

    @Test
    void what_is_under_way_ends_before_the_server_does() throws Exception {
        var hold = origin.hold();
        var response = client.sendAsync(request("large").build(), BodyHandlers.ofByteArray());
        Eventually.holds("a look-up", () -> origin.waiting() > 0);
        var drained = drain();
        origin.pass();
        hold.complete(false);
        assertArrayEquals(random(1, LARGE), Eventually.of(response).body());
        drained.join();
        assertThrows(IOException.class, () -> get("text"));
    }

    @Test
    void an_answer_whose_bytes_are_under_way_ends_before_the_server_does() throws Exception {
        var begun = begin();
        var drained = drain();
        assertArrayEquals(
                Arrays.copyOfRange(random(1, LARGE), CACHED, LARGE),
                begun.goOn().readAllBytes());
        drained.join();
    }

    /// An answer whose first bytes have come.
    /// @param held at the origin: what fetches the rest
    private record Begun(InputStream body, Held origin, CompletableFuture<Boolean> held) {
        /// Lets the origin send the rest.
        InputStream goOn() {
            origin.pass();
            held.complete(false);
            return body;
        }
    }

    private Begun begin() throws Exception {
        assertEquals(CACHED, get("large", "Range", "bytes=0-" + (CACHED - 1)).body().length);
        var looking = origin.hold();
        var response = client.sendAsync(request("large").build(), BodyHandlers.ofInputStream());
        Eventually.holds("a look-up", () -> origin.waiting() > 0);
        var rest = origin.hold();
        looking.complete(false);
        var body = Eventually.of(response).body();
        assertArrayEquals(Arrays.copyOf(random(1, LARGE), CACHED), body.readNBytes(CACHED));
        return new Begun(body, origin, rest);
    }

    private Thread drain() {
        var drained = Thread.ofVirtual().start(() -> server.drain(Duration.ofSeconds(60)));
        Eventually.holds("ending", () -> ready() == 503);
        return drained;
    }

    private int ready() {
        try {
            return admin("/-/ready").statusCode();
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }

    @Test
    void an_origin_that_fails_is_said_so_with_a_time_to_come_again() throws Exception {
        origin.fail(Errno.EIO);
        var failed = get("text");
        assertEquals(503, failed.statusCode());
        assertEquals("1", field(failed, "Retry-After"));
        assertTrue(new String(failed.body(), StandardCharsets.UTF_8).startsWith("text: "));
        origin.fail(Errno.OK);
        assertEquals(200, get("text").statusCode());
    }

    @Test
    void a_full_disk_and_a_cache_out_of_service_are_told_to_who_operates_it() throws Exception {
        assertEquals("ready\n", admin("/-/ready").body());
        var metrics = admin("/metrics").body();
        for (String gauge : List.of("culling", "full", "dead", "daemon_given_up")) {
            assertTrue(metrics.contains("cachefiles_" + gauge + " 0.0\n"), metrics);
        }
        store.space(new FreeSpace(4_000, 100_000, 4_000, 100_000));
        Eventually.holds("culling", () -> cache.status().culling());
        assertTrue(admin("/-/ready").body().startsWith("ready\nspace is scarce"));
        store.space(new FreeSpace(0, 100_000, 4_000, 100_000));
        Eventually.holds("full", () -> cache.status().full());
        assertTrue(admin("/-/ready").body().startsWith("ready\nfull: "));
        assertTrue(admin("/metrics").body().contains("cachefiles_full 1.0\n"));
    }

    @Test
    void addresses_may_be_of_ip_version_6() throws Exception {
        var six = new InetSocketAddress(InetAddress.ofLiteral("::1"), 0);
        try (var other = new Server(cache, counted, Duration.ZERO, six, six, null)) {
            var address = URI.create("http://[::1]:" + other.httpAddress().getPort() + "/v1/volumes/w/objects/text");
            var response = client.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString());
            assertEquals("hello\n", response.body());
        }
    }

    @Test
    void a_taken_address_is_refused_by_name() {
        var taken = server.httpAddress();
        var refused =
                assertThrows(IOException.class, () -> new Server(cache, counted, Duration.ZERO, taken, ANY, null));
        assertTrue(refused.getMessage().contains("127.0.0.1:" + taken.getPort()), refused.getMessage());
    }
}
