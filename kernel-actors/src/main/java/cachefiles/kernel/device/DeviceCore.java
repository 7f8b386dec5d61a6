package cachefiles.kernel.device;

import static cachefiles.kernel.uapi.Errno.EBADFD;
import static cachefiles.kernel.uapi.Errno.EBUSY;
import static cachefiles.kernel.uapi.Errno.EINVAL;
import static cachefiles.kernel.uapi.Errno.EIO;
import static cachefiles.kernel.uapi.Errno.EMFILE;
import static cachefiles.kernel.uapi.Errno.EMSGSIZE;
import static cachefiles.kernel.uapi.Errno.ESTALE;
import static cachefiles.kernel.uapi.Errno.OK;

import cachefiles.kernel.device.DeviceAction.Deliver;
import cachefiles.kernel.device.DeviceAction.Fence;
import cachefiles.kernel.device.DeviceAction.Reply;
import cachefiles.kernel.device.DeviceAction.RetryAfter;
import cachefiles.kernel.device.DeviceAction.Revoke;
import cachefiles.kernel.device.DeviceAction.Tell;
import cachefiles.kernel.device.DeviceAction.Wake;
import cachefiles.kernel.device.DeviceCommand.AskRest;
import cachefiles.kernel.device.DeviceCommand.Call;
import cachefiles.kernel.device.DeviceCommand.CancelRead;
import cachefiles.kernel.device.DeviceCommand.Drop;
import cachefiles.kernel.device.DeviceCommand.ObjectUp;
import cachefiles.kernel.device.DeviceCommand.RetryReopen;
import cachefiles.kernel.device.DeviceCommand.SubmitClose;
import cachefiles.kernel.device.DeviceCommand.SubmitOpen;
import cachefiles.kernel.device.DeviceCommand.SubmitRead;
import cachefiles.kernel.device.DeviceEvent.Delivered;
import cachefiles.kernel.device.DeviceEvent.Died;
import cachefiles.kernel.device.DeviceEvent.Ended;
import cachefiles.kernel.device.DeviceEvent.Enqueued;
import cachefiles.kernel.device.DeviceEvent.GaveUp;
import cachefiles.kernel.device.DeviceEvent.HandleMade;
import cachefiles.kernel.device.DeviceEvent.Renewed;
import cachefiles.kernel.device.DeviceEvent.Restored;
import cachefiles.kernel.device.DeviceEvent.Retagged;
import cachefiles.kernel.device.DeviceEvent.SlotDropped;
import cachefiles.kernel.device.DeviceEvent.SlotSet;
import cachefiles.kernel.device.DeviceEvent.TookOver;
import cachefiles.kernel.device.Notice.CloseEnded;
import cachefiles.kernel.device.Notice.DropDone;
import cachefiles.kernel.device.Notice.MayRest;
import cachefiles.kernel.device.Notice.OpenEnded;
import cachefiles.kernel.device.Notice.ReadEnded;
import cachefiles.kernel.device.Notice.Reopen;
import cachefiles.kernel.device.Slot.State;
import cachefiles.kernel.uapi.Codec;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Decision;
import cachefiles.kernel.uapi.DeviceCall;
import cachefiles.kernel.uapi.DeviceCall.Close;
import cachefiles.kernel.uapi.DeviceCall.CloseHandle;
import cachefiles.kernel.uapi.DeviceCall.Copen;
import cachefiles.kernel.uapi.DeviceCall.Cread;
import cachefiles.kernel.uapi.DeviceCall.Fetch;
import cachefiles.kernel.uapi.DeviceCall.GiveUp;
import cachefiles.kernel.uapi.DeviceCall.Refuse;
import cachefiles.kernel.uapi.DeviceCall.Restore;
import cachefiles.kernel.uapi.DeviceCall.TakeOver;
import cachefiles.kernel.uapi.DeviceReply;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Handle;
import cachefiles.kernel.uapi.MsgId;
import cachefiles.kernel.uapi.ObjectId;
import cachefiles.kernel.uapi.Opcode;
import cachefiles.kernel.uapi.Range;
import cachefiles.kernel.uapi.Request;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The device: one table of requests, and for each object the slot of its handle. In Linux one lock covers "is there a
/// live descriptor" and "hand this READ out"; here one core decides both
/// (docs/adr/0002-device-owns-the-handle-slot.md).
///
/// Linux: `fs/cachefiles/ondemand.c`, `daemon.c`. Where it has a hole, the comment names the G-rule that closes it.
public final class DeviceCore {
    private DeviceCore() {}

