package cachefiles.testing;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Debian's nginx on loopback, over a folder of files, with all that it writes in another. Tests that start it say
/// `@Needs("nginx")`.
///
/// Below `/` its index pages are HTML, below `/json/` JSON; below `/bare/` it names no version.
public final class Nginx implements AutoCloseable {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    /// Debian's `libnginx-mod-http-echo`.
    public static final Path SLEEPY = Path.of("/usr/lib/nginx/modules/ngx_http_echo_module.so");

    private final Process process;
    private final Path folder;
    private final int port;

    private Nginx(Process process, Path folder, int port) {
        this.process = process;
        this.folder = folder;
        this.port = port;
    }

    /// @param files what it serves
    /// @param folder where it may write; made
    public static Nginx start(Path files, Path folder) throws IOException {
        return start(folder, "", """
                log_format counted '$request_method $status $body_bytes_sent $uri';
                access_log %1$s/access.log counted;
                """.formatted(folder), """
                location / { root %1$s; autoindex on; }
                location /json/ { alias %1$s/; autoindex on; autoindex_format json; }
                location /bare/ { alias %1$s/; etag off; if_modified_since off; add_header Last-Modified ""; }
                """.formatted(files));
    }

    /// Takes as long as is said before each answer, and logs nothing.
    /// @param module that it sleeps with: [#SLEEPY], null to answer at once
    public static Nginx start(Path files, Path folder, @Nullable Path module, double seconds) throws IOException {
        String quick = "sendfile on; access_log off; keepalive_requests 1000000;";
        return module == null
                ? start(folder, "", quick, "location / { root %s; }".formatted(files))
                : start(folder, "load_module %s;".formatted(module), quick, """
                        location / { echo_sleep %s; echo_exec @file; }
                        location @file { root %s; }
                        """.formatted(seconds, files));
    }

    private static Nginx start(Path folder, String main, String http, String server) throws IOException {
        Files.createDirectories(folder);
        int port = freePort();
        var configuration =
                Files.writeString(folder.resolve("nginx.conf"), """
                %4$s
                daemon off;
                master_process off;
                pid %1$s/pid;
                error_log %1$s/error.log;
                events { worker_connections 512; }
                http {
                    %5$s
                    client_body_temp_path %1$s/body; proxy_temp_path %1$s/proxy; fastcgi_temp_path %1$s/fastcgi;
                    uwsgi_temp_path %1$s/uwsgi; scgi_temp_path %1$s/scgi;
                    server {
                        listen 127.0.0.1:%2$d;
                        %3$s
                    }
                }
                """.formatted(folder, port, server, main, http));
        var process = new ProcessBuilder(
                        Machine.program("nginx").orElseThrow().toString(),
                        "-p",
                        folder.toString(),
                        "-e",
                        folder.resolve("error.log").toString(),
                        "-c",
                        configuration.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile())
                .start();
        var nginx = new Nginx(process, folder, port);
        nginx.awaitListening();
        return nginx;
    }

    private static int freePort() throws IOException {
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    private void awaitListening() throws IOException {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (true) {
            try (var _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return;
            } catch (ConnectException refused) {
                if (!process.isAlive() || System.nanoTime() > end) {
                    throw new IOException("nginx: " + Files.readString(folder.resolve("output")), refused);
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            }
        }
    }

    public URI address() {
        return URI.create("http://127.0.0.1:" + port + "/");
    }

    /// What it has logged: method, status, bytes of the body, path.
    public List<String> log() throws IOException {
        return Files.readAllLines(folder.resolve("access.log"));
    }

    /// Bytes of bodies that it has sent in answer to `GET`.
    public long bodyBytes() throws IOException {
        return log().stream()
                .map(line -> line.split(" "))
                .filter(words -> words[0].equals("GET"))
                .mapToLong(words -> Long.parseLong(words[2]))
                .sum();
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            process.waitFor();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
