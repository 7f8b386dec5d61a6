package cachefiles.app.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import akka.actor.typed.ActorRef;
import cachefiles.daemon.actor.DaemonActor;
import cachefiles.daemon.actor.DaemonObserver;
import cachefiles.kernel.actor.DeviceObserver;
import cachefiles.kernel.device.DeviceAction;
import cachefiles.kernel.device.DeviceCommand;
import cachefiles.kernel.device.DeviceEvent;
import cachefiles.kernel.device.DeviceState;
import cachefiles.kernel.device.Pending;
import cachefiles.kernel.device.Slot;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Decision;
import cachefiles.kernel.uapi.DeviceCall;
import cachefiles.kernel.uapi.DeviceReply;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Handle;
import cachefiles.kernel.uapi.MsgId;
import cachefiles.kernel.uapi.ObjectId;
import cachefiles.kernel.uapi.Opcode;
import cachefiles.kernel.uapi.Range;
import cachefiles.kernel.uapi.Request;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Watches the device as an auditor would: it keeps books of its own, made of what the device says it did, and notes
/// what must not be. It throws nothing, for that would be one more crash.
///
/// - A request, told by object, opcode and range, is handed out under the id that it was enqueued with, however often
///   (T18); not twice without a restore, or a close of its handle, between.
/// - An object id is given once in a generation of the device (I10, S84).
/// - A READ is handed out under a live handle only, and of a message's two ids the one is the request's, the other the
///   handle's.
/// - Neither a take-over nor a restore ends a READ or an OPEN (I18).
final class Ledger implements DeviceObserver, DaemonObserver {
    private record Wanted(
            Cookie cookie, Opcode opcode, @Nullable Range range) {}

    private static final int MOST_COMPLAINTS = 20;

    private final Map<Wanted, MsgId> idOf = new HashMap<>();
    private final Map<MsgId, Wanted> wantedBy = new HashMap<>();
    private final Set<MsgId> out = new HashSet<>();
    private final Set<MsgId> handedOut = new HashSet<>();
    private final Set<ObjectId> given = new HashSet<>();
    private final Set<Handle> closing = new HashSet<>();
    private final Map<Cookie, Slot.State> states = new HashMap<>();
    private final Map<Opcode, AtomicLong> delivered = counters();
    private final Map<Opcode, AtomicLong> redelivered = counters();
    private final List<String> complaints = new ArrayList<>();
    private final Set<Cookie> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong steps = new AtomicLong();
    private final AtomicLong events = new AtomicLong();
    private final AtomicLong tells = new AtomicLong();
    private final AtomicLong handles = new AtomicLong();
    private final AtomicLong reopened = new AtomicLong();
    private final AtomicLong reopens = new AtomicLong();
    private final AtomicLong closedEarly = new AtomicLong();
    private final AtomicLong fenced = new AtomicLong();
    private final AtomicLong restarts = new AtomicLong();
    private final AtomicLong takeOvers = new AtomicLong();
    private final AtomicLong restores = new AtomicLong();
    private final AtomicLong stops = new AtomicLong();
    private long generation = -1;
    private volatile @Nullable ActorRef<DaemonActor.Command> daemon;

    private static Map<Opcode, AtomicLong> counters() {
        var counters = new EnumMap<Opcode, AtomicLong>(Opcode.class);
        for (Opcode opcode : Opcode.values()) {
            counters.put(opcode, new AtomicLong());
        }
        return counters;
    }

    @Override
    public synchronized void stepped(
            DeviceState after, DeviceCommand command, Decision<DeviceEvent, DeviceAction> decision) {
        steps.incrementAndGet();
        if (after.incarnation() >>> 32 != generation) {
            generation = after.incarnation() >>> 32;
            forgetAll();
        }
        for (DeviceAction action : decision.actions()) {
            switch (action) { // first: a CLOSE ends in the step that hands it out
                case DeviceAction.Deliver(_, var request, var handle) -> deliver(after, request, handle, decision);
                case DeviceAction.Tell _ -> tells.incrementAndGet();
                case DeviceAction.Reply(DeviceReply.Done(var call, var errno)) -> answered(after, call, errno);
                default -> {}
            }
        }
        for (DeviceEvent event : decision.events()) {
            events.incrementAndGet();
            fold(event, command);
        }
    }

    private void forgetAll() {
        idOf.clear();
        wantedBy.clear();
        out.clear();
        handedOut.clear();
        given.clear();
        closing.clear();
        states.clear();
        open.clear();
    }

    private void deliver(
            DeviceState after, Request request, Handle handle, Decision<DeviceEvent, DeviceAction> decision) {
        var wanted = new Wanted(
                handle.cookie(), request.opcode(), request instanceof Request.Read read ? read.range() : null);
        if (!request.msgId().equals(idOf.get(wanted))) {
            complain(wanted + " was enqueued as " + idOf.get(wanted) + " and handed out as " + request.msgId());
        }
        if (!request.objectId().equals(handle.id())) {
            complain(request + " names another object than its handle " + handle);
        }
        if (!decision.events().contains(new DeviceEvent.Delivered(request.msgId(), handle))) {
            complain(request + " was handed out off the record");
        }
        if (!after.isLive(handle)) {
            complain(request + " was handed out under a dead handle " + handle);
        }
        count(delivered, request.opcode());
        if (!out.add(request.msgId())) {
            complain(request + " was handed out twice");
        }
        if (!handedOut.add(request.msgId())) {
            count(redelivered, request.opcode());
        }
        if (request.opcode() == Opcode.CLOSE) {
            closing.add(handle);
        }
    }

