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
import cachefiles.daemon.core.DaemonEvent.Polled;
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

/// The daemon: workers that read the device, serve what they get, answer, and read again while the device is readable
/// (S10, S38).
///
/// It has none of the sample daemons' faults: its table has no bound and forgets what is closed (D1), is written before
/// the answer (D2); a READ of an object it does not know closes what is left of it, so that it is opened anew (D3); a
/// failed OPEN leaves no descriptor (D4, the device's part); the end of the content is no failure (D9).
public final class DaemonCore {
    /// Workers that may die over one request before something else is tried.
    private static final int MAX_TRIES = 3;

    private DaemonCore() {}

    /// Decides; changes nothing.
    public static Decision<DaemonEvent, DaemonAction> decide(DaemonState state, DaemonCommand command) {
        var step = new Step(state);
        switch (command) {
            case Start start -> start(step, start);
            case FromDevice(var reply) -> fromDevice(step, reply);
            case LookedUp looked -> lookedUp(step, looked);
            case Filled filled -> filled(step, filled);
            case WorkerDied died -> workerDied(step, died);
            case DaemonCommand.CloseEarly(var handle) -> {
                if (state.opened(handle) != null) {
                    step.record(new Closed(handle));
                    step.act(new Discard(handle));
                    step.act(new Say(new CloseHandle(state.incarnation(), handle)));
                }
            }
        }
        return step.decision();
    }

    /// One worker reads, however many there are: each message that comes with more behind it wakes the next.
    private static void start(Step step, Start start) {
        step.record(new Started(start.incarnation(), start.kept()));
        for (int worker = 1; worker < step.state.workers(); worker++) {
            if (!(step.state.worker(worker) instanceof Work.Asleep)) {
                step.turn(worker, new Work.Asleep());
            }
        }
        step.fetch(start.incarnation(), 0);
    }

    private static void fromDevice(Step step, DeviceReply reply) {
        long mine = step.state.incarnation();
        switch (reply) {
            case DeviceReply.Message message -> {
                if (message.incarnation() == mine) { // else a predecessor's; the restore has made it NEW again
                    step.polled(message.more());
                    serve(
                            step,
                            message.worker(),
                            message.request(),
                            message.fd().handle());
                    if (message.more()) {
                        wakeOne(step, message.worker());
                    }
                }
            }
            case DeviceReply.Nothing(var incarnation, var worker) -> {
                if (incarnation == mine) {
                    step.polled(false);
                    step.turn(worker, new Work.Asleep());
                }
            }
            case DeviceReply.Refused(var incarnation, var worker, var errno) -> {
                if (incarnation == mine) {
                    if (errno == Errno.EMSGSIZE) {
                        step.turn(worker, new Work.Asleep());
                    } else {
                        step.fetch(worker);
                    }
                }
            }
            case DeviceReply.Readable _ -> {
                if (step.state.isRunning()) {
                    step.polled(true);
                    wakeOne(step, -1);
                }
            }
            case DeviceReply.Done(Copen copen, var errno) -> answered(step, copen, errno);
            case DeviceReply.Done _, DeviceReply.TookOver _ -> {}
        }
    }

    private static void serve(Step step, int worker, Request request, Handle handle) {
        switch (request) {
            case Request.Open open -> {
                step.turn(worker, new Work.LookingUp(open.msgId(), handle, open.cookie(), 1));
                step.act(new LookUp(worker, open.msgId(), open.cookie()));
            }
            case Request.Read read -> {
                var content = step.state.opened(handle);
                if (content == null) { // D3: opened by a predecessor whose memory is gone
                    step.act(new Say(new CloseHandle(step.state.incarnation(), handle)));
                    step.fetch(worker);
                } else {
                    step.turn(worker, new Work.Filling(read.msgId(), handle, content, read.range(), 1));
                    step.act(new Fill(worker, read.msgId(), handle, content, read.range()));
                }
            }
            case Request.Close _ -> close(step, worker, handle);
        }
    }

    private static void close(Step step, int worker, Handle handle) {
        if (step.state.opened(handle) != null) { // else unknown, which is no error (G2)
            step.record(new Closed(handle));
            step.act(new Discard(handle));
        }
        step.act(new Say(new CloseHandle(step.state.incarnation(), handle)));
        step.next(worker);
    }

    private static void lookedUp(Step step, LookedUp looked) {
        var state = step.state;
        if (looked.incarnation() != state.incarnation()
                || !(state.worker(looked.worker()) instanceof Work.LookingUp work)
                || !work.msgId().equals(looked.msgId())) {
            return;
        }
        var found = looked.content();
        if (found == null) {
            step.act(new Say(new Copen(
                    state.incarnation(),
                    work.msgId(),
                    work.handle(),
                    -looked.errno().number(),
                    "")));
        } else {
            // One that is known was handed out twice, and answered before, by us or by who left us the handle. Whether
            // that answer came through is unknown, so this one says the same, whatever the origin has meanwhile.
            var known = state.opened(work.handle());
            var content = known == null ? found : known;
            // One that somebody fills through and nobody knows was closed since: it is not to be taken for open again.
            if (known == null && !state.isFilledThrough(work.handle())) {
                step.record(new Opened(work.handle(), content));
                step.act(new Keep(work.handle(), content));
            }
            step.act(new Say(new Copen(
                    state.incarnation(), work.msgId(), work.handle(), content.sizeBytes(), content.validator())));
        }
        completed(step, looked.worker());
    }

