package cachefiles.app.check.explore;

import cachefiles.daemon.core.DaemonState.Work;
import cachefiles.daemon.core.SupervisorCore.Command;
import cachefiles.daemon.core.SupervisorState.Phase;
import cachefiles.kernel.device.DeviceAction;
import cachefiles.kernel.device.DeviceCommand;
import cachefiles.kernel.device.DeviceCore;
import cachefiles.kernel.device.DeviceEvent;
import cachefiles.kernel.device.DeviceState;
import cachefiles.kernel.device.Notice;
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

/// What has to hold (I1 to I20 of docs/reference): of each state when it is new, of each step always. Written to cost
/// little, for it runs a hundred million times.
final class Checks {
    private static final DeviceCommand RESTORE = new DeviceCommand.Call(new DeviceCall.Restore());

    private static final Command DAEMON_UP = new Command.DaemonUp();

    private Checks() {}

    static void require(boolean holds, String what) {
        if (!holds) {
            throw new Violation(what);
        }
    }

    // Of a step.

    /// I8: DROPPING is left for Idle alone.
    static void objectMoved(ObjectState before, ObjectState after) {
        if (before instanceof ObjectState.Dropping
                && !(after instanceof ObjectState.Dropping)
                && !(after instanceof ObjectState.Idle)) {
            throw new Violation("I8: DROPPING became " + after);
        }
    }

    /// S130: an error reaches a reader only after a cause that was spent.
    static void cause(World world, int number, Errno errno) {
        var site = world.site(number);
        boolean caused = site.withdrawn
                || site.causes != 0
                || world.device().isDead()
                || world.device().hasGivenUp()
                || world.model.countsProgress;
        if (!caused) {
            throw new Violation("S130: " + errno + " without a cause");
        }
    }

    /// The device before a step, to be compared with what it is after.
    static final class OfDevice {
        private final DeviceCommand command;
        private final MsgId nextMsgId;
        private final int lastObjectId;
        private final long incarnation;
        private final boolean wasReadable;

        OfDevice(DeviceState before, DeviceCommand command) {
            this.command = command;
            this.nextMsgId = before.nextMsgId();
            this.lastObjectId = before.lastObjectId();
            this.incarnation = before.incarnation();
            this.wasReadable = before.isReadable();
        }

        void after(DeviceState state, Decision<DeviceEvent, DeviceAction> decision, boolean forged) {
            events(decision.events());
            require(state.incarnation() >= incarnation, "I10: incarnations fall");
            boolean woken = false;
            for (DeviceAction action : decision.actions()) {
                woken |= action instanceof DeviceAction.Wake;
            }
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
                if (forged && ends && !decision.events().isEmpty()) {
                    forgeriesAreVoid(state); // here, where what is dead now is still remembered
                }
            }
        }

        private void events(List<DeviceEvent> events) {
            if (events.isEmpty()) {
                return;
            }
            if (command instanceof DeviceCommand.Call(DeviceCall.FromDaemon from)) {
                require(from.incarnation() == incarnation, "I4: a predecessor changes something: " + events);
            }
            var scope = scope();
            for (DeviceEvent event : events) {
                switch (event) {
                    case DeviceEvent.Enqueued(var request) -> {
                        require(request.id().compareTo(nextMsgId) >= 0, "I10: a message id comes again: " + request);
                        inScope(scope, request.cookie());
                    }
                    case DeviceEvent.HandleMade(var handle) ->
                        require(handle.id().value() > lastObjectId, "I10: an object id comes again: " + handle);
                    case DeviceEvent.SlotSet(var cookie, _) -> inScope(scope, cookie);
                    case DeviceEvent.SlotDropped(var cookie) -> inScope(scope, cookie);
                    default -> {}
                }
            }
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
                require(request.isNew(), "S74: not handed out again: " + request);
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

    static void state(World world) {
        var device = world.device();
        boolean restoreDue = restoreDue(world);
        table(device, restoreDue);
        slots(world, device);
        for (int number = 0; number < world.sites(); number++) {
            object(world, number);
        }
        workers(world);
        readable(device);
        if (world.model.bounds.forged()) {
            forgeriesAreVoid(device);
        }
    }

    /// Whether a restore is still to come: a daemon has not yet begun.
    private static boolean restoreDue(World world) {
        return world.deviceUpDue
                || world.supervisor.phase() != Phase.RUNNING
                || !world.daemon().isRunning()
                || world.daemonToSupervisor.contains(DAEMON_UP);
    }

    /// I1, I2, I5, I15.
    private static void table(DeviceState device, boolean restoreDue) {
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
        }
    }

    /// I5, I7, I17.
    private static void slots(World world, DeviceState device) {
        int live = 0;
        for (var entry : device.slots().entrySet()) {
            var slot = entry.getValue();
            var open = openOf(device, entry.getKey());
            if (device.hasLiveHandle(slot)) {
                live++;
            }
            if (slot.state() == Slot.State.OPEN) {
                require(slot.handle() > 0 && slot.content() != null, "I5: OPEN without an accepted handle");
                require(
                        device.effective(entry.getKey()) != Slot.State.OPEN || open == null,
                        "I5: OPEN, and its OPEN unanswered");
            }
            if (slot.state() == Slot.State.REOPENING) {
                require(
                        open != null || device.isDead() || isComing(world.site(world.model.object(entry.getKey()))),
                        "I7: REOPENING, and no OPEN is or will be there");
            }
            if (slot.state() == Slot.State.RESTING) {
                require(
                        device.isDead() || world.site(world.model.object(entry.getKey())).timer != 0,
                        "I7: a reopen rests, and nothing will wake it");
            }
        }
        require(live == device.liveHandles(), "I17: live handles are miscounted");
    }

