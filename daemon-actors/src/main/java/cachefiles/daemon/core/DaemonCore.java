package cachefiles.daemon.core;

import cachefiles.daemon.core.DaemonAction.Discard;
import cachefiles.daemon.core.DaemonAction.Fill;
import cachefiles.daemon.core.DaemonAction.Keep;
import cachefiles.daemon.core.DaemonAction.LookUp;
import cachefiles.daemon.core.DaemonAction.ReportProgress;
import cachefiles.daemon.core.DaemonAction.Say;
import cachefiles.daemon.core.DaemonCommand.Filled;
import cachefiles.daemon.core.DaemonCommand.FromDevice;
import cachefiles.daemon.core.DaemonCommand.LookedUp;
import cachefiles.daemon.core.DaemonCommand.Start;
import cachefiles.daemon.core.DaemonCommand.WorkerDied;
import cachefiles.daemon.core.DaemonEvent.Closed;
import cachefiles.daemon.core.DaemonEvent.Confirmed;
import cachefiles.daemon.core.DaemonEvent.Opened;
import cachefiles.daemon.core.DaemonEvent.Progressed;
import cachefiles.daemon.core.DaemonEvent.Started;
import cachefiles.daemon.core.DaemonEvent.WorkerTurned;
import cachefiles.daemon.core.DaemonState.Work;
import cachefiles.kernel.uapi.Codec;
import cachefiles.kernel.uapi.Decision;
import cachefiles.kernel.uapi.DeviceCall.CloseHandle;
import cachefiles.kernel.uapi.DeviceCall.Copen;
import cachefiles.kernel.uapi.DeviceCall.Cread;
import cachefiles.kernel.uapi.DeviceCall.Fetch;
import cachefiles.kernel.uapi.DeviceReply;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Handle;
import cachefiles.kernel.uapi.Request;
import java.util.ArrayList;
import java.util.List;

/// The daemon: workers that read the device, serve what they get, answer, and read again (S10).
///
/// It has none of the sample daemons' faults: its table has no bound and forgets what is closed (D1), is written before
/// the answer (D2); a READ of an object it does not know closes what is left of it, so that it is opened anew (D3); a
/// failed OPEN leaves no descriptor (D4, the device's part); the end of the content is no failure (D9).
public final class DaemonCore {
    /// Workers that may die over one request before it is answered with an error.
    private static final int MAX_TRIES = 3;

    private DaemonCore() {}

    /// Decides; changes nothing.
    public static Decision<DaemonEvent, DaemonAction> decide(DaemonState state, DaemonCommand command) {
        return switch (command) {
            case Start start -> start(state, start);
            case FromDevice(var reply) -> fromDevice(state, reply);
            case LookedUp looked -> lookedUp(state, looked);
            case Filled filled -> filled(state, filled);
            case WorkerDied died -> workerDied(state, died);
            case DaemonCommand.CloseEarly(var handle) ->
                state.opened(handle) == null
                        ? Decision.nothing()
                        : Decision.record(
                                new Closed(handle),
                                new Discard(handle),
                                new Say(new CloseHandle(state.incarnation(), handle)));
        };
    }

    private static Decision<DaemonEvent, DaemonAction> start(DaemonState state, Start start) {
        var events = new ArrayList<DaemonEvent>();
        var actions = new ArrayList<DaemonAction>();
        events.add(new Started(start.incarnation(), start.kept()));
        for (int worker = 0; worker < state.workers(); worker++) {
            fetch(start.incarnation(), worker, events, actions);
        }
        return new Decision<>(events, actions);
    }

    private static Decision<DaemonEvent, DaemonAction> fromDevice(DaemonState state, DeviceReply reply) {
        return switch (reply) {
            case DeviceReply.Message message ->
                message.incarnation() == state.incarnation()
                        ? wakeOne(
                                state,
                                message.worker(),
                                serve(
                                        state,
                                        message.worker(),
                                        message.request(),
                                        message.fd().handle()))
                        : Decision.nothing(); // a predecessor's; the restore has made it NEW again
            case DeviceReply.Nothing(var incarnation, var worker) ->
                incarnation == state.incarnation() ? turn(worker, new Work.Asleep()) : Decision.nothing();
            case DeviceReply.Refused(var incarnation, var worker, var errno) ->
                incarnation != state.incarnation()
                        ? Decision.nothing()
                        : errno == Errno.EMSGSIZE ? turn(worker, new Work.Asleep()) : fetchAgain(state, worker);
            case DeviceReply.Readable _ -> wakeOne(state, -1, Decision.nothing());
            case DeviceReply.Done(Copen copen, var errno) -> answered(state, copen, errno);
            case DeviceReply.Done _, DeviceReply.TookOver _ -> Decision.nothing();
        };
    }

