package cachefiles.app.check.trace;

import cachefiles.daemon.core.DaemonAction;
import cachefiles.kernel.cache.CacheAction;
import cachefiles.kernel.device.DeviceAction;
import cachefiles.kernel.object.ObjectAction;
import cachefiles.kernel.reader.GateCore;
import cachefiles.kernel.reader.ReaderCore;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceReply;
import cachefiles.kernel.uapi.KeyText;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// The lines of a trace for people, in the kernel's words:
///
/// ```
/// t=412 device lib/modules why=copen lib/modules OPENING→OPEN actions=[reply,tell:open-ended]
/// ```
///
/// Milliseconds since the start, who, about which object, what led there, which states changed, what was done about it.
/// Takes all lines, from the first on: a state in a line is that of the lines before it.
public final class TraceText {
    private final Views views = new Views();

    /// The line as text, without its end.
    public String of(TraceLine line) {
        return switch (line) {
            case TraceLine.Run(_, _, var title) -> {
                views.clear();
                yield "# " + title;
            }
            case TraceLine.Begins begins -> {
                var moves = views.begins(begins.actor(), begins.start());
                yield joined(
                        begins,
                        begins.actor().name(),
                        "begins, life " + begins.actor().life(),
                        moves);
            }
            case TraceLine.Turn turn ->
                joined(turn, who(turn), "why=" + turn.why(), moves(turn)) + " actions=" + deeds(turn);
            case TraceLine.Outside outside -> joined(outside, "outside", Printed.brief(outside.call()), List.of());
            case TraceLine.Remark remark -> joined(remark, remark.text(), "", List.of());
        };
    }

    private static String joined(TraceLine line, String who, String what, List<String> moves) {
        var text = new StringBuilder("t=" + line.millis() + " " + who);
        if (!what.isEmpty()) {
            text.append(' ').append(what);
        }
        if (!moves.isEmpty()) {
            text.append(' ').append(String.join(", ", moves));
        }
        return text.toString();
    }

    private static String who(TraceLine.Turn turn) {
        var actor = turn.actor();
        var about = actor.object() == null ? Mentioned.objects(turn) : List.<Cookie>of();
        return about.isEmpty()
                ? actor.name()
                : actor.name() + " " + KeyText.of(about.iterator().next().key());
    }

    private List<String> moves(TraceLine.Turn turn) {
        var moves = new ArrayList<>(views.decided(turn.actor(), turn.events()));
        boolean moved = switch (turn.actor().kind()) {
            case SUPERVISOR -> !turn.before().equals(turn.after());
            case CACHE -> !phase(turn.before()).equals(phase(turn.after()));
            case GATE, READER, DEVICE, OBJECT, DAEMON -> false;
        };
        if (moved) {
            moves.add(phase(turn.before()) + "→" + phase(turn.after()));
        }
        return moves;
    }

    private static String phase(String state) {
        return state.substring(0, (state + ",").indexOf(','));
    }

    private static String deeds(TraceLine.Turn turn) {
        return turn.actions().stream().map(TraceText::deed).collect(Collectors.joining(",", "[", "]"));
    }

    private static String deed(Object action) {
        return switch (action) {
            case CacheAction.Complete(_, var errno) -> "complete:" + errno;
            case GateCore.Action.Send(var command) -> "send:" + Printed.word(command);
            case ReaderCore.Action.Complete(var errno) -> "complete:" + errno;
            case GateCore.Action.Wakeup(_, var errno) -> "wakeup:" + errno;
            case ObjectAction.Submit(var command) -> Printed.word(command);
            case DaemonAction.Say(var call) -> Printed.word(call);
            case DeviceAction.Tell(_, var notice) -> "tell:" + Printed.word(notice);
            case DeviceAction.Reply(DeviceReply.Done(_, var errno)) -> "reply:" + errno;
            case DeviceAction.Reply(var reply) -> "reply:" + Printed.word(reply);
            case DeviceAction.Deliver(_, var request, var handle) ->
                "deliver:" + request.opcode() + request.msgId() + ":" + handle.id();
            default -> Printed.word(action);
        };
    }
}
