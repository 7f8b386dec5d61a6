package cachefiles.app.load;

import cachefiles.app.crash.CrashPlan;
import cachefiles.app.engine.Cache;
import cachefiles.app.engine.CacheOptions;
import cachefiles.app.engine.Volume;
import cachefiles.app.load.plan.Profile;
import cachefiles.app.load.plan.Synthetic;
import cachefiles.daemon.core.SupervisorCore;
import cachefiles.kernel.actor.ObjectObserver;
import cachefiles.kernel.uapi.DeviceException;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Faults;
import cachefiles.kernel.uapi.Key;
import cachefiles.persistence.journal.JournalSetting;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/// The engine in this process, over an origin that computes its bytes.
public final class EngineTarget implements Target {
    private static final Key VOLUME = Key.of("load");
    private static final long PATIENCE_NANOS = 10_000_000_000L;
    private static final long PAUSE_NANOS = 2_000_000;

    private final Profile profile;
    private final Watch watch;
    private final CrashPlan plan;
    private final Cache cache;
    private final Uses uses;
    private Volume volume;

    /// @throws cachefiles.persistence.store.DirectoryLockedException another process uses the directory
    /// @throws IOException it cannot be used
    public EngineTarget(Profile profile, Path directory, JournalSetting journal) throws IOException {
        this.profile = profile;
        var synthetic = new Synthetic(profile.objects(), profile.objectSize());
        this.plan = new CrashPlan(() -> null);
        this.watch = new Watch(synthetic, plan);
        this.cache = Cache.open(CacheOptions.of(
                        directory,
                        new SyntheticOrigin(synthetic, profile.originLatency().toMillis()))
                .journal(journal)
                .journalFaults(watch.journal())
                .readAhead(profile.readAheadBytes())
                .deadline(profile.deadline())
                .passivateAfter(profile.passivate())
                .handles(profile.failover() ? SupervisorCore.Handles.LOST : SupervisorCore.Handles.DEVICE_LOST)
                .faults(watch)
                .observers(watch, ObjectObserver.NONE, watch));
        plan.bind(cache);
        this.uses = new Uses(profile.objects(), object -> volume().acquire(Key.of(Synthetic.name(object))));
        try {
            this.volume = cache.acquireVolume(VOLUME);
        } catch (DeviceException failed) {
            cache.close();
            throw new IOException(failed.getMessage(), failed);
        }
    }

    private synchronized Volume volume() {
        return volume;
    }

    @Override
    public void tell(Marks marks) {
        watch.tell(marks);
    }

    @Override
    public void open(int object) throws Failure {
        var mounted = volume();
        try {
            uses.join(object).leave();
        } catch (DeviceException failed) {
            throw failure(failed, mounted);
        }
    }

    @Override
    public void read(int object, long offset, ByteBuffer into) throws Failure {
        var mounted = volume();
        try {
            var use = uses.join(object);
            try {
                use.object().read(offset, into);
            } catch (DeviceException failed) {
                if (!profile.failover() || failed.errno() == Errno.ESTALE) {
                    uses.drop(object, use);
                }
                throw failed;
            } finally {
                use.leave();
            }
        } catch (DeviceException failed) {
            throw failure(failed, mounted);
        }
    }

    private Failure failure(DeviceException failed, Volume mounted) {
        if (!profile.failover()) {
            mountAgain(mounted);
        }
        return new Failure(failed.errno().name());
    }

    /// Without fail-over a crash takes the volume along; it is acquired anew, as a file system is mounted anew.
    private synchronized void mountAgain(Volume lost) {
        if (volume != lost) {
            return; // somebody else was here
        }
        uses.dropAll();
        try {
            volume.release();
        } catch (DeviceException _) {
            // it went with the device
        }
        for (long begin = System.nanoTime(); System.nanoTime() - begin < PATIENCE_NANOS; ) {
            try {
                volume = cache.acquireVolume(VOLUME);
                return;
            } catch (DeviceException _) {
                LockSupport.parkNanos(PAUSE_NANOS); // the cache is still being opened anew
            }
        }
    }

    @Override
    public void drop(int object) {
        uses.drop(object, null);
    }

    @Override
    public void dropAll() {
        uses.dropAll();
    }

    @Override
    public void crash() {
        var phase = profile.crash().phase();
        if (phase == null) {
            cache.crash(Faults.Victim.DAEMON, null, new Faults.Crash("made to fail by a load", () -> {}));
        } else if (plan.pending() == 0) {
            plan.arm(Faults.Victim.DAEMON, phase);
        }
    }

    @Override
    public Map<String, Long> gauges() {
        var gauges = new LinkedHashMap<>(watch.gauges());
        try {
            gauges.put("actors", (long) cache.objectsInMemory());
        } catch (DeviceException _) {
            // it has other things to do
        }
        return gauges;
    }

    @Override
    public void close() throws IOException {
        watch.tell((_, _) -> {});
        cache.close();
    }
}
