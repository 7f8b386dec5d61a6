package cachefiles.app.stage;

import cachefiles.app.check.Kernel;
import cachefiles.app.check.Words;
import cachefiles.kernel.actor.CacheObserver;
import cachefiles.kernel.actor.DeviceObserver;
import cachefiles.kernel.actor.ObjectObserver;
import cachefiles.kernel.cache.CacheAction;
import cachefiles.kernel.cache.CacheCommand;
import cachefiles.kernel.cache.CacheEvent;
import cachefiles.kernel.cache.CacheState;
import cachefiles.kernel.cache.Life;
import cachefiles.kernel.device.DeviceAction;
import cachefiles.kernel.device.DeviceCommand;
import cachefiles.kernel.device.DeviceEvent;
import cachefiles.kernel.device.DeviceLimits;
import cachefiles.kernel.device.DeviceState;
import cachefiles.kernel.device.Slot;
import cachefiles.kernel.object.ObjectAction;
import cachefiles.kernel.object.ObjectCommand;
import cachefiles.kernel.object.ObjectCore;
import cachefiles.kernel.object.ObjectEvent;
import cachefiles.kernel.object.ObjectState;
import cachefiles.kernel.reader.GateCore;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Decision;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Tells in a scenario's words what cache, device and objects do.
final class Watch implements CacheObserver, DeviceObserver, ObjectObserver {
    private static final ObjectState FRESH = new ObjectState.Idle(null);

    private final Kernel.Listener listener;
    private final Consumer<Cookie> cameUp;
    private final Consumer<List<Cookie>> rested;
    private final Map<Cookie, ObjectState> objects = new TreeMap<>();
    private final Map<Cookie, String> printed = new TreeMap<>();
    private boolean tellsDeliveries;
    private final Set<Cookie> awake = new HashSet<>();
    private @Nullable DeviceState device;
    private Life life = Life.CLOSED;

    /// @param cameUp told of each object whose actor's turn it is
    /// @param rested told by the device's turn for which objects it has just set timers
    Watch(Kernel.Listener listener, Consumer<Cookie> cameUp, Consumer<List<Cookie>> rested) {
        this.listener = listener;
        this.cameUp = cameUp;
        this.rested = rested;
    }

    @Override
    public void stepped(CacheState after, CacheCommand command, Decision<CacheEvent, CacheAction> decision) {
        Words.moved(life, after.life()).ifPresent(listener::happened);
        life = after.life();
        decision.actions().forEach(action -> Words.of(action).ifPresent(listener::happened));
    }

    @Override
    public void stepped(Cookie cookie, GateCore after, GateCore.Command command, List<GateCore.Action> actions) {
        for (GateCore.Action action : actions) {
            switch (action) {
                case GateCore.Action.Acquired(var errno, var content) ->
                    listener.happened(Words.acquired(cookie, errno, content));
                case GateCore.Action.Released _ -> listener.happened(Words.released(cookie));
                case GateCore.Action.Send _, GateCore.Action.Wakeup _ -> {} // the object's, and the reader's
            }
        }
    }

    @Override
    public void stepped(DeviceState after, DeviceCommand command, Decision<DeviceEvent, DeviceAction> decision) {
        device = after;
        decision.events().forEach(event -> Words.of(event).ifPresent(listener::happened));
        var resting = new ArrayList<Cookie>();
        for (DeviceAction action : decision.actions()) {
            switch (action) {
                case DeviceAction.RetryAfter(var cookie, var attempt) -> {
                    resting.add(cookie);
                    listener.happened(Words.rests(cookie, attempt));
                }
                case DeviceAction.Deliver(_, var request, var handle)
                when tellsDeliveries -> listener.happened(Words.of(request, handle));
                default -> {}
            }
        }
        rested.accept(resting);
        objects.keySet().forEach(this::moved);
    }

    /// Another device is there, which knows nobody yet.
    void newDevice(DeviceState fresh) {
        device = fresh;
        objects.keySet().forEach(this::moved);
    }

    /// From now on nobody else tells what is handed out.
    void tellDeliveries() {
        tellsDeliveries = true;
    }

    @Override
    public void recovered(Cookie cookie, ObjectState state) {
        cameUp.accept(cookie);
        awake.add(cookie);
        objects.put(cookie, state);
        moved(cookie);
    }

    @Override
    public void stepped(
            Cookie cookie, ObjectState after, ObjectCommand command, Decision<ObjectEvent, ObjectAction> decision) {
        objects.put(cookie, after);
        moved(cookie);
    }

    /// The object's actor has left memory.
    /// @param told whether anybody still uses it
    void left(Cookie cookie, boolean told) {
        if (awake.remove(cookie) && told) {
            listener.happened(cookie + " leaves memory");
        }
    }

    private void moved(Cookie cookie) {
        var now = ObjectCore.printed(objects.getOrDefault(cookie, FRESH), slot(cookie));
        var before = printed.put(cookie, now);
        if (!now.equals(before == null ? Slot.State.CLOSE.name() : before)) {
            listener.happened(Words.moved(cookie, before == null ? Slot.State.CLOSE.name() : before, now));
        }
    }

    private Slot.State slot(Cookie cookie) {
        return device == null ? Slot.State.CLOSE : device.effective(cookie);
    }

    /// The device as it is.
    DeviceState device(DeviceLimits limits) {
        return device == null ? new DeviceState(limits, 0) : device;
    }

    List<String> show() {
        return printed.entrySet().stream()
                .map(object -> Words.of(object.getKey(), object.getValue(), Objects.requireNonNull(device)))
                .toList();
    }
}
