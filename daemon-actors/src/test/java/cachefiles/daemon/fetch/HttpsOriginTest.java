package cachefiles.daemon.fetch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceException;
import cachefiles.kernel.uapi.Errno;
import cachefiles.testing.OriginServer;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The same over TLS, with a certificate that the test makes.
@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(120)
class HttpsOriginTest {
    private static final Cookie COOKIE = Cookie.of("v", "file");
    private static final String PASSWORD = "changeit";

    @TempDir
    Path directory;

    private SSLContext serving;
    private SSLContext trusting;

    @BeforeEach
    void makeCertificate() throws Exception {
        var file = directory.resolve("keys");
        var made = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-alias",
                        "server",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        PASSWORD)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile())
                .start();
        assertEquals(0, made.waitFor(), () -> "see " + directory.resolve("output"));

        var keys = KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray());
        var own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, PASSWORD.toCharArray());
        serving = SSLContext.getInstance("TLS");
        serving.init(own.getKeyManagers(), null, null);

        var known = KeyStore.getInstance(KeyStore.getDefaultType());
        known.load(null, null);
        known.setCertificateEntry("server", keys.getCertificate("server"));
        var trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trusted.init(known);
        trusting = SSLContext.getInstance("TLS");
        trusting.init(null, trusted.getTrustManagers(), null);
    }

    private OriginServer server() throws Exception {
        var server = new OriginServer(
                serving.getServerSocketFactory().createServerSocket(0, 64, InetAddress.getLoopbackAddress()));
        server.put("file", Files.readAllBytes(directory.resolve("keys")));
        return server;
    }

    private HttpOrigin origin(OriginServer server, HttpSettings settings) {
        return HttpOrigin.of(server.address("https", "localhost"), Credentials.bearer("secret"), settings);
    }

    @Test
    void an_object_is_found_and_fetched() throws Exception {
        try (var server = server();
                var origin = origin(server, HttpSettings.DEFAULT.withTls(trusting))) {
            var content = origin.find(COOKIE);
            var target = ByteBuffer.allocate((int) content.sizeBytes());
            origin.fetch(COOKIE, content, 0, target);
            assertArrayEquals(Files.readAllBytes(directory.resolve("keys")), target.array());
        }
    }

    @Test
    void a_server_that_is_not_trusted_fails_at_once() throws Exception {
        try (var server = server();
                var origin = origin(server, HttpSettings.DEFAULT)) {
            var failed = assertThrows(DeviceException.class, () -> origin.find(COOKIE));
            assertEquals(Errno.EIO, failed.errno());
            assertTrue(failed.getMessage().contains("no trusted connection"), failed::getMessage);
        }
    }

    @Test
    void a_redirect_to_plain_http_is_not_followed() throws Exception {
        try (var plain = new OriginServer();
                var server = server();
                var origin = origin(server, HttpSettings.DEFAULT.withTls(trusting))) {
            server.behave((_, reply) -> reply.status(302, Map.of("Location", plain.address() + "file")));
            var failed = assertThrows(DeviceException.class, () -> origin.find(COOKIE));
            assertEquals(Errno.EACCES, failed.errno());
            assertEquals(0, plain.requests().size());
        }
    }
}
