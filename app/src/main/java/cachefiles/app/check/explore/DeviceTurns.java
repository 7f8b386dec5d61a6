package cachefiles.app.check.explore;

import cachefiles.app.check.Fd;
import cachefiles.app.check.Invariants;
import cachefiles.app.check.explore.Step.Victim;
import cachefiles.daemon.core.DaemonCommand;
import cachefiles.daemon.core.SupervisorCore.Command;
import cachefiles.kernel.device.DeviceAction;
import cachefiles.kernel.device.DeviceCommand;
import cachefiles.kernel.device.DeviceCore;
import cachefiles.kernel.device.DeviceState;
import cachefiles.kernel.device.Notice;
import cachefiles.kernel.reader.GateCore;
import cachefiles.kernel.uapi.DeviceCall;
import cachefiles.kernel.uapi.DeviceReply;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Handle;
import cachefiles.kernel.uapi.Request;
import java.util.Locale;

/// The turns of the device's actor.
final class DeviceTurns {
    /// Who speaks to the device. An operator is anybody of whom nobody waits for the answer.
    enum Caller {
        OBJECT,
        DAEMON,
        SUPERVISOR,
        OPERATOR
    }

    private DeviceTurns() {}

    static void hearObject(Step step, int number) {
        var site = step.world.siteToChange(number);
        var command = site.toDevice.getFirst();
        site.toDevice = Site.tail(site.toDevice);
        hear(step, command, Caller.OBJECT);
    }

    static void hearTimer(Step step, int number) {
        var site = step.world.siteToChange(number);
        int attempt = site.timer;
        site.timer = 0;
        hear(step, new DeviceCommand.RetryReopen(step.world.model.cookies[number], attempt), Caller.OBJECT);
    }

    /// @param again whether the same will be heard once more
    static void hearDaemon(Step step, boolean again) {
        var world = step.world;
        var call = world.fromDaemon.getFirst();
        if (!again) {
            world.fromDaemon = Site.tail(world.fromDaemon);
        }
        hear(step, call, Caller.DAEMON);
    }

    static void hearSupervisor(Step step) {
        var world = step.world;
        var call = world.fromSupervisor.getFirst();
        world.fromSupervisor = Site.tail(world.fromSupervisor);
        hear(step, call, Caller.SUPERVISOR);
    }

    static void hear(Step step, DeviceCall call, Caller caller) {
        hear(step, new DeviceCommand.Call(call), caller);
    }

    /// The device takes `command`.
    static void hear(Step step, DeviceCommand command, Caller caller) {
        var world = step.world;
        if (step.failsHere(Victim.DEVICE)) {
            fail(step);
            return;
        }
        var state = world.deviceToChange();
        var watch = new Invariants.Step(state, command);
        var decision = DeviceCore.step(state, command);
        if (step.isLogged()) {
            var from = switch (command) {
                case DeviceCommand.FromObject said -> "object " + said.cookie();
                case DeviceCommand.RetryReopen _ -> "device";
                case DeviceCommand.Call _ -> caller.name().toLowerCase(Locale.ROOT);
            };
            step.say(
                    from,
                    "device",
                    command instanceof DeviceCommand.Call(var call) ? call : command,
                    decision.events());
        }
        watch.after(state, decision, world.model.bounds.forged());
        var actions = decision.actions();
        int toDaemons = 0;
        for (DeviceAction action : actions) {
            toDaemons += action instanceof DeviceAction.Deliver
                            || action instanceof DeviceAction.Wake
                            || action instanceof DeviceAction.Reply(var reply) && !isHeardAnyTime(reply)
                    ? 1
                    : 0;
        }
        for (DeviceAction action : actions) {
            if (step.failsHere(Victim.DEVICE)) {
                fail(step);
                return;
            }
            perform(step, action, caller, toDaemons == 1);
        }
    }

