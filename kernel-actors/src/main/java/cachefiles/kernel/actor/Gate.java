package cachefiles.kernel.actor;

import akka.actor.typed.ActorRef;
import cachefiles.kernel.extent.BackingFile;
import cachefiles.kernel.object.ObjectCommand;
import cachefiles.kernel.reader.GateCore;
import cachefiles.kernel.reader.GateCore.Command;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Faults;
import cachefiles.kernel.uapi.Range;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The way of all readers' threads to one object's actor, and back: the shell of [GateCore]. It is no actor, so that a
/// reader that misses costs one message and not two, and it outlives the actor: what the actor loses is asked again.
public final class Gate {
    /// Whoever waits at a gate.
    public interface Waiter {
        /// The wait has ended. Called once, on the object's thread: it must not block.
        void wakeUp(Errno errno);
    }

    /// What a gate asks of its surroundings.
    public interface Keeper {
        /// Bring the object's actor into memory; [#objectUp] follows.
        void activate(Gate gate);

        /// The object's actor has left memory.
        void left(Gate gate);

        /// Stop the object's actor, which never gets as far as [#objectUp].
        void abandon(Gate gate);

        /// Working on the backing file has failed with this.
        void failed(IOException failure);

        /// The gate has begun, or ceased, to have something asked.
        void busy(Gate gate, boolean busy);

        /// Sees each step, while no other is taken.
        default CacheObserver observer() {
            return CacheObserver.NONE;
        }
    }

    private final Cookie cookie;
    private final BackingFile file;
    private final Keeper keeper;
    private final GateCore core;
    private Map<Long, Waiter> waiters = Map.of();
    private long nextWaiter;
    private boolean wasIdle = true;
    private volatile @Nullable Errno refusal;
    private volatile long idleSinceNanos = System.nanoTime();
    private @Nullable ActorRef<ObjectActor.Command> actor;
    private volatile long life;
    private boolean waitsForJournal;
    private @Nullable Consumer<Acquisition> onAcquired;
    private @Nullable Runnable onReleased;

    /// How a look-up ended.
    /// @param content null unless `OK`
    public record Acquisition(Errno errno, @Nullable Content content) {}

    /// @param window commands outstanding at the actor at most
    /// @param bound waiters at most
    public Gate(Cookie cookie, BackingFile file, Keeper keeper, int window, int bound) {
        this.cookie = cookie;
        this.file = file;
        this.keeper = keeper;
        this.core = new GateCore(window, bound);
    }

    public Cookie cookie() {
        return cookie;
    }

    public BackingFile file() {
        return file;
    }

    /// Looks the object up.
    public void acquire(Consumer<Acquisition> done) {
        run(() -> {
            onAcquired = done;
            return step(new Command.Acquire());
        });
    }

    /// Takes the object out of use: from now on it serves nobody.
    /// @param retire whether content and bytes are to be forgotten
    public void release(boolean retire, Runnable done) {
        refuse(Errno.EIO);
        run(() -> {
            onReleased = done;
            return step(new Command.Release(retire));
        });
    }

    /// Serves nobody from now on, hits included (S116). The first reason stays.
    synchronized void refuse(Errno why) {
        if (refusal == null) {
            refusal = why;
        }
    }

    /// What each read ends with that begins or goes on now: the object was taken out of use, or the cache has failed.
    /// Null as long as it serves.
    @Nullable
    Errno refusal() {
        return refusal;
    }

    /// Who sees the steps of reads.
    CacheObserver observer() {
        return keeper.observer();
    }

    /// Working on the backing file has failed.
    void failed(IOException failure) {
        keeper.failed(failure);
    }

    /// Waits for the bytes of `hole`.
    /// @return names the wait, for [#leave]; negative if the gate refuses it ([#refusal]): the waiter is not woken then
    public long await(Range hole, Waiter waiter) {
        return await(hole, waiter, false);
    }

    /// As [#await], ahead of all readers: see [GateCore#awaitAhead].
    long awaitAhead(Range hole, Waiter waiter) {
        return await(hole, waiter, true);
    }

    private long await(Range hole, Waiter waiter, boolean ahead) {
        var id = new long[] {-1};
        run(() -> {
            if (refusal != null) {
                return List.of();
            }
            id[0] = nextWaiter++;
            if (waiters.isEmpty()) {
                waiters = HashMap.newHashMap(1);
            }
            waiters.put(id[0], waiter);
            return step(new Command.Await(id[0], hole, ahead));
        });
        return id[0];
    }

    /// Waits no more. The waiter is not woken, unless that has begun already.
    public void leave(long wait) {
        run(() -> {
            forget(wait);
            return step(new Command.Leave(wait));
        });
    }

    /// Waiters, for tests of bounds.
    public synchronized int waiting() {
        return core.waiters();
    }

    /// Commands that the actor has not answered.
    public synchronized int outstanding() {
        return core.outstanding();
    }

