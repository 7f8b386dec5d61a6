package cachefiles.daemon.core;

import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Handle;
import cachefiles.kernel.uapi.MsgId;
import cachefiles.kernel.uapi.Range;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A daemon's memory: what its workers do, and which objects it has opened. It dies with the daemon. Changed in place
/// by [DaemonCore#evolve] alone; not safe for several threads.
public final class DaemonState {
    /// What a worker does.
    public sealed interface Work {
        /// Sleeps until the device is readable.
        record Asleep() implements Work {}

        /// Has a read of the device out.
        record Fetching() implements Work {}

        /// Serves an OPEN: asks the origin.
        record LookingUp(MsgId msgId, Handle handle, Cookie cookie, int tries) implements Work {}

        /// Serves a READ: fetches what is missing and writes it.
        record Filling(MsgId msgId, Handle handle, Content content, Range range, int tries) implements Work {}
    }

    private static final Work ASLEEP = new Work.Asleep();

    private long incarnation = -1;
    private boolean madeProgress;
    private boolean readable;
    private final Work[] workers;
    private final BitSet asleep = new BitSet();
    private final Map<Handle, Content> opened = new HashMap<>();
    /// Those of `opened` whose copen the device has not answered.
    private final Set<Handle> unconfirmed = new HashSet<>();

    /// A daemon that has not been told its incarnation.
    /// @param workers requests it serves at the same time, 1 or more
    public DaemonState(int workers) {
        this.workers = new Work[workers];
        Arrays.fill(this.workers, ASLEEP);
        asleep.set(0, workers);
    }

    public DaemonState copy() {
        var copy = new DaemonState(workers.length);
        copy.incarnation = incarnation;
        copy.madeProgress = madeProgress;
        copy.readable = readable;
        System.arraycopy(workers, 0, copy.workers, 0, workers.length);
        copy.asleep.and(asleep);
        copy.opened.putAll(opened);
        copy.unconfirmed.addAll(unconfirmed);
        return copy;
    }

    /// -1 before the supervisor has given one.
    public long incarnation() {
        return incarnation;
    }

    public boolean isRunning() {
        return incarnation >= 0;
    }

    /// Whether this daemon has completed a request.
    public boolean hasMadeProgress() {
        return madeProgress;
    }

    /// Whether the device was readable when it last spoke. If it is and nobody reads, POLLIN is on its way (I12).
    public boolean isReadable() {
        return readable;
    }

    public int workers() {
        return workers.length;
    }

    public Work worker(int worker) {
        return workers[worker];
    }

    /// The first of the workers that sleep, `except` aside; -1 = none.
    int asleep(int except) {
        int first = asleep.nextSetBit(0);
        return first == except ? asleep.nextSetBit(first + 1) : first;
    }

    public @Nullable Content opened(Handle handle) {
        return opened.get(handle);
    }

    public Map<Handle, Content> opened() {
        return Collections.unmodifiableMap(opened);
    }

    /// Whether the device has not yet answered the copen of this handle.
    public boolean isUnconfirmed(Handle handle) {
        return unconfirmed.contains(handle);
    }

    void start(long given, Map<Handle, Content> kept) {
        incarnation = given;
        readable = false;
        opened.clear(); // it may have begun before: under an incarnation that another take-over has fenced
        unconfirmed.clear();
        opened.putAll(kept);
    }

    /// Whether a worker is at a READ that came with `handle`.
    boolean isFilledThrough(Handle handle) {
        for (Work work : workers) {
            if (work instanceof Work.Filling filling && filling.handle().equals(handle)) {
                return true;
            }
        }
        return false;
    }

    void set(int worker, Work work) {
        workers[worker] = work;
        asleep.set(worker, work instanceof Work.Asleep);
    }

    void remember(Handle handle, Content content) {
        opened.put(handle, content);
        unconfirmed.add(handle);
    }

    void confirm(Handle handle) {
        unconfirmed.remove(handle);
    }

    void forget(Handle handle) {
        opened.remove(handle);
        unconfirmed.remove(handle);
    }

    void polled(boolean now) {
        readable = now;
    }

    void progress() {
        madeProgress = true;
    }
}
