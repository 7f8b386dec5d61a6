package cachefiles.kernel.device;

import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Handle;
import cachefiles.kernel.uapi.MsgId;
import cachefiles.kernel.uapi.Opcode;
import cachefiles.kernel.uapi.Range;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// All that the device knows. [DeviceCore#decide] only reads it; [DeviceCore#evolve] changes it in place, because a
/// copy of a table of 100,000 requests a step would cost a millisecond. Not safe for several threads.
public final class DeviceState {
    /// Each generation begins its ids this many bits higher: it does not repeat those its predecessor gave lately.
    private static final int GENERATION_SHIFT = 20;

    final DeviceLimits limits;
    boolean dead;
    boolean gaveUp;
    long incarnation;
    long floor;
    MsgId cursor = MsgId.FIRST;
    MsgId nextMsgId = MsgId.FIRST;
    int lastObjectId;
    private final NavigableMap<MsgId, Pending> table = new TreeMap<>();
    private final Collection<Pending> requests = Collections.unmodifiableCollection(table.values());
    /// NEW requests that a scan has to look at: all but the READs of objects that are reopening.
    private final NavigableSet<MsgId> visible = new TreeSet<>();
    private final Map<Cookie, List<MsgId>> requestsOf = new HashMap<>();
    private final Map<Cookie, Slot> slots = new HashMap<>();
    private Map<Integer, Cookie> liveHandles = new HashMap<>();

    /// A device without requests.
    /// @param generation of the device itself, from 0: incarnations of a later one are above all of an earlier one
    /// (I10)
    public DeviceState(DeviceLimits limits, int generation) {
        this.limits = limits;
        this.incarnation = (long) generation << 32;
        this.floor = incarnation;
        this.nextMsgId = new MsgId(generation << GENERATION_SHIFT);
        this.lastObjectId = generation << GENERATION_SHIFT & Integer.MAX_VALUE;
    }

    /// A device as it was, for whoever keeps states in a form of his own.
    /// @param table each object's requests in the order they were enqueued
    /// @param slots all but the empty ones
    public static DeviceState of(
            DeviceLimits limits,
            boolean dead,
            boolean gaveUp,
            long incarnation,
            long floor,
            MsgId cursor,
            MsgId nextMsgId,
            int lastObjectId,
            List<Pending> table,
            Map<Cookie, Slot> slots) {
        var state = new DeviceState(limits, 0);
        state.dead = dead;
        state.gaveUp = gaveUp;
        state.incarnation = incarnation;
        state.floor = floor;
        slots.forEach(state::put);
        table.forEach(state::add);
        state.cursor = cursor;
        state.nextMsgId = nextMsgId;
        state.lastObjectId = lastObjectId;
        return state;
    }

    /// A copy that shares nothing that changes.
    public DeviceState copy() {
        var copy = new DeviceState(limits, 0);
        copy.dead = dead;
        copy.gaveUp = gaveUp;
        copy.incarnation = incarnation;
        copy.floor = floor;
        copy.cursor = cursor;
        copy.nextMsgId = nextMsgId;
        copy.lastObjectId = lastObjectId;
        copy.table.putAll(table);
        copy.visible.addAll(visible);
        requestsOf.forEach((cookie, ids) -> copy.requestsOf.put(cookie, new ArrayList<>(ids)));
        copy.slots.putAll(slots);
        copy.liveHandles.putAll(liveHandles);
        return copy;
    }

    public boolean isDead() {
        return dead;
    }

    /// Whether the supervisor gave up and nobody has started again.
    public boolean hasGivenUp() {
        return gaveUp;
    }

    /// The current daemon's; answers of any other count for nothing.
    public long incarnation() {
        return incarnation;
    }

    /// Handles of an incarnation below are closed.
    public long floor() {
        return floor;
    }

    public MsgId cursor() {
        return cursor;
    }

    public MsgId nextMsgId() {
        return nextMsgId;
    }

    /// The id that was given last; 0 = none yet.
    public int lastObjectId() {
        return lastObjectId;
    }

    public DeviceLimits limits() {
        return limits;
    }

    /// POLLIN: a fetch would deliver, or would start a reopen (S38, I11).
    public boolean isReadable() {
        return !visible.isEmpty();
    }

    /// All requests, by rising id.
    public Collection<Pending> table() {
        return requests;
    }

    public @Nullable Pending request(MsgId id) {
        return table.get(id);
    }

    /// The object's requests, in the order they were enqueued.
    public List<Pending> requestsOf(Cookie cookie) {
        var ids = requestsOf.get(cookie);
        if (ids == null) {
            return List.of();
        }
        var requests = new ArrayList<Pending>(ids.size());
        for (MsgId id : ids) {
            requests.add(must(id));
        }
        return requests;
    }

