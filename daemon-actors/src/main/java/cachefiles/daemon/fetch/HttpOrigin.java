package cachefiles.daemon.fetch;

import cachefiles.daemon.http.Ask;
import cachefiles.daemon.http.Meaning;
import cachefiles.daemon.http.Pace;
import cachefiles.daemon.http.Retries;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceException;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Key;
import cachefiles.kernel.uapi.KeyText;
import cachefiles.kernel.uapi.Range;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.ByteBuffer;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import javax.net.ssl.SSLHandshakeException;

/// The objects below an address of an HTTP server. A key is a path relative to it, `/` between names; the volume plays
/// no part. It speaks HTTP/1.1, a connection for each request under way.
///
/// - **One version.** The validator is the server's own ([cachefiles.daemon.http.Validators]). Each range is asked for
///   with `If-Range`, and the answer must name that version: else it is `ESTALE`.
/// - **Nothing believed.** [cachefiles.daemon.http.Meanings] says what each answer means; what was cut, too short, too
///   long or of another place is asked for again, from the last byte that is right.
/// - **Failures that may pass** are sat out within bounds ([Retries]): no connection, no answer, 5xx, 429.
/// - **No ranges?** Then each fetch reads the object from its beginning, as far as it needs, and gives the connection
///   up.
///
/// Credentials go to the origin's own scheme, host and port, never to where it redirects. Errors name the address that
/// failed, without its query.
public final class HttpOrigin implements Catalogue {
    private static final int MOST_REDIRECTS = 10;
    private static final int MOST_PAGE_BYTES = 16 << 20;
    private static final ByteBuffer NOWHERE = ByteBuffer.allocate(0);

    private final URI base;
    private final Credentials credentials;
    private final HttpSettings settings;
    private final HttpClient client;
    private volatile Pace pace = Pace.UNKNOWN; // an answer that is lost among others does no harm

    private HttpOrigin(URI base, Credentials credentials, HttpSettings settings) {
        this.base = base;
        this.credentials = credentials;
        this.settings = settings;
        var builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .executor(Runnable::run) // by who selects: a pool is woken six times for one answer
                .connectTimeout(Duration.ofMillis(settings.connectMillis()));
        if (settings.tls() != null) {
            builder.sslContext(settings.tls());
        }
        this.client = builder.build();
    }

    /// @param base `http://` or `https://` with a host and a path; nothing is asked of it yet
    /// @throws IllegalArgumentException another kind of address, or one with credentials, query or fragment
    public static HttpOrigin of(URI base, Credentials credentials, HttpSettings settings) {
        if (!isWeb(base) || base.getHost() == null) {
            throw new IllegalArgumentException("no address such as https://host/path");
        }
        if (base.getRawUserInfo() != null) {
            throw new IllegalArgumentException(
                    "an address must hold no credentials; put them into the environment or a netrc file");
        }
        if (base.getRawQuery() != null || base.getRawFragment() != null) {
            throw new IllegalArgumentException("an address that objects lie below has no '?' and no '#'");
        }
        String address = base.toString();
        return new HttpOrigin(
                URI.create(address.endsWith("/") ? address : address + "/").normalize(), credentials, settings);
    }

    private static boolean isWeb(URI address) {
        return "http".equalsIgnoreCase(address.getScheme()) || "https".equalsIgnoreCase(address.getScheme());
    }

    @Override
    public Content find(Cookie cookie) throws DeviceException {
        var call = new Call(addressOf(cookie.key()), settings.open());
        Ask ask = new Ask.Describe();
        while (true) {
            switch (call.tryOnce(ask, NOWHERE)) {
                case Meaning.Found(var content) -> {
                    return content;
                }
                case Meaning.AskByGet _ -> ask = new Ask.Probe();
                case Meaning.Later _, Meaning.Body _, Meaning.Moved _, Meaning.Never _ -> {}
            }
        }
    }

