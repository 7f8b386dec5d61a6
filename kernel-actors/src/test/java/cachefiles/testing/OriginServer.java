package cachefiles.testing;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;

/// An HTTP server for tests that misbehaves on command. It knows `HEAD`, `GET`, single ranges and `If-Range`, keeps
/// connections, and counts requests and bytes of bodies.
///
/// A [Conduct] is asked before each answer, and may answer otherwise, or not at all.
public final class OriginServer implements AutoCloseable {
    private static final Pattern RANGE = Pattern.compile("bytes=([0-9]+)-([0-9]+)");
    private static final Pattern FIELD = Pattern.compile("([^:]+):\\s*(.*)");
    private static final int WRITE_BYTES = 64 * 1024;

    /// What a server has at a path.
    /// @param validators fields such as `ETag`; none = it names no version
    public record Version(byte[] bytes, Map<String, String> validators) {}

    /// A request as it came. Names of fields are in small letters.
    public record Request(String method, String path, Map<String, String> fields) {
        private String name() {
            return path.split("\\?")[0];
        }

        public String field(String name) {
            return fields.getOrDefault(name.toLowerCase(Locale.ROOT), "");
        }
    }

    /// How a request is answered.
    @FunctionalInterface
    public interface Conduct {
        /// @return whether the connection may be used again
        boolean answer(Request request, Reply reply) throws IOException;
    }

    /// Answers as a server should.
    public static final Conduct GOOD = (request, reply) -> reply.good();

    /// Says nothing, until the server is told to behave otherwise; then goes away.
    public static final Conduct HANG = (_, reply) -> reply.hang();

    /// As [#HANG], but until the server is closed.
    public static final Conduct HANG_FOR_EVER = (_, reply) -> reply.hangForEver();

    /// Takes the request, and closes the connection.
    public static final Conduct DOWN = (_, _) -> false;

    private final ServerSocket listening;
    private final Map<String, Version> versions = new ConcurrentHashMap<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final List<Socket> connections = new CopyOnWriteArrayList<>();
    private final LongAdder bodyBytes = new LongAdder();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile CountDownLatch changed = new CountDownLatch(1);
    private volatile Conduct conduct = GOOD;
    private volatile long latencyMicros;
    private volatile boolean ranges = true;

    public OriginServer() throws IOException {
        this(new ServerSocket(0, 1024, InetAddress.getLoopbackAddress()));
    }

    /// @param listening such as one that speaks TLS
    public OriginServer(ServerSocket listening) {
        this.listening = listening;
        Thread.ofVirtual().name("origin-server").start(this::accept);
    }

    public URI address() {
        return address("http", "localhost");
    }

    /// @param host a name of this machine
    public URI address(String scheme, String host) {
        return URI.create(scheme + "://" + host + ":" + listening.getLocalPort() + "/");
    }

    /// Puts `bytes` at `/name`, with an ETag that is theirs.
    public void put(String name, byte[] bytes) {
        put(name, bytes, Map.of("ETag", "\"%08x-%x\"".formatted(Arrays.hashCode(bytes), bytes.length)));
    }

    public void put(String name, byte[] bytes, Map<String, String> validators) {
        versions.put("/" + name, new Version(bytes, validators));
    }

    public void remove(String name) {
        versions.remove("/" + name);
    }

    /// How it behaves from now on. Whoever hangs is let go.
    public void behave(Conduct next) {
        conduct = next;
        changed.countDown();
        changed = new CountDownLatch(1);
    }

    /// How long it thinks before each answer.
    public void latencyMicros(long micros) {
        latencyMicros = micros;
    }

    /// Whether it knows ranges; else it sends all of an object.
    public void ranges(boolean known) {
        ranges = known;
    }

    /// What was asked so far.
    public List<Request> requests() {
        return requests;
    }

    /// `GET`s so far.
    public long gets() {
        return requests.stream()
                .filter(request -> request.method().equals("GET"))
                .count();
    }

    /// Bytes of bodies sent so far.
    public long bodyBytes() {
        return bodyBytes.sum();
    }

