package cachefiles.kernel.reader;

import cachefiles.kernel.object.ObjectCommand;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Range;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The one way to an object, for all its readers. It joins what asks for the same bytes, keeps at most a window of
/// commands outstanding (Akka's stash behind a slow persist must stay shallow, see docs/adr/0004-gate.md), queues the
/// rest within a bound, and says everything again when the object or the device has lost its memory.
///
/// Changed in place; not safe for several threads.
public final class GateCore {
    /// What the gate wants of the object besides bytes.
    public enum Wish {
        NONE,
        ACQUIRE,
        RELEASE,
        RETIRE
    }

    /// What the gate is told; each is one of its methods.
    public sealed interface Command {
        record Acquire() implements Command {}

        record Release(boolean retire) implements Command {}

        /// @param ahead of all readers
        record Await(long waiter, Range hole, boolean ahead) implements Command {}

        record Leave(long waiter) implements Command {}

        record ReadDone(long ask, Errno errno) implements Command {}

        record Acquired(Errno errno, @Nullable Content content) implements Command {}

        record Released() implements Command {}

        record ObjectUp(boolean again) implements Command {}

        record RecoveryFailed() implements Command {}

        record DeviceUp() implements Command {}
    }

    public sealed interface Action {
        /// Tell the object. If its actor is not in memory it comes back for this.
        record Send(ObjectCommand command) implements Action {}

        /// Tell a reader that its wait has ended.
        record Wakeup(long waiter, Errno errno) implements Action {}

        /// The look-up has ended.
        /// @param content null unless `OK`
        record Acquired(Errno errno, @Nullable Content content) implements Action {}

        /// The object is out of use.
        record Released() implements Action {}
    }

    private static final class Asked {
        final Range range;
        final List<Long> waiters = new ArrayList<>(1);
        boolean sent;

        /// Who asked for it ahead, and may have left; -1 if a reader asked.
        long ahead = NOBODY;

        Asked(Range range) {
            this.range = range;
        }
    }

    /// Recoveries of the object's actor that may fail one after the other before it is given up.
    public static final int RECOVERIES = 8;

    private static final long NOBODY = -1;

    private final int window;
    private final int bound;
    private Map<Long, Asked> asks = Map.of(); // in the order they were asked
    private Map<Range, Long> byRange = Map.of();
    private Map<Long, Long> askOf = Map.of();
    private long nextAsk;
    private int sent;
    private Wish wish = Wish.NONE;
    private int failedRecoveries;
    private boolean lost;

    /// @param window asks outstanding at most: sent, and not answered by one `ReadDone` each. Of each there are at most
    /// two
    ///     commands on their way, the ask and its cancellation
    /// @param bound waiters at most; further ones end with `EAGAIN`
    public GateCore(int window, int bound) {
        this.window = window;
        this.bound = bound;
    }

    /// A copy that shares nothing that changes.
    public GateCore copy() {
        var copy = new GateCore(window, bound);
        copy.begin();
        asks.forEach((ask, asked) -> {
            var same = new Asked(asked.range);
            same.waiters.addAll(asked.waiters);
            same.sent = asked.sent;
            same.ahead = asked.ahead;
            copy.asks.put(ask, same);
        });
        copy.byRange.putAll(byRange);
        copy.askOf.putAll(askOf);
        copy.nextAsk = nextAsk;
        copy.sent = sent;
        copy.wish = wish;
        copy.failedRecoveries = failedRecoveries;
        copy.lost = lost;
        return copy;
    }

    /// One ask as it stands.
    /// @param sent whether the object was told; else it is queued
    public record Ask(long ask, Range range, boolean sent, List<Long> waiters) {}

    /// A gate as it was, for whoever keeps states in a form of his own.
    /// @param asks in the order they were asked
    /// @param nextAsk above the number of each
    public static GateCore of(int window, int bound, List<Ask> asks, long nextAsk, Wish wish) {
        var gate = new GateCore(window, bound);
        gate.begin();
        for (Ask known : asks) {
            var asked = new Asked(known.range());
            asked.waiters.addAll(known.waiters());
            asked.sent = known.sent();
            gate.asks.put(known.ask(), asked);
            known.waiters().forEach(waiter -> gate.askOf.put(waiter, known.ask()));
            if (!known.waiters().isEmpty()) { // else left: nobody joins it any more
                gate.byRange.put(known.range(), known.ask());
            }
            if (known.sent()) {
                gate.sent++;
            }
        }
        gate.nextAsk = nextAsk;
        gate.wish = wish;
        return gate;
    }

    /// What is asked, in its order.
    public List<Ask> asks() {
        var known = new ArrayList<Ask>(asks.size());
        asks.forEach((ask, asked) -> known.add(new Ask(ask, asked.range, asked.sent, List.copyOf(asked.waiters))));
        return known;
    }

