package cachefiles.daemon.fetch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceException;
import cachefiles.kernel.uapi.Errno;
import cachefiles.testing.OriginServer;
import cachefiles.testing.OriginServer.Conduct;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(120)
class HttpOriginTest {
    private static final Cookie COOKIE = Cookie.of("v", "dir/file");
    private static final int SIZE = 300_000;

    private final byte[] bytes = new byte[SIZE];
    private OriginServer server;
    private HttpOrigin origin;

    @BeforeEach
    void start() throws IOException {
        new Random(1).nextBytes(bytes);
        server = new OriginServer();
        server.put("dir/file", bytes);
        origin = open(server.address(), Credentials.NONE, settings -> settings);
    }

    @AfterEach
    void stop() throws IOException {
        origin.close();
        server.close();
    }

    private static HttpOrigin open(URI address, Credentials credentials, UnaryOperator<HttpSettings> change) {
        return HttpOrigin.of(address, credentials, change.apply(HttpSettings.DEFAULT));
    }

    private byte[] fetch(Content expected, int offset, int length) throws DeviceException {
        var target = ByteBuffer.allocate(length);
        origin.fetch(COOKIE, expected, offset, target);
        assertFalse(target.hasRemaining());
        return target.array();
    }

    private void assertFetches(Content expected, int offset, int length) throws DeviceException {
        assertArrayEquals(Arrays.copyOfRange(bytes, offset, offset + length), fetch(expected, offset, length));
    }

    private Errno failure(Content expected) {
        return assertThrows(DeviceException.class, () -> fetch(expected, 1000, 5000))
                .errno();
    }

    /// For the first `times` requests for bytes; then as it should be.
    private void misbehave(int times, Conduct conduct) {
        var left = new AtomicInteger(times);
        server.behave((request, reply) -> request.method().equals("GET") && left.getAndDecrement() > 0
                ? conduct.answer(request, reply)
                : reply.good());
    }

    /// Gives failures up at once.
    private void impatient() {
        origin.close();
        origin = open(server.address(), Credentials.NONE, settings -> settings.withOutage(1));
    }

    @Test
    void an_object_is_found_by_one_request_and_fetched_by_one() throws Exception {
        var content = origin.find(COOKIE);
        assertEquals(SIZE, content.sizeBytes());
        assertFetches(content, 1000, 5000);
        assertEquals(2, server.requests().size());
        assertEquals(5000, server.bodyBytes());
        assertEquals("bytes=1000-5999", server.requests().get(1).field("Range"));
        assertEquals(content.validator(), server.requests().get(1).field("If-Range"));
        assertEquals("identity", server.requests().get(1).field("Accept-Encoding"));
    }

    @Test
    void fetching_fills_the_target_from_its_position() throws Exception {
        var target = ByteBuffer.allocate(100).position(20).limit(40);
        origin.fetch(COOKIE, origin.find(COOKIE), 500, target);
        assertEquals(40, target.position());
        assertArrayEquals(Arrays.copyOfRange(bytes, 500, 520), Arrays.copyOfRange(target.array(), 20, 40));
        assertEquals(0, target.array()[40]);
    }

    @Test
    void any_bytes_can_be_a_name() throws Exception {
        server.put("a%20b%25%ff%3f", new byte[7]);
        var key = cachefiles.kernel.uapi.Key.of(new byte[] {'a', ' ', 'b', '%', (byte) 0xff, '?'});
        assertEquals(7, origin.find(new Cookie(COOKIE.volume(), key)).sizeBytes());
    }

    @ParameterizedTest
    @CsvSource({"../file, EACCES", "dir/../file, EACCES", "./file, ENOENT", "dir//file, ENOENT", "dir/, ENOENT"})
    void a_key_is_a_plain_path(String key, Errno errno) {
        var failed = assertThrows(DeviceException.class, () -> origin.find(Cookie.of("v", key)));
        assertEquals(errno, failed.errno());
        assertEquals(0, server.requests().size());
    }