    /// One step: decides, folds the events into `state`, and wakes the daemon if that made the device readable. The
    /// only place where readiness is announced (I11, I12, G1).
    /// @return the events that were folded in, and the actions to be performed
    public static Decision<DeviceEvent, DeviceAction> step(DeviceState state, DeviceCommand command) {
        boolean wasReadable = state.isReadable();
        var decision = decide(state, command);
        for (DeviceEvent event : decision.events()) {
            evolve(state, event);
        }
        if (state.isReadable() && (!wasReadable || leftWaiting(state, decision))) {
            decision.actions().add(new Wake());
        }
        return decision;
    }

    /// Whether a worker goes to sleep with this reply although there is more to do (its scan hit a bound).
    private static boolean leftWaiting(DeviceState state, Decision<DeviceEvent, DeviceAction> decision) {
        var actions = decision.actions();
        return !actions.isEmpty()
                && actions.getLast() instanceof Reply(DeviceReply.Nothing nothing)
                && nothing.incarnation() == state.incarnation;
    }

    /// Decides; changes nothing. [#evolve] folds the events in.
    public static Decision<DeviceEvent, DeviceAction> decide(DeviceState state, DeviceCommand command) {
        var step = new Step(state);
        switch (command) {
            case SubmitOpen open -> submitOpen(step, open);
            case SubmitRead read -> submitRead(step, read);
            case SubmitClose close -> submitClose(step, close);
            case CancelRead cancel -> cancelRead(step, cancel);
            case Drop drop -> drop(step, drop.cookie());
            case ObjectUp up -> reopenAgain(step, up.cookie());
            case AskRest ask -> askRest(step, ask.cookie());
            case RetryReopen retry -> retryReopen(step, retry);
            case Call(var call) -> call(step, call);
        }
        return step.decision();
    }

    private static void call(Step step, DeviceCall call) {
        if (step.state.dead && isWritten(call)) {
            step.act(new Reply(new DeviceReply.Done(call, EIO))); // S44: looked at before all else
            return;
        }
        if (call instanceof DeviceCall.FromDaemon said && said.incarnation() != step.state.incarnation) {
            fenced(step, said);
            return;
        }
        switch (call) {
            case Fetch fetch -> fetch(step, fetch);
            case Copen copen -> copen(step, copen);
            case Cread cread -> cread(step, cread);
            case Refuse refuse -> refuse(step, refuse);
            case CloseHandle close -> closeHandle(step, close);
            case TakeOver takeOver -> takeOver(step, takeOver);
            case Restore restore -> restore(step, restore);
            case GiveUp giveUp -> giveUp(step, giveUp);
            case Close close -> die(step, close);
        }
    }

    /// Whether it is a text command of the kernel's, of those that reach the device.
    private static boolean isWritten(DeviceCall call) {
        return call instanceof Copen || call instanceof Restore;
    }

    /// A predecessor speaks: nothing changes, be it an answer or a fetch that would swallow a request (I4, G10).
    private static void fenced(Step step, DeviceCall.FromDaemon said) {
        step.act(
                said instanceof Fetch fetch
                        ? new Reply(new DeviceReply.Nothing(fetch.incarnation(), fetch.worker()))
                        : new Reply(new DeviceReply.Done(said, ESTALE)));
    }

