package cachefiles.kernel.cache;

import cachefiles.kernel.uapi.Cookie;
import org.jspecify.annotations.Nullable;

/// All that the cache knows. [CacheCore#decide] only reads it; [CacheCore#evolve] changes it in place, because there
/// may be
/// a million cookies. Not safe for several threads.
public final class CacheState {
    /// The name of a cache that was given none (S47).
    static final String DEFAULT_TAG = "CacheFiles";

    Life life = Life.CLOSED;

    @Nullable
    String directory;

    @Nullable
    String tag;

    @Nullable
    String securityContext;

    Limits limits = Limits.DEFAULT;
    long debug;
    boolean onDemand;
    boolean culling;
    boolean full;
    /// Who waits for [Life#BINDING] to end.
    long binder;
    final Volumes volumes;

    public CacheState() {
        this(new Volumes());
    }

    private CacheState(Volumes volumes) {
        this.volumes = volumes;
    }

    /// A copy that shares nothing that changes.
    public CacheState copy() {
        var copy = new CacheState(volumes.copy());
        copy.life = life;
        copy.directory = directory;
        copy.tag = tag;
        copy.securityContext = securityContext;
        copy.limits = limits;
        copy.debug = debug;
        copy.onDemand = onDemand;
        copy.culling = culling;
        copy.full = full;
        copy.binder = binder;
        return copy;
    }

    /// As if the device had never been opened.
    void reset() {
        life = Life.CLOSED;
        directory = null;
        tag = null;
        securityContext = null;
        limits = Limits.DEFAULT;
        debug = 0;
        onDemand = false;
        culling = false;
        full = false;
        volumes.clear();
    }

    public Life life() {
        return life;
    }

    /// Whether requests go to a daemon. Only a bound cache has a mode (G7).
    public boolean onDemand() {
        return onDemand && life.ready();
    }

    /// POLLOUT: files should be culled (S41, S115).
    public boolean culling() {
        return culling;
    }

    /// Nothing is stored for lack of space (S115).
    public boolean full() {
        return full;
    }

    public Limits limits() {
        return limits;
    }

    /// What to log; the bits are the shell's to understand.
    public long debug() {
        return debug;
    }

    /// Cookies that are looked up, in use, or being withdrawn.
    public int cookies() {
        return volumes.cookies();
    }

    /// The cookie that this ticket uses or awaits; null once it is released, or was refused.
    public @Nullable Cookie usedBy(long ticket) {
        return volumes.usedBy(ticket);
    }

    String tagOrDefault() {
        return tag == null ? DEFAULT_TAG : tag;
    }

    /// Everything, in an order that depends on nothing else.
    @Override
    public String toString() {
        return life + " directory=" + directory + " tag=" + tag + " secctx=" + securityContext + " limits=" + limits
                + " debug=" + debug + " onDemand=" + onDemand + " culling=" + culling + " full=" + full + " " + volumes;
    }
}
