package cachefiles.app.check.sim;

import cachefiles.app.check.sim.Clock.Channel;
import cachefiles.app.check.sim.Coverage.Count;
import cachefiles.app.check.sim.Crash.Moment;
import cachefiles.app.check.sim.Crash.Victim;
import cachefiles.kernel.device.Notice;
import cachefiles.kernel.object.ObjectAction;
import cachefiles.kernel.object.ObjectCommand;
import cachefiles.kernel.object.ObjectCore;
import cachefiles.kernel.object.ObjectEvent;
import cachefiles.kernel.object.ObjectState;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Decision;
import cachefiles.kernel.uapi.Errno;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// The shell of [ObjectCore] with Akka's persistence around it (`cachefiles.kernel.actor.ObjectActor`): what arrives
/// while an event is being stored, or during recovery, is stashed.
final class SimObject {
    private static final long RETRY_MICROS = 5_000;
    private static final ObjectAction LEAVE = new ObjectAction.Leave();

    private final World world;
    final Blob blob;
    final Gate gate;
    final int use;
    private final Channel fromDevice = new Channel();
    private final ArrayDeque<Runnable> stash = new ArrayDeque<>();
    private ObjectState state = new ObjectState.Idle(null);
    private long life;
    private boolean busy;
    private boolean stopped;

    SimObject(World world, Blob blob, Gate gate) {
        this.world = world;
        this.blob = blob;
        this.gate = gate;
        this.use = blob.use;
        recover(world.work());
    }

    ObjectState state() {
        return state;
    }

    void hear(Notice notice) {
        world.send(fromDevice, () -> receive(new ObjectCommand.Heard(notice)));
    }

    private void recover(long micros) {
        busy = true;
        world.clock.after(micros, () -> {
            state = blob.recovered();
            world.count(Count.RECOVERIES);
            life = gate.objectUp(this);
            unstash();
        });
    }

    private void unstash() {
        busy = false;
        while (!busy && !stopped && !stash.isEmpty()) {
            stash.remove().run();
        }
    }

    /// What is said to this life of the actor, or was said to an earlier one.
    void receive(long to, ObjectCommand command) {
        receive(() -> {
            if (to == life) {
                handle(command);
            }
        });
    }

    private void receive(ObjectCommand command) {
        receive(() -> handle(command));
    }

    private void receive(Runnable message) {
        if (busy) {
            stash.add(message);
        } else if (!stopped) {
            message.run();
        }
    }

    private void handle(ObjectCommand command) {
        var moment = world.fate(Victim.OBJECT);
        if (moment == Moment.TAKEN) {
            crash(moment, command);
            return;
        }
        var decision = ObjectCore.decide(blob.cookie, state, command);
        if (!decision.events().isEmpty() && decision.events().getFirst() instanceof ObjectEvent.Journaled journaled) {
            store(journaled, command, decision, moment);
        } else {
            finish(command, decision, moment);
        }
    }

    private void store(
            ObjectEvent.Journaled journaled,
            ObjectCommand command,
            Decision<ObjectEvent, ObjectAction> decision,
            @Nullable Moment moment) {
        busy = true;
        world.clock.after(world.work(), () -> {
            boolean fails = world.strikes(Fault.PERSIST_FAILURE);
            if (!fails || world.chance.oneIn(2)) {
                world.stored(blob, journaled);
            }
            if (fails) {
                world.coverage.add(Fault.PERSIST_FAILURE);
                world.trace.line(world.clock.now(), blob, "event not stored", journaled);
                recover(world.chance.between(50_000, 2_000_000));
            } else {
                finish(command, decision, moment);
                if (moment == null) {
                    unstash();
                }
            }
        });
    }

    private void finish(ObjectCommand command, Decision<ObjectEvent, ObjectAction> decision, @Nullable Moment moment) {
        var before = state;
        for (ObjectEvent event : decision.events()) {
            state = ObjectCore.evolve(state, event);
        }
        world.trace.moved(world.clock.now(), this, before, state, command, decision.events(), decision.actions());
        Checks.afterObject(world, this, before);
        var actions = decision.actions();
        int performed = world.performed(moment, actions.size());
        for (ObjectAction action : actions.subList(0, performed)) {
            perform(action);
        }
        if (moment != null) {
            crash(performed == 0 ? Moment.DECIDED : moment, command);
        } else if (actions.contains(LEAVE) && gate.objectLeaves(this)) {
            stopped = true;
            world.coverage.add(Fault.REST);
            world.keeper.terminated(this);
        }
    }

    private void crash(Moment moment, ObjectCommand command) {
        world.landed(Victim.OBJECT, moment);
        world.trace.line(world.clock.now(), blob, "crashes", moment, "over", command);
        if (!stash.isEmpty() && world.has(Fault.STASH_LOSS)) {
            world.coverage.add(Fault.STASH_LOSS);
            stash.clear();
        }
        state = new ObjectState.Idle(null);
        recover(world.work());
    }

    private void perform(ObjectAction action) {
        switch (action) {
            case ObjectAction.Submit(var command) ->
                world.send(blob.toDevice, () -> world.device.fromObject(command, this));
            case ObjectAction.Attach(var content) -> {
                var change = blob.file.new Change(content);
                long mine = life;
                world.clock.after(world.work(), () -> attach(content, change, mine));
            }
            case ObjectAction.Clear _ -> {
                blob.file.clear();
                world.trace.line(world.clock.now(), blob, "cleared");
            }
            case ObjectAction.Acquired(var errno, var content) -> gate.acquired(errno, content);
            case ObjectAction.ReadDone(var ask, var errno) -> gate.readDone(ask, errno);
            case ObjectAction.Released _ -> gate.released();
            case ObjectAction.Leave _ -> {}
        }
    }

    private void attach(Content content, BlobFile.Change change, long mine) {
        if (mine != life && !change.isUnderWay()) {
            return; // a predecessor's, come late
        }
        if (blob.storeFails && !change.isUnderWay() || use != blob.use) {
            blob.spend(Blob.Cause.STORE);
            attached(content, Errno.EIO, mine);
        } else if (change.isDone()) {
            attached(content, Errno.OK, mine);
        } else {
            world.clock.after(RETRY_MICROS, () -> attach(content, change, mine));
        }
    }

    private void attached(Content content, Errno errno, long mine) {
        world.trace.line(world.clock.now(), blob, "attached", content, errno);
        world.send(new Channel(), () -> receive(mine, new ObjectCommand.Attached(content, errno)));
    }

    @Override
    public String toString() {
        return blob.toString();
    }
}
