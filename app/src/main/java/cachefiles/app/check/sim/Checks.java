package cachefiles.app.check.sim;

import cachefiles.kernel.device.DeviceAction;
import cachefiles.kernel.device.DeviceCommand;
import cachefiles.kernel.device.DeviceCore;
import cachefiles.kernel.device.DeviceEvent;
import cachefiles.kernel.device.DeviceState;
import cachefiles.kernel.device.Pending;
import cachefiles.kernel.device.Slot;
import cachefiles.kernel.object.ObjectState;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Decision;
import cachefiles.kernel.uapi.DeviceCall;
import cachefiles.kernel.uapi.Opcode;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What holds after every step.
final class Checks {
    private Checks() {}

    static void afterObject(World world, SimObject object, ObjectState before) {
        var after = object.state();
        world.require(
                Objects.equals(after.known(), object.blob.recovered().known()),
                "replayed state is live state",
                object,
                after);
        world.require(
                !(before instanceof ObjectState.Dropping)
                        || after instanceof ObjectState.Dropping
                        || after instanceof ObjectState.Idle,
                "I8: DROPPING is left to Idle alone",
                object,
                before,
                after);
        if (after instanceof ObjectState.Ready ready) {
            var asks = new HashSet<Long>();
            long behind = -1;
            for (var read : ready.reads()) {
                world.require(read.range().offset() > behind, "one READ a range, in order", object, ready);
                behind = read.range().offset();
                for (Long ask : read.asks()) {
                    world.require(asks.add(ask), "I1: an ask waits once", object, ready);
                }
            }
        }
    }

    /// The device before a step, to be compared with what it is after.
    static final class OfDevice {
        private final World world;
        private final DeviceCommand command;
        private final int nextMsgId;
        private final int lastObjectId;
        private final long incarnation;
        private final boolean wasReadable;

        OfDevice(World world, DeviceState before, DeviceCommand command) {
            this.world = world;
            this.command = command;
            this.nextMsgId = before.nextMsgId().value();
            this.lastObjectId = before.lastObjectId();
            this.incarnation = before.incarnation();
            this.wasReadable = before.isReadable();
        }

        void after(DeviceState state, Decision<DeviceEvent, DeviceAction> decision, boolean restoreDue) {
            events(decision);
            require(state.incarnation() >= incarnation, "I10: incarnations rise", state.incarnation());
            boolean woken = decision.actions().stream().anyMatch(DeviceAction.Wake.class::isInstance);
            require(!woken || state.isReadable(), "B16: a wake for nothing", command);
            require(wasReadable || !state.isReadable() || woken, "I12: readable, and nobody is woken", command);
            table(state, restoreDue);
            slots(state);
            if (command instanceof DeviceCommand.Call(DeviceCall.Restore _)) {
                require(DeviceCore.decide(state, command).events().isEmpty(), "I18: restore once is enough", command);
            }
        }

        private void events(Decision<DeviceEvent, DeviceAction> decision) {
            var scope = scope();
            for (DeviceEvent event : decision.events()) {
                switch (event) {
                    case DeviceEvent.Enqueued(var request) -> {
                        require(
                                Integer.compareUnsigned(request.id().value(), nextMsgId) >= 0,
                                "I10: a message id comes again",
                                request);
                        inScope(scope, request.cookie(), event);
                    }
                    case DeviceEvent.HandleMade(var handle) ->
                        require(handle.id().value() > lastObjectId, "I10: an object id comes again", handle);
                    case DeviceEvent.SlotSet(var cookie, _) -> inScope(scope, cookie, event);
                    case DeviceEvent.SlotDropped(var cookie) -> inScope(scope, cookie, event);
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

        private void inScope(@Nullable Cookie scope, Cookie touched, DeviceEvent event) {
            require(scope == null || scope.equals(touched), "I14: another object is touched", event);
        }

        private void table(DeviceState state, boolean restoreDue) {
            require(!state.isDead() && !state.hasGivenUp() || state.table().isEmpty(), "I2: an orphan", state.table());
            boolean readable = false;
            Set<Object> seen = new HashSet<>();
            for (Pending request : state.table()) {
                var slot = state.slot(request.cookie());
                boolean hidden = request.opcode() == Opcode.READ
                        && (slot.state() == Slot.State.REOPENING || slot.state() == Slot.State.RESTING);
                readable |= request.isNew() && !hidden;
                Object key = request.range() == null ? request.opcode() : request.range();
                require(
                        seen.add(java.util.List.of(request.cookie(), key)),
                        "one OPEN, one CLOSE, one READ a range of an object",
                        request);
                require(
                        request.isNew() || request.out() != null && (restoreDue || state.isLive(request.out())),
                        "I15: out where no answer can come from",
                        request);
            }
            require(readable == state.isReadable(), "I11: readable iff a fetch delivers or reopens", state.table());
        }

        private void slots(DeviceState state) {
            int live = 0;
            for (var entry : state.slots().entrySet()) {
                var slot = entry.getValue();
                if (state.hasLiveHandle(slot)) {
                    live++;
                }
                require(
                        slot.state() != Slot.State.OPEN || slot.handle() > 0 && slot.content() != null,
                        "I5: OPEN without an accepted handle",
                        entry);
            }
            require(live == state.liveHandles(), "I17: live handles are counted", live, state.liveHandles());
        }

        private void require(boolean holds, String rule, Object... about) {
            if (!holds) {
                world.require(false, rule, about);
            }
        }
    }
}