    public Wish wish() {
        return wish;
    }

    /// Whether nothing is asked of the object, so that it may leave memory (B33).
    public boolean isIdle() {
        return asks.isEmpty() && wish == Wish.NONE;
    }

    /// What the object has not answered yet.
    public int outstanding() {
        return sent + (wish == Wish.NONE ? 0 : 1);
    }

    /// Waiters, sent for or queued.
    public int waiters() {
        return askOf.size();
    }

    public int window() {
        return window;
    }

    public int bound() {
        return bound;
    }

    /// Has the gate told so.
    public List<Action> step(Command command) {
        return switch (command) {
            case Command.Acquire _ -> acquire();
            case Command.Release(var retire) -> release(retire);
            case Command.Await(var waiter, var hole, var ahead) -> await(waiter, hole, ahead);
            case Command.Leave(var waiter) -> leave(waiter);
            case Command.ReadDone(var ask, var errno) -> readDone(ask, errno);
            case Command.Acquired(var errno, var content) -> acquired(errno, content);
            case Command.Released _ -> released();
            case Command.ObjectUp(var again) -> objectUp(again);
            case Command.RecoveryFailed _ -> recoveryFailed();
            case Command.DeviceUp _ -> deviceUp();
        };
    }

    public List<Action> acquire() {
        wish = Wish.ACQUIRE;
        return List.of(new Action.Send(new ObjectCommand.Acquire()));
    }

    /// Asks that are still queued end here: said after the release they would take the object into use again.
    /// @param retire whether the content is to be forgotten
    public List<Action> release(boolean retire) {
        wish = retire || wish == Wish.RETIRE ? Wish.RETIRE : Wish.RELEASE;
        var actions = new ArrayList<Action>(1);
        for (var entry : List.copyOf(asks.entrySet())) {
            if (!entry.getValue().sent) {
                end(entry.getKey(), Errno.EIO, actions);
            }
        }
        if (lost) { // it would fail as before, and holds nothing
            wish = Wish.NONE;
            actions.add(new Action.Released());
        } else {
            actions.add(new Action.Send(new ObjectCommand.Release(retire)));
        }
        return actions;
    }

    /// A reader waits for `hole`.
    public List<Action> await(long waiter, Range hole) {
        return await(waiter, hole, false);
    }

    /// As [#await], ahead of all readers. Whoever joins it later is not to fail with it: it is then asked once more.
    public List<Action> awaitAhead(long waiter, Range hole) {
        return await(waiter, hole, true);
    }

    private List<Action> await(long waiter, Range hole, boolean ahead) {
        if (askOf.size() >= bound) {
            return List.of(new Action.Wakeup(waiter, Errno.EAGAIN));
        }
        var known = byRange.get(hole);
        if (known != null) {
            must(known).waiters.add(waiter);
            askOf.put(waiter, known);
            return List.of();
        }
        begin();
        long ask = nextAsk++;
        var asked = new Asked(hole);
        asked.ahead = ahead ? waiter : NOBODY;
        asked.waiters.add(waiter);
        asks.put(ask, asked);
        byRange.put(hole, ask);
        askOf.put(waiter, ask);
        return sendNext();
    }

    /// A reader waits no more.
    public List<Action> leave(long waiter) {
        var ask = askOf.get(waiter);
        if (ask == null) {
            return List.of();
        }
        askOf.remove(waiter);
        var asked = must(ask);
        asked.waiters.remove(waiter);
        if (!asked.waiters.isEmpty()) {
            return List.of();
        }
        if (!asked.sent) {
            forget(ask, asked);
            return List.of();
        }
        byRange.remove(asked.range); // its place in the window is free when the object has answered
        return List.of(new Action.Send(new ObjectCommand.CancelRead(ask)));
    }

    /// The object says that an ask has ended. One that is unknown was left, or answered before.
    public List<Action> readDone(long ask, Errno errno) {
        if (!asks.containsKey(ask)) {
            return List.of();
        }
        var actions = new ArrayList<Action>(2);
        boolean inUse = wish == Wish.NONE || wish == Wish.ACQUIRE;
        if (!errno.isOk() && must(ask).ahead != NOBODY && inUse) {
            endAhead(ask, errno, actions);
        } else {
            end(ask, errno, actions);
        }
        actions.addAll(sendNext());
        return actions;
    }

    /// The failure is for who asked ahead. Readers who joined have asked for nothing yet.
    private void endAhead(long ask, Errno errno, List<Action> actions) {
        var asked = must(ask);
        var readers =
                asked.waiters.stream().filter(waiter -> waiter != asked.ahead).toList();
        asked.waiters.removeAll(readers);
        end(ask, errno, actions);
        if (!readers.isEmpty()) {
            var anew = new Asked(asked.range);
            anew.waiters.addAll(readers);
            anew.sent = true;
            askAnew(anew, actions);
        }
    }