    private static void perform(Step step, DeviceAction action, Caller caller, boolean alone) {
        var world = step.world;
        switch (action) {
            case DeviceAction.Tell(var cookie, var notice) -> {
                if (world.model.plant != Model.Plant.LOST_MESSAGE || !(notice instanceof Notice.ReadEnded)) {
                    var site = world.siteToChange(world.model.object(cookie));
                    site.fromDevice = Site.plus(site.fromDevice, notice);
                }
            }
            case DeviceAction.Reply(var reply) -> reply(step, reply, caller, alone);
            case DeviceAction.Deliver(var worker, var request, var handle) -> {
                long now = world.device().incarnation();
                var message = new DeviceReply.Message(
                        now,
                        worker,
                        request,
                        new Fd(handle, now),
                        world.device().isReadable());
                if (step.refusesDelivery()) {
                    var refusal = new DeviceCall.Refuse(now, request.msgId(), handle, Errno.EFAULT);
                    failedOver(world, request, handle);
                    step.later(() -> hear(step, refusal, Caller.OPERATOR));
                    toDaemon(step, new DeviceReply.Refused(now, worker, Errno.EFAULT), false);
                } else {
                    toDaemon(step, message, alone);
                }
            }
            case DeviceAction.Wake _ -> {
                if (world.polled) {
                    toDaemon(step, new DeviceReply.Readable(), alone);
                }
            }
            case DeviceAction.RetryAfter(var cookie, var attempt) ->
                world.siteToChange(world.model.object(cookie)).timer = attempt;
            case DeviceAction.Revoke _, DeviceAction.Fence _ -> {} // in the same step, nobody having seen any of it
        }
    }

    private static void failedOver(World world, Request request, Handle handle) {
        world.siteToChange(world.model.object(handle.cookie())).causes |=
                request instanceof Request.Open ? Site.OPEN_FAILED : Site.READ_FAILED;
    }

    private static void reply(Step step, DeviceReply reply, Caller caller, boolean alone) {
        var world = step.world;
        switch (caller) {
            case DAEMON -> {
                if (!(reply instanceof DeviceReply.Done(DeviceCall.Cread _, _))) { // which its shell does not pass on
                    toDaemon(step, reply, alone);
                }
            }
            case SUPERVISOR -> {
                if (reply instanceof DeviceReply.Done(DeviceCall.GiveUp _, _)) {
                    return; // nor does the supervisor's
                }
                if (reply instanceof DeviceReply.TookOver) {
                    world.polled = true;
                }
                if (world.model.reduced) {
                    step.later(() -> SupervisorTurns.hear(step, reply));
                } else {
                    world.deviceToSupervisor = Site.plus(world.deviceToSupervisor, reply);
                }
            }
            case OBJECT, OPERATOR -> {}
        }
    }

    /// What the daemon may hear sooner or later with the same effect: that an answer was accepted only ends a doubt
    /// about one handle, and what becomes of a CLOSE or a cread is nothing to it.
    private static boolean isHeardAnyTime(DeviceReply reply) {
        return reply instanceof DeviceReply.Done(var call, var errno)
                && (errno.isOk() || !(call instanceof DeviceCall.Copen));
    }

    private static void toDaemon(Step step, DeviceReply reply, boolean alone) {
        var world = step.world;
        if (world.model.reduced && (isHeardAnyTime(reply) || alone && world.toDaemon.isEmpty())) {
            step.later(() -> DaemonTurns.hear(step, new DaemonCommand.FromDevice(reply)));
        } else {
            world.toDaemon = Site.plus(world.toDaemon, reply);
        }
    }

    /// The device's actor comes back as a later generation that knows nothing.
    static void fail(Step step) {
        var world = step.world;
        world.spend(Fault.DEVICE_CRASH);
        step.say("device", "FAILS");
        renew(world);
    }

    /// There is a device of a later generation, without requests.
    static void renew(World world) {
        world.renewDevice(
                new DeviceState(world.model.limits, (int) (world.device().incarnation() >>> 32) + 1));
        world.polled = false;
        world.deviceUpDue = true;
        for (int number = 0; number < world.sites(); number++) {
            if (world.site(number).timer != 0) {
                world.siteToChange(number).timer = 0;
            }
        }
    }

    /// The cache hears that a device is there, and tells all gates and the supervisor.
    static void up(Step step) {
        var world = step.world;
        world.deviceUpDue = false;
        for (int number = 0; number < world.sites(); number++) {
            var commands = world.site(number).gate().deviceUp();
            if (!commands.isEmpty()) {
                var site = world.siteToChange(number);
                site.fromGate = Site.plus(site.fromGate, ((GateCore.Action.Send) commands.getFirst()).command());
            }
        }
        SupervisorTurns.hear(step, new Command.DeviceUp());
    }
}
