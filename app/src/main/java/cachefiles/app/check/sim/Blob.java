package cachefiles.app.check.sim;

import cachefiles.app.check.sim.Clock.Channel;
import cachefiles.app.check.sim.Coverage.Count;
import cachefiles.kernel.object.ObjectCore;
import cachefiles.kernel.object.ObjectEvent;
import cachefiles.kernel.object.ObjectState;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Errno;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// One object, and what of it outlives the process: its bytes at the origin, its file, its journal. And what was done
/// to it, for an error needs a cause (S130).
final class Blob {
    /// What excuses an error.
    enum Cause {
        ORIGIN,
        STORE,
        CHANGED,
        NO_DATA,
        ATTEMPT_FAILED,
        WORKER_DIED,
        RELEASED,
        DEVICE_GONE,
        BOUND
    }

    final int number;
    final Cookie cookie;
    final BlobFile file;
    final List<ObjectEvent.Journaled> journal = new ArrayList<>();
    private final Map<Long, Integer> fetched = new HashMap<>();
    private final Map<Cause, Integer> causes = new EnumMap<>(Cause.class);
    Content origin;
    private int version;
    boolean originFails;
    boolean storeFails;
    /// What its actors say to the device: a successor comes up after its predecessor has said its last, and to tell a
    /// local actor is to enqueue. So it is one way for all of them.
    Channel toDevice = new Channel();
    int use;
    Gate gate;
    User user;

    @SuppressWarnings("NullAway") // gate and user are made with the process
    Blob(int number, long sizeBytes) {
        this.number = number;
        this.cookie = Cookie.of("volume", "blob" + number);
        this.file = new BlobFile(cookie);
        this.origin = new Content(sizeBytes, "v" + ++version);
    }

    void change(long sizeBytes) {
        origin = new Content(sizeBytes, "v" + ++version);
        spend(Cause.CHANGED);
    }

    /// The origin gave a block.
    void fetched(int block, int ofVersion, World world) {
        if (fetched.merge((long) ofVersion << 32 | block, 1, Integer::sum) > 1) {
            world.count(Count.REPEATED_BLOCKS);
            world.require(
                    !world.shape.faults().isEmpty() || world.options.crash() != null,
                    "fetched twice for no reason",
                    this,
                    block);
        }
    }

    void spend(Cause cause) {
        causes.merge(cause, 1, Integer::sum);
    }

    int spent(Cause cause) {
        return causes.getOrDefault(cause, 0);
    }

    Map<Cause, Integer> causes() {
        return causes;
    }

    void forgive() {
        causes.clear();
    }

    /// What a recovery makes of the journal.
    ObjectState recovered() {
        ObjectState state = new ObjectState.Idle(null);
        for (ObjectEvent event : journal) {
            state = ObjectCore.evolve(state, event);
        }
        return state;
    }

    /// Whether a cause was spent for a reader, or whoever acquires, to see `errno`.
    boolean excuses(Errno errno, int attempts) {
        return spent(Cause.DEVICE_GONE) > 0
                || spent(Cause.RELEASED) > 0
                || switch (errno) {
                    case EIO ->
                        spent(Cause.ORIGIN) + spent(Cause.STORE) + spent(Cause.NO_DATA) > 0
                                || spent(Cause.WORKER_DIED) >= 3
                                || spent(Cause.ATTEMPT_FAILED) >= attempts;
                    case EBADFD, EMFILE -> spent(Cause.ATTEMPT_FAILED) >= Math.min(attempts, 1);
                    case ENOBUFS, EBADF -> spent(Cause.STORE) > 0;
                    case ESTALE -> spent(Cause.CHANGED) > 0;
                    case EAGAIN, EBUSY -> spent(Cause.BOUND) > 0;
                    default -> false;
                };
    }

    @Override
    public String toString() {
        return cookie.toString();
    }
}