    @ParameterizedTest
    @CsvSource({"404, ENOENT", "410, ENOENT", "401, EACCES", "403, EACCES", "204, EIO", "412, ESTALE"})
    void a_refusal_is_final_and_names_the_address(int status, Errno errno) throws Exception {
        var content = origin.find(COOKIE);
        server.behave((_, reply) -> reply.status(status, Map.of()));
        var failed = assertThrows(DeviceException.class, () -> fetch(content, 0, 10));
        assertEquals(errno, failed.errno());
        assertTrue(failed.getMessage().startsWith(server.address() + "dir/file: "), failed::getMessage);
        assertEquals(2, server.requests().size());
    }

    @ParameterizedTest
    @ValueSource(ints = {403, 405, 501, 400})
    void a_server_that_answers_no_head_is_asked_for_the_first_byte(int status) throws Exception {
        server.behave(
                (request, reply) -> request.method().equals("HEAD") ? reply.status(status, Map.of()) : reply.good());
        assertEquals(SIZE, origin.find(COOKIE).sizeBytes());
        assertEquals(1, server.bodyBytes());
        server.put("dir/file", new byte[0]);
        assertEquals(0, origin.find(COOKIE).sizeBytes());
    }

    @Test
    @Tag("G13")
    void a_server_that_names_no_version_is_refused() {
        server.put("dir/file", bytes, Map.of());
        var failed = assertThrows(DeviceException.class, () -> origin.find(COOKIE));
        assertEquals(Errno.EOPNOTSUPP, failed.errno());
    }

    @ParameterizedTest
    @ValueSource(strings = {"ETag \"1\" \"2\"", "ETag W/\"1\" W/\"2\"", "Last-Modified Sun,a Sun,b"})
    @Tag("G13")
    void an_object_that_was_replaced_is_stale_even_if_as_long_and_then_found_anew(String validators) throws Exception {
        var words = validators.split(" ");
        server.put("dir/file", bytes, Map.of(words[0], words[1]));
        var content = origin.find(COOKIE);
        assertFetches(content, 0, 1000);
        bytes[0]++;
        server.put("dir/file", bytes, Map.of(words[0], words[2]));
        assertEquals(Errno.ESTALE, failure(content));
        var next = origin.find(COOKIE);
        assertNotEquals(content, next);
        assertFetches(next, 0, 1000);
    }

    @Test
    @Tag("G13")
    void an_object_that_became_shorter_is_stale() throws Exception {
        var content = origin.find(COOKIE);
        server.put("dir/file", new byte[10], Map.of("ETag", content.validator()));
        assertEquals(Errno.ESTALE, failure(content));
    }

    @Test
    @Tag("I20")
    void a_body_that_is_cut_is_taken_as_far_as_it_came_and_asked_for_from_there() throws Exception {
        var content = origin.find(COOKIE);
        misbehave(2, (request, reply) -> {
            int[] range = reply.range();
            reply.head(
                    206,
                    Map.of(
                            "ETag",
                            content.validator(),
                            "Content-Range",
                            "bytes " + range[0] + "-" + (range[1] - 1) + "/" + SIZE),
                    range[1] - range[0]);
            reply.body(reply.bytes(), range[0], range[0] + (range[1] - range[0]) / 2);
            return false;
        });
        assertFetches(content, 1000, 200_000);
        assertEquals(4, server.requests().size());
        assertEquals(200_000, server.bodyBytes());
    }

    @Test
    @Tag("I20")
    void a_range_that_is_shorter_than_asked_is_taken_and_the_rest_asked_for() throws Exception {
        var content = origin.find(COOKIE);
        misbehave(3, (request, reply) -> {
            int from = reply.range()[0];
            return reply.send(
                    206,
                    Map.of(
                            "ETag",
                            content.validator(),
                            "Content-Range",
                            "bytes " + from + "-" + (from + 99) + "/" + SIZE),
                    reply.bytes(),
                    from,
                    from + 100);
        });
        assertFetches(content, 1000, 5000);
        assertEquals(5000, server.bodyBytes());
    }