    // Enqueueing: S85 to S87. The dead test and the insertion are one step (S86).

    private static void submitOpen(Step step, SubmitOpen open) {
        var state = step.state;
        var cookie = open.cookie();
        var slot = state.slot(cookie);
        if (state.dead || state.gaveUp) {
            refuseOpen(step, cookie, EIO);
        } else if (state.openOf(cookie) != null) {
            return; // one OPEN an object: a second submission is the object's memory failing, not its wish
        } else if (open.expected() != null && slot.state() != State.REOPENING) {
            return; // the reopen it was asked for is over; another one waits for its back-off (G5)
        } else if (state.effective(cookie) == State.OPEN) {
            step.tell(cookie, new OpenEnded(OK, slot.content())); // S91: not sent, success
        } else if (state.tableSize() >= state.limits.requests() && !slot.hidesReads()) {
            refuseOpen(step, cookie, EBUSY);
        } else {
            step.record(new Enqueued(Pending.open(step.newMsgId(), cookie, open.expected())));
        }
    }

    /// S87, S92: whoever waits for the reopen learns it by the next scan.
    private static void refuseOpen(Step step, Cookie cookie, Errno errno) {
        var slot = step.state.slot(cookie);
        if (slot.hidesReads()) {
            step.set(cookie, slot.closed(errno));
        }
        step.tell(cookie, new OpenEnded(errno, null));
    }

    private static void submitRead(Step step, SubmitRead read) {
        var state = step.state;
        var twin = state.readOf(read.cookie(), read.range());
        if (state.dead || state.gaveUp) {
            step.tell(read.cookie(), new ReadEnded(read.tag(), EIO));
        } else if (!suits(state, read)) {
            if (twin != null) {
                step.record(new Ended(twin.id()));
            }
            step.tell(read.cookie(), new ReadEnded(read.tag(), ESTALE)); // G13
        } else if (twin != null && twin.accepts(read.promised())) {
            if (twin.tag() != read.tag()) {
                step.record(new Retagged(twin.id(), read.tag()));
            }
        } else if (state.tableSize() >= state.limits.requests()) {
            step.tell(read.cookie(), new ReadEnded(read.tag(), EBUSY));
        } else {
            if (twin != null) { // of a predecessor that was promised other content
                step.record(new Ended(twin.id()));
            }
            step.record(new Enqueued(
                    Pending.read(step.newMsgId(), read.cookie(), read.range(), read.tag(), read.promised())));
        }
        reopenAgain(step, read.cookie());
    }

    /// An object that lost its memory may have had two look-ups answered: it took one content, the slot has the other.
    private static boolean suits(DeviceState state, SubmitRead read) {
        var content = state.slot(read.cookie()).content();
        return state.effective(read.cookie()) != State.OPEN
                || content == null
                || read.promised().agreesWith(content);
    }

    private static void submitClose(Step step, SubmitClose close) {
        var state = step.state;
        var cookie = close.cookie();
        boolean full = state.tableSize() >= state.limits.requests();
        if (state.dead || state.gaveUp || full || state.effective(cookie) != State.OPEN) {
            step.tell(cookie, new CloseEnded()); // S85: ENOENT, EIO or EBUSY; its waiter ignores the result (S128)
        } else if (state.closeOf(cookie) == null) {
            step.record(new Enqueued(Pending.close(step.newMsgId(), cookie)));
        }
    }

    private static void cancelRead(Step step, CancelRead cancel) {
        var read = step.state.readTagged(cancel.cookie(), cancel.tag());
        if (read != null) {
            step.record(new Ended(read.id())); // S89; a completion that comes now finds no such id (S81)
        }
    }

