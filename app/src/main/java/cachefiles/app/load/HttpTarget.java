package cachefiles.app.load;

import cachefiles.app.load.plan.Profile;
import cachefiles.app.load.plan.Recovery;
import cachefiles.app.load.plan.Synthetic;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A service, by HTTP. It serves the files that `load origin` made.
public final class HttpTarget implements Target {
    private static final String VOLUME = "load";
    private static final Pattern METRIC = Pattern.compile("(?m)^cachefiles_([a-z_]+) ([0-9.E]+)$");
    /// A read across the end of an object, in HTTP.
    private static final int BEHIND_THE_END = 416;

    private final String objects;
    private final @Nullable URI admin;
    private final Profile profile;
    private final HttpClient client;
    private volatile Marks marks = (_, _) -> {};

    /// @param service where it serves, such as `http://127.0.0.1:8480`
    /// @param admin its second address, `HOST:PORT`; null = no crashes, and nothing is known of its inside
    public HttpTarget(Profile profile, URI service, @Nullable String admin) {
        this.profile = profile;
        this.objects = service.toString().replaceFirst("/$", "") + "/v1/volumes/" + VOLUME + "/objects/";
        this.admin = admin == null ? null : URI.create("http://" + admin);
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(10))
                .build();
    }

    @Override
    public void tell(Marks to) {
        marks = to;
    }

    @Override
    public void open(int object) throws Failure {
        answered(ask(object).method("HEAD", HttpRequest.BodyPublishers.noBody()).build(), BodyHandlers.discarding());
    }

    @Override
    public void read(int object, long offset, ByteBuffer into) throws Failure {
        if (!into.hasRemaining()) {
            return;
        }
        var request = ask(object)
                .header("Range", "bytes=" + offset + "-" + (offset + into.remaining() - 1))
                .build();
        var answer = answered(request, BodyHandlers.ofInputStream());
        try (InputStream body = answer.body()) {
            if (answer.statusCode() != BEHIND_THE_END) {
                into.put(body.readNBytes(into.remaining()));
            }
        } catch (IOException failed) {
            throw new Failure("cut off");
        }
    }

    private HttpRequest.Builder ask(int object) {
        var builder = HttpRequest.newBuilder(URI.create(objects + Synthetic.name(object)));
        return profile.deadline().isZero() ? builder : builder.timeout(profile.deadline());
    }

    private <T> HttpResponse<T> answered(HttpRequest request, HttpResponse.BodyHandler<T> body) throws Failure {
        try {
            var answer = client.send(request, body);
            if (answer.statusCode() >= 400 && answer.statusCode() != BEHIND_THE_END) {
                throw new Failure("HTTP " + answer.statusCode());
            }
            return answer;
        } catch (HttpTimeoutException _) {
            throw new Failure("timeout");
        } catch (IOException _) {
            throw new Failure("no connection");
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new Failure("interrupted");
        }
    }

    /// The server keeps what it uses.
    @Override
    public void drop(int object) {}

    @Override
    public void dropAll() {}

    @Override
    public void crash() throws Failure {
        if (admin == null) {
            throw new Failure("no --admin");
        }
        var phase = profile.crash().phase();
        var request = HttpRequest.newBuilder(
                        admin.resolve("/-/crash" + (phase == null ? "" : "?phase=" + phase.word())))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        var answer = answered(request, BodyHandlers.ofLines());
        try (var lines = answer.body()) {
            lines.forEach(this::told);
        }
    }

    /// A line a mark: `down daemon, at fetching`, `restoring 3 requests`, `after`.
    private void told(String line) {
        var words = line.split(" ", 2);
        for (var recovery : Recovery.values()) {
            if (recovery.word().equals(words[0])) {
                marks.mark(recovery, words.length > 1 ? words[1] : "");
            }
        }
    }

    @Override
    public Map<String, Long> gauges() {
        var gauges = new LinkedHashMap<String, Long>();
        if (admin != null) {
            try {
                var request = HttpRequest.newBuilder(admin.resolve("/metrics")).build();
                var text = answered(request, BodyHandlers.ofString()).body();
                METRIC.matcher(text)
                        .results()
                        .forEach(match -> gauges.put(
                                "service." + match.group(1), Math.round(Double.parseDouble(match.group(2)))));
            } catch (Failure _) {
                // nothing is known this time
            }
        }
        return gauges;
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
