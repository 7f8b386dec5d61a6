package cachefiles.app.check.explore;

import cachefiles.app.check.explore.Step.Victim;
import cachefiles.daemon.core.DaemonCommand;
import cachefiles.daemon.core.SupervisorCore;
import cachefiles.daemon.core.SupervisorCore.Command;
import cachefiles.daemon.core.SupervisorState;
import cachefiles.kernel.uapi.DeviceCall;
import cachefiles.kernel.uapi.DeviceReply;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The turns of the supervisor.
final class SupervisorTurns {
    private SupervisorTurns() {}

    static void hearDevice(Step step) {
        var world = step.world;
        var reply = world.deviceToSupervisor.getFirst();
        world.deviceToSupervisor = Site.tail(world.deviceToSupervisor);
        hear(step, reply);
    }

    static void hearDaemon(Step step) {
        var world = step.world;
        var command = world.daemonToSupervisor.getFirst();
        world.daemonToSupervisor = Site.tail(world.daemonToSupervisor);
        hear(step, command);
    }

    /// The supervisor takes what the device answers.
    static void hear(Step step, DeviceReply reply) {
        switch (reply) {
            case DeviceReply.TookOver(var incarnation) -> hear(step, new Command.TookOver(incarnation));
            case DeviceReply.Done _ -> hear(step, new Command.Restored());
            default -> throw new IllegalStateException(reply.toString());
        }
    }

    /// The supervisor takes `command`.
    static void hear(Step step, Command command) {
        var world = step.world;
        if (step.failsHere(Victim.SUPERVISOR)) {
            fail(step);
            return;
        }
        var decision = SupervisorCore.step(world.model.policy, world.supervisor, command);
        world.supervisor = decision.next();
        if (step.isLogged()) {
            var from = switch (command) {
                case Command.TookOver _, Command.Restored _ -> "device";
                case Command.DeviceUp _ -> "cache";
                case Command.StartAgain _ -> "operator";
                default -> "daemon";
            };
            step.say(from, "supervisor", command, world.supervisor.phase());
        }
        for (SupervisorCore.Action action : decision.actions()) {
            if (step.failsHere(Victim.SUPERVISOR)) {
                fail(step);
                return;
            }
            perform(step, action);
        }
    }

    private static void perform(Step step, SupervisorCore.Action action) {
        var world = step.world;
        switch (action) {
            case SupervisorCore.Action.TakeOver(var keep) -> say(world, new DeviceCall.TakeOver(keep));
            case SupervisorCore.Action.Restore _ -> say(world, new DeviceCall.Restore());
            case SupervisorCore.Action.GiveUp _ -> say(world, new DeviceCall.GiveUp());
            case SupervisorCore.Action.Begin(var incarnation, var withKept) -> {
                var start = new DaemonCommand.Start(incarnation, withKept ? world.held : Map.of());
                if (world.model.reduced || world.model.keepsHandles) {
                    step.later(() -> DaemonTurns.hear(step, start));
                } else {
                    world.supervisorToDaemon = Site.plus(world.supervisorToDaemon, start);
                }
            }
            case SupervisorCore.Action.Hold(var handle, var content) -> {
                var more = new HashMap<>(world.held);
                more.put(handle, content);
                world.held = more;
            }
            case SupervisorCore.Action.LetGo(var handle) -> {
                var less = new HashMap<>(world.held);
                less.remove(handle);
                world.held = less;
            }
            case SupervisorCore.Action.LetAllGo _ -> world.held = Map.of();
            case SupervisorCore.Action.SpawnDaemon _ -> DaemonTurns.renew(world);
            case SupervisorCore.Action.StopDaemon _ -> DaemonTurns.stop(world);
            case SupervisorCore.Action.LoseDevice _ -> throw new IllegalStateException("handles are lost or kept");
        }
    }

    private static void say(World world, DeviceCall call) {
        world.fromSupervisor = Site.plus(world.fromSupervisor, call);
    }

    /// The supervisor comes back with nothing, and with another daemon. Akka keeps its mailbox; what its former daemon
    /// says in it is ignored, but for descriptors to be kept.
    static void fail(Step step) {
        var world = step.world;
        world.spend(Fault.SUPERVISOR_CRASH);
        step.say("supervisor", "FAILS");
        world.supervisor = SupervisorState.FRESH;
        world.held = Map.of();
        world.daemonToSupervisor = world.daemonToSupervisor.stream()
                .filter(Command.Keep.class::isInstance)
                .toList();
        world.supervisorToDaemon = List.of();
        DaemonTurns.renew(world);
    }
}
