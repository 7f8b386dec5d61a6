package cachefiles.kernel.actor;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractOnMessageBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.TimerScheduler;
import cachefiles.kernel.device.DeviceAction;
import cachefiles.kernel.device.DeviceCommand;
import cachefiles.kernel.device.DeviceCore;
import cachefiles.kernel.device.DeviceEvent;
import cachefiles.kernel.device.DeviceLimits;
import cachefiles.kernel.device.DeviceState;
import cachefiles.kernel.device.Notice;
import cachefiles.kernel.device.Pending;
import cachefiles.kernel.extent.BackingFile;
import cachefiles.kernel.handle.Fence;
import cachefiles.kernel.handle.HandleFile;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Decision;
import cachefiles.kernel.uapi.DeviceCall;
import cachefiles.kernel.uapi.DevicePort;
import cachefiles.kernel.uapi.DeviceReply;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Faults;
import cachefiles.kernel.uapi.Handle;
import cachefiles.kernel.uapi.MsgId;
import cachefiles.kernel.uapi.Opcode;
import cachefiles.kernel.uapi.Phase;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/// The device: carries commands to [DeviceCore] and its actions to objects, daemon and writers.
///
/// If it fails, its successor knows nothing but that it is a later generation; objects submit again, and the supervisor
/// takes over anew (docs/adr/0003-device-failure.md).
public final class DeviceActor extends AbstractOnMessageBehavior<DeviceActor.Command> {
    public sealed interface Command {}

    /// @param file where a handle on the object writes to
    public record FromObject(DeviceCommand.FromObject command, ActorRef<ObjectActor.Command> from, BackingFile file)
            implements Command {}

    public record FromDaemon(DeviceCall call, Consumer<DeviceReply> replyTo) implements Command {}

    /// As [FromDaemon], said by the cache for itself or for an operator.
    public record Written(DeviceCall call, Consumer<DeviceReply> replyTo) implements Command {}

    /// `copen` as text: it speaks for whoever was handed the request last.
    public record CopenText(MsgId msgId, long size, Consumer<Errno> replyTo) implements Command {}

    /// The device was closed, and is opened anew (Q6).
    public record Open() implements Command {}

    /// Writing fails with `ENOBUFS` from now on, or works again (S61, S115). It outlives the device's failure.
    public record SetFull(boolean full) implements Command {}

    public record Die(Faults.Crash crash) implements Command {}

    private record Retry(DeviceCommand.RetryReopen retry) implements Command {}

    /// What the device needs of its surroundings.
    /// @param generations gives each life of the device, and each opening, a number of its own, rising
    /// @param up told when a device without requests is there
    /// @param failures told what writing to a backing file fails with
    /// @param observer sees each step, for counting and tracing
    public record Setting(
            DeviceLimits limits,
            IntSupplier generations,
            Runnable up,
            Consumer<IOException> failures,
            DeviceObserver observer,
            Faults faults) {}

    private record Peer(ActorRef<ObjectActor.Command> actor, BackingFile file) {}

    private final Setting setting;
    private final TimerScheduler<Command> timers;
    private final Fence fence;
    private DeviceState state;
    private final Map<Cookie, Peer> peers = new HashMap<>();
    private Map<Integer, Fence.Gate> gates = new HashMap<>();
    private Consumer<DeviceReply> poller = _ -> {};

    public static Behavior<Command> create(Setting setting) {
        var fence = new Fence(setting.failures()); // of all lives: the next one shuts out whom the last had let write
        return Behaviors.withTimers(
                timers -> Behaviors.setup(context -> new DeviceActor(context, timers, setting, fence)));
    }

    /// The device as a daemon sees it.
    public static DevicePort port(ActorRef<Command> device) {
        return (call, replyTo) -> device.tell(new FromDaemon(call, replyTo));
    }

    private DeviceActor(ActorContext<Command> context, TimerScheduler<Command> timers, Setting setting, Fence fence) {
        super(context);
        this.setting = setting;
        this.timers = timers;
        this.fence = fence;
        this.state = opened();
    }

    private DeviceState opened() {
        var fresh = new DeviceState(setting.limits(), setting.generations().getAsInt());
        fence.raise(fresh.incarnation(), fresh.floor());
        setting.up().run();
        return fresh;
    }

    @Override
    public Behavior<Command> onMessage(Command message) {
        switch (message) {
            case FromObject(var command, var from, var file) -> {
                peers.put(command.cookie(), new Peer(from, file));
                step(command, _ -> {});
            }
            case FromDaemon(var call, var replyTo) -> {
                if (call instanceof DeviceCall.TakeOver) {
                    poller = replyTo;
                }
                step(new DeviceCommand.Call(call), replyTo);
            }
            case Written(var call, var replyTo) -> written(call, replyTo);
            case CopenText copen -> copen(copen);
            case Retry(var retry) -> step(retry, _ -> {});
            case Open _ -> state = opened();
            case SetFull(var full) -> fence.setFull(full);
            case Die(var crash) -> throw crash.now();
        }
        return this;
    }

