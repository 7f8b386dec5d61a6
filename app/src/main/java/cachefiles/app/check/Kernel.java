package cachefiles.app.check;

import cachefiles.app.check.trace.Recorder;
import cachefiles.daemon.core.SupervisorCore.Policy;
import cachefiles.kernel.device.DeviceAction;
import cachefiles.kernel.device.DeviceCommand;
import cachefiles.kernel.device.DeviceCore;
import cachefiles.kernel.device.DeviceLimits;
import cachefiles.kernel.device.DeviceState;
import cachefiles.kernel.object.ObjectAction;
import cachefiles.kernel.object.ObjectCommand;
import cachefiles.kernel.object.ObjectCore;
import cachefiles.kernel.object.ObjectEvent;
import cachefiles.kernel.object.ObjectState;
import cachefiles.kernel.reader.GateCore;
import cachefiles.kernel.reader.ReaderCore;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceCall;
import cachefiles.kernel.uapi.DeviceReply;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Handle;
import cachefiles.kernel.uapi.Range;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The kernel's side in one thread: readers, gates, objects and the device, joined by channels that keep the order of
/// each pair and nothing else. Every message is a step of its own ([#deliver]), or all run until quiet ([#settle]).
///
/// Of a file it knows which blocks are present, not their bytes.
public final class Kernel implements Ensemble {
    public static final int BLOCK_BYTES = 4096;

    /// Hears of everything that happens, in words; and gets what the device says to its callers.
    public interface Listener {
        void happened(String what);

        /// @param caller the one who spoke to the device
        void replied(String caller, DeviceReply reply);
    }

    private static final int WINDOW = 64;
    private static final int BOUND = 1024;

    private final DeviceLimits limits;
    private final Listener listener;
    private final @Nullable Recorder recorder;
    private DeviceState device;
    private int generation;
    private @Nullable CacheCores cache;
    /// Whether somebody has taken the device over, and so wants to be woken.
    private boolean isPolled;
    private final NavigableMap<Cookie, Place> places = new TreeMap<>();
    private Channels channels = new Channels();
    private final NavigableMap<Cookie, Integer> timers = new TreeMap<>();
    private final List<String> readerNames = new ArrayList<>();
    private final List<Reading> readings = new ArrayList<>();

    public Kernel(DeviceLimits limits, Listener listener) {
        this(limits, listener, null);
    }

    /// @param recorder takes down the steps of device and objects; null for none
    public Kernel(DeviceLimits limits, Listener listener, @Nullable Recorder recorder) {
        this.limits = limits;
        this.listener = listener;
        this.recorder = recorder;
        this.device = new DeviceState(limits, generation);
    }

    /// A copy that shares nothing that changes, and tells `other`.
    public Kernel copy(Listener other) {
        var copy = new Kernel(limits, other);
        copy.device = device.copy();
        copy.generation = generation;
        copy.isPolled = isPolled;
        places.forEach((cookie, place) -> copy.places.put(cookie, place.copy()));
        copy.channels = channels.copy();
        copy.timers.putAll(timers);
        copy.readerNames.addAll(readerNames);
        copy.readings.addAll(readings);
        return copy;
    }

    @Override
    public DeviceState device() {
        return device;
    }

    @Override
    public int generation() {
        return generation;
    }

    @Override
    public Cache cache() {
        if (cache == null) {
            cache = new CacheCores(this, listener::happened, recorder);
        }
        return cache;
    }

    public Iterable<Cookie> cookies() {
        return places.keySet();
    }

    public ObjectState object(Cookie cookie) {
        return place(cookie).object;
    }

    /// The object's state in the kernel's word.
    public String printed(Cookie cookie) {
        return ObjectCore.printed(place(cookie).object, device.effective(cookie));
    }

    /// How the read of this name stands; null if there is none.
    public ReaderCore.@Nullable State reader(String name) {
        int at = readerNames.indexOf(name);
        return at < 0 ? null : readings.get(at).state();
    }

    @Override
    public List<String> waiting() {
        return readerNames.stream()
                .filter(name -> !(reader(name) instanceof ReaderCore.State.Done))
                .toList();
    }

    // What is asked.

