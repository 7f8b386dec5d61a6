package cachefiles.app.check.sim;

import cachefiles.app.check.Invariants;
import cachefiles.app.check.Violation;
import cachefiles.app.check.sim.Blob.Cause;
import cachefiles.app.check.sim.Clock.Channel;
import cachefiles.app.check.sim.Coverage.Count;
import cachefiles.app.check.sim.Crash.Moment;
import cachefiles.app.check.sim.Crash.Victim;
import cachefiles.kernel.device.DeviceAction;
import cachefiles.kernel.device.DeviceCommand;
import cachefiles.kernel.device.DeviceCore;
import cachefiles.kernel.device.DeviceEvent;
import cachefiles.kernel.device.DeviceState;
import cachefiles.kernel.device.Notice;
import cachefiles.kernel.device.Pending;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Decision;
import cachefiles.kernel.uapi.DeviceCall;
import cachefiles.kernel.uapi.DeviceReply;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Handle;
import cachefiles.kernel.uapi.MsgId;
import cachefiles.kernel.uapi.ObjectId;
import cachefiles.kernel.uapi.Opcode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The shell of [DeviceCore] (`cachefiles.kernel.actor.DeviceActor`).
final class Device {
    private final World world;
    private final Channel timer = new Channel();
    private final Map<Cookie, SimObject> peers = new HashMap<>();
    private final Map<Cookie, Object> timers = new HashMap<>();
    private Map<Integer, Fence.Gate> gates = new HashMap<>();
    private final Fence fence = new Fence();
    private Consumer<DeviceReply> poller = Device::nobody;
    private DeviceState state;
    private boolean restoreDue;

    Device(World world) {
        this.world = world;
        this.state = opened();
    }

    DeviceState state() {
        return state;
    }

    /// Whether a daemon took over and the restore that belongs to it has not come.
    boolean isRestoreDue() {
        return restoreDue;
    }

    private DeviceState opened() {
        var fresh = new DeviceState(world.shape.limits(), world.nextGeneration());
        fence.raise(fresh.incarnation(), fresh.floor());
        restoreDue = false;
        world.deviceUp();
        return fresh;
    }

    void fromObject(DeviceCommand.FromObject command, SimObject from) {
        take(command, Device::nobody, () -> peers.put(command.cookie(), from));
    }

    void fromDaemon(DeviceCall call, Consumer<DeviceReply> replyTo) {
        take(new DeviceCommand.Call(call), replyTo, () -> {
            if (call instanceof DeviceCall.TakeOver) {
                poller = replyTo;
            }
        });
    }

    /// The device was closed and is opened anew (Q6).
    void open() {
        state = opened();
    }

    private void take(DeviceCommand command, Consumer<DeviceReply> replyTo, Runnable first) {
        var moment = world.fate(Victim.DEVICE);
        if (moment == Moment.TAKEN) {
            crash(moment, command);
            return;
        }
        first.run();
        step(command, replyTo, moment);
    }

    private static void nobody(DeviceReply said) {}

    private Decision<DeviceEvent, DeviceAction> step(
            DeviceCommand command, Consumer<DeviceReply> replyTo, @Nullable Moment moment) {
        var watch = new Invariants.Step(state, command);
        note(command);
        var decision = DeviceCore.step(state, command);
        if (command instanceof DeviceCommand.Call(DeviceCall.TakeOver _)) {
            restoreDue = true;
        } else if (command instanceof DeviceCommand.Call(DeviceCall.Restore _)) {
            restoreDue = false;
        }
        count(command, decision);
        world.trace.moved(
                world.clock.now(),
                "device",
                state.incarnation(),
                state.incarnation(),
                command,
                decision.events(),
                decision.actions());
        watch.after(state, decision, false);
        Invariants.table(state, restoreDue);
        Invariants.slots(state);
        Invariants.readable(state);
        var actions = decision.actions();
        int performed = world.performed(moment, actions.size());
        for (DeviceAction action : actions.subList(0, performed)) {
            perform(action, replyTo);
        }
        if (moment != null) {
            crash(performed == 0 ? Moment.DECIDED : moment, command);
        }
        return decision;
    }