    /// S101, S108 (2): ends what is left of the object. Needs no daemon (B12).
    private static void drop(Step step, Cookie cookie) {
        var state = step.state;
        for (Pending request : state.requestsOf(cookie)) {
            step.record(new Ended(request.id()));
        }
        if (state.hasSlot(cookie)) {
            var slot = state.slot(cookie);
            if (state.hasLiveHandle(slot)) {
                step.act(new Revoke(slot.handleOf(cookie)));
            }
            step.record(new SlotDropped(cookie));
        }
        step.tell(cookie, new DropDone());
    }

    /// Said before, but the object may have failed over it (I7).
    private static void reopenAgain(Step step, Cookie cookie) {
        if (step.state.slot(cookie).state() == State.REOPENING && step.state.openOf(cookie) == null) {
            step.tell(cookie, new Reopen());
        }
    }

    private static void askRest(Step step, Cookie cookie) {
        boolean idle = step.state.requestsOf(cookie).isEmpty()
                && !step.state.slot(cookie).hidesReads();
        step.tell(cookie, new MayRest(idle));
    }

    private static void retryReopen(Step step, RetryReopen retry) {
        var slot = step.state.slot(retry.cookie());
        if (slot.state() == State.RESTING && slot.attempts() == retry.attempt()) {
            step.set(retry.cookie(), slot.reopening(step.state.incarnation));
            step.tell(retry.cookie(), new Reopen());
        }
    }

    // The daemon's read: S25 to S37.

    private static void fetch(Step step, Fetch fetch) {
        var state = step.state;
        var closed = new HashSet<Cookie>();
        int reopens = 0;
        for (MsgId id : state.scanOrder()) {
            var request = state.must(id);
            if (!request.is(Opcode.READ) || state.effective(request.cookie()) == State.OPEN) {
                deliver(step, fetch, request);
                return;
            }
            if (closed.add(
                    request.cookie())) { // S27: a NEW READ of a closed object starts a reopen, and the scan goes on
                startReopen(step, request.cookie());
                if (++reopens == state.limits.reopensPerFetch()) {
                    break;
                }
            }
        }
        step.act(new Reply(new DeviceReply.Nothing(fetch.incarnation(), fetch.worker())));
    }

    /// S99, with G5's bound: the first attempt at once, further ones after a back-off, and then no more.
    private static void startReopen(Step step, Cookie cookie) {
        var state = step.state;
        var slot = state.slot(cookie);
        int attempts = slot.attemptsSoFar(state.incarnation);
        if (attempts >= state.limits.reopenAttempts()) {
            failReads(step, cookie, slot.lastError().isOk() ? EIO : slot.lastError(), _ -> true);
            step.set(cookie, slot.settled());
        } else if (state.openOf(cookie) != null) {
            step.set(cookie, slot.reopening(state.incarnation)); // an OPEN is there already; its end wakes these READs
        } else if (attempts == 0) {
            step.set(cookie, slot.reopening(state.incarnation));
            step.tell(cookie, new Reopen());
        } else {
            step.set(cookie, slot.resting());
            step.act(new RetryAfter(cookie, attempts));
        }
    }

    private static void failReads(Step step, Cookie cookie, Errno errno, Predicate<Pending> which) {
        for (Pending request : step.state.requestsOf(cookie)) {
            if (request.is(Opcode.READ) && which.test(request)) {
                step.record(new Ended(request.id()));
                step.tell(cookie, new ReadEnded(request.tag(), errno));
            }
        }
    }

