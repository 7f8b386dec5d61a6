package cachefiles.app.check.sim;

import cachefiles.app.check.sim.Clock.Channel;
import cachefiles.kernel.object.ObjectCommand;
import cachefiles.kernel.reader.GateCore;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Range;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The shell of [GateCore] (`cachefiles.kernel.actor.Gate`).
final class Gate {
    private final World world;
    final Blob blob;
    private final int window;
    private final GateCore core;
    private final Map<Long, Read> waiters = new HashMap<>();
    private final Set<Long> asked = new HashSet<>(); // of the actor that is up, and not answered
    private final Channel toObject = new Channel();
    private long nextWaiter;
    private long life;
    private boolean withdrawn;
    private @Nullable SimObject actor;

    Gate(World world, Blob blob, int window, int bound) {
        this.world = world;
        this.blob = blob;
        this.window = window;
        this.core = new GateCore(window, bound);
    }

    void acquire() {
        run(core.acquire());
    }

    void release(boolean retire) {
        withdrawn = true;
        run(core.release(retire));
    }

    long await(Range hole, Read read) {
        long wait = nextWaiter++;
        waiters.put(wait, read);
        run(withdrawn ? List.of(new GateCore.Action.Wakeup(wait, Errno.EIO)) : core.await(wait, hole));
        return wait;
    }

    void leave(long wait) {
        waiters.remove(wait);
        run(core.leave(wait));
    }

    void deviceUp() {
        run(core.deviceUp());
    }

    void resubmitAgain() {
        if (actor != null) {
            tell(actor, new ObjectCommand.Resubmit());
        }
    }

    /// @return whether there was anybody to tell
    boolean rest() {
        if (actor == null || !core.isIdle()) {
            return false;
        }
        tell(actor, new ObjectCommand.Rest());
        return true;
    }

    /// @return the number of the actor's life
    long objectUp(SimObject up) {
        boolean again = up == actor;
        actor = up;
        asked.clear();
        life++;
        for (GateCore.Action action : core.objectUp(again)) {
            if (action instanceof GateCore.Action.Send(var command)) {
                tell(up, command);
            }
        }
        restIfOver();
        return life;
    }

    private void restIfOver() {
        if (withdrawn) {
            rest();
        }
    }

    boolean objectLeaves(SimObject leaving) {
        if (!core.isIdle() || leaving != actor) {
            return false;
        }
        actor = null;
        return true;
    }

    void objectLost() {
        actor = null;
        if (!core.isIdle()) {
            world.keeper.activate(this);
        }
    }

    void readDone(long ask, Errno errno) {
        asked.remove(ask);
        run(core.readDone(ask, errno));
    }

    void acquired(Errno errno, @Nullable Content content) {
        run(core.acquired(errno, content));
    }

    void released() {
        run(core.released());
        restIfOver();
    }

    boolean isWithdrawn() {
        return withdrawn;
    }

    boolean isIdle() {
        return core.isIdle();
    }

    boolean isInMemory() {
        return actor != null;
    }

    private void tell(SimObject object, ObjectCommand command) {
        if (command instanceof ObjectCommand.Read read) {
            asked.add(read.ask());
            world.require(asked.size() <= window, "gate keeps its window", blob, asked.size());
        }
        long said = life;
        world.send(toObject, () -> object.receive(said, command));
    }

    private void run(List<GateCore.Action> actions) {
        for (GateCore.Action action : actions) {
            switch (action) {
                case GateCore.Action.Send(var command) -> {
                    if (actor != null) {
                        tell(actor, command);
                    } else {
                        world.keeper.activate(this);
                    }
                }
                case GateCore.Action.Wakeup(var wait, var errno) -> {
                    var read = waiters.remove(wait);
                    if (errno == Errno.EAGAIN) {
                        blob.spend(Blob.Cause.BOUND);
                    }
                    if (read != null) {
                        world.clock.after(world.hop(), () -> read.ended(errno));
                    }
                }
                case GateCore.Action.Acquired(var errno, var content) -> blob.user.acquired(errno, content);
                case GateCore.Action.Released _ -> blob.user.released();
            }
        }
        world.require(core.outstanding() <= window + 1, "gate keeps its window", blob, core.outstanding());
        world.require(waiters.size() >= core.waiters(), "I1: each waiter is known", blob);
    }
}
