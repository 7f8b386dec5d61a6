package cachefiles.app.check.explore;

import cachefiles.app.check.Invariants;
import cachefiles.app.check.explore.Step.Victim;
import cachefiles.kernel.device.Notice;
import cachefiles.kernel.object.ObjectAction;
import cachefiles.kernel.object.ObjectCommand;
import cachefiles.kernel.object.ObjectCore;
import cachefiles.kernel.object.ObjectEvent;
import cachefiles.kernel.object.ObjectState;
import cachefiles.kernel.reader.GateCore;
import cachefiles.kernel.reader.ReaderCore;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Opcode;
import java.util.List;
import java.util.Objects;

/// The turns of an object's actor, of its gate, and of its user.
final class ObjectTurns {
    private ObjectTurns() {}

    /// Somebody begins to use the object.
    static void acquire(Step step, int number) {
        var site = step.world.siteToChange(number);
        site.user = Site.User.ACQUIRING;
        gateDid(step, number, site.gateToChange().acquire());
    }

    /// @param retire for good: its bytes are forgotten
    static void release(Step step, int number, boolean retire) {
        var site = step.world.siteToChange(number);
        site.user = Site.User.RELEASING;
        site.withdrawn = true;
        gateDid(step, number, site.gateToChange().release(retire));
    }

    /// What was released comes into use again, through a gate of its own. It numbers what it asks for from the
    /// beginning, so nothing that has a number may be left of the gate before.
    static void wantAgain(Step step, int number) {
        var world = step.world;
        var site = world.siteToChange(number);
        Invariants.require(
                site.fromDevice.stream().noneMatch(Notice.ReadEnded.class::isInstance)
                        && site.fromGate.stream().allMatch(ObjectCommand.Resubmit.class::isInstance)
                        && world.device().requestsOf(world.model.cookies[number]).stream()
                                .noneMatch(request -> request.opcode() == Opcode.READ),
                "S97: an object is released, and READs of its former use are left");
        site.user = Site.User.OUT;
        site.withdrawn = false;
        site.causes = 0;
        site.renewGate(new GateCore(Site.WINDOW, Site.WINDOW));
        for (int reader = 0; reader < world.readers.length; reader++) {
            if (world.readers[reader].site() == number) {
                world.readers[reader] = world.readers[reader].again();
            }
        }
    }

    static void hearDevice(Step step, int number) {
        var site = step.world.siteToChange(number);
        var notice = site.fromDevice.getFirst();
        site.fromDevice = Site.tail(site.fromDevice);
        hear(step, number, new ObjectCommand.Heard(notice));
    }

    static void hearGate(Step step, int number) {
        var site = step.world.siteToChange(number);
        var command = site.fromGate.getFirst();
        site.fromGate = Site.tail(site.fromGate);
        hear(step, number, command);
    }

    /// The file becomes this content's, and says so.
    static void attach(Step step, int number) {
        var site = step.world.siteToChange(number);
        var content = Objects.requireNonNull(site.attachedTo);
        if (site.stored != null && !site.stored.equals(content)) { // what is of another content is nothing to it
            site.blocks = new byte[site.blocks.length];
        }
        site.stored = content;
        site.attaching = false;
        site.attached = true;
        site.attachedSaid = true;
    }

    static void hearAttached(Step step, int number) {
        var site = step.world.siteToChange(number);
        site.attachedSaid = false;
        hear(step, number, new ObjectCommand.Attached(Objects.requireNonNull(site.attachedTo), Errno.OK));
    }

    /// The object takes `command`.
    static void hear(Step step, int number, ObjectCommand command) {
        var world = step.world;
        var site = world.siteToChange(number);
        if (step.failsHere(Victim.OBJECT)) {
            fail(step, number);
            return;
        }
        var before = site.object;
        var decision = ObjectCore.decide(world.model.cookies[number], before, command);
        boolean stores = !decision.events().isEmpty() && decision.events().getFirst() instanceof ObjectEvent.Journaled;
        if (stores && step.failsHere(Victim.JOURNAL)) {
            stop(step, number, "STOPS: its event is refused");
            return;
        }
        for (ObjectEvent event : decision.events()) {
            site.object = ObjectCore.evolve(site.object, event);
            if (event instanceof ObjectEvent.Journaled) {
                site.journaled = site.object.known();
            }
        }
        if (stores && step.failsHere(Victim.JOURNAL)) {
            stop(step, number, "STOPS: its event is stored, and it does not hear so");
            return;
        }
        if (step.isLogged()) {
            var from = switch (command) {
                case ObjectCommand.Heard _ -> "device";
                case ObjectCommand.Attached _ -> "file";
                default -> "gate";
            };
            step.say(from, "object " + world.model.cookies[number], command, site.object);
        }
        Invariants.moved(before, site.object);
        var actions = decision.actions();
        int submissions = 0;
        for (ObjectAction action : actions) {
            submissions += action instanceof ObjectAction.Submit ? 1 : 0;
        }
        for (int done = 0; done < actions.size(); done++) {
            if (step.failsHere(Victim.OBJECT)) {
                fail(step, number);
                return;
            }
            perform(step, number, site, actions.get(done), submissions == 1);
        }
    }

