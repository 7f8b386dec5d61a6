package cachefiles.app.demo;

import cachefiles.kernel.actor.DeviceObserver;
import cachefiles.kernel.device.DeviceAction;
import cachefiles.kernel.device.DeviceCommand;
import cachefiles.kernel.device.DeviceEvent;
import cachefiles.kernel.device.DeviceState;
import cachefiles.kernel.device.Slot;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Decision;
import cachefiles.kernel.uapi.DeviceCall;
import cachefiles.kernel.uapi.DeviceReply;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.MsgId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Counts what happens in device and daemon. One device at a time speaks to it, on its own thread.
final class Watch implements DeviceObserver {
    private final Set<MsgId> delivered = new HashSet<>();
    private final Map<Cookie, Slot> slots = new HashMap<>();
    private final Set<Cookie> open = ConcurrentHashMap.newKeySet();
    private final Set<Cookie> closing = ConcurrentHashMap.newKeySet();
    private final AtomicLong redelivered = new AtomicLong();
    private final AtomicLong reopened = new AtomicLong();
    private final AtomicLong reopenAttempts = new AtomicLong();
    private final AtomicLong fenced = new AtomicLong();
    private final AtomicLong closes = new AtomicLong();

    @Override
    public synchronized void stepped(
            DeviceState after, DeviceCommand command, Decision<DeviceEvent, DeviceAction> decision) {
        for (DeviceEvent event : decision.events()) {
            count(event);
        }
        if (command instanceof DeviceCommand.Call(DeviceCall.FromDaemon call)) {
            for (DeviceAction action : decision.actions()) {
                if (action instanceof DeviceAction.Reply(DeviceReply.Done(_, var errno))) {
                    answered(after, call, errno);
                }
            }
        }
    }

    private void count(DeviceEvent event) {
        switch (event) {
            case DeviceEvent.Delivered(var id, _) -> {
                if (!delivered.add(id)) {
                    redelivered.incrementAndGet();
                }
            }
            case DeviceEvent.Ended(var id) -> delivered.remove(id);
            case DeviceEvent.SlotSet(var cookie, var slot) -> moved(cookie, slots.put(cookie, slot), slot);
            case DeviceEvent.SlotDropped(var cookie) -> {
                slots.remove(cookie);
                open.remove(cookie);
            }
            case DeviceEvent.TookOver(var incarnation, var floor) -> {
                if (floor == incarnation) {
                    open.clear();
                }
            }
            case DeviceEvent.Died _ -> {
                delivered.clear();
                slots.clear();
                open.clear();
            }
            default -> {}
        }
    }

    private void moved(Cookie cookie, @Nullable Slot before, Slot slot) {
        boolean wasReopening = before != null && before.state() == Slot.State.REOPENING;
        switch (slot.state()) {
            case OPEN -> {
                if (wasReopening) {
                    reopened.incrementAndGet();
                }
                open.add(cookie);
            }
            case REOPENING -> {
                if (before == null
                        || !wasReopening
                        || before.attempts() != slot.attempts()
                        || before.attemptsIn() != slot.attemptsIn()) {
                    reopenAttempts.incrementAndGet();
                }
                open.remove(cookie);
            }
            case CLOSE, RESTING -> open.remove(cookie);
        }
    }

    private void answered(DeviceState after, DeviceCall.FromDaemon call, Errno errno) {
        if (errno == Errno.ESTALE && call.incarnation() != after.incarnation()) {
            fenced.incrementAndGet();
        }
        if (call instanceof DeviceCall.CloseHandle close
                && errno.isOk()
                && closing.remove(close.handle().cookie())) {
            closes.incrementAndGet();
        }
    }

    /// Objects whose handle lives, by now at least.
    List<Cookie> open() {
        return List.copyOf(open);
    }

    /// From now on a close of this object's handle counts as one of ours.
    void expectClose(Cookie cookie) {
        closing.add(cookie);
    }

    /// Whether the close that was expected has not come.
    /// @return true if it has
    boolean hasClosed(Cookie cookie) {
        return !closing.contains(cookie);
    }

    /// No close is expected any more.
    /// @return true if it has come
    boolean stopExpecting(Cookie cookie) {
        return !closing.remove(cookie);
    }

    long redelivered() {
        return redelivered.get();
    }

    long reopened() {
        return reopened.get();
    }

    long reopenAttempts() {
        return reopenAttempts.get();
    }

    long fenced() {
        return fenced.get();
    }

    long closes() {
        return closes.get();
    }
}