    /// Each of these bodies is well-formed, and wrong in another way.
    @ParameterizedTest
    @ValueSource(strings = {"too few", "another place", "no range", "more", "chunked, too few", "chunked, too many"})
    @Tag("I20")
    void what_does_not_agree_with_itself_is_not_believed_and_asked_for_again(String how) throws Exception {
        var content = origin.find(COOKIE);
        Conduct wrong = (request, reply) -> {
            int[] range = reply.range();
            var fields = new HashMap<>(Map.of("ETag", content.validator()));
            int shift = how.equals("another place") ? 512 : 0;
            if (!how.equals("no range")) {
                fields.put("Content-Range", "bytes " + (range[0] - shift) + "-" + (range[1] - 1 - shift) + "/" + SIZE);
            }
            var junk = new byte[SIZE];
            int length = range[1] - range[0] + (how.contains("few") ? -10 : how.contains("m") ? 10 : 0);
            if (how.startsWith("chunked")) {
                fields.put("Transfer-Encoding", "chunked");
                reply.head(206, fields, 0);
                var size = (Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.US_ASCII);
                reply.body(size, 0, size.length);
                reply.body(junk, 0, length);
                reply.body("\r\n0\r\n\r\n".getBytes(StandardCharsets.US_ASCII), 0, 7);
                return true;
            }
            return reply.send(206, fields, junk, 0, length);
        };
        misbehave(2, wrong);
        assertFetches(content, 1000, 5000);
        assertEquals(3, server.gets());
        impatient();
        misbehave(100, wrong);
        assertEquals(Errno.EIO, failure(content));
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 500, 502, 503, 504})
    @Tag("I15")
    void a_failure_that_may_pass_is_sat_out(int status) throws Exception {
        var content = origin.find(COOKIE);
        misbehave(3, (_, reply) -> reply.status(status, Map.of()));
        assertFetches(content, 0, 1000);
        assertEquals(4, server.gets());
        impatient();
        misbehave(100, (_, reply) -> reply.status(status, Map.of()));
        assertEquals(Errno.EIO, failure(content));
    }

    @Test
    @Tag("I15")
    void a_server_that_wants_to_be_left_alone_for_too_long_fails_at_once() throws Exception {
        var content = origin.find(COOKIE);
        server.behave((_, reply) -> reply.status(503, Map.of("Retry-After", "100")));
        assertEquals(Errno.EIO, failure(content));
        assertEquals(1, server.gets());
    }

    @Test
    @Tag("I15")
    void a_server_that_hangs_is_asked_anew_and_one_that_hangs_for_ever_fails() throws Exception {
        var content = origin.find(COOKIE);
        misbehave(1, OriginServer.HANG);
        assertFetches(content, 0, 1000);
        assertEquals(2, server.gets());
        impatient();
        origin.find(COOKIE);
        server.behave(OriginServer.HANG);
        assertEquals(Errno.ETIMEDOUT, failure(content));
    }

    @Test
    @Tag("I15")
    void a_body_that_stops_coming_is_asked_for_from_there() throws Exception {
        var content = origin.find(COOKIE);
        misbehave(1, (request, reply) -> {
            reply.head(206, Map.of("ETag", content.validator(), "Content-Range", "bytes 0-999/" + SIZE), 1000);
            reply.body(reply.bytes(), 0, 400);
            return reply.hang();
        });
        assertFetches(content, 0, 1000);
        assertEquals("bytes=400-999", server.requests().getLast().field("Range"));
    }

    @Test
    @Tag("I15")
    void a_body_that_trickles_ends_with_the_whole_deadline() throws Exception {
        var content = origin.find(COOKIE);
        origin.close();
        origin = open(server.address(), Credentials.NONE, settings -> settings.withWhole(300));
        server.behave((request, reply) -> {
            reply.head(206, Map.of("ETag", content.validator(), "Content-Range", "bytes 1000-5999/" + SIZE), 5000);
            for (int i = 1000; i < 6000; i++) {
                reply.body(reply.bytes(), i, i + 1);
                LockSupport.parkNanos(1_000_000);
            }
            return true;
        });
        assertEquals(Errno.ETIMEDOUT, failure(content));
    }

    @Test
    @Tag("I15")
    void a_worker_that_waits_heeds_an_interrupt() throws Exception {
        var content = origin.find(COOKIE);
        server.behave(OriginServer.HANG);
        var ended = new CompletableFuture<Errno>();
        var thread = Thread.ofPlatform().start(() -> ended.complete(failure(content)));
        while (server.gets() == 0) {
            Thread.onSpinWait();
        }
        thread.interrupt();
        assertEquals(Errno.EINTR, ended.get());
    }

    @Test
    void a_server_that_has_gone_fails() throws Exception {
        var content = origin.find(COOKIE);
        server.close();
        impatient();
        var failed = assertThrows(DeviceException.class, () -> fetch(content, 0, 10));
        assertEquals(Errno.EIO, failed.errno());
        assertTrue(failed.getMessage().contains("no connection (refused)"), failed::getMessage);
    }

    @Test
    void a_host_that_is_none_is_told() {
        try (var nowhere =
                open(URI.create("http://host.invalid/"), Credentials.NONE, settings -> settings.withOutage(1))) {
            var failed = assertThrows(DeviceException.class, () -> nowhere.find(COOKIE));
            assertEquals(Errno.EIO, failed.errno());
            assertTrue(failed.getMessage().contains("no host of that name"), failed::getMessage);
        }
    }

    @Test
    void of_a_server_without_ranges_no_more_is_read_than_up_to_what_is_asked_for() throws Exception {
        var large = new byte[64 << 20];
        server.ranges(false);
        server.put("dir/file", bytes);
        var content = origin.find(COOKIE);
        assertFetches(content, 1000, 5000);
        assertFetches(content, SIZE - 10, 10);
        server.put("large", large);
        var cookie = Cookie.of("v", "large");
        long before = server.bodyBytes();
        origin.fetch(cookie, origin.find(cookie), 4096, ByteBuffer.allocate(4096));
        assertTrue(server.bodyBytes() - before < large.length, "the rest was not sent");
    }

    @Test
    void encoded_content_is_refused() throws Exception {
        var content = origin.find(COOKIE);
        server.behave((_, reply) -> reply.send(200, Map.of("Content-Encoding", "gzip"), bytes, 0, 100));
        assertEquals(Errno.EOPNOTSUPP, failure(content));
    }

    @Test
    void redirects_are_followed_within_bounds_and_not_to_anywhere() throws Exception {
        server.behave((request, reply) -> request.path().startsWith("/moved")
                ? reply.status(302, Map.of("Location", "/dir/file"))
                : reply.good());
        var moved = Cookie.of("v", "moved");
        var content = origin.find(moved);
        var target = ByteBuffer.allocate(100);
        origin.fetch(moved, content, 50, target);
        assertArrayEquals(Arrays.copyOfRange(bytes, 50, 150), target.array());

        server.behave((_, reply) -> reply.status(301, Map.of("Location", "/moved")));
        assertEquals(Errno.EIO, failure(content));
        server.behave((_, reply) -> reply.status(301, Map.of("Location", "file:///etc/passwd")));
        assertEquals(Errno.EACCES, failure(content));
    }

    @Test
    void credentials_are_sent_to_the_origin_and_not_to_where_it_redirects() throws Exception {
        try (var other = new OriginServer();
                var asked = open(server.address(), Credentials.bearer("secret"), settings -> settings)) {
            other.put("dir/file", bytes);
            asked.find(COOKIE);
            assertEquals("Bearer secret", server.requests().getLast().field("Authorization"));
            server.behave((request, reply) -> reply.status(307, Map.of("Location", other.address() + "dir/file?k=v")));
            asked.find(COOKIE);
            assertEquals("", other.requests().getLast().field("Authorization"));
            other.behave((_, reply) -> reply.status(401, Map.of()));
            var failed = assertThrows(DeviceException.class, () -> asked.find(COOKIE));
            assertFalse(failed.getMessage().contains("k=v"), failed::getMessage);
            assertFalse(failed.getMessage().contains("secret"), failed::getMessage);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://h/", "http://u:p@h/", "http://h/?q", "http://h/#f", "http:///x", "relative"})
    void what_is_no_address_of_a_server_is_refused(String address) {
        assertThrows(
                IllegalArgumentException.class,
                () -> open(URI.create(address), Credentials.NONE, settings -> settings));
    }
}
