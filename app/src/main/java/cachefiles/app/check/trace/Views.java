package cachefiles.app.check.trace;

import cachefiles.kernel.device.DeviceEvent;
import cachefiles.kernel.device.Slot;
import cachefiles.kernel.object.ObjectCore;
import cachefiles.kernel.object.ObjectEvent;
import cachefiles.kernel.object.ObjectState;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.KeyText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The objects' states in the kernel's words, as they move along a trace: each has two halves, its actor's and its
/// slot's in the device.
final class Views {
    private record View(ObjectState object, Slot.State slot) {
        static final View FRESH = new View(new ObjectState.Idle(null), Slot.State.CLOSE);

        View with(ObjectState other) {
            return new View(other, slot);
        }

        View with(Slot.State other) {
            return new View(object, other);
        }

        String printed() {
            return ObjectCore.printed(object, slot);
        }
    }

    private final Map<Cookie, View> views = new TreeMap<>();

    /// Another system begins.
    void clear() {
        views.clear();
    }

    /// An actor begins.
    /// @return which objects moved: `blob OPENING→CLOSE`
    List<String> begins(Actor actor, Actor.Start start) {
        var moves = new ArrayList<String>();
        var object = actor.object();
        if (start instanceof Actor.Start.Object(var state) && object != null) {
            move(object, view(object).with(state), moves);
        } else if (start instanceof Actor.Start.Device) {
            loseHandles(true, moves);
        }
        return moves;
    }

    /// An actor has decided.
    /// @return which objects moved
    List<String> decided(Actor actor, List<?> events) {
        var moves = new ArrayList<String>();
        for (Object event : events) {
            switch (event) {
                case DeviceEvent.SlotSet(var cookie, var slot) ->
                    move(cookie, view(cookie).with(slot.state()), moves);
                case DeviceEvent.SlotDropped(var cookie) ->
                    move(cookie, view(cookie).with(Slot.State.CLOSE), moves);
                case DeviceEvent.TookOver(var incarnation, var floor) -> {
                    if (floor == incarnation) {
                        loseHandles(false, moves);
                    }
                }
                case DeviceEvent.Died _ -> loseHandles(false, moves);
                case ObjectEvent object
                when actor.object() != null -> {
                    var view = view(actor.object());
                    move(actor.object(), view.with(ObjectCore.evolve(view.object(), object)), moves);
                }
                default -> {}
            }
        }
        return moves;
    }

    /// @param all whether the slots go too; else a reopen under way goes on
    private void loseHandles(boolean all, List<String> moves) {
        for (var entry : List.copyOf(views.entrySet())) {
            if (all || entry.getValue().slot() == Slot.State.OPEN) {
                move(entry.getKey(), entry.getValue().with(Slot.State.CLOSE), moves);
            }
        }
    }

    private View view(Cookie cookie) {
        return views.getOrDefault(cookie, View.FRESH);
    }

    private void move(Cookie cookie, View after, List<String> moves) {
        var before = view(cookie);
        if (after.object() instanceof ObjectState.Idle && after.slot() == Slot.State.CLOSE) {
            views.remove(cookie);
        } else {
            views.put(cookie, after);
        }
        if (!before.printed().equals(after.printed())) {
            moves.add(KeyText.of(cookie.key()) + " " + before.printed() + "→" + after.printed());
        }
    }
}
