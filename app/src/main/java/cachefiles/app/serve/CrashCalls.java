package cachefiles.app.serve;

import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpResponse;
import akka.stream.BoundedSourceQueue;
import akka.stream.Materializer;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import cachefiles.app.crash.CrashPlan;
import cachefiles.app.crash.Recoveries;
import cachefiles.app.engine.Cache;
import cachefiles.app.engine.CacheOptions;
import cachefiles.kernel.actor.ObjectObserver;
import cachefiles.kernel.uapi.Faults;
import cachefiles.kernel.uapi.Phase;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Crashes on demand, for load tests: only where the operator has allowed them.
///
///     POST /-/crash                  the daemon dies at its next message
///     POST /-/crash?phase=fetching   as soon as a request is there
///
/// The answer comes line by line: `down daemon, at fetching`, `restoring 3 requests`, `after`.
public final class CrashCalls implements Recoveries.Listener {
    private static final int LINES = 16;

    private final CrashPlan plan = new CrashPlan(() -> null);
    private final Recoveries recoveries = new Recoveries(plan, this);
    private final Set<BoundedSourceQueue<ByteString>> callers = ConcurrentHashMap.newKeySet();

    /// Has a cache that is opened with these options tell of its recoveries.
    public CacheOptions watched(CacheOptions options) {
        return options.faults(recoveries).observers(recoveries, ObjectObserver.NONE, recoveries);
    }

    /// Says whose daemon is to crash.
    public void bind(Cache cache) {
        plan.bind(cache);
    }

    /// @param query of the request, as `phase=fetching`; empty if it has none
    HttpResponse call(Cache cache, String query, Materializer materializer) {
        Phase phase = null;
        try {
            phase = query.startsWith("phase=") ? Phase.of(query.substring("phase=".length())) : null;
        } catch (IllegalArgumentException wrong) {
            return Answers.failure(404, String.valueOf(wrong.getMessage()));
        }
        var lines = Source.<ByteString>queue(LINES).preMaterialize(materializer);
        callers.add(lines.first());
        lines.first().offer(ByteString.fromString("asked\n"));
        if (phase == null) {
            cache.crash(Faults.Victim.DAEMON, null, new Faults.Crash("made to fail by an operator", () -> {}));
        } else {
            plan.arm(Faults.Victim.DAEMON, phase);
        }
        return HttpResponse.create()
                .withEntity(HttpEntities.createChunked(ContentTypes.TEXT_PLAIN_UTF8, lines.second()));
    }

    @Override
    public void down(Phase last) {
        say("down daemon, at " + last.word());
    }

    @Override
    public void restored(int requests) {
        say("restoring " + requests + " requests");
    }

    @Override
    public void over() {
        say("after");
        callers.removeIf(caller -> {
            caller.complete();
            return true;
        });
    }

    private void say(String line) {
        callers.forEach(caller -> caller.offer(ByteString.fromString(line + "\n")));
    }
}