    private static void deliver(Step step, Fetch fetch, Pending request) {
        var state = step.state;
        var cookie = request.cookie();
        var slot = state.slot(cookie);
        boolean makesHandle = request.is(Opcode.OPEN) && !state.hasLiveHandle(slot); // else the same again (G8)
        var handle = makesHandle ? step.newHandle(cookie) : slot.handleOf(cookie);
        var message = message(request, handle);
        if (Codec.lengthOf(message) > fetch.bufferBytes()) {
            step.act(new Reply(new DeviceReply.Refused(fetch.incarnation(), fetch.worker(), EMSGSIZE))); // S30
            return;
        }
        if (makesHandle && state.liveHandles() >= state.limits.handles()) {
            step.record(new Ended(request.id())); // S33: the opener fails
            openFailed(step, cookie, slot, EMFILE);
            step.act(new Reply(new DeviceReply.Refused(fetch.incarnation(), fetch.worker(), EMFILE)));
            return;
        }
        step.record(new Delivered(request.id(), handle));
        if (makesHandle) {
            step.record(new HandleMade(handle));
        }
        step.act(new Deliver(fetch.worker(), message, handle));
        if (request.is(Opcode.CLOSE)) {
            step.record(new Ended(request.id())); // S35
            step.tell(cookie, new CloseEnded());
        }
    }

    private static Request message(Pending request, Handle handle) {
        return switch (request.opcode()) {
            case OPEN ->
                new Request.Open(
                        request.id(), handle.id(), request.cookie(), handle.id().value());
            case READ -> new Request.Read(request.id(), handle.id(), rangeOf(request));
            case CLOSE -> new Request.Close(request.id(), handle.id());
        };
    }

    private static Range rangeOf(Pending read) {
        return Objects.requireNonNull(read.range());
    }

    // Answers: S64 to S73, S78 to S81. Each is believed only from whoever was handed the request (I4, G3, G9).

    private static @Nullable Pending answered(Step step, DeviceCall call, MsgId id, Handle handle, Opcode opcode) {
        var request = step.state.request(id);
        if (request == null || !request.is(opcode) || request.out() == null) {
            step.act(new Reply(new DeviceReply.Done(call, EINVAL))); // S66, S78, S81
            return null;
        }
        if (!request.out().equals(handle) || !step.state.isLive(handle)) {
            step.act(new Reply(new DeviceReply.Done(call, EBADFD))); // reported, and the request stays (G3)
            return null;
        }
        return request;
    }

    private static void copen(Step step, Copen copen) {
        var request = answered(step, copen, copen.msgId(), copen.handle(), Opcode.OPEN);
        if (request == null) {
            return;
        }
        var cookie = request.cookie();
        var slot = step.state.slot(cookie);
        var content = new Content(copen.size(), copen.validator());
        step.record(new Ended(request.id()));
        if (copen.size() < -Errno.MAX) {
            openFailed(step, cookie, slot, EINVAL); // S69, B19
            step.act(new Reply(new DeviceReply.Done(copen, EINVAL)));
        } else if (copen.size() < 0) {
            openFailed(step, cookie, slot, Errno.of((int) -copen.size())); // S70
            step.act(new Reply(new DeviceReply.Done(copen, OK)));
        } else if (!request.accepts(content)) {
            openFailed(step, cookie, slot, ESTALE); // G13: the readers were promised another content
            failReads(step, cookie, ESTALE, _ -> true);
            step.act(new Reply(new DeviceReply.Done(copen, ESTALE)));
        } else {
            step.set(cookie, slot.opened(content)); // S72
            failReads(step, cookie, ESTALE, read -> !read.accepts(content));
            step.tell(cookie, new OpenEnded(OK, content));
            step.act(new Reply(new DeviceReply.Done(copen, OK)));
        }
    }

    /// An open that failed takes its handle along (G4, G15): the slot is CLOSE, and READs are scanned again.
    private static void openFailed(Step step, Cookie cookie, Slot slot, Errno errno) {
        if (step.state.hasLiveHandle(slot)) {
            step.act(new Revoke(slot.handleOf(cookie)));
        }
        step.set(cookie, slot.closed(errno));
        step.tell(cookie, new OpenEnded(errno, null));
    }