    /// The bytes between the position and the limit of `target` are undefined after an error.
    @Override
    public void fetch(Cookie cookie, Content expected, long offset, ByteBuffer target) throws DeviceException {
        var call = new Call(addressOf(cookie.key()), settings.fetch());
        long shift = offset - target.position();
        while (target.hasRemaining()) {
            var missing = Range.between(shift + target.position(), shift + target.limit());
            call.tryOnce(new Ask.Part(expected, missing), target);
        }
    }

    /// From the index pages that the server makes of its folders.
    @Override
    public Stream<Key> keys(String prefix, Consumer<DeviceException> skipped) throws DeviceException {
        var walk = new HttpIndex(this::page, KeyText.parse(prefix), skipped);
        return StreamSupport.stream(
                Spliterators.spliteratorUnknownSize(walk, Spliterator.ORDERED | Spliterator.NONNULL), false);
    }

    private String page(byte[] folder) throws DeviceException {
        return text(URI.create(base + (folder.length == 0 ? "" : KeyPath.escaped(Key.of(folder)))));
    }

    /// The page at `address`, such as a manifest; 16 MiB at most.
    public String text(URI address) throws DeviceException {
        var call = new Call(address, settings.open());
        var target = ByteBuffer.allocate(MOST_PAGE_BYTES);
        while (!(call.tryOnce(new Ask.Page(MOST_PAGE_BYTES), target) instanceof Meaning.Body)) {
            target.clear();
        }
        return StandardCharsets.UTF_8.decode(target.flip()).toString();
    }

    @Override
    public long answerMillis() {
        return Math.max(0, pace.answerMillis());
    }

    @Override
    public void close() {
        client.shutdownNow();
    }

    @Override
    public String toString() {
        return base.toString();
    }

    private URI addressOf(Key key) throws DeviceException {
        KeyPath.check(key);
        return URI.create(base + KeyPath.escaped(key));
    }

    /// Something that is asked for until it has come, or cannot be expected any more.
    private final class Call {
        private final URI address;
        private Retries retries;

        Call(URI address, Retries.Bounds bounds) {
            this.address = address;
            this.retries = Retries.begin(bounds, nowMillis());
        }

        /// Asks once, through redirects. After a failure that may pass it waits until it is time to ask again.
        /// @throws DeviceException a failure that will not pass, or has not for too long
        Meaning tryOnce(Ask ask, ByteBuffer target) throws DeviceException {
            int start = target.position();
            URI at = address;
            var meaning = exchange(at, ask, target, retries);
            for (int hops = 1; meaning instanceof Meaning.Moved(var location); hops++) {
                at = redirected(at, location, hops);
                meaning = exchange(at, ask, target, retries);
            }
            if (target.position() > start) {
                retries = retries.progressed(nowMillis());
            }
            switch (meaning) {
                case Meaning.Later later -> pause(at, later);
                case Meaning.Never(var errno, var why) -> throw failure(errno, at, why);
                case Meaning.Found _, Meaning.Body _, Meaning.AskByGet _, Meaning.Moved _ -> {}
            }
            return meaning;
        }

        private void pause(URI at, Meaning.Later later) throws DeviceException {
            retries = retries.failed(later.errno() == Errno.ETIMEDOUT);
            long pause = retries.pauseMillis(
                    nowMillis(),
                    later.pauseMillis(),
                    ThreadLocalRandom.current().nextDouble());
            if (pause < 0) {
                throw failure(
                        later.errno(),
                        at,
                        later.why() + ", asked " + retries.failures() + " times; see that the server is well");
            }
            try {
                Thread.sleep(pause);
            } catch (InterruptedException _) {
                throw interrupted(at);
            }
        }
    }