    private static Decision<DaemonEvent, DaemonAction> serve(
            DaemonState state, int worker, Request request, Handle handle) {
        return switch (request) {
            case Request.Open open ->
                Decision.record(
                        new WorkerTurned(worker, new Work.LookingUp(open.msgId(), handle, open.cookie(), 1)),
                        new LookUp(worker, open.msgId(), open.cookie()));
            case Request.Read read -> {
                var content = state.opened(handle);
                if (content == null) { // D3: opened by a predecessor whose memory is gone
                    yield and(fetchAgain(state, worker), new Say(new CloseHandle(state.incarnation(), handle)));
                }
                yield Decision.record(
                        new WorkerTurned(worker, new Work.Filling(read.msgId(), handle, content, read.range(), 1)),
                        new Fill(worker, read.msgId(), handle, content, read.range()));
            }
            case Request.Close _ -> close(state, worker, handle);
        };
    }

    private static Decision<DaemonEvent, DaemonAction> close(DaemonState state, int worker, Handle handle) {
        var events = new ArrayList<DaemonEvent>();
        var actions = new ArrayList<DaemonAction>();
        if (state.opened(handle) != null) { // else unknown, which is no error (G2)
            events.add(new Closed(handle));
            actions.add(new Discard(handle));
        }
        actions.add(new Say(new CloseHandle(state.incarnation(), handle)));
        fetch(state.incarnation(), worker, events, actions);
        return new Decision<>(events, actions);
    }

    private static Decision<DaemonEvent, DaemonAction> lookedUp(DaemonState state, LookedUp looked) {
        if (looked.incarnation() != state.incarnation()
                || !(state.worker(looked.worker()) instanceof Work.LookingUp work)
                || !work.msgId().equals(looked.msgId())) {
            return Decision.nothing();
        }
        var events = new ArrayList<DaemonEvent>();
        var actions = new ArrayList<DaemonAction>();
        var content = looked.content();
        if (content == null) {
            actions.add(new Say(new Copen(
                    state.incarnation(),
                    work.msgId(),
                    work.handle(),
                    -looked.errno().number(),
                    "")));
        } else {
            if (state.opened(work.handle()) == null) { // else handed out twice, and answered before
                events.add(new Opened(work.handle(), content));
                actions.add(new Keep(work.handle(), content));
            }
            actions.add(new Say(new Copen(
                    state.incarnation(), work.msgId(), work.handle(), content.sizeBytes(), content.validator())));
        }
        completed(state, looked.worker(), events, actions);
        return new Decision<>(events, actions);
    }

    /// The device's word on a copen. A refused one leaves a handle that is dead, and nothing to remember (D1); the
    /// second answer to an OPEN that was handed out twice is refused too, and says nothing of the handle.
    private static Decision<DaemonEvent, DaemonAction> answered(DaemonState state, Copen copen, Errno errno) {
        var handle = copen.handle();
        if (!state.isUnconfirmed(handle)) {
            return Decision.nothing();
        }
        return errno.isOk()
                ? Decision.record(new Confirmed(handle))
                : Decision.record(new Closed(handle), new Discard(handle));
    }

    private static Decision<DaemonEvent, DaemonAction> filled(DaemonState state, Filled filled) {
        if (filled.incarnation() != state.incarnation()
                || !(state.worker(filled.worker()) instanceof Work.Filling work)
                || !work.msgId().equals(filled.msgId())) {
            return Decision.nothing();
        }
        var events = new ArrayList<DaemonEvent>();
        var actions = new ArrayList<DaemonAction>();
        actions.add(new Say(new Cread(state.incarnation(), work.msgId(), work.handle(), filled.errno())));
        completed(state, filled.worker(), events, actions);
        return new Decision<>(events, actions);
    }

