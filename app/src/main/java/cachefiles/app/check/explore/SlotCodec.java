package cachefiles.app.check.explore;

import cachefiles.kernel.device.Pending;
import cachefiles.kernel.device.Slot;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Opcode;

/// What the device knows of an object: its handle's slot, and its requests, each with its place in the table.
final class SlotCodec {
    private static final Slot.State[] STATES = Slot.State.values();

    private SlotCodec() {}

    static void write(StateWriter out, Cookie cookie) {
        slot(out, cookie);
        requests(out, cookie);
    }

    static void read(StateReader in, Parts parts) {
        slot(in, parts);
        requests(in, parts);
    }

    /// What a slot remembers of a handle that is dead changes nothing any more; nor do attempts that do not count.
    private static void slot(StateWriter out, Cookie cookie) {
        var slot = out.device.slot(cookie);
        var state = out.device.effective(cookie);
        boolean live = out.device.hasLiveHandle(slot);
        boolean current = slot.attempts() > 0 && slot.attemptsIn() == out.device.incarnation();
        int attempts = current || state == Slot.State.RESTING ? slot.attempts() : 0;
        var lastError = out.model.bounds.attempts() > 0 && attempts > 0 ? slot.lastError() : Errno.OK;
        boolean plain = state == Slot.State.CLOSE && !live && attempts == 0;
        out.put(!plain);
        if (plain) {
            return;
        }
        out.put(state);
        out.put(live ? 1 + out.handles.of(slot.handle()) : 0);
        out.content(state == Slot.State.OPEN ? slot.content() : null);
        out.put(attempts);
        out.put(current);
        out.put(lastError);
    }

    private static void slot(StateReader in, Parts parts) {
        if (!in.flag()) {
            return;
        }
        var state = in.oneOf(STATES);
        int name = in.get() - 1;
        var content = in.content();
        int attempts = in.get();
        long attemptsIn = in.flag() ? in.incarnationNow() : -2;
        var lastError = in.errno();
        int id = name < 0 ? -1 : in.liveHandle(name).id().value();
        parts.slots.put(in.cookie(), new Slot(state, id, in.floor(), content, attempts, attemptsIn, lastError));
    }

    private static void requests(StateWriter out, Cookie cookie) {
        var requests = out.device.requestsOf(cookie);
        out.put(requests.size());
        for (Pending request : requests) {
            out.msgId(request.id());
            out.put(request.opcode());
            if (request.range() != null) {
                out.range(request.range());
                out.ask(request.tag());
            }
            out.content(request.expected());
            out.put(request.isNew());
            var handle = request.out();
            boolean matters = handle != null && (!request.isNew() || out.device.isLive(handle));
            out.put(matters);
            if (handle != null && matters) {
                out.handle(handle);
            }
        }
    }

    private static void requests(StateReader in, Parts parts) {
        for (int count = in.get(); count > 0; count--) {
            var id = in.msgId();
            var opcode = in.opcode();
            var range = opcode == Opcode.READ ? in.range() : null;
            long tag = range == null ? 0 : in.ask();
            var expected = in.content();
            boolean isNew = in.flag();
            var out = in.flag() ? in.handle() : null;
            parts.table.add(new Pending(id, opcode, in.cookie(), range, tag, expected, isNew, out));
        }
    }
}
