package cachefiles.app.load;

import cachefiles.app.crash.Recoveries;
import cachefiles.app.load.plan.Recovery;
import cachefiles.app.load.plan.Synthetic;
import cachefiles.daemon.actor.DaemonObserver;
import cachefiles.kernel.actor.DeviceObserver;
import cachefiles.kernel.device.DeviceAction;
import cachefiles.kernel.device.DeviceCommand;
import cachefiles.kernel.device.DeviceEvent;
import cachefiles.kernel.device.DeviceState;
import cachefiles.kernel.device.Slot;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Decision;
import cachefiles.kernel.uapi.Faults;
import cachefiles.kernel.uapi.MsgId;
import cachefiles.kernel.uapi.Phase;
import cachefiles.persistence.journal.JournalFaults;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// Follows device and daemon through crashes, and counts what they do. A few bytes an object: there may be a million.
final class Watch implements DeviceObserver, DaemonObserver, Faults, Recoveries.Listener {
    /// How each object stands, with the take-over that it was known at: a later one has closed all handles without a
    /// word to each.
    private static final int STATE_BITS = 2;

    private static final List<Slot.State> STATES = List.of(Slot.State.values());
    private static final int CLOSE = STATES.indexOf(Slot.State.CLOSE);
    private static final int OPEN = STATES.indexOf(Slot.State.OPEN);

    private final Synthetic synthetic;
    private final Recoveries recoveries;
    private final int[] slots;
    private final long[] byState = new long[STATES.size()];
    private int takeOvers;
    private final Set<MsgId> delivered = new HashSet<>();
    private final LongAdder journaled = new LongAdder();
    private final LongAdder replayed = new LongAdder();
    private final LongAdder fetches = new LongAdder();
    private long turns;
    private long events;
    private long tells;
    private long redelivered;
    private long reopens;
    private volatile Target.Marks marks = (_, _) -> {};

    Watch(Synthetic synthetic, Faults faults) {
        this.synthetic = synthetic;
        this.recoveries = new Recoveries(faults, this);
        this.slots = new int[synthetic.objects()];
    }

    void tell(Target.Marks to) {
        marks = to;
    }

    JournalFaults journal() {
        return (moment, _) -> {
            switch (moment) {
                case WRITING -> journaled.increment();
                case REPLAYING -> replayed.increment();
                case WRITTEN -> {}
            }
            return CompletableFuture.completedFuture(null);
        };
    }

    @Override
    public void at(Phase phase, Victim here, @Nullable Cookie cookie) {
        if (phase == Phase.FETCHING) {
            fetches.increment();
        }
        recoveries.at(phase, here, cookie);
    }

    @Override
    public void daemonSignalled(String signal) {
        recoveries.daemonSignalled(signal);
    }

    @Override
    public void down(Phase last) {
        marks.mark(Recovery.DOWN, "daemon, at " + last.word());
    }

    @Override
    public void restored(int requests) {
        marks.mark(Recovery.RESTORING, requests + " requests");
    }

    @Override
    public void over() {
        marks.mark(Recovery.AFTER, "");
    }

    @Override
    public synchronized void stepped(
            DeviceState after, DeviceCommand command, Decision<DeviceEvent, DeviceAction> decision) {
        recoveries.stepped(after, command, decision);
        turns += decision.events().isEmpty() ? 0 : 1;
        events += decision.events().size();
        for (DeviceEvent event : decision.events()) {
            count(event);
        }
        for (DeviceAction action : decision.actions()) {
            if (action instanceof DeviceAction.Tell) {
                tells++;
            }
        }
    }

    private void count(DeviceEvent event) {
        switch (event) {
            case DeviceEvent.Delivered(var id, _) -> {
                if (!delivered.add(id)) {
                    redelivered++;
                }
            }
            case DeviceEvent.Ended(var id) -> delivered.remove(id);
            case DeviceEvent.SlotSet(var cookie, var slot) -> moved(cookie, slot.state());
            case DeviceEvent.SlotDropped(var cookie) -> moved(cookie, Slot.State.CLOSE);
            case DeviceEvent.TookOver(var incarnation, var floor) -> {
                if (floor == incarnation) {
                    closeAll();
                }
            }
            case DeviceEvent.Died _ -> {
                delivered.clear();
                Arrays.fill(slots, 0);
                Arrays.fill(byState, 0);
            }
            case DeviceEvent.Restored _,
                    DeviceEvent.Enqueued _,
                    DeviceEvent.Retagged _,
                    DeviceEvent.HandleMade _,
                    DeviceEvent.Renewed _,
                    DeviceEvent.GaveUp _ -> {}
        }
    }

    private void closeAll() {
        takeOvers++;
        byState[CLOSE] += byState[OPEN];
        byState[OPEN] = 0;
    }

    private void moved(Cookie cookie, Slot.State state) {
        int object = synthetic.object(cookie.key().text());
        if (object < 0) {
            return;
        }
        var before = STATES.get(slots[object] & (1 << STATE_BITS) - 1);
        boolean known = slots[object] != 0;
        if (known && before == Slot.State.OPEN && slots[object] >> STATE_BITS != takeOvers + 1) {
            before = Slot.State.CLOSE;
        }
        if (known) {
            byState[STATES.indexOf(before)]--;
        }
        byState[STATES.indexOf(state)]++;
        reopens += state == Slot.State.REOPENING && before != Slot.State.REOPENING ? 1 : 0;
        slots[object] = takeOvers + 1 << STATE_BITS | STATES.indexOf(state);
    }

    synchronized Map<String, Long> gauges() {
        var gauges = new LinkedHashMap<String, Long>();
        for (var state : STATES) {
            gauges.put("state." + state, byState[STATES.indexOf(state)]);
        }
        gauges.put("requests", (long) delivered.size());
        gauges.put("device.turns", turns);
        gauges.put("device.events", events);
        gauges.put("device.tells", tells);
        gauges.put("redelivered", redelivered);
        gauges.put("reopens", reopens);
        gauges.put("fetches", fetches.sum());
        gauges.put("journal.written", journaled.sum());
        gauges.put("journal.replayed", replayed.sum());
        return gauges;
    }
}
