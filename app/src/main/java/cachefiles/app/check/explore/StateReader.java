package cachefiles.app.check.explore;

import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Handle;
import cachefiles.kernel.uapi.MsgId;
import cachefiles.kernel.uapi.ObjectId;
import cachefiles.kernel.uapi.Opcode;
import cachefiles.kernel.uapi.Range;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Reads what [StateWriter] wrote. Names become ids: requests of the table from 0 on, all others above them; a handle
/// of an old incarnation gets one below the floor.
final class StateReader {
    private static final Errno[] ERRNOS = Errno.values();
    private static final Opcode[] OPCODES = Opcode.values();

    final Model model;
    private final Bytes in;
    private long incarnation;
    private long floor;
    private Ids ids = Ids.rising(0, 0);
    /// The first id that is still free, of requests and of handles.
    private int nextId;

    private int nextHandle;
    private int liveHandles;
    // Of the section.
    private Cookie cookie;
    private int stale;
    private int handles;
    /// The name and the id of the section's live handle.
    private int liveName = -1;

    private int liveId;
    private int asks;

    StateReader(Model model, byte[] bytes) {
        this.model = model;
        this.in = new Bytes(bytes);
        this.cookie = model.cookies[0];
        this.nextHandle = model.wraps ? Ids.FAR : 1;
    }

    /// @param raised whether handles of older incarnations are dead
    void deviceIs(long current, boolean raised) {
        incarnation = current;
        floor = raised ? current : 0;
    }

    void tableHas(int requests, int cursor) {
        ids = Ids.rising(requests, cursor);
        nextId = requests;
    }

    /// @param next how many of them have ids below the next that will be given
    /// @param ahead whether the cursor stands behind that, and before whoever comes behind it
    void tableHas(int requests, int cursor, int next, boolean ahead) {
        ids = Ids.wrapping(requests, cursor, next, ahead);
        nextId = Ids.FAR;
    }

    void beginSection(Cookie ofObject) {
        cookie = ofObject;
        stale = 0;
        handles = 0;
        liveName = -1;
        asks = 0;
    }

    /// What is named in the next section has other ids.
    void endSection() {
        nextId += stale;
        nextHandle += handles;
    }

    Cookie cookie() {
        return cookie;
    }

    /// The device's.
    long incarnationNow() {
        return incarnation;
    }

    long floor() {
        return floor;
    }

    int get() {
        return in.get();
    }

    boolean flag() {
        return in.flag();
    }

    <E> E oneOf(E[] values) {
        return values[in.get()];
    }

    Errno errno() {
        return oneOf(ERRNOS);
    }

    Opcode opcode() {
        return oneOf(OPCODES);
    }

    /// @return -1 = none
    long incarnation() {
        int name = in.get();
        return name == 0 ? -1 : name;
    }

    int worker() {
        return in.get();
    }

    @Nullable
    Content content() {
        int name = in.get();
        return name == 0 ? null : model.contents[name - 1];
    }

    int version() {
        return model.changes() ? in.get() : 0;
    }

    Content contentOfVersion() {
        return model.contents[version()];
    }

    Content mustContent() {
        return Objects.requireNonNull(content());
    }

    Range range() {
        int both = in.get();
        return Model.range(both >> 4, both & 15);
    }

    long ask() {
        int name = in.get();
        asks = Math.max(asks, name + 1);
        return name;
    }

    /// How many asks have a name by now.
    int asks() {
        return asks;
    }

    void hasAsks(int count) {
        asks = count;
    }

    MsgId msgId() {
        int name = in.get();
        if (name < StateWriter.STALE) {
            return ids.at(name);
        }
        name -= StateWriter.STALE;
        stale = Math.max(stale, name + 1);
        return new MsgId(nextId + name);
    }

    /// An id that nothing else has.
    MsgId freshId() {
        return new MsgId(nextId++);
    }

    /// The id that is tried first for the next request.
    MsgId nextId() {
        var next = ids.next();
        return next == null ? new MsgId(nextId) : next;
    }

    MsgId cursor() {
        var cursor = ids.cursor();
        return cursor == null ? nextId() : cursor;
    }

    Handle handle() {
        int name = in.get();
        return handle(name >> 1, (name & 1) != 0);
    }

    /// The handle that the object's slot names.
    Handle liveHandle(int name) {
        if (model.wraps) { // those that are in use come first: so they are in the way of the next
            liveName = name;
            liveId = ++liveHandles;
        }
        return handle(name, true);
    }

    Handle handle(int name, boolean aboveFloor) {
        handles = Math.max(handles, name + 1);
        int id = name == liveName ? liveId : nextHandle + name;
        return new Handle(cookie, new ObjectId(id), aboveFloor ? floor : floor - 1);
    }

    /// A handle that nothing else names in this section.
    Handle freshHandle(boolean aboveFloor) {
        return handle(handles, aboveFloor);
    }

    /// A dead handle, after all sections.
    Handle deadHandle() {
        return new Handle(model.cookies[0], new ObjectId(nextHandle++), floor - 1);
    }

    int lastHandle() {
        return model.wraps ? Integer.MAX_VALUE : nextHandle - 1;
    }
}