    private void crash(Moment moment, DeviceCommand command) {
        world.landed(Victim.DEVICE, moment);
        world.trace.line(world.clock.now(), "device", "crashes", moment, "over", command);
        peers.clear();
        timers.clear();
        gates = new HashMap<>();
        poller = Device::nobody;
        state = opened();
    }

    private void perform(DeviceAction action, Consumer<DeviceReply> replyTo) {
        switch (action) {
            case DeviceAction.Tell(var cookie, var notice) -> tell(cookie, notice);
            case DeviceAction.Reply(var reply) -> {
                if (reply instanceof DeviceReply.Done(DeviceCall.Copen copen, var error) && error.isOk()) {
                    gateOf(copen.handle()).accepted = true;
                }
                replyTo.accept(reply);
            }
            case DeviceAction.Deliver(var worker, var request, var handle) -> {
                var peer = peers.get(handle.cookie());
                if (peer == null) {
                    throw new Violation("a delivery of an object that never spoke: " + handle);
                }
                var fd = new Fence.Fd(fence, gateOf(handle), handle, state.incarnation(), peer.blob, peer.use);
                replyTo.accept(new DeviceReply.Message(state.incarnation(), worker, request, fd, state.isReadable()));
            }
            case DeviceAction.Wake _ -> poller.accept(new DeviceReply.Readable());
            case DeviceAction.RetryAfter(var cookie, var attempt) -> {
                var mine = new Object();
                timers.put(cookie, mine);
                world.clock.after(Math.min(1_000_000, 5_000L << Math.min(attempt, 10)), () -> {
                    if (timers.remove(cookie, mine)) {
                        var retry = new DeviceCommand.RetryReopen(cookie, attempt);
                        world.send(timer, () -> take(retry, Device::nobody, () -> {}));
                    }
                });
            }
            case DeviceAction.Revoke(var handle) -> {
                var gate = gates.remove(handle.id().value());
                if (gate != null) {
                    gate.revoked = true;
                }
            }
            case DeviceAction.Fence(var incarnation, var floor) -> {
                fence.raise(incarnation, floor);
                if (floor == incarnation) {
                    gates = new HashMap<>();
                }
            }
        }
    }

    private void tell(Cookie cookie, Notice notice) {
        var peer = notice instanceof Notice.DropDone || notice instanceof Notice.MayRest(boolean yes) && yes
                ? peers.remove(cookie)
                : peers.get(cookie);
        if (peer == null) {
            throw new Violation("the device tells an object that never spoke: " + cookie + " " + notice);
        }
        peer.hear(notice);
    }

    private Fence.Gate gateOf(Handle handle) {
        return gates.computeIfAbsent(handle.id().value(), _ -> new Fence.Gate());
    }

    Blob blob(Cookie cookie) {
        for (Blob blob : world.blobs) {
            if (blob.cookie.equals(cookie)) {
                return blob;
            }
        }
        throw new IllegalStateException(cookie.toString());
    }

    /// What `command` costs that some reader may see.
    private void note(DeviceCommand command) {
        if (!(command instanceof DeviceCommand.Call(DeviceCall call))) {
            return;
        }
        switch (call) {
            case DeviceCall.GiveUp _, DeviceCall.Close _ -> world.blobs.forEach(blob -> blob.spend(Cause.DEVICE_GONE));
            case DeviceCall.CloseHandle(_, var handle)
            when state.isLive(handle) -> blob(handle.cookie()).spend(Cause.ATTEMPT_FAILED);
            case DeviceCall.Copen(_, _, var handle, var size, _)
            when size < 0 -> blob(handle.cookie()).spend(Cause.ATTEMPT_FAILED);
            case DeviceCall.FromDaemon said when said.incarnation() != state.incarnation() -> world.count(Count.FENCED);
            default -> {}
        }
    }