    private Meaning exchange(URI to, Ask ask, ByteBuffer target, Retries retries) throws DeviceException {
        long silence = TimeUnit.MILLISECONDS.toNanos(pace.silenceMillis(retries.silences()));
        long deadline = TimeUnit.MILLISECONDS.toNanos(retries.deadlineMillis());
        var reception = new Reception(ask, target);
        var sent = client.sendAsync(request(to, ask), reception);
        try {
            while (true) {
                long quietUntil = reception.heardNanos() + silence;
                long due = Math.min(quietUntil, deadline) - System.nanoTime();
                if (due <= 0) {
                    return new Meaning.Later(
                            Errno.ETIMEDOUT, 0, deadline < quietUntil ? "it takes too long" : "the server is silent");
                }
                try {
                    return sent.get(due, TimeUnit.NANOSECONDS).body();
                } catch (TimeoutException _) {
                    // look again: something may have come
                }
            }
        } catch (ExecutionException failed) {
            return meaningOf(Objects.requireNonNull(failed.getCause()));
        } catch (InterruptedException _) {
            throw interrupted(to);
        } finally {
            reception.stop();
            sent.cancel(true);
            if (reception.answeredMillis() >= 0) {
                pace = pace.answered(reception.answeredMillis());
            }
        }
    }

    private HttpRequest request(URI to, Ask ask) {
        var request = HttpRequest.newBuilder(to).method(ask.method(), HttpRequest.BodyPublishers.noBody());
        ask.fields().forEach(request::setHeader);
        if (!credentials.field().isEmpty() && isOurs(to)) {
            request.setHeader("Authorization", credentials.field());
        }
        return request.build();
    }

    /// Whether `address` is of the origin's own scheme, host and port.
    private boolean isOurs(URI address) {
        return address.getScheme().equalsIgnoreCase(base.getScheme())
                && base.getHost().equalsIgnoreCase(address.getHost())
                && address.getPort() == base.getPort();
    }

    private static Meaning meaningOf(Throwable failed) {
        return switch (failed) {
            case SSLHandshakeException untrusted ->
                new Meaning.Never(Errno.EIO, "no trusted connection: " + untrusted.getMessage());
            case IOException _ -> new Meaning.Later(Errno.EIO, 0, "no connection (" + reason(failed) + ")");
            default -> new Meaning.Never(Errno.EIO, reason(failed));
        };
    }

    /// Java's own words are often in a cause, or there are none.
    private static String reason(Throwable failed) {
        for (Throwable cause = failed; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnresolvedAddressException) {
                return "there is no host of that name";
            }
            if (cause.getMessage() != null) {
                return cause.getMessage();
            }
        }
        return failed instanceof ConnectException
                ? "refused"
                : failed.getClass().getSimpleName();
    }

    private static URI redirected(URI from, String location, int hops) throws DeviceException {
        if (hops > MOST_REDIRECTS) {
            throw failure(Errno.EIO, from, "it redirects more than " + MOST_REDIRECTS + " times");
        }
        try {
            URI to = from.resolve(location);
            boolean unsafe = from.getScheme().equalsIgnoreCase("https")
                    && !to.getScheme().equalsIgnoreCase("https");
            if (unsafe || !isWeb(to) || to.getHost() == null || to.getRawUserInfo() != null) {
                throw failure(Errno.EACCES, from, "it redirects to where we do not go: " + named(to));
            }
            return to;
        } catch (IllegalArgumentException _) {
            throw failure(Errno.EIO, from, "it redirects to what is no address");
        }
    }

    private static DeviceException failure(Errno errno, URI address, String why) {
        return new DeviceException(errno, named(address) + ": " + why);
    }

    private static DeviceException interrupted(URI address) {
        Thread.currentThread().interrupt();
        return failure(Errno.EINTR, address, "interrupted");
    }

    /// Without what may hold a secret.
    private static String named(URI address) {
        return address.getScheme() + "://" + address.getHost() + (address.getPort() < 0 ? "" : ":" + address.getPort())
                + address.getRawPath();
    }

    private static long nowMillis() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }
}