    @Override
    public Use use(Cookie cookie) {
        var place = places.get(cookie);
        return place == null ? Use.OUT : place.use();
    }

    @Override
    public void acquire(Cookie cookie) {
        place(cookie).acquire();
        tellGate(cookie, new GateCore.Command.Acquire());
    }

    @Override
    public void release(Cookie cookie, boolean retire) {
        place(cookie).refuse(Errno.EIO);
        tellGate(cookie, new GateCore.Command.Release(retire));
    }

    @Override
    public void rest(Cookie cookie) {
        if (place(cookie).mayRest()) {
            channels.post("keeper", cookie.toString(), new Mail.ToObject(cookie, new ObjectCommand.Rest()));
        }
    }

    @Override
    public void read(String name, Cookie cookie, Range range) {
        var content = place(cookie).file.content();
        long limit = Math.min(range.limit(), content == null ? range.limit() : content.sizeBytes());
        readerNames.add(name);
        readings.add(new Reading(cookie, range.offset(), range.offset(), limit, ReaderCore.START));
        look(readerNames.size() - 1);
    }

    @Override
    public void cancel(String name) {
        tellReader(name, new ReaderCore.Command.Cancel());
    }

    @Override
    public void deadline(String name) {
        tellReader(name, new ReaderCore.Command.DeadlinePassed());
    }

    public void tellReader(String name, ReaderCore.Command command) {
        int at = readerNames.indexOf(name);
        if (at < 0) {
            throw new IllegalArgumentException("no reader " + name);
        }
        step(at, command);
    }

    /// Says `call` to the device; the reply comes to the listener.
    public void call(String caller, DeviceCall call) {
        channels.post(caller, "device", new Mail.ToDevice(caller, new DeviceCommand.Call(call)));
    }

    /// As [#call], for whoever is no [DaemonSide].
    @Override
    public void callFromOutside(String caller, DeviceCall call) {
        if (recorder != null) {
            recorder.outside(call);
        }
        call(caller, call);
    }

    /// What a worker of `incarnation` gets for writing `range` through `handle`: the fence is the device's word (S61,
    /// G10).
    @Override
    public Errno write(Handle handle, long incarnation, Range range) {
        var fenced = fence(handle, incarnation);
        return fenced.isOk() ? place(handle.cookie()).file.write(range) : fenced;
    }

    private Errno fence(Handle handle, long incarnation) {
        return incarnation == device.incarnation() && device.isLive(handle) ? Errno.OK : Errno.EBADF;
    }

    /// What a worker of `incarnation` is told of the file behind `handle`: its first hole, in words (S63).
    @Override
    public String firstHole(Handle handle, long incarnation) {
        var fenced = fence(handle, incarnation);
        return fenced.isOk() ? place(handle.cookie()).file.firstHole() : fenced.name();
    }

    /// Nothing that is in use now is served any more (S116).
    void refuse(Errno why) {
        places.values().forEach(place -> place.refuse(why));
    }

    /// Whether the back-off of this object's next reopen is running.
    public boolean hasTimer(Cookie cookie) {
        return timers.containsKey(cookie);
    }

    @Override
    public void fireTimer(Cookie cookie) {
        var attempt = timers.remove(cookie);
        if (attempt == null) {
            throw new IllegalArgumentException("no back-off runs for " + cookie);
        }
        channels.post("timer", "device", new Mail.ToDevice("timer", new DeviceCommand.RetryReopen(cookie, attempt)));
    }

    // What fails.

    /// The object's actor fails: it comes back with what is journaled, and its gate says everything again.
    @Override
    public void failObject(Cookie cookie) {
        var place = place(cookie);
        if (!place.inMemory) {
            return;
        }
        moved(cookie, () -> begin(cookie, place));
        voidWhatWasSaid(cookie);
        tellGate(cookie, new GateCore.Command.ObjectUp(true));
    }

    /// To the predecessor of an object's actor.
    private void voidWhatWasSaid(Cookie cookie) {
        channels.drop("gate>" + cookie);
        channels.drop("keeper>" + cookie);
    }

    /// The device's actor fails, or the device was closed and is opened anew: no request, no handle.
    @Override
    public void newDevice() {
        listener.happened("device generation " + ++generation);
        moved(null, () -> device = new DeviceState(limits, generation));
        isPolled = false;
        timers.clear();
        places.keySet().forEach(cookie -> tellGate(cookie, new GateCore.Command.DeviceUp()));
    }

