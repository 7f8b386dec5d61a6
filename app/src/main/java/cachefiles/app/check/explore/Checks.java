package cachefiles.app.check.explore;

import static cachefiles.app.check.Invariants.openOf;
import static cachefiles.app.check.Invariants.require;

import cachefiles.app.check.Invariants;
import cachefiles.app.check.Violation;
import cachefiles.daemon.core.DaemonState.Work;
import cachefiles.daemon.core.SupervisorCore.Command;
import cachefiles.daemon.core.SupervisorState.Phase;
import cachefiles.kernel.device.DeviceCommand;
import cachefiles.kernel.device.DeviceState;
import cachefiles.kernel.device.Notice;
import cachefiles.kernel.device.Slot;
import cachefiles.kernel.object.ObjectState;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Opcode;
import org.jspecify.annotations.Nullable;

/// What has to hold of a world as a whole, beside [Invariants]: of each state when it is new, of each step always.
final class Checks {

    private static final Command DAEMON_UP = new Command.DaemonUp();

    private Checks() {}

    /// S130: an error reaches a reader only after a cause that was spent.
    static void cause(World world, int number, Errno errno) {
        var site = world.site(number);
        boolean caused = site.withdrawn
                || site.causes != 0
                || world.device().isDead()
                || world.device().hasGivenUp()
                || world.model.countsProgress;
        if (!caused) {
            throw new Violation("S130: " + errno + " without a cause");
        }
    }

    // Of a state.

    /// @param before a state that was checked, or null: what holds of its device holds of the same one now
    static void state(World world, @Nullable World before) {
        var device = world.device();
        Invariants.table(device, restoreDue(world));
        reopens(world, device);
        for (int number = 0; number < world.sites(); number++) {
            object(world, number);
        }
        workers(world);
        if (before == null || before.device() != device) {
            Invariants.slots(device);
            Invariants.readable(device);
            Invariants.lateAnswersAreVoid(device);
            if (world.model.bounds.forged()) {
                Invariants.forgeriesAreVoid(device);
            }
        }
    }

    /// Whether a restore is still to come: a daemon has not yet begun.
    private static boolean restoreDue(World world) {
        return world.deviceUpDue
                || world.supervisor.phase() != Phase.RUNNING
                || !world.daemon().isRunning()
                || world.daemonToSupervisor.contains(DAEMON_UP);
    }

    /// I7: a reopen has its OPEN in the table, or on its way.
    private static void reopens(World world, DeviceState device) {
        for (var entry : device.slots().entrySet()) {
            var state = entry.getValue().state();
            if (state == Slot.State.REOPENING && !device.isDead() && openOf(device, entry.getKey()) == null) {
                require(
                        isComing(world.site(world.model.object(entry.getKey()))),
                        "I7: REOPENING, and no OPEN is or will be there");
            }
            if (state == Slot.State.RESTING && !device.isDead()) {
                require(
                        world.site(world.model.object(entry.getKey())).timer != 0,
                        "I7: a reopen rests, and nothing will wake it");
            }
        }
    }

    /// Whether `Reopen`, an OPEN, or whoever says it again is on its way.
    private static boolean isComing(Site site) {
        return site.down // it will ask for it when it is back
                || site.toDevice.stream().anyMatch(DeviceCommand.SubmitOpen.class::isInstance)
                || site.fromDevice.stream().anyMatch(Notice.Reopen.class::isInstance)
                || !site.fromGate.isEmpty()
                || !site.gate().asks().isEmpty() && site.object instanceof ObjectState.Idle
                || site.user == Site.User.RELEASING;
    }

    /// I1, I16: READs of an object do not overlap; who waits, waits for something.
    private static void object(World world, int number) {
        var site = world.site(number);
        Invariants.ofObject(site.object);
        int waiting = 0;
        for (Reader reader : world.readers) {
            waiting += reader.site() == number && reader.isWaiting() && reader.asks() == 0 && reader.wake() == null
                    ? 1
                    : 0;
        }
        require(waiting == site.gate().waiters(), "I1: who waits is not who is waited for");
    }

    /// I16: what a worker is at was handed out to it, or has ended.
    private static void workers(World world) {
        var daemon = world.daemon();
        if (!daemon.isRunning() || daemon.incarnation() != world.device().incarnation()) {
            return;
        }
        for (int worker = 0; worker < daemon.workers(); worker++) {
            if (daemon.worker(worker) instanceof Work.LookingUp(var id, var handle, _, _)) {
                var request = world.device().request(id);
                require(
                        request == null
                                || request.opcode() == Opcode.OPEN
                                        && request.cookie().equals(handle.cookie()),
                        "I16: a worker opens what it was not asked for");
            }
        }
    }

    // Of a state in which nothing moves any more by itself.

    /// I7, I12, I15: nothing waits.
    static void end(World world) {
        for (Reader reader : world.readers) {
            require(reader.isDone(), "I15: a reader waits for ever");
        }
        for (int number = 0; number < world.sites(); number++) {
            var user = world.site(number).user;
            require(user != Site.User.ACQUIRING, "I15: a look-up never ends");
            require(user != Site.User.RELEASING, "I7: a drop never ends");
        }
        for (var slot : world.device().slots().values()) {
            require(slot.state() != Slot.State.REOPENING || world.device().isDead(), "I7: REOPENING for ever");
        }
    }
}
