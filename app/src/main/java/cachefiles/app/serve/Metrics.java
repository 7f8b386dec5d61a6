package cachefiles.app.serve;

import cachefiles.app.engine.Cache;
import cachefiles.daemon.fetch.CountingOrigin;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.function.ToDoubleFunction;

/// What `/metrics` tells. No name of an object is in it: their number has no bound.
final class Metrics {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Counter sent = Counter.builder("cachefiles.sent.bytes")
            .description("Bytes of objects that were handed to clients' connections.")
            .register(registry);

    Metrics(Cache cache, CountingOrigin origin, OpenObjects objects) {
        count("cachefiles.origin.bytes", "Bytes fetched from the origin.", origin, CountingOrigin::fetchedBytes);
        count(
                "cachefiles.origin.repeated.bytes",
                "Those of them that had been fetched before.",
                origin,
                CountingOrigin::repeatedBytes);
        count(
                "cachefiles.daemon.restarts",
                "Daemons that came up after another one.",
                cache,
                each -> Math.max(0, each.supervised().restarts()));
        gauge(
                "cachefiles.daemon.given.up",
                "1: misses fail until it is started again.",
                cache,
                each -> each.hasGivenUp() ? 1 : 0);
        gauge(
                "cachefiles.dead",
                "1: out of service, after a disk error.",
                cache,
                each -> each.status().life().dead() ? 1 : 0);
        gauge(
                "cachefiles.culling",
                "1: free space is scarce.",
                cache,
                each -> each.status().culling() ? 1 : 0);
        gauge(
                "cachefiles.full",
                "1: there is no free space, nothing is stored.",
                cache,
                each -> each.status().full() ? 1 : 0);
        gauge("cachefiles.volumes.open", "Volumes of objects that are open.", objects, OpenObjects::volumes);
        gauge("cachefiles.objects.open", "Objects that requests use or used a moment ago.", objects, OpenObjects::size);
        gauge(
                "cachefiles.threads.left.behind",
                "Threads of dead daemons that hang at the origin.",
                cache,
                Cache::threadsLeftBehind);
    }

    private <T> void count(String name, String what, T of, ToDoubleFunction<T> value) {
        FunctionCounter.builder(name, of, value).description(what).register(registry);
    }

    private <T> void gauge(String name, String what, T of, ToDoubleFunction<T> value) {
        Gauge.builder(name, of, value).description(what).register(registry);
    }

    void sent(long bytes) {
        sent.increment((double) bytes);
    }

    void answered(String method, int status) {
        Counter.builder("cachefiles.requests")
                .description("Requests for objects that were answered.")
                .tag("method", method)
                .tag("status", Integer.toString(status))
                .register(registry)
                .increment();
    }

    /// In the text format of Prometheus.
    String text() {
        return registry.scrape();
    }
}
