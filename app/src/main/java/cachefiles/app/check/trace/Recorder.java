package cachefiles.app.check.trace;

import cachefiles.app.check.trace.Actor.Kind;
import cachefiles.daemon.core.DaemonAction;
import cachefiles.daemon.core.DaemonCommand;
import cachefiles.daemon.core.DaemonEvent;
import cachefiles.daemon.core.DaemonState;
import cachefiles.daemon.core.SupervisorCore;
import cachefiles.daemon.core.SupervisorState;
import cachefiles.kernel.cache.CacheAction;
import cachefiles.kernel.cache.CacheCommand;
import cachefiles.kernel.cache.CacheEvent;
import cachefiles.kernel.cache.CacheState;
import cachefiles.kernel.device.DeviceAction;
import cachefiles.kernel.device.DeviceCommand;
import cachefiles.kernel.device.DeviceEvent;
import cachefiles.kernel.device.DeviceState;
import cachefiles.kernel.object.ObjectAction;
import cachefiles.kernel.object.ObjectCommand;
import cachefiles.kernel.object.ObjectEvent;
import cachefiles.kernel.object.ObjectState;
import cachefiles.kernel.reader.GateCore;
import cachefiles.kernel.reader.ReaderCore;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Decision;
import cachefiles.kernel.uapi.DeviceCall;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/// Takes down the steps of one run, as they are taken. Safe for use by several threads, each of which tells its own
/// actor's steps in their order.
public final class Recorder {
    /// An actor's life, and what there was to see of its state when it was last looked at.
    private static final class Life {
        final Actor actor;
        String state;

        Life(Actor actor, String state) {
            this.actor = actor;
            this.state = state;
        }
    }

    private final TraceWriter writer;
    private final Map<Object, Life> lives = new WeakHashMap<>(); // states that are changed in place: one a life
    private final Map<Cookie, Life> objects = new HashMap<>();
    private final Map<Actor, Integer> counts = new HashMap<>();
    private @Nullable Life supervisor;

    Recorder(TraceWriter writer) {
        this.writer = writer;
    }

    /// A step of the cache.
    /// @param after the state with the events folded in; one that was not seen before begins a life
    public synchronized void stepped(
            CacheState after, CacheCommand command, Decision<CacheEvent, CacheAction> decision) {
        turn(life(after, Kind.CACHE, null, new Actor.Start.Cache()), Printed.state(after), command, decision);
    }

    /// A step of a gate.
    /// @param after as with the cache
    public synchronized void stepped(
            Cookie cookie, GateCore after, GateCore.Command command, List<GateCore.Action> actions) {
        var life = life(after, Kind.GATE, cookie, new Actor.Start.Gate(after.window(), after.bound()));
        turn(life, Printed.state(after), command, new Decision<>(List.of(), actions));
    }

    /// A step of a read.
    /// @param read the same for all its steps
    public synchronized void stepped(Cookie cookie, Object read, ReaderCore.Command command, ReaderCore.Step step) {
        var life = life(read, Kind.READER, cookie, new Actor.Start.Reader());
        turn(life, Printed.brief(step.next()), command, new Decision<>(List.of(), List.of(step.actions())));
    }

    /// A step of the device.
    /// @param after as with the cache
    public synchronized void stepped(
            DeviceState after, DeviceCommand command, Decision<DeviceEvent, DeviceAction> decision) {
        var start = new Actor.Start.Device(after.limits(), (int) (after.incarnation() >>> 32));
        turn(life(after, Kind.DEVICE, null, start), Printed.state(after), command, decision);
    }

    /// An object's actor has come up.
    /// @param state made of what the journal knows
    public synchronized void begins(Cookie cookie, ObjectState state) {
        objects.put(cookie, begin(next(Kind.OBJECT, cookie), new Actor.Start.Object(state)));
    }

    /// A step of an object that has come up.
    public synchronized void stepped(
            Cookie cookie, ObjectState after, ObjectCommand command, Decision<ObjectEvent, ObjectAction> decision) {
        var life = objects.get(cookie);
        if (life != null) {
            turn(life, Printed.state(after), command, decision);
        }
    }

    /// A step of a daemon.
    /// @param after as with the cache
    public synchronized void stepped(
            DaemonState after, DaemonCommand command, Decision<DaemonEvent, DaemonAction> decision) {
        var start = new Actor.Start.Daemon(after.workers());
        turn(life(after, Kind.DAEMON, null, start), Printed.state(after), command, decision);
    }

    /// A supervisor begins, the first or a successor that knows nothing.
    public synchronized void begins(SupervisorCore.Policy policy) {
        supervisor = begin(next(Kind.SUPERVISOR, null), new Actor.Start.Supervisor(policy));
    }

    /// A step of the supervisor.
    public synchronized void stepped(
            SupervisorState after, SupervisorCore.Command command, List<SupervisorCore.Action> actions) {
        if (supervisor != null) {
            turn(supervisor, Printed.state(after), command, new Decision<>(List.of(), actions));
        }
    }

    /// Somebody whose steps are not recorded says this to the device.
    public void outside(DeviceCall call) {
        writer.write((number, millis) -> new TraceLine.Outside(number, millis, call));
    }

    /// What else is worth a line.
    public void remark(String text) {
        writer.remark(text);
    }

    /// The life that a state, which is changed in place, is of.
    private Life life(Object state, Kind kind, @Nullable Cookie object, Actor.Start start) {
        return lives.computeIfAbsent(state, _ -> begin(next(kind, object), start));
    }

    private Actor next(Kind kind, @Nullable Cookie object) {
        return new Actor(kind, counts.merge(new Actor(kind, 0, object), 1, Integer::sum), object);
    }

    private Life begin(Actor actor, Actor.Start start) {
        writer.write((number, millis) -> new TraceLine.Begins(number, millis, actor, start));
        return new Life(actor, Replay.of(actor, start).state());
    }

    private void turn(Life life, String after, Object message, Decision<?, ?> decision) {
        var before = life.state;
        life.state = after;
        writer.write((number, millis) -> new TraceLine.Turn(
                number,
                millis,
                life.actor,
                Printed.why(message),
                before,
                after,
                message,
                decision.events(),
                decision.actions()));
    }
}
