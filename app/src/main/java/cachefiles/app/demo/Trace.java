package cachefiles.app.demo;

import cachefiles.daemon.actor.DaemonObserver;
import cachefiles.daemon.core.SupervisorCore;
import cachefiles.daemon.core.SupervisorState;
import cachefiles.kernel.actor.DeviceObserver;
import cachefiles.kernel.actor.ObjectObserver;
import cachefiles.kernel.device.DeviceAction;
import cachefiles.kernel.device.DeviceCommand;
import cachefiles.kernel.device.DeviceEvent;
import cachefiles.kernel.device.DeviceState;
import cachefiles.kernel.device.Slot;
import cachefiles.kernel.object.ObjectAction;
import cachefiles.kernel.object.ObjectCommand;
import cachefiles.kernel.object.ObjectCore;
import cachefiles.kernel.object.ObjectEvent;
import cachefiles.kernel.object.ObjectState;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Decision;
import cachefiles.kernel.uapi.KeyText;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Writes one line a transition, with its reason, in the kernel's words:
///
/// ```
/// t=412 lib/modules OPEN→CLOSE why=take-over actions=[]
/// ```
///
/// Milliseconds since the start, object, states, what led there, and what was done about it; and a line for each of
/// Akka's signals to the daemon, each step of the supervisor, and each kill that landed.
final class Trace implements DeviceObserver, ObjectObserver, DaemonObserver {
    private static final ObjectState FRESH = new ObjectState.Idle(null);

    /// The two halves of an object's state: its actor's, and its slot's in the device.
    private record View(ObjectState object, Slot.State slot) {
        String printed() {
            return ObjectCore.printed(object, slot);
        }
    }

    private final Writer out;
    private final long startNanos = System.nanoTime();
    private final Map<Cookie, View> views = new TreeMap<>();
    private SupervisorState.Phase supervisor = SupervisorState.Phase.STARTING;
    private @Nullable IOException failure;

    Trace(Writer out) {
        this.out = out;
    }

    /// Why lines are missing; null if none are.
    synchronized @Nullable IOException failure() {
        return failure;
    }

    /// Another cache begins.
    synchronized void begin(String title) {
        views.clear();
        supervisor = SupervisorState.Phase.STARTING;
        write("# " + title + "\n");
    }

    synchronized void line(String text) {
        write("t=" + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos) + " " + text + "\n");
    }

    private void write(String text) {
        if (failure == null) {
            try {
                out.write(text);
            } catch (IOException failed) {
                failure = failed;
            }
        }
    }

    @Override
    public synchronized void stepped(
            DeviceState after, DeviceCommand command, Decision<DeviceEvent, DeviceAction> decision) {
        String why = command instanceof DeviceCommand.Call(var call) ? word(call) : word(command);
        for (DeviceEvent event : decision.events()) {
            switch (event) {
                case DeviceEvent.SlotSet(var cookie, var slot) ->
                    moved(cookie, new View(view(cookie).object(), slot.state()), why, decision.actions());
                case DeviceEvent.SlotDropped(var cookie) ->
                    moved(cookie, new View(view(cookie).object(), Slot.State.CLOSE), why, decision.actions());
                case DeviceEvent.TookOver(var incarnation, var floor) -> {
                    line("device taken over incarnation=" + incarnation
                            + (floor == incarnation ? "" : " handles kept"));
                    if (floor == incarnation) {
                        handlesLost(why);
                    }
                }
                case DeviceEvent.Restored _ ->
                    line("device restored requests=" + after.table().size());
                case DeviceEvent.GaveUp _ -> line("device given up: what is missing is EIO");
                case DeviceEvent.Died _ -> {
                    line("device closed: all that waits ends with EIO");
                    handlesLost(why);
                }
                default -> {}
            }
        }
    }

    private void handlesLost(String why) {
        views.replaceAll((cookie, view) -> {
            if (view.slot() != Slot.State.OPEN) {
                return view; // a reopen under way goes on
            }
            var lost = new View(view.object(), Slot.State.CLOSE);
            transition(cookie, view, lost, why, List.of());
            return lost;
        });
    }

    @Override
    public synchronized void stepped(
            Cookie cookie, ObjectState after, ObjectCommand command, Decision<ObjectEvent, ObjectAction> decision) {
        String why = command instanceof ObjectCommand.Heard(var notice) ? word(notice) : word(command);
        moved(cookie, new View(after, view(cookie).slot()), why, decision.actions());
    }

    private View view(Cookie cookie) {
        return views.getOrDefault(cookie, new View(FRESH, Slot.State.CLOSE));
    }

    private void moved(Cookie cookie, View after, String why, List<?> actions) {
        var before = view(cookie);
        if (after.object() instanceof ObjectState.Idle && after.slot() == Slot.State.CLOSE) {
            views.remove(cookie);
        } else {
            views.put(cookie, after);
        }
        transition(cookie, before, after, why, actions);
    }

    private void transition(Cookie cookie, View before, View after, String why, List<?> actions) {
        if (!before.printed().equals(after.printed())) {
            line(KeyText.of(cookie.key()) + " " + before.printed() + "→" + after.printed() + " why=" + why + " actions="
                    + actions.stream().map(Trace::word).collect(Collectors.joining(",", "[", "]")));
        }
    }

    @Override
    public void daemonSignalled(String signal) {
        line("daemon " + signal);
    }

    @Override
    public synchronized void supervised(SupervisorState after, SupervisorCore.Command command) {
        if (after.phase() != supervisor) {
            line("supervisor " + supervisor + "→" + after.phase() + " why=" + word(command) + " restarts="
                    + after.restarts());
            supervisor = after.phase();
        }
    }

    /// `CloseHandle` as `close-handle`.
    private static String word(Object message) {
        return message.getClass()
                .getSimpleName()
                .replaceAll("(?<=[a-z])(?=[A-Z])", "-")
                .toLowerCase(Locale.ROOT);
    }
}