    /// The device's word on a copen. A refused one leaves a handle that is dead, and nothing to remember (D1); the
    /// second answer to an OPEN that was handed out twice is refused too, and says nothing of the handle.
    private static void answered(Step step, Copen copen, Errno errno) {
        var handle = copen.handle();
        if (!step.state.isUnconfirmed(handle)) {
            return;
        }
        if (errno.isOk()) {
            step.record(new Confirmed(handle));
        } else {
            step.record(new Closed(handle));
            step.act(new Discard(handle));
        }
    }

    private static void filled(Step step, Filled filled) {
        var state = step.state;
        if (filled.incarnation() != state.incarnation()
                || !(state.worker(filled.worker()) instanceof Work.Filling work)
                || !work.msgId().equals(filled.msgId())) {
            return;
        }
        step.act(new Say(new Cread(state.incarnation(), work.msgId(), work.handle(), filled.errno())));
        completed(step, filled.worker());
    }

    private static void completed(Step step, int worker) {
        if (!step.state.hasMadeProgress()) {
            step.record(new Progressed());
            step.act(new ReportProgress());
        }
        step.next(worker);
    }

    /// Another worker takes the work over; nobody need be asked, for the daemon still knows what was handed to it.
    ///
    /// After some such deaths an OPEN is answered with an error: one that looks up may fail (S130), one that reopens is
    /// tried again by the device. A READ is not, for its reader was promised its bytes: the daemon closes the handle,
    /// so that the device hands the READ out again, after a back-off and to whatever daemon there is by then, and ends
    /// it only after its own bound on reopens (G5). Meanwhile the worker serves others: a READ that kills whoever
    /// touches it costs nobody else anything, as the daemon's own death would.
    private static void workerDied(Step step, WorkerDied died) {
        int worker = died.worker();
        if (died.incarnation() != step.state.incarnation()) {
            return;
        }
        switch (step.state.worker(worker)) {
            case Work.LookingUp(var msgId, var handle, var cookie, var tries) -> {
                if (tries < MAX_TRIES) {
                    step.turn(worker, new Work.LookingUp(msgId, handle, cookie, tries + 1));
                    step.act(new LookUp(worker, msgId, cookie));
                } else {
                    lookedUp(step, new LookedUp(died.incarnation(), worker, msgId, Errno.EIO, null));
                }
            }
            case Work.Filling(_, var handle, _, _, _)
            when step.state.opened(handle) == null ->
                step.fetch(worker); // closed meanwhile: the device has made the READ NEW again
            case Work.Filling(var msgId, var handle, var content, var range, var tries) -> {
                if (tries < MAX_TRIES) {
                    step.turn(worker, new Work.Filling(msgId, handle, content, range, tries + 1));
                    step.act(new Fill(worker, msgId, handle, content, range));
                } else {
                    close(step, worker, handle);
                }
            }
            case Work.Asleep _, Work.Fetching _ -> {}
        }
    }

    /// POLLIN, or a message came and more is there: one who sleeps reads (S40: it may find nothing). Were all to read
    /// at every POLLIN, all but one would mostly find nothing.
    private static void wakeOne(Step step, int busy) {
        int worker = step.state.asleep(busy);
        if (worker >= 0) {
            step.fetch(worker);
        }
    }

    /// Events and actions of one decision, in order.
    private static final class Step {
        final DaemonState state;
        private final List<DaemonEvent> events = new ArrayList<>(2);
        private final List<DaemonAction> actions = new ArrayList<>(2);
        private boolean readable;

        Step(DaemonState state) {
            this.state = state;
            this.readable = state.isReadable();
        }

        void record(DaemonEvent event) {
            events.add(event);
        }

        void act(DaemonAction action) {
            actions.add(action);
        }

        void turn(int worker, Work work) {
            events.add(new WorkerTurned(worker, work));
        }

        /// What the device says of POLLIN.
        void polled(boolean now) {
            if (now != readable) {
                readable = now;
                events.add(new Polled(now));
            }
        }

        /// The worker has done its work: it reads again, or sleeps if there was nothing left and no POLLIN since.
        void next(int worker) {
            if (readable) {
                fetch(worker);
            } else {
                turn(worker, new Work.Asleep());
            }
        }

        void fetch(int worker) {
            fetch(state.incarnation(), worker);
        }

        void fetch(long incarnation, int worker) {
            turn(worker, new Work.Fetching());
            actions.add(new Say(new Fetch(incarnation, worker, Codec.MAX_BYTES)));
        }

        Decision<DaemonEvent, DaemonAction> decision() {
            return new Decision<>(events, actions);
        }
    }

    /// Folds one event into `state`, in place.
    public static void evolve(DaemonState state, DaemonEvent event) {
        switch (event) {
            case Started(var incarnation, var kept) -> state.start(incarnation, kept);
            case WorkerTurned(var worker, var work) -> state.set(worker, work);
            case Opened(var handle, var content) -> state.remember(handle, content);
            case Confirmed(var handle) -> state.confirm(handle);
            case Closed(var handle) -> state.forget(handle);
            case Polled(var readable) -> state.polled(readable);
            case Progressed _ -> state.progress();
        }
    }
}