    // Messages.

    /// They always do.
    @Override
    public void step() {}

    @Override
    public List<String> pending() {
        return channels.names();
    }

    @Override
    public void deliver(String channel) {
        switch (channels.take(channel)) {
            case Mail.ToObject(var cookie, var command) -> tellObject(cookie, command);
            case Mail.ToDevice(var caller, var command) -> tellDevice(caller, command);
            case Mail.ToCaller(var caller, var reply) -> listener.replied(caller, reply);
        }
    }

    @Override
    public void settle() {
        while (!channels.isEmpty()) {
            deliver(channels.names().getFirst());
        }
    }

    Place place(Cookie cookie) {
        return places.computeIfAbsent(cookie, _ -> {
            var place = new Place(new GateCore(WINDOW, BOUND));
            begin(cookie, place);
            return place;
        });
    }

    /// The object's actor comes up with what is journaled.
    private void begin(Cookie cookie, Place place) {
        place.object = new ObjectState.Idle(place.journaled);
        if (recorder != null) {
            recorder.begins(cookie, place.object);
        }
    }

    /// Runs `step`, and tells which states it has changed.
    private void moved(@Nullable Cookie only, Runnable step) {
        var before = new TreeMap<Cookie, String>();
        for (Cookie cookie : only == null ? List.copyOf(places.keySet()) : List.of(only)) {
            before.put(cookie, printed(cookie));
        }
        step.run();
        before.forEach((cookie, was) -> {
            if (!was.equals(printed(cookie))) {
                listener.happened(Words.moved(cookie, was, printed(cookie)));
            }
        });
    }

    private void tellObject(Cookie cookie, ObjectCommand command) {
        var place = place(cookie);
        var decision = ObjectCore.decide(cookie, place.object, command);
        moved(cookie, () -> {
            for (ObjectEvent event : decision.events()) {
                place.object = ObjectCore.evolve(place.object, event);
                if (event instanceof ObjectEvent.Journaled) {
                    place.journaled = place.object.known();
                }
            }
        });
        if (recorder != null) {
            recorder.stepped(cookie, place.object, command, decision);
        }
        for (ObjectAction action : decision.actions()) {
            perform(cookie, place, action);
        }
    }

    private void perform(Cookie cookie, Place place, ObjectAction action) {
        switch (action) {
            case ObjectAction.Submit(var command) ->
                channels.post(cookie.toString(), "device", new Mail.ToDevice(cookie.toString(), command));
            case ObjectAction.Attach(var content) -> {
                place.file.attach(content);
                place.attached = true;
                channels.post(
                        "file",
                        cookie.toString(),
                        new Mail.ToObject(cookie, new ObjectCommand.Attached(content, Errno.OK)));
            }
            case ObjectAction.Clear _ -> place.file.remove();
            case ObjectAction.Acquired(var errno, var content) ->
                tellGate(cookie, new GateCore.Command.Acquired(errno, content));
            case ObjectAction.ReadDone(var ask, var errno) ->
                tellGate(cookie, new GateCore.Command.ReadDone(ask, errno));
            case ObjectAction.Released _ -> tellGate(cookie, new GateCore.Command.Released());
            case ObjectAction.Leave _ -> {
                if (place.gate.isIdle()) {
                    listener.happened(cookie + " leaves memory");
                    begin(cookie, place);
                    place.inMemory = false;
                    voidWhatWasSaid(cookie);
                }
            }
        }
    }

    private void tellGate(Cookie cookie, GateCore.Command told) {
        var place = place(cookie);
        var gate = place.gate;
        var actions = gate.step(told);
        if (recorder != null) {
            recorder.stepped(cookie, gate, told, actions);
        }
        for (GateCore.Action action : actions) {
            switch (action) {
                case GateCore.Action.Send(var command) -> {
                    place.inMemory = true;
                    channels.post("gate", cookie.toString(), new Mail.ToObject(cookie, command));
                }
                case GateCore.Action.Wakeup(var waiter, var errno) ->
                    step((int) waiter, new ReaderCore.Command.Ended(errno));
                case GateCore.Action.Acquired(var errno, var content) -> {
                    listener.happened(Words.acquired(cookie, errno, content));
                    if (cache != null) {
                        cache.lookedUp(cookie, errno);
                    }
                }
                case GateCore.Action.Released _ -> {
                    listener.happened(Words.released(cookie));
                    place.released(cache == null);
                    if (cache != null) {
                        cache.released(cookie);
                    }
                }
            }
        }
    }

