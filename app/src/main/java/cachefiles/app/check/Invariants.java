package cachefiles.app.check;

import cachefiles.kernel.device.DeviceAction;
import cachefiles.kernel.device.DeviceCommand;
import cachefiles.kernel.device.DeviceCore;
import cachefiles.kernel.device.DeviceEvent;
import cachefiles.kernel.device.DeviceState;
import cachefiles.kernel.device.Pending;
import cachefiles.kernel.device.Slot;
import cachefiles.kernel.object.ObjectState;
import cachefiles.kernel.uapi.Codec;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Decision;
import cachefiles.kernel.uapi.DeviceCall;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Handle;
import cachefiles.kernel.uapi.MsgId;
import cachefiles.kernel.uapi.ObjectId;
import cachefiles.kernel.uapi.Opcode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What has to hold (I1 to I20 of docs/reference): in every state, and in every step. Written to cost little: the
/// explorer asks a hundred million times. Each throws a [Violation].
public final class Invariants {
    private static final DeviceCommand RESTORE = new DeviceCommand.Call(new DeviceCall.Restore());

    private Invariants() {}

    /// @throws Violation with `what`, unless it `holds`
    public static void require(boolean holds, String what) {
        if (!holds) {
            throw new Violation(what);
        }
    }

    private static void require(boolean holds, String what, Object of) {
        if (!holds) {
            throw new Violation(what + ": " + of);
        }
    }

    // Of a step.

    /// I8: DROPPING is left for Idle alone.
    public static void moved(ObjectState before, ObjectState after) {
        if (before instanceof ObjectState.Dropping
                && !(after instanceof ObjectState.Dropping)
                && !(after instanceof ObjectState.Idle)) {
            throw new Violation("I8: DROPPING became " + after);
        }
    }

    /// The device before a step, to be compared with what it is after.
    public static final class Step {
        private final DeviceCommand command;
        private final MsgId nextMsgId;
        private final int lastObjectId;
        private final int requests;
        private final int handles;
        private final long incarnation;
        private final boolean wasReadable;

        public Step(DeviceState before, DeviceCommand command) {
            this.command = command;
            this.nextMsgId = before.nextMsgId();
            this.lastObjectId = before.lastObjectId();
            this.requests = before.table().size();
            this.handles = before.liveHandles();
            this.incarnation = before.incarnation();
            this.wasReadable = before.isReadable();
        }

        /// @param forged whether to try every forged answer where a handle has died, beside those that come late
        public void after(DeviceState state, Decision<DeviceEvent, DeviceAction> decision, boolean forged) {
            require(state.incarnation() >= incarnation, "I10: incarnations fall");
            boolean woken = false;
            var scope = scope();
            for (DeviceAction action : decision.actions()) {
                woken |= action instanceof DeviceAction.Wake;
                if (action instanceof DeviceAction.Tell(var cookie, _)) {
                    inScope(scope, cookie);
                }
            }
            events(decision.events(), scope);
            counted(state, decision.events());
            require(!woken || state.isReadable(), "B16: a wake for nothing");
            require(wasReadable || !state.isReadable() || woken, "I12: readable, and nobody is woken");
            if (command instanceof DeviceCommand.Call(var call)) {
                switch (call) {
                    case DeviceCall.Restore _ -> restored(state);
                    case DeviceCall.TakeOver(var keep) -> {
                        require(keep || state.liveHandles() == 0, "Q5: a handle outlives the daemon");
                        require(keep || noClose(state), "G2: a CLOSE of a handle that is dead");
                    }
                    default -> {}
                }
                boolean ends = call instanceof DeviceCall.TakeOver || call instanceof DeviceCall.CloseHandle;
                if (ends && !decision.events().isEmpty()) { // here, where what is dead now is still remembered
                    lateAnswersAreVoid(state);
                    if (forged) {
                        forgeriesAreVoid(state);
                    }
                }
            }
        }

        private void events(List<DeviceEvent> events, @Nullable Cookie scope) {
            if (events.isEmpty()) {
                return;
            }
            if (command instanceof DeviceCommand.Call(DeviceCall.FromDaemon from)) {
                require(from.incarnation() == incarnation, "I4: a predecessor changes something", events);
            }
            for (DeviceEvent event : events) {
                switch (event) {
                    case DeviceEvent.Enqueued(var request) -> {
                        require(
                                isWithin(requests, request.id().value() - nextMsgId.value()),
                                "I10: a message id comes again",
                                request);
                        inScope(scope, request.cookie());
                    }
                    case DeviceEvent.HandleMade(var handle) ->
                        require(
                                isWithin(
                                        handles,
                                        Math.floorMod(handle.id().value() - lastObjectId - 1, Integer.MAX_VALUE)),
                                "I10: an object id comes again",
                                handle);
                    case DeviceEvent.SlotSet(var cookie, _) -> inScope(scope, cookie);
                    case DeviceEvent.SlotDropped(var cookie) -> inScope(scope, cookie);
                    default -> {}
                }
            }
        }

