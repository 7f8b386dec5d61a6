package cachefiles.app.check.explore;

import cachefiles.kernel.device.DeviceState;
import cachefiles.kernel.device.Pending;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.DeviceCall;
import cachefiles.kernel.uapi.Handle;
import cachefiles.kernel.uapi.MsgId;
import cachefiles.kernel.uapi.Range;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes small fields, and names instead of ids. [StateReader] reads them.
@SuppressWarnings("EnumOrdinal") // for no longer than one exploration
final class StateWriter {
    /// Names of requests in the table are below it, all others are not.
    static final int STALE = 128;

    final Model model;
    /// What is written.
    World world;

    DeviceState device;
    /// Without what nobody will ever heed.
    List<DeviceCall> fromDaemon = List.of();

    final Names incarnations = new Names();
    final Names workers = new Names();
    private final Names table = new Names();
    // Of the section.
    final Names handles = new Names();
    private final Names asks = new Names();
    private final Names stale = new Names();
    private Bytes out = new Bytes();

    @SuppressWarnings("NullAway") // the world is given with each state
    StateWriter(Model model) {
        this.model = model;
    }

    void begin(World given) {
        world = given;
        device = given.device();
        fromDaemon = model.reduced ? Unheeded.without(device, given.fromDaemon) : given.fromDaemon;
        incarnations.clear();
        workers.clear();
        table.clear();
        for (Pending request : device.table()) {
            table.of(number(request.id()));
        }
    }

    /// What follows is another section: all its names are new.
    void into(Bytes section) {
        section.clear();
        handles.clear();
        asks.clear();
        stale.clear();
        out = section;
    }

    private static long number(MsgId id) {
        return Integer.toUnsignedLong(id.value());
    }

    void put(int value) {
        out.put(value);
    }

    void put(boolean value) {
        out.put(value);
    }

    void put(Enum<?> value) {
        out.put(value.ordinal());
    }

    /// @param value -1 = none
    void incarnation(long value) {
        out.put(value < 0 ? 0 : 1 + incarnations.find(value));
    }

    void worker(int worker) {
        out.put(workers.of(worker));
    }

    void content(@Nullable Content content) {
        out.put(content == null ? 0 : 1 + model.version(content));
    }

    /// Of one that is there.
    void version(Content content) {
        version(model.version(content));
    }

    /// Nothing, if there is but one.
    void version(int version) {
        if (model.changes()) {
            out.put(version);
        }
    }

    void range(Range range) {
        out.put((int) (range.offset() / Model.BLOCK_BYTES) << 4 | (int) (range.limit() / Model.BLOCK_BYTES));
    }

    int nameOfAsk(long ask) {
        return asks.of(ask);
    }

    void ask(long ask) {
        out.put(nameOfAsk(ask));
    }

    void msgId(MsgId id) {
        int place = place(id);
        out.put(place >= 0 ? place : STALE + stale.of(number(id)));
    }

    /// @return its place in the table; -1 = it is not there
    int place(MsgId id) {
        return table.find(number(id));
    }

    void handle(Handle handle) {
        out.put(handles.of(handle.id().value()) << 1 | (isAboveFloor(handle) ? 1 : 0));
    }

    boolean isAboveFloor(Handle handle) {
        return handle.incarnation() >= device.floor();
    }
}
