package cachefiles.app.check.explore;

import cachefiles.app.check.explore.Step.Victim;
import cachefiles.daemon.core.DaemonAction;
import cachefiles.daemon.core.DaemonCommand;
import cachefiles.daemon.core.DaemonCore;
import cachefiles.daemon.core.DaemonEvent;
import cachefiles.daemon.core.DaemonState;
import cachefiles.daemon.core.DaemonState.Work;
import cachefiles.daemon.core.SupervisorCore.Command;
import cachefiles.kernel.uapi.DeviceCall;
import cachefiles.kernel.uapi.DeviceReply;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Handle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/// The turns of the daemon and of its workers.
final class DaemonTurns {
    private DaemonTurns() {}

    static void hearDevice(Step step) {
        var world = step.world;
        var reply = world.toDaemon.getFirst();
        world.toDaemon = Site.tail(world.toDaemon);
        hear(step, new DaemonCommand.FromDevice(reply));
    }

    static void hearSupervisor(Step step) {
        var world = step.world;
        var command = world.supervisorToDaemon.getFirst();
        world.supervisorToDaemon = Site.tail(world.supervisorToDaemon);
        hear(step, command);
    }

    /// The daemon takes `command`.
    static void hear(Step step, DaemonCommand command) {
        var world = step.world;
        if ((world.model.keepsHandles || !world.model.reduced) && step.failsHere(Victim.DAEMON)) {
            fail(step);
            return;
        }
        var state = world.daemonToChange();
        var decision = DaemonCore.decide(state, command);
        for (DaemonEvent event : decision.events()) {
            DaemonCore.evolve(state, event);
            if (event instanceof DaemonEvent.WorkerTurned(var worker, _)) {
                world.filled[worker] = 0;
            }
        }
        if (step.isLogged()) {
            var from = switch (command) {
                case DaemonCommand.Start _ -> "supervisor";
                case DaemonCommand.FromDevice _ -> "device";
                case DaemonCommand.CloseEarly _ -> "daemon";
                case DaemonCommand.LookedUp(_, var worker, _, _, _) -> "worker " + worker;
                case DaemonCommand.Filled(_, var worker, _, _) -> "worker " + worker;
                case DaemonCommand.WorkerDied(_, var worker) -> "worker " + worker;
            };
            step.say(from, "daemon", command, decision.events());
        }
        for (DaemonAction action : decision.actions()) {
            perform(world, action);
        }
        if (world.model.plant == Model.Plant.BUSY_LOOP
                && command instanceof DaemonCommand.FromDevice(DeviceReply.Nothing(_, var worker))) {
            perform(world, new DaemonAction.Say(new DeviceCall.Fetch(state.incarnation(), worker, 1 << 20)));
            DaemonCore.evolve(state, new DaemonEvent.WorkerTurned(worker, new Work.Fetching()));
        }
    }

    private static void perform(World world, DaemonAction action) {
        switch (action) {
            case DaemonAction.Say(var call) -> world.fromDaemon = Site.plus(world.fromDaemon, call);
            case DaemonAction.LookUp _, DaemonAction.Fill _ -> {} // the worker's state says it
            case DaemonAction.Keep(var handle, var content) -> {
                if (world.model.keepsHandles) {
                    world.daemonToSupervisor = Site.plus(world.daemonToSupervisor, new Command.Keep(handle, content));
                }
            }
            case DaemonAction.Discard(var handle) -> {
                if (world.model.keepsHandles) {
                    world.daemonToSupervisor = Site.plus(world.daemonToSupervisor, new Command.Discard(handle));
                }
            }
            case DaemonAction.ReportProgress _ -> {
                if (world.model.countsProgress) {
                    world.daemonToSupervisor = Site.plus(world.daemonToSupervisor, new Command.Progress());
                }
            }
        }
    }

    /// The daemon comes back with nothing. What it had said and was not heard of, was heard before it failed, or
    /// comes too late (I4).
    static void fail(Step step) {
        var world = step.world;
        world.spend(Fault.CRASH);
        step.say("daemon", "FAILS");
        renew(world);
    }

    /// Another daemon comes up, and says so.
    static void renew(World world) {
        stop(world);
        world.daemonToSupervisor = Site.plus(world.daemonToSupervisor, new Command.DaemonUp());
    }

    static void stop(World world) {
        world.renewDaemon(new DaemonState(world.model.bounds.workers()));
        Arrays.fill(world.filled, (byte) 0);
        if (world.model.reduced) {
            world.fromDaemon = List.of();
            world.toDaemon = List.of();
        }
    }

    static void workerDies(Step step, int worker) {
        step.world.filled[worker] = 0;
        hear(step, new DaemonCommand.WorkerDied(step.world.daemon().incarnation(), worker));
    }

    /// The daemon closes a descriptor that may be needed.
    /// @param which of those that it has opened
    static void close(Step step, int which) {
        var world = step.world;
        var handles = new ArrayList<>(world.daemon().opened().keySet());
        handles.sort(Comparator.comparing(Handle::cookie).thenComparing(Handle::id));
        var handle = handles.get(which);
        if (world.model.bounds.attempts() > 0) {
            world.siteToChange(world.model.object(handle.cookie())).causes |= Site.ATTEMPT_FAILED;
        }
        hear(step, new DaemonCommand.CloseEarly(handle));
    }

    /// A worker makes one step: looks up, stores one block, or reports.
    /// @param honestly whether it does what it was asked for; else it ends with `errno` at once
    static void work(Step step, int worker, Errno errno, boolean honestly) {
        var world = step.world;
        long incarnation = world.daemon().incarnation();
        switch (world.daemon().worker(worker)) {
            case Work.LookingUp(var msgId, var handle, _, _) -> {
                if (!errno.isOk()) {
                    world.siteToChange(world.model.object(handle.cookie())).causes |= Site.OPEN_FAILED;
                }
                hear(
                        step,
                        new DaemonCommand.LookedUp(
                                incarnation,
                                worker,
                                msgId,
                                errno,
                                errno.isOk() ? world.model.contents[world.origin] : null));
            }
            case Work.Filling(var msgId, var handle, var content, var range, _) -> {
                int number = world.model.object(handle.cookie());
                var outcome = errno;
                if (!honestly) {
                    world.siteToChange(number).causes |= Site.READ_FAILED;
                } else if (!world.isAdmitted(handle)) {
                    outcome = Errno.EBADF;
                } else {
                    int first = (int) (range.offset() / Model.BLOCK_BYTES);
                    int limit = (int) Math.min(world.model.bounds.blocks(), range.limit() / Model.BLOCK_BYTES);
                    int version = world.model.version(content);
                    for (int block = first + world.filled[worker]; block < limit && outcome.isOk(); block++) {
                        if (world.site(number).blocks[block] == Site.HOLE && version != world.origin) {
                            outcome = Errno.ESTALE;
                        } else if (world.site(number).blocks[block] == Site.HOLE) {
                            boolean wrong = world.model.plant == Model.Plant.WRONG_BYTE;
                            world.siteToChange(number).store(block, wrong ? Site.WRONG : Site.right(version));
                            world.filled[worker] = (byte) (block + 1 - first);
                            return;
                        }
                    }
                }
                hear(step, new DaemonCommand.Filled(incarnation, worker, msgId, outcome));
            }
            case Work.Asleep _, Work.Fetching _ -> throw new IllegalStateException("no work");
        }
    }
}
