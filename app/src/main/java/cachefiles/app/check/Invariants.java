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
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;

/// What holds in every state (I1 to I20 of docs/reference), as plain predicates: each gives what is wrong, or nothing.
public final class Invariants {
    private Invariants() {}

    /// What is wrong with a device in rest, that is between any two of its steps.
    /// @param restored whether a restore followed the last take-over, so that nothing may be out under a dead handle
    public static List<String> ofDevice(DeviceState device, boolean restored) {
        var wrong = new ArrayList<String>();
        inTheTable(device, restored, wrong);
        inTheSlots(device, wrong);
        readiness(device, wrong);
        forgeriesAreVoid(device, wrong);
        restoreIsIdempotent(device, wrong);
        return wrong;
    }

    /// I1, I2, I5, I15: one OPEN and one CLOSE an object, nothing in a device that is dead, nothing where no answer can
    /// come.
    private static void inTheTable(DeviceState device, boolean restored, List<String> wrong) {
        if ((device.isDead() || device.hasGivenUp()) && !device.table().isEmpty()) {
            wrong.add("I2: a request in a device that is dead or given up");
        }
        var seen = new HashSet<List<Object>>();
        for (Pending request : device.table()) {
            if (request.opcode() != Opcode.READ && !seen.add(List.of(request.cookie(), request.opcode()))) {
                wrong.add("I5: two requests " + request.opcode() + " of " + request.cookie());
            }
            if (request.range() != null && !seen.add(List.of(request.cookie(), request.range()))) {
                wrong.add("I1: two READs of the same range of " + request.cookie());
            }
            if (!request.isNew() && request.out() == null) {
                wrong.add("I15: " + request.id() + " is neither NEW nor out");
            }
            if (restored && !request.isNew() && request.out() != null && !device.isLive(request.out())) {
                wrong.add("I15: " + request.id() + " is out under a dead handle");
            }
        }
    }

    /// I5, I17: OPEN means an accepted handle; live handles are counted, one an object.
    private static void inTheSlots(DeviceState device, List<String> wrong) {
        var ids = new HashSet<Integer>();
        device.slots().forEach((cookie, slot) -> {
            if (slot.state() == Slot.State.OPEN && (slot.handle() <= 0 || slot.content() == null)) {
                wrong.add("I5: " + cookie + " is OPEN without an accepted handle");
            }
            if (device.effective(cookie) == Slot.State.OPEN && hasOpen(device, cookie)) {
                wrong.add("I5: " + cookie + " is OPEN, and its OPEN unanswered");
            }
            if (device.hasLiveHandle(slot) && !ids.add(slot.handle())) {
                wrong.add("I5: two objects with the handle h" + slot.handle());
            }
        });
        if (ids.size() != device.liveHandles()) {
            wrong.add("I17: " + ids.size() + " live handles, " + device.liveHandles() + " counted");
        }
    }

    private static boolean hasOpen(DeviceState device, Cookie cookie) {
        return device.requestsOf(cookie).stream().anyMatch(request -> request.opcode() == Opcode.OPEN);
    }

    /// I11: ready means that a fetch delivers, or changes what can be delivered.
    private static void readiness(DeviceState device, List<String> wrong) {
        var fetch = new DeviceCall.Fetch(device.incarnation(), 0, Codec.MAX_BYTES);
        boolean moves = !decide(device, fetch).events().isEmpty();
        if (device.isReadable() != moves) {
            wrong.add("I11: "
                    + (moves ? "a fetch would find work, but is not called for" : "a fetch would find nothing"));
        }
    }

    /// I4: an answer of another incarnation, through another handle, or of the wrong kind changes nothing.
    private static void forgeriesAreVoid(DeviceState device, List<String> wrong) {
        for (DeviceCall forged : forgeries(device)) {
            if (!decide(device, forged).events().isEmpty()) {
                wrong.add("I4: counts, though forged: " + forged);
            }
        }
    }

