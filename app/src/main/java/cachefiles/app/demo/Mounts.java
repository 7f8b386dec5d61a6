package cachefiles.app.demo;

import cachefiles.app.engine.Cache;
import cachefiles.app.engine.CachedObject;
import cachefiles.app.engine.Volume;
import cachefiles.kernel.uapi.DeviceException;
import cachefiles.kernel.uapi.Errno;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// The volumes that the readers share. Where there is no fail-over a crash takes all of them: they are acquired anew,
/// as a file system is mounted anew.
final class Mounts {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private final Cache cache;
    private final boolean remounting;
    private final Map<Load.Round, Volume> volumes = new HashMap<>();

    /// @param remounting whether what was lost is acquired anew
    Mounts(Cache cache, boolean remounting) {
        this.cache = cache;
        this.remounting = remounting;
    }

    CachedObject acquire(Load.Target target) throws DeviceException {
        var volume = volume(target.round, null);
        try {
            return volume.acquire(target.piece.key());
        } catch (DeviceException failed) {
            if (!remounting || failed.errno() == Errno.ENOENT) {
                throw failed;
            }
            return volume(target.round, volume).acquire(target.piece.key());
        }
    }

    /// @param lost what no longer serves; null if nothing is known to be
    private synchronized Volume volume(Load.Round round, @Nullable Volume lost) throws DeviceException {
        var volume = volumes.get(round);
        if (volume != null && volume != lost) {
            return volume;
        }
        if (volume != null) {
            volumes.remove(round);
            volume.release();
        }
        volume = mounted(round);
        volumes.put(round, volume);
        return volume;
    }

    private Volume mounted(Load.Round round) throws DeviceException {
        long begin = System.nanoTime();
        while (true) {
            try {
                return cache.acquireVolume(round.volume());
            } catch (DeviceException failed) {
                if (!remounting || System.nanoTime() - begin > PATIENCE_NANOS) {
                    throw failed;
                }
                LockSupport.parkNanos(PAUSE_NANOS); // the cache is being opened anew
            }
        }
    }
}
