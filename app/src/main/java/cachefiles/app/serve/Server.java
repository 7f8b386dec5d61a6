package cachefiles.app.serve;

import akka.actor.ActorSystem;
import akka.actor.Cancellable;
import akka.http.javadsl.Http;
import akka.http.javadsl.ServerBinding;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpEntity;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.Connection;
import akka.http.javadsl.model.headers.RawHeader;
import akka.stream.SystemMaterializer;
import cachefiles.app.engine.Cache;
import cachefiles.daemon.fetch.CountingOrigin;
import cachefiles.kernel.cache.Life;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Serves one cache on two ports: objects on one, its health and its numbers on the other.
public final class Server implements AutoCloseable {
    /// Where the cache's files are read.
    static final String BLOCKING = "akka.actor.default-blocking-io-dispatcher";

    /// How long a client may take for the last bytes of an answer, when all of them are on their way to it and the
    /// server is to end.
    private static final Duration LINGER = Duration.ofSeconds(3);

    private static final String CONFIG = """
            akka {
              loglevel = WARNING
              loggers = ["akka.event.slf4j.Slf4jLogger"]
              logging-filter = "akka.event.slf4j.Slf4jLoggingFilter"
              io.tcp {
                direct-buffer-size = 256 KiB # a chunk of a body in one write
                direct-buffer-pool-limit = 64
              }
              http.server {
                server-header = "cachefiles-actors"
                raw-request-uri-header = on
                transparent-head-requests = off
                request-timeout = infinite   # a read ends by its own deadline
                idle-timeout = 10 minutes    # longer than that
                max-connections = 10000
              }
              http.parsing {
                illegal-header-warnings = off
                error-logging-verbosity = off # clients' faults are answered, not logged
              }
            }
            """;

    private final Cache cache;
    /// Null if nobody may make it crash.
    private final @Nullable CrashCalls crashes;
    private final OpenObjects objects;
    private final Metrics metrics;
    private final ActorSystem system;
    private final ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor();
    private final UnderWay underWay = new UnderWay();
    private final ServerBinding http;
    private final ServerBinding admin;
    private final Cancellable ticks;
    private volatile boolean draining;

    /// Begins to serve.
    /// @param origin what the cache fetches from, counted
    /// @param keep how old what is known of an object may be before its origin is asked again
    /// @param http where objects are served; port 0 takes a free one
    /// @param admin likewise, for health and metrics
    /// @param crashes what crashes the cache's daemon on demand; null = nothing
    /// @throws IOException a port is taken, or the address is not this machine's
    public Server(
            Cache cache,
            CountingOrigin origin,
            Duration keep,
            InetSocketAddress http,
            InetSocketAddress admin,
            @Nullable CrashCalls crashes)
            throws IOException {
        this.cache = cache;
        this.crashes = crashes;
        this.objects = new OpenObjects(cache, origin, keep, OpenObjects.GRACE, System::nanoTime);
        this.metrics = new Metrics(cache, origin, objects);
        this.system = ActorSystem.create(
                "cachefiles-serve", ConfigFactory.parseString(CONFIG).withFallback(ConfigFactory.load()));
        try {
            var answers = new Answers(objects, metrics);
            this.admin = bound(admin, this::administer);
            this.http = bound(http, answers::answer);
        } catch (IOException failed) {
            ended();
            throw failed;
        }
        this.ticks = system.scheduler()
                .scheduleWithFixedDelay(
                        Duration.ofSeconds(1), Duration.ofSeconds(1), objects::tick, system.dispatcher());
    }

    private ServerBinding bound(InetSocketAddress address, Function<HttpRequest, HttpResponse> handler)
            throws IOException {
        try {
            return Http.get(system)
                    .newServerAt(address.getHostString(), address.getPort())
                    .bind((akka.japi.function.Function<HttpRequest, CompletionStage<HttpResponse>>)
                            request -> handled(request, handler))
                    .toCompletableFuture()
                    .join();
        } catch (CompletionException failed) {
            Throwable root = failed;
            while (root.getCause() != null) {
                root = root.getCause();
            }
            throw new IOException(
                    "cannot listen on " + address.getHostString() + ":" + address.getPort() + ": " + root.getMessage(),
                    failed);
        }
    }