    private static @Nullable Pending openOf(DeviceState device, Cookie cookie) {
        for (Pending request : device.table()) {
            if (request.opcode() == Opcode.OPEN && request.cookie().equals(cookie)) {
                return request;
            }
        }
        return null;
    }

    /// Whether `Reopen`, an OPEN, or whoever says it again is on its way.
    private static boolean isComing(Site site) {
        return site.toDevice.stream().anyMatch(DeviceCommand.SubmitOpen.class::isInstance)
                || site.fromDevice.stream().anyMatch(Notice.Reopen.class::isInstance)
                || !site.fromGate.isEmpty()
                || !site.gate().asks().isEmpty() && site.object instanceof ObjectState.Idle
                || site.user == Site.User.RELEASING;
    }

    /// I1, I16: READs of an object do not overlap; who waits, waits for something.
    private static void object(World world, int number) {
        var site = world.site(number);
        if (site.object instanceof ObjectState.Ready ready) {
            long behind = 0;
            for (var read : ready.reads()) {
                require(read.range().offset() >= behind && !read.asks().isEmpty(), "I1: READs overlap, or for nobody");
                behind = read.range().limit();
            }
        }
        int waiting = 0;
        for (Reader reader : world.readers) {
            waiting += reader.site() == number && reader.isWaiting() && reader.asks() == 0 && reader.wake() == null
                    ? 1
                    : 0;
        }
        require(waiting == site.gate().waiters(), "I1: who waits is not who is waited for");
    }

    /// I16: what a worker is at was handed out to it, or has ended.
    private static void workers(World world) {
        var daemon = world.daemon();
        if (!daemon.isRunning() || daemon.incarnation() != world.device().incarnation()) {
            return;
        }
        for (int worker = 0; worker < daemon.workers(); worker++) {
            if (daemon.worker(worker) instanceof Work.LookingUp(var id, var handle, _, _)) {
                var request = world.device().request(id);
                require(
                        request == null
                                || request.opcode() == Opcode.OPEN
                                        && request.cookie().equals(handle.cookie()),
                        "I16: a worker opens what it was not asked for");
            }
        }
    }

    /// I11: ready means that a fetch delivers, or changes what can be delivered.
    private static void readable(DeviceState device) {
        var fetch = new DeviceCall.Fetch(device.incarnation(), 0, Codec.MAX_BYTES);
        require(isVoid(device, fetch) != device.isReadable(), "I11: readable, or not, against what a fetch would find");
    }

    /// I4: an answer of another incarnation, through another handle, or of the wrong kind changes nothing.
    private static void forgeriesAreVoid(DeviceState device) {
        long now = device.incarnation();
        refused(device, new DeviceCall.Fetch(now - 1, 0, Codec.MAX_BYTES));
        for (Pending request : device.table()) {
            var out = request.out();
            var stranger = new Handle(request.cookie(), new ObjectId(Integer.MAX_VALUE), now);
            var handle = out == null ? stranger : out;
            refused(device, new DeviceCall.Copen(now - 1, request.id(), handle, 1, ""));
            refused(device, new DeviceCall.Cread(now - 1, request.id(), handle, Errno.OK));
            refused(device, new DeviceCall.Refuse(now - 1, request.id(), handle, Errno.EFAULT));
            refused(device, new DeviceCall.CloseHandle(now - 1, handle));
            refused(device, new DeviceCall.CloseHandle(now, stranger));
            if (request.opcode() == Opcode.OPEN) {
                refused(device, new DeviceCall.Copen(now, request.id(), stranger, 1, ""));
                refused(device, new DeviceCall.Cread(now, request.id(), handle, Errno.OK));
            } else {
                refused(device, new DeviceCall.Cread(now, request.id(), stranger, Errno.OK));
                refused(device, new DeviceCall.Copen(now, request.id(), handle, 1, ""));
            }
            if (out != null && !device.isLive(out)) {
                refused(device, new DeviceCall.Copen(now, request.id(), out, 1, ""));
                refused(device, new DeviceCall.Cread(now, request.id(), out, Errno.OK));
                refused(device, new DeviceCall.CloseHandle(now, out));
            }
        }
    }

    private static void refused(DeviceState device, DeviceCall forged) {
        if (!isVoid(device, forged)) {
            throw new Violation("I4: counts, though forged: " + forged);
        }
    }

    private static boolean isVoid(DeviceState device, DeviceCall call) {
        return DeviceCore.decide(device, new DeviceCommand.Call(call)).events().isEmpty();
    }

    // Of a state in which nothing moves any more by itself.

    /// I7, I12, I15: nothing waits.
    static void end(World world) {
        for (Reader reader : world.readers) {
            require(reader.isDone(), "I15: a reader waits for ever");
        }
        for (int number = 0; number < world.sites(); number++) {
            var user = world.site(number).user;
            require(user != Site.User.ACQUIRING, "I15: a look-up never ends");
            require(user != Site.User.RELEASING, "I7: a drop never ends");
        }
        for (var slot : world.device().slots().values()) {
            require(slot.state() != Slot.State.REOPENING || world.device().isDead(), "I7: REOPENING for ever");
        }
    }
}