    private void count(DeviceCommand command, Decision<DeviceEvent, DeviceAction> decision) {
        for (DeviceEvent event : decision.events()) {
            switch (event) {
                case DeviceEvent.Retagged _ -> world.count(Count.RETAGGED);
                case DeviceEvent.Restored _ -> world.count(Count.REDELIVERED);
                case DeviceEvent.Renewed _ -> world.count(Count.REDELIVERED);
                default -> {}
            }
        }
        for (DeviceAction action : decision.actions()) {
            switch (action) {
                case DeviceAction.Tell(_, Notice.Reopen _) -> world.count(Count.REOPENS);
                case DeviceAction.Tell(var cookie, Notice.OpenEnded(var errno, _))
                when errno == Errno.EMFILE || errno == Errno.EBUSY -> {
                    blob(cookie).spend(errno == Errno.EBUSY ? Cause.BOUND : Cause.ATTEMPT_FAILED);
                    blob(cookie).spend(Cause.BOUND);
                }
                case DeviceAction.Tell(var cookie, Notice.ReadEnded(_, var errno))
                when errno == Errno.EBUSY -> blob(cookie).spend(Cause.BOUND);
                case DeviceAction.Tell(_, Notice.ReadEnded _)
                when command instanceof DeviceCommand.Call(DeviceCall.Fetch _) -> world.count(Count.REOPENS_GIVEN_UP);
                case DeviceAction.Tell(var cookie, _)
                when state.hasGivenUp() || state.isDead() -> blob(cookie).spend(Cause.DEVICE_GONE);
                default -> {}
            }
        }
    }

    /// An answer that must not count, said as if it came from the mailbox (I4).
    void forge() {
        var call = forged();
        if (call.isEmpty()) {
            return;
        }
        world.coverage.add(Fault.FORGED_ANSWER);
        var decision = step(new DeviceCommand.Call(call.get()), Device::nobody, null);
        world.require(decision.events().isEmpty(), "I4: a forged answer counts", call.get(), decision.events());
    }

    private Optional<DeviceCall> forged() {
        var chance = world.chance;
        long now = state.incarnation();
        var table = List.copyOf(state.table());
        if (table.isEmpty() || chance.oneIn(4)) {
            return Optional.of(
                    switch (chance.below(3)) {
                        case 0 -> new DeviceCall.Fetch(now - 1, 0, 1024);
                        case 1 ->
                            new DeviceCall.Cread(
                                    now, new MsgId(state.nextMsgId().value() + 3), handle(now), Errno.OK);
                        default -> new DeviceCall.CloseHandle(now, handle(now));
                    });
        }
        Pending request = chance.of(table);
        var out = request.out();
        var handle = out == null ? handle(now) : out;
        return switch (chance.below(4)) {
            case 0 ->
                Optional.of(answer(request.opcode() == Opcode.OPEN, now - 1, request.id(), handle)); // a predecessor
            case 1 ->
                Optional.of(
                        answer(request.opcode() == Opcode.OPEN, now, request.id(), handle(now))); // a foreign handle
            case 2 -> Optional.of(answer(request.opcode() != Opcode.OPEN, now, request.id(), handle)); // the wrong kind
            default ->
                out == null // never handed out
                        ? Optional.of(answer(
                                request.opcode() == Opcode.OPEN,
                                now,
                                request.id(),
                                state.slot(request.cookie()).handle() > 0
                                        ? new Handle(
                                                request.cookie(),
                                                new ObjectId(state.slot(request.cookie())
                                                        .handle()),
                                                now)
                                        : handle))
                        : Optional.empty();
        };
    }

    private static DeviceCall answer(boolean open, long incarnation, MsgId id, Handle handle) {
        return open
                ? new DeviceCall.Copen(incarnation, id, handle, 1, "v0")
                : new DeviceCall.Cread(incarnation, id, handle, Errno.OK);
    }

    /// A handle that nobody has.
    private Handle handle(long incarnation) {
        return new Handle(world.chance.of(world.blobs).cookie, new ObjectId(state.lastObjectId() + 7), incarnation);
    }
}
