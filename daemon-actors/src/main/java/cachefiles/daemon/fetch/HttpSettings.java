package cachefiles.daemon.fetch;

import cachefiles.daemon.http.Retries;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// How patient an HTTP origin is.
/// @param connectMillis until a connection stands
/// @param open bounds of looking an object up
/// @param fetch bounds of one fetch, of 1 MiB at most
/// @param tls whom to trust; null = whom the JVM trusts
public record HttpSettings(
        int connectMillis,
        Retries.Bounds open,
        Retries.Bounds fetch,
        @Nullable SSLContext tls) {
    /// Connections within 5 s; an open asks again for 5 s, and a fetch for 20 s, if nothing comes; either ends after
    /// 60 s.
    public static final HttpSettings DEFAULT =
            new HttpSettings(5_000, new Retries.Bounds(5_000, 60_000), new Retries.Bounds(20_000, 60_000), null);

    public HttpSettings withTls(SSLContext trusted) {
        return new HttpSettings(connectMillis, open, fetch, trusted);
    }

    /// One try each where nothing comes, or as many as `outageMillis` allow.
    public HttpSettings withOutage(long outageMillis) {
        return new HttpSettings(
                connectMillis,
                new Retries.Bounds(outageMillis, open.wholeMillis()),
                new Retries.Bounds(outageMillis, fetch.wholeMillis()),
                tls);
    }

    /// Either ends after so long, however much has come.
    public HttpSettings withWhole(long wholeMillis) {
        return new HttpSettings(
                connectMillis,
                new Retries.Bounds(open.outageMillis(), wholeMillis),
                new Retries.Bounds(fetch.outageMillis(), wholeMillis),
                tls);
    }
}
