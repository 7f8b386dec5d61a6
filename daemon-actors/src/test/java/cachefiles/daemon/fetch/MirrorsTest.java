package cachefiles.daemon.fetch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceException;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Key;
import cachefiles.testing.OriginServer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Several origins, manifests and digests.
@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(120)
class MirrorsTest {
    private static final Cookie COOKIE = Cookie.of("v", "file");
    private static final int SIZE = 100_000;

    private final byte[] bytes = new byte[SIZE];
    private OriginServer first;
    private OriginServer second;
    private Mirrors mirrors;

    @BeforeEach
    void start() throws IOException {
        new Random(1).nextBytes(bytes);
        first = new OriginServer();
        second = new OriginServer();
        first.put("file", bytes);
        second.put("file", bytes);
        mirrors = new Mirrors(List.of(origin(first), origin(second)));
    }

    @AfterEach
    void stop() throws IOException {
        mirrors.close();
        first.close();
        second.close();
    }

    private static HttpOrigin origin(OriginServer server) {
        return HttpOrigin.of(server.address(), Credentials.NONE, HttpSettings.DEFAULT.withOutage(100));
    }

    private void checkedBy(String manifest) throws DeviceException {
        mirrors.close();
        var known = Manifest.of(manifest);
        mirrors =
                new Mirrors(List.of(new CheckedOrigin(origin(first), known), new CheckedOrigin(origin(second), known)));
    }

    private String sha256() {
        return HexFormat.of().formatHex(Manifest.sha256().digest(bytes));
    }

    private void assertFetches(Content content, int offset, int length) throws DeviceException {
        var target = ByteBuffer.allocate(length);
        mirrors.fetch(COOKIE, content, offset, target);
        assertArrayEquals(Arrays.copyOfRange(bytes, offset, offset + length), target.array());
    }

    private Errno failure(Content content) {
        return assertThrows(DeviceException.class, () -> assertFetches(content, 0, 10))
                .errno();
    }

    @Test
    void the_first_is_asked_as_long_as_it_answers() throws Exception {
        assertFetches(mirrors.find(COOKIE), 10, 1000);
        assertEquals(0, second.requests().size());
    }

    @Test
    @Tag("I15")
    void the_next_is_asked_when_one_fails_in_mid_read_and_the_one_that_failed_is_left_alone() throws Exception {
        var content = mirrors.find(COOKIE);
        first.behave((_, reply) -> reply.status(500, Map.of()));
        assertFetches(content, 10, 1000);
        long asked = first.requests().size();
        assertFetches(content, 1010, 1000);
        assertEquals(content, mirrors.find(COOKIE));
        assertEquals(asked, first.requests().size());
    }

    @Test
    void the_next_is_asked_for_what_one_does_not_have() throws Exception {
        first.remove("file");
        assertFetches(mirrors.find(COOKIE), 0, SIZE);
        second.remove("file");
        assertEquals(
                Errno.ENOENT,
                assertThrows(DeviceException.class, () -> mirrors.find(COOKIE)).errno());
    }

    @Test
    @Tag("G13")
    void one_that_has_another_version_does_not_stand_in_but_is_opened_next() throws Exception {
        var content = mirrors.find(COOKIE);
        bytes[0]++;
        second.put("file", bytes);
        first.behave(OriginServer.DOWN);
        assertEquals(Errno.ESTALE, failure(content));
        assertFetches(mirrors.find(COOKIE), 0, SIZE);
    }

    @Test
    @Tag("I20")
    void bytes_that_are_not_as_the_manifest_says_are_taken_from_the_next() throws Exception {
        checkedBy(sha256() + "  ./file\n");
        first.put("file", new byte[SIZE]); // as long, and another ETag
        var content = mirrors.find(COOKIE);
        assertFetches(content, 5000, 1000);
        assertFetches(content, 0, SIZE);
        second.put("file", new byte[SIZE]);
        assertEquals(Errno.EIO, failure(content));
    }

    @Test
    void a_manifest_lists_and_what_it_does_not_know_is_served_as_it_is() throws Exception {
        checkedBy("# remark\n" + sha256() + " *b/c\n\\" + sha256() + "  odd\\\\n\\name\n\n");
        assertEquals(
                List.of("b/c", "odd\\n\\name").stream()
                        .map(Key::of)
                        .sorted()
                        .toList()
                        .size(),
                mirrors.keys("", _ -> {}).count());
        assertEquals(List.of(Key.of("b/c")), mirrors.keys("b/", _ -> {}).toList());
        assertFetches(mirrors.find(COOKIE), 0, SIZE);
        assertThrows(DeviceException.class, () -> Manifest.of("nonsense"));
    }

    @Test
    @Tag("I20")
    void bytes_that_are_not_as_their_own_answer_says_are_taken_from_the_next() throws Exception {
        var content = mirrors.find(COOKIE);
        var digest = Base64.getEncoder().encodeToString(Manifest.sha256().digest(new byte[7]));
        for (String field : List.of("Content-Digest", "Repr-Digest")) {
            first.behave((request, reply) -> {
                int[] range = reply.range();
                return reply.send(
                        206,
                        Map.of(
                                "ETag",
                                content.validator(),
                                "Content-Range",
                                "bytes " + range[0] + "-" + (range[1] - 1) + "/" + SIZE,
                                field,
                                "md5=:x:, sha-256=:" + digest + ":"),
                        new byte[SIZE],
                        range[0],
                        range[1]);
            });
            var alone = origin(first);
            var target = ByteBuffer.allocate(SIZE);
            var failed = assertThrows(DeviceException.class, () -> alone.fetch(COOKIE, content, 0, target));
            assertTrue(failed.getMessage().contains("digest"), failed::getMessage);
            assertFetches(content, 0, SIZE);
        }
    }

    @Test
    void one_that_failed_lately_is_asked_last() {
        long now = TimeUnit.HOURS.toNanos(1);
        long second = TimeUnit.SECONDS.toNanos(1);
        assertEquals(List.of(0, 1, 2), Mirrors.order(new long[] {0, 0, 0}, now));
        assertEquals(List.of(1, 2, 0), Mirrors.order(new long[] {now - second, 0, 0}, now));
        assertEquals(List.of(2, 1, 0), Mirrors.order(new long[] {now - second, now - 2 * second, 0}, now));
        assertEquals(List.of(0, 1, 2), Mirrors.order(new long[] {now - 11 * second, 0, 0}, now));
    }
}