    private CompletionStage<HttpResponse> handled(HttpRequest request, Function<HttpRequest, HttpResponse> handler) {
        request.discardEntityBytes(SystemMaterializer.get(system).materializer());
        underWay.begin();
        return CompletableFuture.supplyAsync(() -> handler.apply(request), requests)
                .thenApply(this::watched)
                .whenComplete((_, failed) -> {
                    if (failed != null) {
                        underWay.end();
                    }
                });
    }

    /// It is under way until its last byte has gone, or its client.
    private HttpResponse watched(HttpResponse response) {
        var last = draining ? response.addHeader(Connection.create("close")) : response;
        if (!(response.entity() instanceof HttpEntity.Default streamed)) {
            underWay.end();
            return last;
        }
        var bytes = streamed.getDataBytes().watchTermination((used, done) -> {
            var _ = done.whenComplete((_, _) -> underWay.end());
            return used;
        });
        return last.withEntity(HttpEntities.create(streamed.getContentType(), streamed.getContentLength(), bytes));
    }

    public InetSocketAddress httpAddress() {
        return http.localAddress();
    }

    public InetSocketAddress adminAddress() {
        return admin.localAddress();
    }

    private HttpResponse administer(HttpRequest request) {
        return switch (request.getUri().path()) {
            case "/-/healthy" -> text(200, "healthy");
            case "/-/ready" -> {
                String why = notReady();
                yield why.isEmpty() ? text(200, "ready" + space()) : text(503, why);
            }
            case "/metrics" -> text(200, metrics.text().stripTrailing());
            case "/-/crash" -> crash(request);
            default -> Answers.failure(404, "there are /-/healthy, /-/ready and /metrics");
        };
    }

    private HttpResponse crash(HttpRequest request) {
        if (crashes == null) {
            return Answers.failure(404, "crashes are not allowed: start with --allow-crash");
        }
        if (!request.method().name().equals("POST")) {
            return Answers.failure(405, "a crash is a POST").addHeader(RawHeader.create("Allow", "POST"));
        }
        String query = request.getUri().rawQueryString().orElse("");
        return crashes.call(cache, query, SystemMaterializer.get(system).materializer());
    }

    private String notReady() {
        if (draining) {
            return "ending";
        }
        if (cache.status().life() != Life.READY) {
            return "out of service: " + cache.status().life();
        }
        return cache.hasGivenUp() ? "given up: what is not in the cache cannot be read" : "";
    }

    private String space() {
        var status = cache.status();
        if (status.full()) {
            return "\nfull: nothing more is stored, and reads of what is not there fail, until there is free space";
        }
        return status.culling() ? "\nspace is scarce: free some, before nothing more is stored" : "";
    }

    private static HttpResponse text(int status, String text) {
        return HttpResponse.create()
                .withStatus(status)
                .withEntity(HttpEntities.create(ContentTypes.TEXT_PLAIN_UTF8, text + "\n"));
    }

    /// Takes no more connections, lets requests under way end, and closes the rest after `patience`. (Akka's own
    /// termination waits for the heads of answers, and not always for their bytes.)
    public void drain(Duration patience) {
        draining = true;
        http.unbind().toCompletableFuture().join();
        if (underWay.awaitNone(patience)) {
            linger();
        }
        http.terminate(Duration.ofSeconds(1)).toCompletableFuture().join();
    }

    /// The last bytes of an answer have gone to Akka, which does not tell when they have left it, and drops them when
    /// the connection is ended before.
    private static void linger() {
        try {
            Thread.sleep(LINGER);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        ticks.cancel();
        ended();
    }

    private void ended() {
        objects.close();
        system.terminate();
        requests.shutdown();
        try {
            system.getWhenTerminated().toCompletableFuture().get(10, TimeUnit.SECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException _) {
            // its threads are daemons: they end with the process
        }
    }
}