    private void fold(DeviceEvent event, DeviceCommand command) {
        switch (event) {
            case DeviceEvent.Enqueued(var request) -> {
                var wanted = wanted(request);
                wantedBy.put(request.id(), wanted);
                if (idOf.put(wanted, request.id()) != null) {
                    complain(wanted + " is in the table twice");
                }
            }
            case DeviceEvent.Ended(var id) -> ended(id, command);
            case DeviceEvent.Renewed(var id) -> out.remove(id);
            case DeviceEvent.Restored _ -> out.clear();
            case DeviceEvent.HandleMade(var handle) -> {
                handles.incrementAndGet();
                if (!given.add(handle.id())) {
                    complain(handle + " has an id that was given before");
                }
            }
            case DeviceEvent.SlotSet(var cookie, var slot) -> moved(cookie, slot.state());
            case DeviceEvent.SlotDropped(var cookie) -> {
                states.remove(cookie);
                open.remove(cookie);
            }
            case DeviceEvent.TookOver(var incarnation, var floor) -> {
                if (floor == incarnation) {
                    open.clear();
                }
                takeOvers.incrementAndGet();
            }
            case DeviceEvent.Died _, DeviceEvent.GaveUp _, DeviceEvent.Delivered _, DeviceEvent.Retagged _ -> {}
        }
    }

    private void ended(MsgId id, DeviceCommand command) {
        var wanted = wantedBy.remove(id);
        if (wanted == null) {
            complain("an end of " + id + ", which is not in the table");
            return;
        }
        idOf.remove(wanted);
        out.remove(id);
        handedOut.remove(id);
        boolean recovery = command instanceof DeviceCommand.Call(DeviceCall call)
                && (call instanceof DeviceCall.TakeOver || call instanceof DeviceCall.Restore);
        if (recovery && wanted.opcode() != Opcode.CLOSE) {
            complain(wanted + " was ended by " + command);
        }
    }

    private void moved(Cookie cookie, Slot.State state) {
        var before = states.put(cookie, state);
        if (state == Slot.State.OPEN) {
            open.add(cookie);
            if (before == Slot.State.REOPENING) {
                reopened.incrementAndGet();
            }
        } else {
            open.remove(cookie);
            if (state == Slot.State.REOPENING && before != state) {
                reopens.incrementAndGet();
            }
        }
    }

    private void answered(DeviceState after, DeviceCall call, Errno errno) {
        if (call instanceof DeviceCall.FromDaemon said
                && said.incarnation() != after.incarnation()
                && errno == Errno.ESTALE) {
            fenced.incrementAndGet();
        }
        if (call instanceof DeviceCall.CloseHandle(_, var handle) && errno.isOk() && !closing.remove(handle)) {
            closedEarly.incrementAndGet();
        }
        if (call instanceof DeviceCall.Restore) {
            restores.incrementAndGet();
        }
    }

    private static Wanted wanted(Pending request) {
        return new Wanted(request.cookie(), request.opcode(), request.range());
    }

    private static void count(Map<Opcode, AtomicLong> counters, Opcode opcode) {
        value(counters, opcode).incrementAndGet();
    }

    private static AtomicLong value(Map<Opcode, AtomicLong> counters, Opcode opcode) {
        return Objects.requireNonNull(counters.get(opcode));
    }

    private void complain(String what) {
        if (complaints.size() < MOST_COMPLAINTS) {
            complaints.add(what);
        }
    }

    @Override
    public void daemonSpawned(ActorRef<DaemonActor.Command> spawned) {
        daemon = spawned;
    }

    @Override
    public void daemonSignalled(String signal) {
        if (signal.equals("PreRestart")) {
            restarts.incrementAndGet();
        } else {
            stops.incrementAndGet();
        }
    }

    /// Nothing was noted that must not be.
    synchronized void assertClean() {
        assertEquals(List.of(), complaints);
    }

    /// The daemon that was spawned last.
    ActorRef<DaemonActor.Command> daemon() {
        return Objects.requireNonNull(daemon);
    }

    /// Objects whose OPEN was accepted, as far as is known.
    List<Cookie> open() {
        return List.copyOf(open);
    }

    /// In the device's table.
    synchronized int requests() {
        return wantedBy.size();
    }

    long delivered(Opcode opcode) {
        return value(delivered, opcode).get();
    }

    long redelivered(Opcode opcode) {
        return value(redelivered, opcode).get();
    }

    /// Messages that the device took.
    long steps() {
        return steps.get();
    }

    long events() {
        return events.get();
    }

    /// Messages that the device sent to objects.
    long tells() {
        return tells.get();
    }

    long handles() {
        return handles.get();
    }

    /// Reopens that came to an end.
    long reopened() {
        return reopened.get();
    }

    /// Reopens that were begun.
    long reopens() {
        return reopens.get();
    }

    /// Handles that were closed without a CLOSE.
    long closedEarly() {
        return closedEarly.get();
    }

    /// Calls of a predecessor that were refused.
    long fenced() {
        return fenced.get();
    }

    /// Daemons that Akka restarted.
    long restarts() {
        return restarts.get();
    }

    /// Daemons that Akka stopped.
    long stops() {
        return stops.get();
    }

    long takeOvers() {
        return takeOvers.get();
    }

    long restores() {
        return restores.get();
    }
}