    private static void completed(DaemonState state, int worker, List<DaemonEvent> events, List<DaemonAction> actions) {
        if (!state.hasMadeProgress()) {
            events.add(new Progressed());
            actions.add(new ReportProgress());
        }
        fetch(state.incarnation(), worker, events, actions);
    }

    /// Another worker takes the work over; nobody need be asked, for the daemon still knows what was handed to it.
    private static Decision<DaemonEvent, DaemonAction> workerDied(DaemonState state, WorkerDied died) {
        int worker = died.worker();
        if (died.incarnation() != state.incarnation()) {
            return Decision.nothing();
        }
        return switch (state.worker(worker)) {
            case Work.LookingUp(var msgId, var handle, var cookie, var tries) ->
                tries < MAX_TRIES
                        ? Decision.record(
                                new WorkerTurned(worker, new Work.LookingUp(msgId, handle, cookie, tries + 1)),
                                new LookUp(worker, msgId, cookie))
                        : lookedUp(state, new LookedUp(died.incarnation(), worker, msgId, Errno.EIO, null));
            case Work.Filling(_, var handle, _, _, _)
            when state.opened(handle) == null ->
                fetchAgain(state, worker); // closed meanwhile: the device has made the READ NEW again
            case Work.Filling(var msgId, var handle, var content, var range, var tries) ->
                tries < MAX_TRIES
                        ? Decision.record(
                                new WorkerTurned(worker, new Work.Filling(msgId, handle, content, range, tries + 1)),
                                new Fill(worker, msgId, handle, content, range))
                        : filled(state, new Filled(died.incarnation(), worker, msgId, Errno.EIO));
            case Work.Asleep _, Work.Fetching _ -> Decision.nothing();
        };
    }

    /// POLLIN, or a message came and so more may be there: one who sleeps reads (S40: it may find nothing). Were all to
    /// read at every POLLIN, all but one would mostly find nothing.
    private static Decision<DaemonEvent, DaemonAction> wakeOne(
            DaemonState state, int busy, Decision<DaemonEvent, DaemonAction> decision) {
        int worker = state.isRunning() ? state.asleep(busy) : -1;
        if (worker < 0) {
            return decision;
        }
        var events = new ArrayList<>(decision.events());
        var actions = new ArrayList<>(decision.actions());
        fetch(state.incarnation(), worker, events, actions);
        return new Decision<>(events, actions);
    }

    private static Decision<DaemonEvent, DaemonAction> fetchAgain(DaemonState state, int worker) {
        var events = new ArrayList<DaemonEvent>();
        var actions = new ArrayList<DaemonAction>();
        fetch(state.incarnation(), worker, events, actions);
        return new Decision<>(events, actions);
    }

    private static void fetch(long incarnation, int worker, List<DaemonEvent> events, List<DaemonAction> actions) {
        events.add(new WorkerTurned(worker, new Work.Fetching()));
        actions.add(new Say(new Fetch(incarnation, worker, Codec.MAX_BYTES)));
    }

    private static Decision<DaemonEvent, DaemonAction> turn(int worker, Work work) {
        return Decision.record(new WorkerTurned(worker, work));
    }

    private static Decision<DaemonEvent, DaemonAction> and(
            Decision<DaemonEvent, DaemonAction> decision, DaemonAction first) {
        var actions = new ArrayList<DaemonAction>();
        actions.add(first);
        actions.addAll(decision.actions());
        return new Decision<>(decision.events(), actions);
    }

    /// Folds one event into `state`, in place.
    public static void evolve(DaemonState state, DaemonEvent event) {
        switch (event) {
            case Started(var incarnation, var kept) -> state.start(incarnation, kept);
            case WorkerTurned(var worker, var work) -> state.set(worker, work);
            case Opened(var handle, var content) -> state.remember(handle, content);
            case Confirmed(var handle) -> state.confirm(handle);
            case Closed(var handle) -> state.forget(handle);
            case Progressed _ -> state.progress();
        }
    }
}