    private void tellDevice(String caller, DeviceCommand command) {
        boolean all = command instanceof DeviceCommand.Call;
        isPolled |= command instanceof DeviceCommand.Call(DeviceCall.TakeOver _);
        var only = command instanceof DeviceCommand.FromObject from ? from.cookie() : null;
        moved(all ? null : only, () -> {
            var decision = DeviceCore.step(device, command);
            if (recorder != null) {
                recorder.stepped(device, command, decision);
            }
            decision.events().forEach(event -> Words.of(event).ifPresent(listener::happened));
            decision.actions().forEach(action -> perform(caller, action));
        });
    }

    private void perform(String caller, DeviceAction action) {
        switch (action) {
            case DeviceAction.Tell(var cookie, var notice) ->
                channels.post("device", cookie.toString(), new Mail.ToObject(cookie, new ObjectCommand.Heard(notice)));
            case DeviceAction.Reply(var reply) -> channels.post("device", caller, new Mail.ToCaller(caller, reply));
            case DeviceAction.Deliver(var worker, var request, var handle) ->
                channels.post(
                        "device",
                        caller,
                        new Mail.ToCaller(
                                caller,
                                new DeviceReply.Message(
                                        device.incarnation(),
                                        worker,
                                        request,
                                        new Fd(handle, device.incarnation()),
                                        device.isReadable())));
            case DeviceAction.Wake _ -> {
                if (isPolled) {
                    channels.post("device", "daemon", new Mail.ToCaller("daemon", new DeviceReply.Readable()));
                }
            }
            case DeviceAction.RetryAfter(var cookie, var attempt) -> {
                timers.put(cookie, attempt);
                listener.happened(Words.rests(cookie, attempt));
            }
            case DeviceAction.Revoke _, DeviceAction.Fence _ -> {} // the device's state says it
        }
    }

    private void step(int at, ReaderCore.Command command) {
        var step = ReaderCore.step(readings.get(at).state(), command);
        readings.set(at, readings.get(at).in(step.next()));
        if (recorder != null) {
            recorder.stepped(readings.get(at).cookie(), readerNames.get(at), command, step);
        }
        for (ReaderCore.Action action : step.actions()) {
            var reading = readings.get(at);
            var cookie = reading.cookie();
            switch (action) {
                case ReaderCore.Action.Look _ -> look(at);
                case ReaderCore.Action.Ask(var hole) -> tellGate(cookie, new GateCore.Command.Await(at, hole, false));
                case ReaderCore.Action.Leave _ -> tellGate(cookie, new GateCore.Command.Leave(at));
                case ReaderCore.Action.Complete(var errno) ->
                    listener.happened(Words.ended(readerNames.get(at), errno, reading.position() - reading.start()));
            }
        }
    }

    /// Serves what is present, up to the next hole (S117).
    private void look(int at) {
        var reading = readings.get(at);
        var place = place(reading.cookie());
        long position = reading.position();
        long limit = reading.limit();
        var refusal = place.refusal;
        if (refusal != null) {
            step(at, new ReaderCore.Command.LookFailed(refusal));
            return;
        }
        long end = place.file.presentEnd(position, limit);
        if (end > position || position >= limit) {
            readings.set(at, reading.at(end));
            step(at, new ReaderCore.Command.SawBytes(end < limit));
            return;
        }
        step(at, new ReaderCore.Command.SawHole(place.file.hole(position, limit)));
    }

    @Override
    public DaemonSide daemons(Policy policy, int workers) {
        return new DaemonSide(this, policy, workers, listener::happened, recorder);
    }

    @Override
    public List<String> show() {
        return places.keySet().stream()
                .map(cookie -> Words.of(cookie, printed(cookie), device))
                .toList();
    }
}