    private static void cread(Step step, Cread cread) {
        var request = answered(step, cread, cread.msgId(), cread.handle(), Opcode.READ);
        if (request == null) {
            return;
        }
        var slot = step.state.slot(request.cookie());
        step.record(new Ended(request.id()));
        if (slot.attempts() > 0) {
            step.set(request.cookie(), slot.settled());
        }
        step.tell(request.cookie(), new ReadEnded(request.tag(), cread.error()));
        step.act(new Reply(new DeviceReply.Done(cread, OK)));
    }

    /// S33, S34: the daemon could not take what it was handed.
    private static void refuse(Step step, Refuse refuse) {
        var request = step.state.request(refuse.msgId());
        var opcode = request == null || request.is(Opcode.CLOSE) ? Opcode.READ : request.opcode();
        var owned = answered(step, refuse, refuse.msgId(), refuse.handle(), opcode);
        if (owned == null) {
            return;
        }
        step.record(new Ended(owned.id()));
        if (owned.is(Opcode.OPEN)) {
            openFailed(step, owned.cookie(), step.state.slot(owned.cookie()), refuse.error());
        } else {
            step.tell(owned.cookie(), new ReadEnded(owned.tag(), refuse.error()));
        }
        step.act(new Reply(new DeviceReply.Done(refuse, OK)));
    }

    /// S60. What was out under the handle is NEW again at once: Q4's wait for a restore is gone.
    private static void closeHandle(Step step, CloseHandle close) {
        var handle = close.handle();
        if (!step.state.isLive(handle)) {
            step.act(new Reply(new DeviceReply.Done(close, EBADFD)));
            return;
        }
        var cookie = handle.cookie();
        var slot = step.state.slot(cookie);
        var open = step.state.openOf(cookie);
        step.act(new Revoke(handle));
        if (open == null) {
            step.set(cookie, slot.closed(OK));
        } else if (slot.attemptsSoFar(step.state.incarnation) < step.state.limits.reopenAttempts()) {
            step.set(cookie, slot.closedUnanswered(step.state.incarnation));
        } else {
            step.record(new Ended(open.id())); // G5: closed before every answer
            step.set(cookie, slot.closed(EBADFD));
            step.tell(cookie, new OpenEnded(EBADFD, null));
        }
        for (Pending request : step.state.requestsOf(cookie)) {
            if (request.is(Opcode.CLOSE)) {
                step.record(new Ended(request.id())); // G2
                step.tell(cookie, new CloseEnded());
            } else if (!request.isNew() && !step.ends(request)) {
                step.record(new Renewed(request.id()));
            }
        }
        step.act(new Reply(new DeviceReply.Done(close, OK)));
    }

    // The supervisor: S74 to S77, Q5 to Q7.

    /// Costs the CLOSEs in the table, whatever the number of open objects: handles below the floor are closed.
    private static void takeOver(Step step, TakeOver takeOver) {
        var state = step.state;
        long incarnation = state.incarnation + 1;
        if (!takeOver.keepHandles()) {
            for (Pending request : state.table()) {
                if (request.is(Opcode.CLOSE)) {
                    step.record(new Ended(request.id())); // G2: nothing is left to close
                    step.tell(request.cookie(), new CloseEnded());
                }
            }
        }
        long floor = takeOver.keepHandles() ? state.floor : incarnation;
        step.record(new TookOver(incarnation, floor));
        step.act(new Fence(incarnation, floor));
        step.act(new Reply(new DeviceReply.TookOver(incarnation)));
    }

    private static void restore(Step step, Restore restore) {
        if (step.state.table().stream().anyMatch(request -> !request.isNew())) {
            step.record(new Restored());
        }
        step.act(new Reply(new DeviceReply.Done(restore, OK)));
    }

    private static void giveUp(Step step, GiveUp giveUp) {
        if (!step.state.gaveUp) {
            endReopens(step);
            flush(step);
            step.record(new GaveUp());
        }
        step.act(new Reply(new DeviceReply.Done(giveUp, OK)));
    }