    private static void perform(Step step, int number, Site site, ObjectAction action, boolean alone) {
        var world = step.world;
        switch (action) {
            case ObjectAction.Submit(var command) -> {
                if (world.model.reduced && alone && site.toDevice.isEmpty()) {
                    step.later(() -> DeviceTurns.hear(step, command, DeviceTurns.Caller.OBJECT));
                } else {
                    site.toDevice = Site.plus(site.toDevice, command);
                }
            }
            case ObjectAction.Attach(var content) -> {
                site.attaching = true;
                site.attachedTo = content;
            }
            case ObjectAction.Clear _ -> site.blocks = new byte[site.blocks.length];
            case ObjectAction.Acquired(var errno, var content) ->
                gateDid(step, number, site.gateToChange().acquired(errno, content));
            case ObjectAction.ReadDone(var ask, var errno) ->
                gateDid(step, number, site.gateToChange().readDone(ask, errno));
            case ObjectAction.Released _ ->
                gateDid(step, number, site.gateToChange().released());
            case ObjectAction.Leave _ -> {
                if (site.gate().isIdle()) {
                    site.object = new ObjectState.Idle(site.journaled);
                }
            }
        }
    }

    /// The object's actor fails, and comes back at once.
    static void fail(Step step, int number) {
        var world = step.world;
        world.spend(Fault.OBJECT_CRASH);
        step.sayOf("object", world.model.cookies[number], "FAILS", "");
        recover(step, number);
    }

    /// The journal has failed: Akka stops the object's actor, and lets it come back after a while.
    private static void stop(Step step, int number, String why) {
        var world = step.world;
        var site = world.siteToChange(number);
        world.spend(Fault.JOURNAL_FAILURE);
        step.sayOf("object", world.model.cookies[number], why, "");
        site.object = new ObjectState.Idle(site.journaled);
        site.down = true;
    }

    /// The object's actor comes back with what is journaled; what was said to it before is void, but by the device.
    static void recover(Step step, int number) {
        var site = step.world.siteToChange(number);
        site.object = new ObjectState.Idle(site.journaled);
        site.down = false;
        site.fromGate = List.of();
        site.attaching = false;
        site.attachedSaid = false;
        gateDid(step, number, site.gateToChange().objectUp(true));
    }

    /// What the gate says is done: commands to the object, and words to readers and to the user.
    static void gateDid(Step step, int number, List<GateCore.Action> actions) {
        var world = step.world;
        var site = world.siteToChange(number);
        int commands = 0;
        for (GateCore.Action action : actions) {
            commands += action instanceof GateCore.Action.Send ? 1 : 0;
        }
        for (GateCore.Action action : actions) {
            switch (action) {
                case GateCore.Action.Send(var command) -> {
                    if (world.model.reduced && commands == 1 && site.fromGate.isEmpty() && !site.down) {
                        step.later(() -> hear(step, number, command));
                    } else {
                        site.fromGate = Site.plus(site.fromGate, command);
                    }
                }
                case GateCore.Action.Wakeup(var reader, var errno) ->
                    world.readers[(int) reader] = world.readers[(int) reader].woken(errno);
                case GateCore.Action.Acquired(var errno, var content) -> {
                    site.promised = content;
                    acquired(step, number, site, errno);
                }
                case GateCore.Action.Released _ -> released(step, number, site);
            }
        }
    }

    private static void acquired(Step step, int number, Site site, Errno errno) {
        var world = step.world;
        step.sayOf("user of", world.model.cookies[number], "acquired", errno);
        if (site.user != Site.User.ACQUIRING) {
            return;
        }
        if (errno.isOk()) {
            Invariants.require(
                    site.journaled != null && site.journaled.equals(site.object.known()),
                    "journal first: acknowledged, but not stored");
            site.user = Site.User.IN;
        } else {
            Checks.cause(world, number, errno);
            site.user = Site.User.GONE;
            endReaders(world, number);
            if (world.model.reuses) { // else nothing will come of it any more
                release(step, number, false);
            }
        }
    }

    private static void released(Step step, int number, Site site) {
        var world = step.world;
        step.sayOf("user of", world.model.cookies[number], "released", "");
        Invariants.require(site.user == Site.User.RELEASING, "released, though nobody asked");
        site.user = Site.User.GONE;
        site.attached = false;
        site.attaching = false;
        site.attachedSaid = false;
        endReaders(world, number);
    }

    /// Reads that have not begun do not begin; the others have been told by the gate.
    private static void endReaders(World world, int number) {
        for (int reader = 0; reader < world.readers.length; reader++) {
            if (world.readers[reader].site() == number && world.readers[reader].isLooking()) {
                world.readers[reader] = world.readers[reader].in(new ReaderCore.State.Done(Errno.EIO));
            }
        }
    }
}