    @Override
    public void close() throws IOException {
        behave(DOWN);
        closed.countDown();
        listening.close();
        for (Socket connection : connections) {
            connection.close();
        }
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                var connection = listening.accept();
                connections.add(connection);
                Thread.ofVirtual().name("origin-connection").start(() -> serve(connection));
            } catch (IOException _) {
                // closed, or a client that went away
            }
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            connection.setTcpNoDelay(true);
            var in = new BufferedInputStream(connection.getInputStream());
            var out = new BufferedOutputStream(connection.getOutputStream(), WRITE_BYTES);
            for (var request = read(in); request != null; request = read(in)) {
                requests.add(request);
                if (latencyMicros > 0) {
                    LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(latencyMicros));
                }
                if (!conduct.answer(request, new Reply(request, out))) {
                    out.flush();
                    return;
                }
                out.flush();
            }
        } catch (IOException _) {
            // the client has gone
        } finally {
            connections.remove(connection);
        }
    }

    /// @return null at the end
    private static Request read(InputStream in) throws IOException {
        String line = line(in);
        if (line.isEmpty()) {
            return null;
        }
        var words = line.split(" ");
        var fields = new LinkedHashMap<String, String>();
        for (line = line(in); !line.isEmpty(); line = line(in)) {
            var field = FIELD.matcher(line);
            if (field.matches()) {
                fields.put(field.group(1).toLowerCase(Locale.ROOT), field.group(2));
            }
        }
        return new Request(words[0], words[1], fields);
    }

    private static String line(InputStream in) throws IOException {
        var line = new StringBuilder();
        for (int octet = in.read(); octet >= 0 && octet != '\n'; octet = in.read()) {
            if (octet != '\r') {
                line.append((char) octet);
            }
        }
        return line.toString();
    }

    /// Where an answer goes.
    public final class Reply {
        private final Request request;
        private final OutputStream out;

        Reply(Request request, OutputStream out) {
            this.request = request;
            this.out = out;
        }

        /// The bytes at the path that was asked for.
        public byte[] bytes() {
            return versions.get(request.name()).bytes();
        }

        /// The range asked for: where it begins and ends; of a request without, the whole.
        public int[] range() {
            var form = RANGE.matcher(request.field("Range"));
            int size = bytes().length;
            return form.matches()
                    ? new int[] {Integer.parseInt(form.group(1)), Math.min(size, Integer.parseInt(form.group(2)) + 1)}
                    : new int[] {0, size};
        }

        /// As it should be.
        public boolean good() throws IOException {
            var version = versions.get(request.name());
            if (version == null) {
                return send(404, Map.of(), new byte[0], 0, 0);
            }
            String condition = request.field("If-Range");
            boolean partial = ranges
                    && !request.field("Range").isEmpty()
                    && (condition.isEmpty() || version.validators().containsValue(condition));
            int size = version.bytes().length;
            int from = partial ? range()[0] : 0;
            int limit = partial ? range()[1] : size;
            if (!partial) {
                return send(200, version.validators(), version.bytes(), 0, size);
            }
            if (from >= size) {
                var fields = new LinkedHashMap<>(version.validators());
                fields.put("Content-Range", "bytes */" + size);
                return send(416, fields, new byte[0], 0, 0);
            }
            return send(206, ranged(), version.bytes(), from, limit);
        }

        /// The fields of a right answer to a range: validators and `Content-Range`.
        public Map<String, String> ranged() {
            var fields = new LinkedHashMap<>(versions.get(request.name()).validators());
            fields.put("Content-Range", "bytes " + range()[0] + "-" + (range()[1] - 1) + "/" + bytes().length);
            return fields;
        }

        /// Nothing but a status.
        public boolean status(int status, Map<String, String> fields) throws IOException {
            return send(status, fields, new byte[0], 0, 0);
        }

        /// An answer with a body of `bytes` from `from` to `limit`, and its length unless `fields` have one.
        public boolean send(int status, Map<String, String> fields, byte[] bytes, int from, int limit)
                throws IOException {
            head(status, fields, limit - from);
            if (!request.method().equals("HEAD")) {
                body(bytes, from, limit);
            }
            return true;
        }

        /// The head alone.
        /// @param length for `Content-Length`, unless `fields` have one
        public void head(int status, Map<String, String> fields, int length) throws IOException {
            var head = new StringBuilder("HTTP/1.1 " + status + " As It Is\r\n");
            fields.forEach((name, value) ->
                    head.append(name).append(": ").append(value).append("\r\n"));
            if (!fields.containsKey("Content-Length") && !fields.containsKey("Transfer-Encoding")) {
                head.append("Content-Length: ").append(length).append("\r\n");
            }
            out.write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        }

        /// Part of a body. Bytes are counted before they go: whoever has them finds them counted.
        public void body(byte[] bytes, int from, int limit) throws IOException {
            for (int at = from; at < limit; at += WRITE_BYTES) {
                int length = Math.min(WRITE_BYTES, limit - at);
                bodyBytes.add(length);
                out.write(bytes, at, length);
            }
            out.flush();
        }

        /// Holds the client until the server is to behave otherwise.
        public boolean hang() throws IOException {
            return hang(changed);
        }

        private boolean hangForEver() throws IOException {
            return hang(closed);
        }

        private boolean hang(CountDownLatch until) throws IOException {
            out.flush();
            try {
                until.await();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
            return false;
        }
    }
}