        /// S82: every request has an id of its own, or it would take another's place.
        private void counted(DeviceState state, List<DeviceEvent> events) {
            int count = requests;
            for (DeviceEvent event : events) {
                count += event instanceof DeviceEvent.Enqueued ? 1 : event instanceof DeviceEvent.Ended ? -1 : 0;
            }
            require(count == state.table().size(), "S82: two requests have one id");
        }

        /// Ids are given in a ring: over none but those in use (S82, S84).
        private static boolean isWithin(int inUse, int passed) {
            return Integer.compareUnsigned(passed, inUse) <= 0;
        }

        private @Nullable Cookie scope() {
            return switch (command) {
                case DeviceCommand.FromObject from -> from.cookie();
                case DeviceCommand.RetryReopen retry -> retry.cookie();
                case DeviceCommand.Call(var call) ->
                    switch (call) {
                        case DeviceCall.Copen copen -> copen.handle().cookie();
                        case DeviceCall.Cread cread -> cread.handle().cookie();
                        case DeviceCall.Refuse refuse -> refuse.handle().cookie();
                        case DeviceCall.CloseHandle close -> close.handle().cookie();
                        default -> null;
                    };
            };
        }

        private static void inScope(@Nullable Cookie scope, Cookie touched) {
            require(scope == null || scope.equals(touched), "I14: another object is touched");
        }

        /// I18, S74: a second restore finds nothing to do, and every request may be handed out again.
        private static void restored(DeviceState state) {
            for (Pending request : state.table()) {
                require(request.isNew(), "S74: not handed out again", request);
            }
            require(DeviceCore.decide(state, RESTORE).events().isEmpty(), "I18: a second restore changes something");
        }

        private static boolean noClose(DeviceState state) {
            for (Pending request : state.table()) {
                if (request.opcode() == Opcode.CLOSE) {
                    return false;
                }
            }
            return true;
        }
    }

    // Of a state.

    /// All that holds of a device between any two of its steps.
    /// @param restoreDue whether a take-over is not yet followed by a restore, so that something may be out under a
    /// dead
    ///     handle
    public static void ofDevice(DeviceState device, boolean restoreDue) {
        table(device, restoreDue);
        slots(device);
        readable(device);
        lateAnswersAreVoid(device);
        forgeriesAreVoid(device);
        var once = device.copy();
        DeviceCore.step(once, RESTORE);
        require(DeviceCore.decide(once, RESTORE).events().isEmpty(), "I18: a second restore changes something");
    }

    /// I1, I2, I5, I15, G5.
    public static void table(DeviceState device, boolean restoreDue) {
        if (device.table().isEmpty()) {
            return;
        }
        require(!device.isDead() && !device.hasGivenUp(), "I2: a request in a device that is dead or given up");
        for (Pending request : device.table()) {
            for (Pending other : device.table()) {
                require(
                        request.id().equals(other.id())
                                || request.opcode() != other.opcode()
                                || !request.cookie().equals(other.cookie())
                                || request.range() != null && !request.range().equals(other.range()),
                        "I1, I5: two requests of a kind");
            }
            var out = request.out();
            require(request.isNew() || out != null, "I15: neither NEW nor out");
            require(
                    restoreDue || request.isNew() || out != null && device.isLive(out),
                    "I15: out under a dead handle, and no restore comes");
            require(
                    !reopens(request) || device.slot(request.cookie()).state() == Slot.State.REOPENING,
                    "G5: an OPEN that reopens, and its object is not REOPENING");
        }
    }

    private static boolean reopens(Pending request) {
        return request.opcode() == Opcode.OPEN && request.expected() != null;
    }

    /// I5, I17: OPEN means an accepted handle; live handles are counted.
    public static void slots(DeviceState device) {
        int live = 0;
        for (var entry : device.slots().entrySet()) {
            var slot = entry.getValue();
            if (device.hasLiveHandle(slot)) {
                live++;
            }
            if (slot.state() == Slot.State.OPEN) {
                require(slot.handle() > 0 && slot.content() != null, "I5: OPEN without an accepted handle");
                require(
                        device.effective(entry.getKey()) != Slot.State.OPEN || openOf(device, entry.getKey()) == null,
                        "I5: OPEN, and its OPEN unanswered");
            }
        }
        require(live == device.liveHandles(), "I17: live handles are miscounted");
    }

    /// The OPEN of `cookie` in the table.
    public static @Nullable Pending openOf(DeviceState device, Cookie cookie) {
        for (Pending request : device.table()) {
            if (request.opcode() == Opcode.OPEN && request.cookie().equals(cookie)) {
                return request;
            }
        }
        return null;
    }