    /// Calls that nobody may make who was handed what the device handed out.
    public static List<DeviceCall> forgeries(DeviceState device) {
        var calls = new ArrayList<DeviceCall>();
        long now = device.incarnation();
        calls.add(new DeviceCall.Fetch(now - 1, 0, Codec.MAX_BYTES));
        calls.add(new DeviceCall.Copen(now, new MsgId(-2), new Handle(anyCookie(), new ObjectId(1), now), 1, ""));
        for (Pending request : device.table()) {
            var stranger = new Handle(request.cookie(), new ObjectId(Integer.MAX_VALUE), now);
            var handle = Objects.requireNonNullElse(request.out(), stranger);
            for (long incarnation : new long[] {now - 1, now + 1}) {
                calls.add(new DeviceCall.Copen(incarnation, request.id(), handle, 1, ""));
                calls.add(new DeviceCall.Cread(incarnation, request.id(), handle, Errno.OK));
                calls.add(new DeviceCall.Refuse(incarnation, request.id(), handle, Errno.EFAULT));
                calls.add(new DeviceCall.CloseHandle(incarnation, handle));
            }
            calls.add(new DeviceCall.Copen(now, request.id(), stranger, 1, ""));
            calls.add(new DeviceCall.Cread(now, request.id(), stranger, Errno.OK));
            calls.add(new DeviceCall.CloseHandle(now, stranger));
            calls.add(
                    request.opcode() == Opcode.OPEN
                            ? new DeviceCall.Cread(now, request.id(), handle, Errno.OK)
                            : new DeviceCall.Copen(now, request.id(), handle, 1, ""));
        }
        return calls;
    }

    private static Cookie anyCookie() {
        return Cookie.of("forged", "forged");
    }

    /// I18: a second restore finds nothing to do.
    private static void restoreIsIdempotent(DeviceState device, List<String> wrong) {
        var once = device.copy();
        DeviceCore.step(once, new DeviceCommand.Call(new DeviceCall.Restore()));
        if (!decide(once, new DeviceCall.Restore()).events().isEmpty()) {
            wrong.add("I18: a second restore changes something");
        }
    }

    /// I8: DROPPING is left for Idle alone.
    public static List<String> ofMove(ObjectState before, ObjectState after) {
        return before instanceof ObjectState.Dropping
                        && !(after instanceof ObjectState.Dropping)
                        && !(after instanceof ObjectState.Idle)
                ? List.of("I8: DROPPING became " + after)
                : List.of();
    }

    /// I1: an object's READs do not overlap, and each ask waits for one of them.
    public static List<String> ofObject(ObjectState object) {
        var wrong = new ArrayList<String>();
        if (object instanceof ObjectState.Ready ready) {
            var asks = new HashSet<Long>();
            long behind = 0;
            for (var read : ready.reads()) {
                if (read.range().offset() < behind) {
                    wrong.add("I1: READs overlap at " + read.range());
                }
                behind = read.range().limit();
                if (read.asks().isEmpty() || !asks.addAll(read.asks())) {
                    wrong.add("I1: an ask waits twice, or a READ for nobody: " + read);
                }
            }
        }
        return wrong;
    }

    /// I7, I15, when nothing is on its way: REOPENING has its OPEN in the table, and what waits has an end in sight.
    public static List<String> inRest(Kernel kernel) {
        var wrong = new ArrayList<String>();
        var device = kernel.device();
        device.slots().forEach((cookie, slot) -> {
            if (slot.state() == Slot.State.REOPENING && !hasOpen(device, cookie) && !device.isDead()) {
                wrong.add("I7: " + cookie + " is REOPENING, and no OPEN is in the table");
            }
            if (slot.state() == Slot.State.RESTING && !kernel.hasTimer(cookie) && !device.isDead()) {
                wrong.add("I7: " + cookie + " rests, and nothing will wake it");
            }
        });
        for (var cookie : kernel.cookies()) {
            if (kernel.object(cookie) instanceof ObjectState.Ready ready) {
                for (var read : ready.reads()) {
                    if (device.requestsOf(cookie).stream().noneMatch(request -> request.tag() == read.tag())) {
                        wrong.add("I15: " + cookie + " waits for a READ that is not in the table: " + read);
                    }
                }
            }
        }
        return wrong;
    }

    private static Decision<DeviceEvent, DeviceAction> decide(DeviceState device, DeviceCall call) {
        return DeviceCore.decide(device, new DeviceCommand.Call(call));
    }
}