    public List<Action> acquired(Errno errno, @Nullable Content content) {
        if (wish != Wish.ACQUIRE) {
            return List.of();
        }
        wish = Wish.NONE;
        return List.of(new Action.Acquired(errno, content));
    }

    public List<Action> released() {
        if (wish != Wish.RELEASE && wish != Wish.RETIRE) {
            return List.of();
        }
        wish = Wish.NONE;
        return List.of(new Action.Released());
    }

    /// The object's actor has come up: all that was said to a predecessor is said again, but for what nobody waits for.
    /// Asks get new numbers: a READ that a predecessor named by the old one may be out, for less than is asked now.
    /// @param again whether it has failed, and did not just come into memory: what the device told it may be lost too
    public List<Action> objectUp(boolean again) {
        failedRecoveries = 0;
        lost = false;
        var actions = new ArrayList<Action>();
        if (again) {
            actions.add(new Action.Send(new ObjectCommand.Resubmit()));
        }
        for (var entry : List.copyOf(asks.entrySet())) {
            var asked = entry.getValue();
            if (asked.sent) {
                forget(entry.getKey(), asked);
                if (!asked.waiters.isEmpty()) {
                    askAnew(asked, actions);
                }
            }
        }
        actions.addAll(sendNext());
        switch (wish) { // after the asks, which a look-up would refuse
            case ACQUIRE -> actions.add(new Action.Send(new ObjectCommand.Acquire()));
            case RELEASE -> actions.add(new Action.Send(new ObjectCommand.Release(false)));
            case RETIRE -> actions.add(new Action.Send(new ObjectCommand.Release(true)));
            case NONE -> {}
        }
        return actions;
    }

    /// The journal could not tell the object's actor what is known of the object. After [#RECOVERIES] of these all that
    /// waits ends with `EIO`; what is asked later has the actor brought up anew.
    public List<Action> recoveryFailed() {
        if (++failedRecoveries < RECOVERIES) {
            return List.of();
        }
        failedRecoveries = 0;
        lost = true;
        var actions = new ArrayList<Action>();
        List.copyOf(asks.keySet()).forEach(ask -> end(ask, Errno.EIO, actions));
        switch (wish) {
            case ACQUIRE -> actions.add(new Action.Acquired(Errno.EIO, null));
            case RELEASE, RETIRE -> actions.add(new Action.Released());
            case NONE -> {}
        }
        wish = Wish.NONE;
        return actions;
    }

    /// Whether the object's actor was given up, and has not come up since.
    public boolean isLost() {
        return lost;
    }

    /// The device has lost its table.
    public List<Action> deviceUp() {
        return isIdle() ? List.of() : List.of(new Action.Send(new ObjectCommand.Resubmit()));
    }

    private void askAnew(Asked asked, List<Action> actions) {
        begin();
        long ask = nextAsk++;
        asks.put(ask, asked);
        byRange.put(asked.range, ask);
        asked.waiters.forEach(waiter -> askOf.put(waiter, ask));
        sent++;
        actions.add(new Action.Send(new ObjectCommand.Read(ask, asked.range)));
    }

    private List<Action> sendNext() {
        var actions = new ArrayList<Action>(1);
        for (var entry : asks.entrySet()) { // looks at no more than a window of those that were sent
            if (sent == Math.min(window, asks.size())) {
                break;
            }
            var asked = entry.getValue();
            if (!asked.sent) {
                asked.sent = true;
                sent++;
                actions.add(new Action.Send(new ObjectCommand.Read(entry.getKey(), asked.range)));
            }
        }
        return actions;
    }

    private void end(long ask, Errno errno, List<Action> actions) {
        var asked = must(ask);
        for (Long waiter : asked.waiters) {
            askOf.remove(waiter);
            actions.add(new Action.Wakeup(waiter, errno));
        }
        forget(ask, asked);
    }

    private void forget(long ask, Asked asked) {
        asks.remove(ask);
        byRange.remove(asked.range, ask);
        if (asked.sent) {
            sent--;
        }
        if (asks.isEmpty()) {
            asks = Map.of();
            byRange = Map.of();
            askOf = Map.of();
        }
    }

    /// Something is to be asked. Of a million gates most have nothing asked, and hold no maps for it.
    private void begin() {
        if (asks.isEmpty()) {
            asks = LinkedHashMap.newLinkedHashMap(1);
            byRange = HashMap.newHashMap(1);
            askOf = HashMap.newHashMap(1);
        }
    }

    private Asked must(long ask) {
        var asked = asks.get(ask);
        if (asked == null) {
            throw new IllegalStateException("no ask " + ask);
        }
        return asked;
    }
}