    /// The device has lost its table.
    public void deviceUp() {
        run(() -> step(new Command.DeviceUp()));
    }

    /// Asks the actor to leave memory, if nothing has been asked of it for so long.
    public synchronized void rest(long idleNanos) {
        if (actor != null && core.isIdle() && System.nanoTime() - idleSinceNanos >= idleNanos) {
            actor.tell(new ObjectActor.Step(new ObjectCommand.Rest(), life));
        }
    }

    /// Makes the object's actor fail.
    /// @return whether it is in memory
    public synchronized boolean crash(Faults.Crash crash) {
        if (actor == null) {
            return false;
        }
        actor.tell(new ObjectActor.Die(crash));
        return true;
    }

    /// All that still holds is said to the actor anew.
    /// @return the number of its life: what was said to an earlier one, and may still be in its mailbox, is void
    synchronized long objectUp(ActorRef<ObjectActor.Command> up) {
        boolean again = up.equals(actor);
        actor = up;
        life = life + 1;
        waitsForJournal = false;
        for (GateCore.Action action : step(new Command.ObjectUp(again))) {
            if (action instanceof GateCore.Action.Send(var command)) {
                up.tell(new ObjectActor.Step(command, life));
            }
        }
        restIfOver();
        return life;
    }

    /// Whether no later life of the actor has begun.
    boolean isAlive(long which) {
        return which == life;
    }

    /// Said before, but the actor may have failed over it; nobody else says it again.
    private void restIfOver() {
        if (refusal != null) {
            rest(0);
        }
    }

    /// The actor wants to leave memory.
    /// @return whether it may: nothing was said to it that it has not answered
    synchronized boolean objectLeaves(ActorRef<ObjectActor.Command> leaving) {
        if (!core.isIdle() || !leaving.equals(actor)) {
            return false;
        }
        actor = null;
        keeper.left(this);
        return true;
    }

    /// The journal could not tell the actor what is known of the object.
    /// @return whether it was given up over that
    boolean recoveryFailed() {
        run(() -> step(new Command.RecoveryFailed()));
        synchronized (this) {
            if (!core.isLost()) {
                return false;
            }
        }
        keeper.abandon(this);
        return true;
    }

    /// The actor cannot come up because the journal is away.
    /// @return whether it is the first time since it was up
    synchronized boolean journalAway() {
        boolean first = !waitsForJournal;
        waitsForJournal = true;
        return first;
    }

    /// The actor has stopped without leave.
    synchronized void objectLost() {
        actor = null;
        if (core.isIdle()) {
            keeper.left(this);
        } else {
            keeper.activate(this);
        }
    }

    void readDone(long ask, Errno errno) {
        run(() -> step(new Command.ReadDone(ask, errno)));
    }

    void acquired(Errno errno, @Nullable Content content) {
        run(() -> step(new Command.Acquired(errno, content)));
    }

    void released() {
        run(() -> step(new Command.Released()));
        restIfOver();
    }

    private List<GateCore.Action> step(Command command) {
        var actions = core.step(command);
        keeper.observer().stepped(cookie, core, command, actions);
        return actions;
    }

    /// Runs `turn` alone, sends in its order, and wakes readers when the gate is free again.
    private void run(Supplier<List<GateCore.Action>> turn) {
        var later = new ArrayList<Runnable>(2);
        synchronized (this) {
            for (GateCore.Action action : turn.get()) {
                perform(action, later);
            }
            if (wasIdle != core.isIdle()) {
                wasIdle = core.isIdle();
                idleSinceNanos = System.nanoTime();
                keeper.busy(this, !wasIdle);
            }
        }
        later.forEach(Runnable::run);
    }

    private @Nullable Waiter forget(long wait) {
        var waiter = waiters.get(wait);
        if (waiter != null) {
            waiters.remove(wait);
            if (waiters.isEmpty()) {
                waiters = Map.of(); // of a million gates most have nobody waiting
            }
        }
        return waiter;
    }

    private void perform(GateCore.Action action, List<Runnable> later) {
        switch (action) {
            case GateCore.Action.Send(var command) -> {
                if (actor != null) {
                    actor.tell(new ObjectActor.Step(command, life));
                } else {
                    keeper.activate(this); // all that was asked is said when it is up
                }
            }
            case GateCore.Action.Wakeup(var wait, var errno) -> {
                var waiter = forget(wait);
                if (waiter != null) {
                    later.add(() -> waiter.wakeUp(errno));
                }
            }
            case GateCore.Action.Acquired(var errno, var content) -> {
                var done = onAcquired;
                onAcquired = null;
                if (done != null) {
                    later.add(() -> done.accept(new Acquisition(errno, content)));
                }
            }
            case GateCore.Action.Released _ -> {
                var done = onReleased;
                onReleased = null;
                if (done != null) {
                    later.add(done);
                }
            }
        }
    }
}
