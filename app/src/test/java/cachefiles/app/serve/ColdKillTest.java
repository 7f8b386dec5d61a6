package cachefiles.app.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.testing.Needs;
import cachefiles.testing.Nginx;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// One client reads one large cold object in order, while `serve` is killed with `kill -9` and started again; he goes
/// on where his bytes ended. What the origin sends beyond the object is what was under way at the kills.
@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(1_800)
@Needs("nginx")
class ColdKillTest {
    private static final long MEBIBYTE = 1 << 20;

    /// Of a gibibyte that comes through 20 kills the origin sends 1.05 at most: so much for each.
    private static final long MOST_A_KILL = 1024 * MEBIBYTE / 20 / 20;

    @TempDir
    Path directory;

    @Test
    @Tag("I19")
    void five_kills_cost_the_origin_little() throws Exception {
        killed(160 * MEBIBYTE, 5);
    }

    @Test
    @Tag("long")
    void of_a_gibibyte_twenty_kills_have_the_origin_send_1_05_at_most() throws Exception {
        killed(1024 * MEBIBYTE, 20);
    }

    private void killed(long size, int kills) throws Exception {
        Path file = made(size);
        try (var origin = Nginx.start(file.getParent(), directory.resolve("nginx"));
                var content = FileChannel.open(file);
                var client = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .build()) {
            var setting = new ServeProcess.Setting(
                    directory.resolve("cache"), origin.address(), List.of(), List.of(), Map.of());
            var chance = new SplittableRandom(1);
            long at = 0;
            for (int kill = 1; kill <= kills; kill++) {
                long until = chance.nextLong(at, size * kill / (kills + 1) + 1);
                try (var service = setting.start();
                        var body = body(client, service, at)) {
                    at = read(body, content, at, until);
                    service.kill();
                    at = read(body, content, at, size); // what was on its way
                }
            }
            try (var service = setting.start();
                    var body = body(client, service, at)) {
                assertEquals(size, read(body, content, at, size));
                assertEquals(0, service.end());
            }
        }
        long sent = sent();
        System.out.printf(
                "%,d bytes through %d kills: the origin sent %.4f times as many%n", size, kills, (double) sent / size);
        assertTrue(sent >= size, () -> sent + " bytes of " + size);
        assertTrue(sent <= size + kills * MOST_A_KILL, () -> sent + " bytes of " + size);
    }

    /// nginx writes its log as requests end, and has ended.
    private long sent() throws IOException {
        return Files.readAllLines(directory.resolve("nginx/access.log")).stream()
                .filter(line -> line.startsWith("GET"))
                .mapToLong(line -> Long.parseLong(line.split(" ")[2]))
                .sum();
    }

    private Path made(long size) throws IOException {
        var file = Files.createDirectories(directory.resolve("files")).resolve("large");
        var piece = new byte[(int) MEBIBYTE];
        var chance = new SplittableRandom(7);
        try (var out = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            for (long written = 0; written < size; written += piece.length) {
                chance.nextBytes(piece);
                out.write(ByteBuffer.wrap(piece));
            }
        }
        return file;
    }

    private static InputStream body(HttpClient client, ServeProcess service, long from) throws Exception {
        var request = HttpRequest.newBuilder(service.objects().resolve("large"))
                .header("Range", "bytes=" + from + "-")
                .build();
        var response = client.send(request, BodyHandlers.ofInputStream());
        assertEquals(206, response.statusCode());
        return response.body();
    }

    /// Reads to `limit`, or to where it breaks off, and compares.
    /// @return the offset behind the last byte that came
    private static long read(InputStream body, FileChannel content, long from, long limit) throws IOException {
        var came = new byte[256 * 1024];
        var right = ByteBuffer.allocate(came.length);
        long at = from;
        while (at < limit) {
            int length;
            try {
                length = body.read(came, 0, (int) Math.min(came.length, limit - at));
            } catch (IOException _) {
                return at;
            }
            if (length < 0) {
                return at;
            }
            content.read(right.clear().limit(length), at);
            assertEquals(right.flip(), ByteBuffer.wrap(came, 0, length), "bytes from " + at);
            at += length;
        }
        return at;
    }
}
