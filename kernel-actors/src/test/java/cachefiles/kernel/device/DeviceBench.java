package cachefiles.kernel.device;

import static cachefiles.kernel.uapi.Errno.OK;

import cachefiles.kernel.uapi.Codec;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Decision;
import cachefiles.kernel.uapi.DeviceCall;
import cachefiles.kernel.uapi.DeviceReply;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Handle;
import cachefiles.kernel.uapi.MsgId;
import cachefiles.kernel.uapi.ObjectId;
import cachefiles.kernel.uapi.Opcode;
import cachefiles.kernel.uapi.Range;
import cachefiles.testing.Brief;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// A device with somebody who speaks to it: objects, a daemon of the current incarnation, a supervisor.
final class DeviceBench {
    static final Cookie BLOB = Cookie.of("v", "blob");
    static final Content CONTENT = new Content(65536, "v1");
    static final Range FIRST = new Range(0, 4096);

    final DeviceState state;
    private Decision<DeviceEvent, DeviceAction> last = Decision.nothing();

    DeviceBench() {
        this(new DeviceLimits(16, 4, 3, 2));
    }

    DeviceBench(DeviceLimits limits) {
        this(new DeviceState(limits, 0));
        takeOver(false);
    }

    DeviceBench(DeviceState state) {
        this.state = state;
    }

    DeviceBench tell(DeviceCommand command) {
        last = DeviceCore.step(state, command);
        return this;
    }

    DeviceBench call(DeviceCall call) {
        return tell(new DeviceCommand.Call(call));
    }

    DeviceBench lookUp(Cookie cookie) {
        return tell(new DeviceCommand.SubmitOpen(cookie, null));
    }

    DeviceBench reopen(Cookie cookie) {
        return tell(new DeviceCommand.SubmitOpen(cookie, CONTENT));
    }

    DeviceBench read(Cookie cookie, Range range, long tag) {
        return tell(new DeviceCommand.SubmitRead(cookie, range, tag, CONTENT));
    }

    DeviceBench fetch() {
        return call(new DeviceCall.Fetch(state.incarnation(), 0, Codec.MAX_BYTES));
    }

    DeviceBench copen(Cookie cookie) {
        return copen(cookie, CONTENT.sizeBytes(), CONTENT.validator());
    }

    DeviceBench copen(Cookie cookie, long size, String validator) {
        return call(
                new DeviceCall.Copen(state.incarnation(), idOf(cookie, Opcode.OPEN), handle(cookie), size, validator));
    }

    DeviceBench cread(Cookie cookie, Errno error) {
        return call(new DeviceCall.Cread(state.incarnation(), idOf(cookie, Opcode.READ), handle(cookie), error));
    }

    DeviceBench close(Cookie cookie) {
        return call(new DeviceCall.CloseHandle(state.incarnation(), handle(cookie)));
    }

    DeviceBench takeOver(boolean keepHandles) {
        return call(new DeviceCall.TakeOver(keepHandles));
    }

    DeviceBench restore() {
        return call(new DeviceCall.Restore());
    }

    /// Looked up, delivered and accepted.
    DeviceBench opened(Cookie cookie) {
        return lookUp(cookie).fetch().copen(cookie);
    }

    /// The id of the object's oldest request of this kind; one that no request has if there is none.
    MsgId idOf(Cookie cookie, Opcode opcode) {
        for (Pending request : state.requestsOf(cookie)) {
            if (request.is(opcode)) {
                return request.id();
            }
        }
        return new MsgId(999);
    }

    /// The handle that the slot names, live or not.
    Handle handle(Cookie cookie) {
        var slot = state.slot(cookie);
        return new Handle(cookie, new ObjectId(slot.handle()), slot.incarnation());
    }

    /// Whether the last step was the object's [DeviceCommand.Drop].
    boolean dropped() {
        return last.actions().stream().anyMatch(action -> action instanceof DeviceAction.Tell(_, Notice.DropDone _));
    }

    /// The actions of the last step, in few words.
    String said() {
        return last.actions().stream().map(DeviceBench::show).collect(Collectors.joining(", "));
    }

    List<DeviceEvent> events() {
        return last.events();
    }

    List<DeviceAction> actions() {
        return last.actions();
    }

    /// The message handed out by the last step, as `READ#3 h2`; or what the fetch ended with.
    String handedOut() {
        for (DeviceAction action : last.actions()) {
            if (action instanceof DeviceAction.Deliver
                    || action instanceof DeviceAction.Reply(DeviceReply.Nothing _)
                    || action instanceof DeviceAction.Reply(DeviceReply.Refused _)) {
                return show(action);
            }
        }
        throw new AssertionError("no fetch: " + last.actions());
    }

    /// The error that the last call was answered with.
    Errno answer() {
        for (DeviceAction action : last.actions()) {
            if (action instanceof DeviceAction.Reply(DeviceReply.Done(_, var errno))) {
                return errno;
            }
        }
        throw new AssertionError("no answer: " + last.actions());
    }

    boolean woke() {
        return last.actions().contains(new DeviceAction.Wake());
    }

    /// What `cookie` was told by the last step.
    List<Notice> told(Cookie cookie) {
        var told = new ArrayList<Notice>();
        for (DeviceAction action : last.actions()) {
            if (action instanceof DeviceAction.Tell(var to, var notice) && to.equals(cookie)) {
                told.add(notice);
            }
        }
        return told;
    }

    static String show(DeviceAction action) {
        return switch (action) {
            case DeviceAction.Tell(_, var notice) -> Brief.of(notice);
            case DeviceAction.Reply(DeviceReply.Done(_, var errno)) -> errno == OK ? "ok" : errno.name();
            case DeviceAction.Reply(DeviceReply.Nothing _) -> "nothing";
            case DeviceAction.Reply(DeviceReply.Refused(_, _, var errno)) -> "refused " + errno;
            case DeviceAction.Reply(DeviceReply.TookOver(var incarnation)) -> "incarnation " + incarnation;
            case DeviceAction.Reply(var reply) -> Brief.of(reply);
            case DeviceAction.Deliver(_, var request, var handle) ->
                request.opcode() + request.msgId().toString() + " " + handle;
            default -> Brief.of(action);
        };
    }

    /// The object's state, its handle and its requests: `OPEN h1, READ#3 NEW`; a handle that is dead has a cross.
    String show(Cookie cookie) {
        var text = new StringBuilder();
        text.append(state.isDead() ? "DEAD " : "").append(state.hasGivenUp() ? "GIVEN UP " : "");
        text.append(state.hasSlot(cookie) ? state.effective(cookie).name() : "-");
        var slot = state.slot(cookie);
        if (slot.handle() > 0) {
            text.append(' ').append(handle(cookie)).append(state.isLive(handle(cookie)) ? "" : "†");
        }
        if (slot.attemptsSoFar(state.incarnation()) > 0) {
            text.append(" try ").append(slot.attemptsSoFar(state.incarnation()));
        }
        for (Pending request : state.requestsOf(cookie)) {
            text.append(", ").append(request.opcode()).append(request.id()).append(show(request));
        }
        return text.toString();
    }

    private static String show(Pending request) {
        var out = request.out();
        return (request.isNew() ? " NEW" : "") + (out == null ? "" : " out " + out.id());
    }

    /// A READ of a closed object waits, and its OPEN is in the table.
    static DeviceBench reopening() {
        return new DeviceBench()
                .opened(BLOB)
                .close(BLOB)
                .read(BLOB, FIRST, 7)
                .fetch()
                .reopen(BLOB);
    }
}