    public Slot slot(Cookie cookie) {
        return slots.getOrDefault(cookie, Slot.EMPTY);
    }

    public boolean hasSlot(Cookie cookie) {
        return slots.containsKey(cookie);
    }

    public Map<Cookie, Slot> slots() {
        return Collections.unmodifiableMap(slots);
    }

    /// The object's state as deliveries see it: OPEN only while the handle lives.
    public Slot.State effective(Cookie cookie) {
        var slot = slot(cookie);
        return slot.state() == Slot.State.OPEN && !hasLiveHandle(slot) ? Slot.State.CLOSE : slot.state();
    }

    /// Whether the slot names a handle that answers may come through.
    public boolean hasLiveHandle(Slot slot) {
        return slot.handle() > 0 && slot.incarnation() >= floor;
    }

    /// A handle is live iff its object's slot names it and no take-over has closed it.
    public boolean isLive(Handle handle) {
        var slot = slot(handle.cookie());
        return hasLiveHandle(slot)
                && slot.handle() == handle.id().value()
                && slot.incarnation() == handle.incarnation();
    }

    /// Handles that pin the cache (S4).
    public int liveHandles() {
        return liveHandles.size();
    }

    boolean isObjectIdInUse(int id) {
        return liveHandles.containsKey(id);
    }

    @Nullable
    Pending openOf(Cookie cookie) {
        return find(cookie, request -> request.is(Opcode.OPEN));
    }

    @Nullable
    Pending closeOf(Cookie cookie) {
        return find(cookie, request -> request.is(Opcode.CLOSE));
    }

    @Nullable
    Pending readOf(Cookie cookie, Range range) {
        return find(cookie, request -> range.equals(request.range()));
    }

    @Nullable
    Pending readTagged(Cookie cookie, long tag) {
        return find(cookie, request -> request.is(Opcode.READ) && request.tag() == tag);
    }

    private @Nullable Pending find(Cookie cookie, Predicate<Pending> wanted) {
        for (MsgId id : requestsOf.getOrDefault(cookie, List.of())) {
            var request = must(id);
            if (wanted.test(request)) {
                return request;
            }
        }
        return null;
    }

    int tableSize() {
        return table.size();
    }

    /// What a scan looks at, from the cursor on and then from the start (S27).
    Iterable<MsgId> scanOrder() {
        return () -> new Iterator<>() {
            private Iterator<MsgId> part = visible.tailSet(cursor, true).iterator();
            private boolean wrapped;

            @Override
            public boolean hasNext() {
                if (!part.hasNext() && !wrapped) {
                    wrapped = true;
                    part = visible.headSet(cursor, false).iterator();
                }
                return part.hasNext();
            }

            @Override
            public MsgId next() {
                return part.next();
            }
        };
    }

    void add(Pending request) {
        table.put(request.id(), request);
        requestsOf.computeIfAbsent(request.cookie(), _ -> new ArrayList<>(1)).add(request.id());
        nextMsgId = request.id().next();
        show(request, slot(request.cookie()));
    }

    Pending must(MsgId id) {
        var request = table.get(id);
        if (request == null) {
            throw new IllegalStateException("no request " + id);
        }
        return request;
    }

    void replace(Pending request) {
        table.put(request.id(), request);
        show(request, slot(request.cookie()));
    }

    void remove(MsgId id) {
        var request = must(id);
        table.remove(id);
        visible.remove(id);
        var ids = requestsOf.get(request.cookie());
        if (ids != null && ids.remove(id) && ids.isEmpty()) {
            requestsOf.remove(request.cookie());
        }
    }

    void renewAll() {
        table.replaceAll((_, request) -> request.isNew() ? request : request.renewed());
        for (Pending request : table.values()) {
            show(request, slot(request.cookie()));
        }
    }

    void put(Cookie cookie, Slot slot) {
        var before = slots.put(cookie, slot);
        if (before != null && before.handle() != slot.handle() && hasLiveHandle(before)) {
            liveHandles.remove(before.handle());
        }
        if (hasLiveHandle(slot)) {
            liveHandles.put(slot.handle(), cookie);
        }
        if ((before == null ? Slot.EMPTY : before).hidesReads() != slot.hidesReads()) {
            for (MsgId id : requestsOf.getOrDefault(cookie, List.of())) {
                show(must(id), slot);
            }
        }
    }

    void dropSlot(Cookie cookie) {
        var slot = slots.remove(cookie);
        if (slot != null && hasLiveHandle(slot)) {
            liveHandles.remove(slot.handle());
        }
    }

    void closeAllHandles() {
        liveHandles = new HashMap<>();
    }

    private void show(Pending request, Slot slot) {
        boolean hidden = request.is(Opcode.READ) && slot.hidesReads();
        if (request.isNew() && !hidden) {
            visible.add(request.id());
        } else {
            visible.remove(request.id());
        }
    }
}
