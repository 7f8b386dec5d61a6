package cachefiles.app.check.trace;

import cachefiles.app.check.explore.Trace;
import cachefiles.app.check.trace.Actor.Kind;
import cachefiles.daemon.core.DaemonCommand;
import cachefiles.daemon.core.SupervisorCore;
import cachefiles.kernel.cache.CacheCommand;
import cachefiles.kernel.device.DeviceCommand;
import cachefiles.kernel.object.ObjectCommand;
import cachefiles.kernel.reader.GateCore;
import cachefiles.kernel.reader.ReaderCore;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceCall;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Lines as the steps of a sequence diagram, which [cachefiles.app.check.explore.Drawing] draws.
public final class Drawn {
    private final List<Trace.Step> steps = new ArrayList<>();

    /// Takes the next line to be drawn.
    public void add(TraceLine line) {
        switch (line) {
            case TraceLine.Run run -> note(run, run.title());
            case TraceLine.Remark remark -> note(remark, remark.text());
            case TraceLine.Begins(_, _, var actor, _) ->
                step(line, "begins", new Trace.Turn(actor.name(), actor.name(), "begins", ""));
            case TraceLine.Outside(_, _, var call) ->
                step(line, "outside", new Trace.Turn("outside", "device", call.toString(), ""));
            case TraceLine.Turn turn -> {
                var message = turn.message().toString();
                var to = turn.actor().name();
                step(line, turn.why(), new Trace.Turn(sender(turn), to, message, turn.after()));
            }
        }
    }

    private void note(TraceLine line, String what) {
        steps.add(new Trace.Step((int) line.number(), what, List.of()));
    }

    private void step(TraceLine line, String what, Trace.Turn turn) {
        steps.add(new Trace.Step((int) line.number(), what, List.of(turn)));
    }

    /// What was added.
    public Trace trace() {
        return new Trace(List.copyOf(steps), 0);
    }

    private static String sender(TraceLine.Turn turn) {
        var self = turn.actor().name();
        return switch (turn.message()) {
            case CacheCommand.LookedUp(var cookie, _) -> of(Kind.GATE, cookie);
            case CacheCommand.Withdrawn(var cookie) -> of(Kind.GATE, cookie);
            case CacheCommand.DirectoryChecked _, CacheCommand.MeasureSpace _ -> self;
            case CacheCommand _ -> "outside";
            case GateCore.Command.Acquire _, GateCore.Command.Release _ -> "cache";
            case GateCore.Command.Await _, GateCore.Command.Leave _ ->
                of(Kind.READER, turn.actor().object());
            case ReaderCore.Command.Ended _ -> of(Kind.GATE, turn.actor().object());
            case GateCore.Command.DeviceUp _ -> "device";
            case GateCore.Command _ -> of(Kind.OBJECT, turn.actor().object());
            case DeviceCommand.FromObject said -> of(Kind.OBJECT, said.cookie());
            case DeviceCommand.Call(DeviceCall.FromDaemon _) -> "daemon";
            case DeviceCommand.Call(DeviceCall.Close _) -> "cache";
            case DeviceCommand.Call _ -> "supervisor";
            case ObjectCommand.Heard _, DaemonCommand.FromDevice _ -> "device";
            case ObjectCommand.Attached _ -> self;
            case ObjectCommand _ -> of(Kind.GATE, turn.actor().object());
            case DaemonCommand.Start _ -> "supervisor";
            case SupervisorCore.Command.TookOver _,
                    SupervisorCore.Command.Restored _,
                    SupervisorCore.Command.DeviceUp _ -> "device";
            case SupervisorCore.Command.StartAgain _ -> self;
            case SupervisorCore.Command _ -> "daemon";
            default -> self; // its own timers and workers
        };
    }

    private static String of(Kind kind, @Nullable Cookie object) {
        return new Actor(kind, 1, object).name();
    }
}
