package cachefiles.app.check.sim;

import cachefiles.app.check.sim.Crash.Victim;
import cachefiles.daemon.core.SupervisorState.Phase;

/// Lets users act, and does to the system what no actor does by itself.
final class Operator {
    private final World world;

    Operator(World world) {
        this.world = world;
    }

    void begin() {
        if (!world.isHealed()) {
            world.clock.after(world.chance.between(1, world.shape.gapMicros()), this::act);
        }
    }

    private void act() {
        if (world.isHealed()) {
            return;
        }
        var blob = world.chance.of(world.blobs);
        blob.user.act();
        disturb(blob);
        boolean powerFails = world.strikes(Fault.POWER_LOSS) && world.chance.oneIn(4);
        if (powerFails || world.fate(Victim.PROCESS) != null) {
            world.crashProcess(powerFails);
        }
        begin();
    }

    private void disturb(Blob blob) {
        if (world.strikes(Fault.HANDLE_CLOSED) && world.supervisor.daemon().closeAny(blob)) {
            world.coverage.add(Fault.HANDLE_CLOSED);
        }
        if (world.strikes(Fault.RESTORE_AGAIN)) {
            world.coverage.add(Fault.RESTORE_AGAIN);
            world.supervisor.restoreAgain();
        }
        if (world.strikes(Fault.FORGED_ANSWER)) {
            world.device.forge();
        }
        if (blob.originFails ? world.chance.oneIn(5) : world.strikes(Fault.ORIGIN_ERROR)) {
            blob.originFails = !blob.originFails;
            world.coverage.add(Fault.ORIGIN_ERROR);
        }
        if (blob.storeFails ? world.chance.oneIn(5) : world.strikes(Fault.STORE_ERROR)) {
            blob.storeFails = !blob.storeFails;
            world.coverage.add(Fault.STORE_ERROR);
        }
        if (world.strikes(Fault.CONTENT_CHANGED)) {
            world.change(blob);
            world.coverage.add(Fault.CONTENT_CHANGED);
        }
        if (world.strikes(Fault.RESUBMIT_AGAIN)) {
            blob.gate.resubmitAgain();
            world.coverage.add(Fault.RESUBMIT_AGAIN);
        }
        if (world.has(Fault.REST) && world.chance.oneIn(4)) {
            blob.gate.rest();
        }
        if (world.supervisor.state().phase() == Phase.GIVEN_UP && world.chance.oneIn(10)) {
            world.supervisor.startAgain();
        }
    }
}