    /// REOPENING would promise an OPEN that is no longer there when somebody starts again (I7).
    private static void endReopens(Step step) {
        for (Pending request : step.state.table()) {
            var slot = step.state.slot(request.cookie());
            if (request.is(Opcode.OPEN) && slot.hidesReads()) {
                if (step.state.hasLiveHandle(slot)) {
                    step.act(new Revoke(slot.handleOf(request.cookie())));
                }
                step.set(request.cookie(), slot.closed(EIO));
            }
        }
    }

    private static void die(Step step, Close close) {
        if (!step.state.dead) {
            flush(step);
            step.record(new Died());
        }
        step.act(new Reply(new DeviceReply.Done(close, OK)));
    }

    /// Ends every request with `EIO`, in the step that stops admission (S86, S90, B1, B9).
    private static void flush(Step step) {
        for (Pending request : step.state.table()) {
            step.record(new Ended(request.id()));
            step.tell(
                    request.cookie(),
                    switch (request.opcode()) {
                        case OPEN -> new OpenEnded(EIO, null);
                        case READ -> new ReadEnded(request.tag(), EIO);
                        case CLOSE -> new CloseEnded();
                    });
        }
    }

    /// Folds one event into `state`, in place.
    /// @throws IllegalStateException if no decision on this state can have led to the event
    public static void evolve(DeviceState state, DeviceEvent event) {
        switch (event) {
            case Enqueued(var request) -> state.add(request);
            case Retagged(var id, var tag) -> state.replace(state.must(id).retagged(tag));
            case Delivered(var id, var handle) -> {
                state.replace(state.must(id).delivered(handle));
                state.cursor = id.next();
            }
            case Ended(var id) -> state.remove(id);
            case Renewed(var id) -> state.replace(state.must(id).renewed());
            case Restored _ -> state.renewAll();
            case HandleMade(var handle) -> {
                state.put(handle.cookie(), state.slot(handle.cookie()).handed(handle));
                state.lastObjectId = handle.id().value();
            }
            case SlotSet(var cookie, var slot) -> state.put(cookie, slot);
            case SlotDropped(var cookie) -> state.dropSlot(cookie);
            case TookOver(var incarnation, var floor) -> {
                state.incarnation = incarnation;
                if (floor > state.floor) {
                    state.closeAllHandles();
                }
                state.floor = floor;
                state.gaveUp = false;
            }
            case GaveUp _ -> state.gaveUp = true;
            case Died _ -> state.dead = true;
        }
    }

    /// One decision in the making.
    private static final class Step {
        final DeviceState state;
        private List<DeviceEvent> events = List.of();
        private final List<DeviceAction> actions = new ArrayList<>(2);

        Step(DeviceState state) {
            this.state = state;
        }

        void record(DeviceEvent event) {
            if (events.isEmpty()) {
                events = new ArrayList<>(4);
            }
            events.add(event);
        }

        boolean ends(Pending request) {
            return events.contains(new Ended(request.id()));
        }

        void set(Cookie cookie, Slot slot) {
            record(new SlotSet(cookie, slot));
        }

        void act(DeviceAction action) {
            actions.add(action);
        }

        void tell(Cookie cookie, Notice notice) {
            actions.add(new Tell(cookie, notice));
        }

        /// The first free id from the one after the last (S82).
        MsgId newMsgId() {
            var id = state.nextMsgId;
            while (state.request(id) != null) {
                id = id.next();
            }
            return id;
        }

        /// A handle under the first free object id after the last, over 1 to 2^31-1 (S84).
        Handle newHandle(Cookie cookie) {
            int id = state.lastObjectId;
            do {
                id = id == Integer.MAX_VALUE ? 1 : id + 1;
            } while (state.isObjectIdInUse(id));
            return new Handle(cookie, new ObjectId(id), state.incarnation);
        }

        Decision<DeviceEvent, DeviceAction> decision() {
            return new Decision<>(events, actions);
        }
    }
}