    /// I11: ready means that a fetch delivers, or changes what can be delivered.
    public static void readable(DeviceState device) {
        var fetch = new DeviceCall.Fetch(device.incarnation(), 0, Codec.MAX_BYTES);
        require(isVoid(device, fetch) != device.isReadable(), "I11: readable, or not, against what a fetch would find");
    }

    /// The first id from the next on that no request in the table has.
    public static MsgId freeId(DeviceState device) {
        var id = device.nextMsgId();
        while (device.request(id) != null) {
            id = id.next();
        }
        return id;
    }

    /// I4: an answer of another incarnation, through a handle that has died, or to what has ended, changes nothing.
    public static void lateAnswersAreVoid(DeviceState device) {
        long now = device.incarnation();
        refused(device, new DeviceCall.Fetch(now - 1, 0, Codec.MAX_BYTES));
        refused(device, new DeviceCall.Fetch(now + 1, 0, Codec.MAX_BYTES));
        boolean first = true;
        for (Pending request : device.table()) {
            var out = request.out();
            var handle = out == null ? stranger(request, now) : out;
            if (first) { // an id that is not in the table is as good as another
                refused(device, new DeviceCall.Copen(now, freeId(device), handle, 1, ""));
                refused(device, new DeviceCall.Cread(now, freeId(device), handle, Errno.OK));
                first = false;
            }
            refused(device, new DeviceCall.Copen(now - 1, request.id(), handle, 1, ""));
            refused(device, new DeviceCall.Cread(now - 1, request.id(), handle, Errno.OK));
            refused(device, new DeviceCall.Refuse(now - 1, request.id(), handle, Errno.EFAULT));
            refused(device, new DeviceCall.CloseHandle(now - 1, handle));
            if (out != null && !device.isLive(out)) {
                refused(device, new DeviceCall.Copen(now, request.id(), out, 1, ""));
                refused(device, new DeviceCall.Cread(now, request.id(), out, Errno.OK));
                refused(device, new DeviceCall.CloseHandle(now, out));
            }
        }
    }

    /// I4: an answer through another handle, or of the wrong kind, changes nothing.
    public static void forgeriesAreVoid(DeviceState device) {
        long now = device.incarnation();
        for (Pending request : device.table()) {
            var stranger = stranger(request, now);
            var handle = request.out() == null ? stranger : request.out();
            refused(device, new DeviceCall.CloseHandle(now, stranger));
            if (request.opcode() == Opcode.OPEN) {
                refused(device, new DeviceCall.Copen(now, request.id(), stranger, 1, ""));
                refused(device, new DeviceCall.Cread(now, request.id(), handle, Errno.OK));
            } else {
                refused(device, new DeviceCall.Cread(now, request.id(), stranger, Errno.OK));
                refused(device, new DeviceCall.Copen(now, request.id(), handle, 1, ""));
            }
        }
    }

    private static Handle stranger(Pending request, long incarnation) {
        return new Handle(request.cookie(), new ObjectId(Integer.MAX_VALUE), incarnation);
    }

    private static void refused(DeviceState device, DeviceCall forged) {
        if (!isVoid(device, forged)) {
            throw new Violation("I4: counts, though forged: " + forged);
        }
    }

    private static boolean isVoid(DeviceState device, DeviceCall call) {
        return DeviceCore.decide(device, new DeviceCommand.Call(call)).events().isEmpty();
    }

    /// I1: an object's READs do not overlap, and each ask waits for one of them.
    public static void ofObject(ObjectState object) {
        if (object instanceof ObjectState.Ready ready) {
            long behind = 0;
            for (int at = 0; at < ready.reads().size(); at++) {
                var read = ready.reads().get(at);
                require(read.range().offset() >= behind && !read.asks().isEmpty(), "I1: READs overlap, or for nobody");
                behind = read.range().limit();
                for (var other : ready.reads().subList(0, at)) {
                    require(read.asks().stream().noneMatch(other.asks()::contains), "I1: an ask waits twice");
                }
            }
        }
    }

    /// I7, I15, when nothing is on its way: REOPENING has its OPEN in the table, and what waits has an end in sight.
    public static void inRest(Kernel kernel) {
        var device = kernel.device();
        device.slots().forEach((cookie, slot) -> {
            require(
                    slot.state() != Slot.State.REOPENING || openOf(device, cookie) != null || device.isDead(),
                    "I7: REOPENING, and no OPEN is in the table");
            require(
                    slot.state() != Slot.State.RESTING || kernel.hasTimer(cookie) || device.isDead(),
                    "I7: a reopen rests, and nothing will wake it");
        });
        for (var cookie : kernel.cookies()) {
            if (kernel.object(cookie) instanceof ObjectState.Ready ready) {
                for (var read : ready.reads()) {
                    require(
                            device.requestsOf(cookie).stream().anyMatch(request -> request.tag() == read.tag()),
                            "I15: an object waits for a READ that is not in the table");
                }
            }
        }
    }
}
