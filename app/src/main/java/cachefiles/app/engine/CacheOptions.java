package cachefiles.app.engine;

import cachefiles.app.check.trace.Recorder;
import cachefiles.app.check.trace.TraceWriter;
import cachefiles.daemon.actor.DaemonObserver;
import cachefiles.daemon.actor.SupervisorActor;
import cachefiles.daemon.core.SupervisorCore;
import cachefiles.daemon.fetch.Origin;
import cachefiles.kernel.actor.CacheObserver;
import cachefiles.kernel.actor.DeviceObserver;
import cachefiles.kernel.actor.ObjectObserver;
import cachefiles.kernel.cache.Limits;
import cachefiles.kernel.device.DeviceLimits;
import cachefiles.kernel.extent.Store;
import cachefiles.kernel.uapi.Faults;
import cachefiles.persistence.journal.Journal;
import cachefiles.persistence.journal.JournalFaults;
import cachefiles.persistence.journal.JournalSetting;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// How a cache is to be. Only directory and origin have no default.
public final class CacheOptions {
    final Path directory;
    final Origin origin;
    JournalSetting journal = Journal.Kind.H2;
    int workers = 64;
    int readBytes = 1 << 20;
    long readAheadBytes = 16 << 20;
    Duration deadline = Duration.ofMinutes(5);
    Duration passivateAfter = Duration.ofMinutes(2);
    Limits spaceLimits = Limits.DEFAULT;
    Duration measureSpaceEvery = Duration.ofSeconds(1);
    int window = 64;
    int waiters = 1 << 17;
    int readsInFlight = 1 << 18;
    int opensInFlight = 1 << 18;
    SupervisorCore.Handles handles = SupervisorCore.Handles.LOST;
    SupervisorActor.Strategy strategy = SupervisorActor.Strategy.RESTART;
    int maxFruitlessRestarts = 100;
    int threadsLeftBehind = 1024;
    Duration threadsPatience = Duration.ofSeconds(10);
    DeviceLimits limits = DeviceLimits.DEFAULT;
    Faults faults = Faults.NONE;
    DeviceObserver deviceObserver = DeviceObserver.NONE;
    ObjectObserver objectObserver = ObjectObserver.NONE;
    DaemonObserver daemonObserver = DaemonObserver.NONE;

    @Nullable
    Recorder recorder;

    @Nullable
    JournalFaults journalFaults;

    @Nullable
    Store store;

    /// For tests: when deadlines pass.
    @Nullable
    Alarms alarms;

    private CacheOptions(Path directory, Origin origin) {
        this.directory = directory;
        this.origin = origin;
    }

    /// @param directory of the cache; made if it is missing
    /// @param origin where bytes come from
    public static CacheOptions of(Path directory, Origin origin) {
        return new CacheOptions(directory, origin);
    }

    /// What keeps the objects' contents known; default H2.
    public CacheOptions journal(JournalSetting chosen) {
        journal = chosen;
        return this;
    }

    /// Requests that the daemon serves at the same time; default 64: where an origin takes its time it
    /// is these that bound how much is fetched at once.
    public CacheOptions workers(int count) {
        workers = count;
        return this;
    }

    /// The most that one READ asks for, in bytes; default 1 MiB.
    public CacheOptions readBytes(int bytes) {
        readBytes = bytes;
        return this;
    }

    /// How far to fetch ahead of somebody who reads an object in order, in bytes, and of the rest of a long read; it
    /// grows up to that while he goes on. 0 = not at all; default 16 MiB.
    public CacheOptions readAhead(long bytes) {
        readAheadBytes = bytes;
        return this;
    }

    /// How long a read, or an acquire, waits at most; zero = for ever; default 300 s (I15).
    public CacheOptions deadline(Duration longest) {
        deadline = longest;
        return this;
    }

    /// When an idle object's actor leaves memory; zero = never; default 120 s.
    public CacheOptions passivateAfter(Duration idle) {
        passivateAfter = idle;
        return this;
    }

    /// Reads under way at most; one more ends with `EAGAIN`; default 262,144.
    public CacheOptions readsInFlight(int most) {
        readsInFlight = most;
        return this;
    }

    /// Objects being acquired at most; one more ends with `EAGAIN`; default 262,144.
    public CacheOptions opensInFlight(int most) {
        opensInFlight = most;
        return this;
    }

    /// What becomes of device and descriptors when the daemon dies; default: the descriptors are lost (Q5).
    public CacheOptions handles(SupervisorCore.Handles fate) {
        handles = fate;
        return this;
    }

    /// What Akka does with a daemon that fails; default: restart.
    public CacheOptions strategy(SupervisorActor.Strategy chosen) {
        strategy = chosen;
        return this;
    }

    /// Restarts without one completed request before the supervisor gives up; default 100.
    public CacheOptions maxFruitlessRestarts(int most) {
        maxFruitlessRestarts = most;
        return this;
    }

    /// With how many threads of dead daemons, which hang at the origin and heed no interrupt, no daemon begins, and how
    /// long it waits for them to end before the supervisor gives up; default 1,024, 10 s.
    public CacheOptions threadsLeftBehind(int most, Duration patience) {
        threadsLeftBehind = most;
        threadsPatience = patience;
        return this;
    }

    public CacheOptions limits(DeviceLimits bounds) {
        limits = bounds;
        return this;
    }

    /// Free files and blocks, in percent, at which culling begins and ends, and below which nothing is stored (S115);
    /// default: the kernel's, run 7, cull 5, stop 1.
    public CacheOptions spaceLimits(Limits shares) {
        spaceLimits = shares;
        return this;
    }

    /// How often free space is measured, at a system call each; zero = never; default 1 s. It is also measured every
    /// 1,024 look-ups.
    public CacheOptions measureSpaceEvery(Duration interval) {
        measureSpaceEvery = interval;
        return this;
    }

    /// Where bytes are kept; default: sparse files in the directory.
    public CacheOptions store(Store other) {
        store = other;
        return this;
    }

    /// Makes parts fail on purpose.
    public CacheOptions faults(Faults injected) {
        faults = injected;
        return this;
    }

    /// Makes the journal fail on purpose.
    public CacheOptions journalFaults(JournalFaults injected) {
        journalFaults = injected;
        return this;
    }

    /// Who sees each step, on the threads of those who take them.
    public CacheOptions observers(DeviceObserver device, ObjectObserver object, DaemonObserver daemon) {
        deviceObserver = device;
        objectObserver = object;
        daemonObserver = daemon;
        return this;
    }

    /// Has a trace written of each step of cache, gates, reads, device, objects, daemons and supervisors, which
    /// `cachefiles trace` tells and checks. Steps wait for their line to be written into the trace's buffer. The trace
    /// outlives the cache.
    /// @param title what the trace calls this run
    public CacheOptions trace(TraceWriter trace, String title) {
        recorder = trace.run(title);
        return this;
    }

    CacheObserver cacheWatch() {
        return recorder == null ? CacheObserver.NONE : Tracing.cache(recorder, CacheObserver.NONE);
    }

    DeviceObserver deviceWatch() {
        return recorder == null ? deviceObserver : Tracing.device(recorder, deviceObserver);
    }

    ObjectObserver objectWatch() {
        return recorder == null ? objectObserver : Tracing.object(recorder, objectObserver);
    }

    DaemonObserver daemonWatch() {
        return recorder == null ? daemonObserver : Tracing.daemon(recorder, daemonObserver);
    }
}