    private void written(DeviceCall call, Consumer<DeviceReply> replyTo) {
        setting.observer().written(call);
        step(new DeviceCommand.Call(call), replyTo);
    }

    private void copen(CopenText text) {
        var request = state.request(text.msgId());
        if (request == null || request.out() == null) {
            text.replyTo().accept(Errno.EINVAL);
            return;
        }
        var call = new DeviceCall.Copen(state.incarnation(), text.msgId(), request.out(), text.size(), "");
        written(call, reply -> {
            if (reply instanceof DeviceReply.Done done) {
                text.replyTo().accept(done.error());
            }
        });
    }

    private void step(DeviceCommand command, Consumer<DeviceReply> replyTo) {
        var ended = command instanceof DeviceCommand.Call(DeviceCall call) ? answered(call) : null;
        var decision = DeviceCore.step(state, command);
        for (DeviceAction action : decision.actions()) {
            perform(action, replyTo);
        }
        setting.observer().stepped(state, command, decision);
        mark(decision, ended);
    }

    private void perform(DeviceAction action, Consumer<DeviceReply> replyTo) {
        switch (action) {
            case DeviceAction.Tell(var cookie, var notice) -> tell(cookie, notice);
            case DeviceAction.Reply(var reply) -> {
                if (reply instanceof DeviceReply.Done(DeviceCall.Copen copen, var error) && error.isOk()) {
                    gateOf(copen.handle()).accept();
                }
                replyTo.accept(reply);
            }
            case DeviceAction.Deliver(var worker, var request, var handle) ->
                replyTo.accept(
                        new DeviceReply.Message(state.incarnation(), worker, request, fd(handle), state.isReadable()));
            case DeviceAction.Wake _ -> poller.accept(new DeviceReply.Readable());
            case DeviceAction.RetryAfter(var cookie, var attempt) ->
                timers.startSingleTimer(
                        cookie, new Retry(new DeviceCommand.RetryReopen(cookie, attempt)), backOff(attempt));
            case DeviceAction.Revoke(var handle) -> {
                var gate = gates.remove(handle.id().value());
                if (gate != null) {
                    fence.revoke(gate);
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

    /// 10 ms for the second attempt, doubled for each further one, 1 s at most.
    private static Duration backOff(int attempt) {
        return Duration.ofMillis(Math.min(1000, 5L << Math.min(attempt, 10)));
    }

    private void tell(Cookie cookie, Notice notice) {
        var peer = notice instanceof Notice.DropDone || notice instanceof Notice.MayRest(boolean yes) && yes
                ? peers.remove(cookie)
                : peers.get(cookie);
        Objects.requireNonNull(peer, "an object that never spoke").actor().tell(new ObjectActor.FromDevice(notice));
    }

    private HandleFile fd(Handle handle) {
        var peer = Objects.requireNonNull(peers.get(handle.cookie()));
        return new HandleFile(fence, gateOf(handle), handle, state.incarnation(), peer.file());
    }

    private Fence.Gate gateOf(Handle handle) {
        return gates.computeIfAbsent(handle.id().value(), _ -> new Fence.Gate());
    }

    private @Nullable Pending answered(DeviceCall call) {
        return switch (call) {
            case DeviceCall.Copen copen -> state.request(copen.msgId());
            case DeviceCall.Cread cread -> state.request(cread.msgId());
            default -> null;
        };
    }

    /// Says which phases this step has led to.
    private void mark(Decision<DeviceEvent, DeviceAction> decision, @Nullable Pending answered) {
        if (setting.faults() == Faults.NONE) {
            return;
        }
        for (DeviceEvent event : decision.events()) {
            switch (event) {
                case DeviceEvent.Enqueued(var request) ->
                    reached(
                            switch (request.opcode()) {
                                case OPEN -> Phase.OPEN_QUEUED;
                                case READ -> Phase.READ_QUEUED;
                                case CLOSE -> Phase.CLOSE_QUEUED;
                            },
                            request.cookie());
                case DeviceEvent.Delivered(var id, var handle) -> {
                    var request = state.request(id);
                    if (request != null) {
                        reached(
                                request.opcode() == Opcode.OPEN ? Phase.OPEN_DELIVERED : Phase.READ_DELIVERED,
                                handle.cookie());
                    }
                }
                case DeviceEvent.Ended(var id) -> {
                    if (answered != null && answered.id().equals(id)) {
                        reached(
                                answered.opcode() == Opcode.OPEN ? Phase.OPEN_ANSWERED : Phase.ANSWERED,
                                answered.cookie());
                    }
                }
                default -> {}
            }
        }
    }

    private void reached(Phase phase, Cookie cookie) {
        setting.faults().at(phase, Faults.Victim.DEVICE, cookie);
    }
}
