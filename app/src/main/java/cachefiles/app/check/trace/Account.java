package cachefiles.app.check.trace;

import cachefiles.app.check.trace.Talk.Way;
import cachefiles.daemon.core.DaemonAction;
import cachefiles.daemon.core.DaemonCommand;
import cachefiles.daemon.core.SupervisorCore;
import cachefiles.kernel.cache.CacheAction;
import cachefiles.kernel.cache.CacheCommand;
import cachefiles.kernel.device.DeviceAction;
import cachefiles.kernel.device.DeviceCommand;
import cachefiles.kernel.object.ObjectAction;
import cachefiles.kernel.object.ObjectCommand;
import cachefiles.kernel.reader.GateCore;
import cachefiles.kernel.reader.ReaderCore;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceCall;
import cachefiles.kernel.uapi.DeviceReply;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Handle;
import cachefiles.kernel.uapi.Range;
import cachefiles.kernel.uapi.Request;
import cachefiles.kernel.uapi.TextCommand;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the actors of one run say to each other, held against what they hear ([Talk]).
final class Account {
    /// A message on its way to a daemon; its descriptor is the device's own.
    private record Message(int worker, Request request, Handle handle) {}

    /// Somebody who waits at a gate.
    private record Waiter(Actor gate, long number) {}

    private static final Object ONE = 0L;
    private static final String CHECK = "the check of the directory";
    private static final String LOOK_UP = "the look-up";
    private static final String WITHDRAWAL = "the withdrawal";
    private static final String LEAVE = "that nobody waits any more";
    private static final String CLOSE = "the loss of the device";

    private final Talk talk = new Talk();
    private final Map<Actor, Long> incarnations = new HashMap<>();
    private boolean hasCache;
    private final Map<Actor, Range> asks = new HashMap<>();
    private final Set<Waiter> ahead = new HashSet<>();
    private @Nullable Actor takenOver;

    void outside(long line, DeviceCall call) {
        talk.say(Way.OUTSIDE_TO_DEVICE, ONE, line, call);
    }

    /// Takes down what an actor heard and said in one step.
    void turn(long line, TraceLine.Turn turn) {
        switch (turn.message()) {
            case CacheCommand command -> hear(line, turn.actor(), command);
            case ReaderCore.Command command -> hear(line, turn.actor(), command);
            case GateCore.Command command -> hear(line, turn.actor(), command);
            case DeviceCommand command -> hear(line, turn.actor(), command);
            case ObjectCommand command -> hear(line, turn.actor(), command);
            case DaemonCommand command -> hear(line, turn.actor(), command);
            case SupervisorCore.Command command -> hear(line, turn.actor(), command);
            default -> throw new IllegalArgumentException("nobody hears " + turn.message());
        }
        for (Object action : turn.actions()) {
            switch (action) {
                case CacheAction said -> say(line, said);
                case ReaderCore.Action said -> say(line, turn.actor(), said);
                case GateCore.Action said -> say(line, turn.actor(), said);
                case DeviceAction said -> say(line, turn.actor(), said, turn.message());
                case ObjectAction said -> say(line, turn.actor(), said);
                case DaemonAction said -> say(line, turn.actor(), said);
                case SupervisorCore.Action said -> say(line, said);
                default -> throw new IllegalArgumentException("nobody does " + action);
            }
        }
    }

    private void hear(long line, Actor by, CacheCommand command) {
        hasCache = true;
        switch (command) {
            case CacheCommand.DirectoryChecked _ -> talk.hear(Way.CACHE_TO_STORE, ONE, line, CHECK, by);
            case CacheCommand.LookedUp(var cookie, var errno) -> {
                if (errno == Errno.ENOBUFS
                        && talk.wasSaid(Way.CACHE_TO_GATE, cookie, LOOK_UP)) { // no room, and so no gate
                    talk.hear(Way.CACHE_TO_GATE, cookie, line, LOOK_UP, by);
                } else {
                    talk.hear(Way.GATE_TO_CACHE, cookie, line, errno, by);
                }
            }
            case CacheCommand.Withdrawn(var cookie) -> {
                if (talk.wasSaid(Way.CACHE_TO_GATE, cookie, WITHDRAWAL)) { // that gate again
                    talk.hear(Way.CACHE_TO_GATE, cookie, line, WITHDRAWAL, by);
                } else {
                    talk.hear(Way.GATE_TO_CACHE, cookie, line, WITHDRAWAL, by);
                }
            }
            case CacheCommand.CloseDevice _ -> talk.hear(Way.SUPERVISOR_TO_CACHE, ONE, line, CLOSE, by);
            case CacheCommand.OpenDevice _,
                    CacheCommand.CloseHandles _,
                    CacheCommand.Write _,
                    CacheCommand.FailCache _,
                    CacheCommand.MeasureSpace _,
                    CacheCommand.AcquireVolume _,
                    CacheCommand.RelinquishVolume _,
                    CacheCommand.AcquireCookie _,
                    CacheCommand.ReleaseCookie _,
                    CacheCommand.Cancel _ -> {} // a user's, an operator's, the disk's
        }
    }

    private void say(long line, CacheAction action) {
        switch (action) {
            case CacheAction.CheckDirectory _ -> talk.say(Way.CACHE_TO_STORE, ONE, line, CHECK);
            case CacheAction.StartLookUp(var cookie, _) -> talk.say(Way.CACHE_TO_GATE, cookie, line, LOOK_UP);
            case CacheAction.Withdraw(var cookie) -> talk.say(Way.CACHE_TO_GATE, cookie, line, WITHDRAWAL);
            case CacheAction.FlushAll _ -> talk.say(Way.CACHE_TO_DEVICE, ONE, line, new DeviceCall.Close());
            case CacheAction.PassOn(_, TextCommand.Restore _) ->
                talk.say(Way.CACHE_TO_DEVICE, ONE, line, new DeviceCall.Restore());
            case CacheAction.PassOn _, // copen: the device makes a call of it, if it answers anything
                    CacheAction.Complete _,
                    CacheAction.ReleaseDirectory _,
                    CacheAction.RefuseOperations _,
                    CacheAction.WakePollers _,
                    CacheAction.SetFull _,
                    CacheAction.CheckInUse _,
                    CacheAction.CullFile _ -> {} // users', the store's, the fence's
        }
    }

    private void hear(long line, Actor by, GateCore.Command command) {
        var object = Objects.requireNonNull(by.object());
        switch (command) {
            case GateCore.Command.Acquire _ -> hearCache(line, by, object, LOOK_UP);
            case GateCore.Command.Release _ -> hearCache(line, by, object, WITHDRAWAL);
            case GateCore.Command.Acquired _, GateCore.Command.ReadDone _, GateCore.Command.Released _ ->
                talk.hear(Way.OBJECT_TO_GATE, object, line, command, by);
            case GateCore.Command.ObjectUp _ -> // what an earlier life has not heard is void, and said anew
                talk.forget(Way.GATE_TO_OBJECT, object);
            case GateCore.Command.Await(var waiter, var hole, var isAhead) -> {
                if (isAhead) { // no reader's
                    ahead.add(new Waiter(by, waiter));
                } else {
                    talk.hear(Way.READER_TO_GATE, object, line, hole, by);
                }
            }
            case GateCore.Command.Leave(var waiter) -> {
                if (!ahead.remove(new Waiter(by, waiter))) {
                    talk.hear(Way.READER_TO_GATE, object, line, LEAVE, by);
                }
            }
            case GateCore.Command.RecoveryFailed _, GateCore.Command.DeviceUp _ -> {} // of lives that begin
        }
    }

    /// A gate may also be led by hand, without a cache.
    private void hearCache(long line, Actor by, Cookie object, String what) {
        if (hasCache) {
            talk.hear(Way.CACHE_TO_GATE, object, line, what, by);
        }
    }

    private void say(long line, Actor by, GateCore.Action action) {
        var object = Objects.requireNonNull(by.object());
        switch (action) {
            case GateCore.Action.Send(var command) -> talk.say(Way.GATE_TO_OBJECT, object, line, command);
            case GateCore.Action.Acquired(var errno, _) -> talk.say(Way.GATE_TO_CACHE, object, line, errno);
            case GateCore.Action.Released _ -> talk.say(Way.GATE_TO_CACHE, object, line, WITHDRAWAL);
            case GateCore.Action.Wakeup(var waiter, var errno) -> {
                if (!ahead.remove(new Waiter(by, waiter))) {
                    talk.say(Way.GATE_TO_READER, object, line, errno);
                }
            }
        }
    }

    private void hear(long line, Actor by, ReaderCore.Command command) {
        var object = Objects.requireNonNull(by.object());
        switch (command) {
            case ReaderCore.Command.Ended(var errno) -> {
                asks.remove(by);
                talk.hear(Way.GATE_TO_READER, object, line, errno, by);
            }
            case ReaderCore.Command.Refused _ -> { // its ask went nowhere
                var asked = asks.remove(by);
                talk.hear(Way.READER_TO_GATE, object, line, asked == null ? "an ask" : asked, by);
            }
            case ReaderCore.Command.SawBytes _,
                    ReaderCore.Command.SawHole _,
                    ReaderCore.Command.LookFailed _,
                    ReaderCore.Command.Cancel _,
                    ReaderCore.Command.DeadlinePassed _ -> {} // the file's, the caller's, the clock's
        }
    }

    private void say(long line, Actor by, ReaderCore.Action action) {
        var object = Objects.requireNonNull(by.object());
        switch (action) {
            case ReaderCore.Action.Ask(var hole) -> {
                asks.put(by, hole);
                talk.say(Way.READER_TO_GATE, object, line, hole);
            }
            case ReaderCore.Action.Leave _ -> {
                asks.remove(by);
                talk.say(Way.READER_TO_GATE, object, line, LEAVE);
            }
            case ReaderCore.Action.Look _, ReaderCore.Action.Complete _ -> {} // the file's, the caller's
        }
    }

    private void hear(long line, Actor by, DeviceCommand command) {
        switch (command) {
            case DeviceCommand.FromObject said -> talk.hear(Way.OBJECT_TO_DEVICE, said.cookie(), line, said, by);
            case DeviceCommand.RetryReopen retry -> talk.hear(Way.DEVICE_TO_CLOCK, ONE, line, retry, by);
            case DeviceCommand.Call(var call) -> {
                takenOver = call instanceof DeviceCall.TakeOver ? by : takenOver;
                if (talk.wasSaid(Way.OUTSIDE_TO_DEVICE, ONE, call)) {
                    talk.hear(Way.OUTSIDE_TO_DEVICE, ONE, line, call, by);
                } else if (talk.wasSaid(Way.CACHE_TO_DEVICE, ONE, call)) {
                    talk.hear(Way.CACHE_TO_DEVICE, ONE, line, call, by);
                } else if (call instanceof DeviceCall.FromDaemon said) {
                    talk.hear(Way.DAEMON_TO_DEVICE, said.incarnation(), line, said, by);
                } else {
                    talk.hear(Way.SUPERVISOR_TO_DEVICE, ONE, line, call, by);
                }
            }
        }
    }

    private void say(long line, Actor by, DeviceAction action, Object message) {
        switch (action) {
            case DeviceAction.Tell(var cookie, var notice) -> talk.say(Way.DEVICE_TO_OBJECT, cookie, line, notice);
            case DeviceAction.Deliver(var worker, var request, var handle) -> {
                if (message instanceof DeviceCommand.Call(DeviceCall.FromDaemon fetch)) {
                    talk.say(Way.DEVICE_TO_DAEMON, fetch.incarnation(), line, new Message(worker, request, handle));
                }
            }
            case DeviceAction.Wake _ -> {
                if (by.equals(takenOver)) { // else nobody has asked to be woken
                    talk.say(Way.DEVICE_TO_POLLER, ONE, line, new DeviceReply.Readable());
                }
            }
            case DeviceAction.RetryAfter(var cookie, var attempt) ->
                talk.say(Way.DEVICE_TO_CLOCK, ONE, line, new DeviceCommand.RetryReopen(cookie, attempt));
            case DeviceAction.Reply(var reply) -> reply(line, reply);
            case DeviceAction.Revoke _, DeviceAction.Fence _ -> {} // the fence's
        }
    }

    private void reply(long line, DeviceReply reply) {
        switch (reply) {
            case DeviceReply.TookOver(var incarnation) ->
                talk.say(Way.DEVICE_TO_SUPERVISOR, ONE, line, new SupervisorCore.Command.TookOver(incarnation));
            case DeviceReply.Done(DeviceCall.Restore _, _) ->
                talk.say(Way.DEVICE_TO_SUPERVISOR, ONE, line, new SupervisorCore.Command.Restored());
            case DeviceReply.Done done -> {
                if (done.call() instanceof DeviceCall.FromDaemon call && matters(done)) {
                    talk.say(Way.DEVICE_TO_DAEMON, call.incarnation(), line, done);
                }
            }
            case DeviceReply.Nothing nothing -> talk.say(Way.DEVICE_TO_DAEMON, nothing.incarnation(), line, nothing);
            case DeviceReply.Refused refused -> talk.say(Way.DEVICE_TO_DAEMON, refused.incarnation(), line, refused);
            case DeviceReply.Message _, DeviceReply.Readable _ -> {} // Deliver, Wake
        }
    }

    /// The answer to a cread changes nothing in a daemon, whose shell leaves it out.
    private static boolean matters(DeviceReply.Done done) {
        return !(done.call() instanceof DeviceCall.Cread);
    }

    private void hear(long line, Actor by, ObjectCommand command) {
        var object = Objects.requireNonNull(by.object());
        switch (command) {
            case ObjectCommand.Heard(var notice) -> talk.hear(Way.DEVICE_TO_OBJECT, object, line, notice, by);
            case ObjectCommand.Attached(var content, _) -> talk.hear(Way.OBJECT_TO_STORE, object, line, content, by);
            case ObjectCommand.Acquire _,
                    ObjectCommand.Read _,
                    ObjectCommand.CancelRead _,
                    ObjectCommand.Release _,
                    ObjectCommand.Resubmit _ -> talk.hear(Way.GATE_TO_OBJECT, object, line, command, by);
            case ObjectCommand.Rest _ -> {} // the clock's
        }
    }

    private void say(long line, Actor by, ObjectAction action) {
        var object = Objects.requireNonNull(by.object());
        switch (action) {
            case ObjectAction.Submit(var submitted) -> talk.say(Way.OBJECT_TO_DEVICE, object, line, submitted);
            case ObjectAction.Attach(var content) -> talk.say(Way.OBJECT_TO_STORE, object, line, content);
            case ObjectAction.Acquired(var errno, var content) ->
                talk.say(Way.OBJECT_TO_GATE, object, line, new GateCore.Command.Acquired(errno, content));
            case ObjectAction.ReadDone(var ask, var errno) ->
                talk.say(Way.OBJECT_TO_GATE, object, line, new GateCore.Command.ReadDone(ask, errno));
            case ObjectAction.Released _ -> talk.say(Way.OBJECT_TO_GATE, object, line, new GateCore.Command.Released());
            case ObjectAction.Clear _, ObjectAction.Leave _ -> {} // its own
        }
    }

    private void hear(long line, Actor by, DaemonCommand command) {
        switch (command) {
            case DaemonCommand.Start(var incarnation, _) -> {
                incarnations.put(by, incarnation);
                talk.hear(Way.SUPERVISOR_TO_DAEMON, ONE, line, incarnation, by);
            }
            case DaemonCommand.FromDevice(var reply) -> heardReply(line, by, reply);
            case DaemonCommand.LookedUp found ->
                talk.hear(Way.DAEMON_TO_WORKER, found.incarnation(), line, found.worker(), by);
            case DaemonCommand.Filled filled ->
                talk.hear(Way.DAEMON_TO_WORKER, filled.incarnation(), line, filled.worker(), by);
            case DaemonCommand.WorkerDied died ->
                talk.hear(Way.DAEMON_TO_WORKER, died.incarnation(), line, died.worker(), by);
            case DaemonCommand.CloseEarly _ -> {} // an operator's
        }
    }

    private void heardReply(long line, Actor by, DeviceReply reply) {
        switch (reply) {
            case DeviceReply.Message message -> {
                var said = new Message(
                        message.worker(), message.request(), message.fd().handle());
                talk.hear(Way.DEVICE_TO_DAEMON, message.incarnation(), line, said, by);
            }
            case DeviceReply.Nothing nothing ->
                talk.hear(Way.DEVICE_TO_DAEMON, nothing.incarnation(), line, nothing, by);
            case DeviceReply.Refused refused ->
                talk.hear(Way.DEVICE_TO_DAEMON, refused.incarnation(), line, refused, by);
            case DeviceReply.Done done -> {
                if (done.call() instanceof DeviceCall.FromDaemon call && matters(done)) {
                    talk.hear(Way.DEVICE_TO_DAEMON, call.incarnation(), line, done, by);
                }
            }
            case DeviceReply.Readable readable -> talk.hear(Way.DEVICE_TO_POLLER, ONE, line, readable, by);
            case DeviceReply.TookOver _ -> {} // changes nothing in a daemon
        }
    }

    private void say(long line, Actor by, DaemonAction action) {
        switch (action) {
            case DaemonAction.Say(var call) -> {
                if (call instanceof DeviceCall.FromDaemon said) {
                    talk.say(Way.DAEMON_TO_DEVICE, said.incarnation(), line, said);
                }
            }
            case DaemonAction.LookUp lookUp -> toWorker(line, by, lookUp.worker());
            case DaemonAction.Fill fill -> toWorker(line, by, fill.worker());
            case DaemonAction.Keep(var handle, var content) ->
                talk.say(Way.DAEMON_TO_SUPERVISOR, ONE, line, new SupervisorCore.Command.Keep(handle, content));
            case DaemonAction.Discard(var handle) ->
                talk.say(Way.DAEMON_TO_SUPERVISOR, ONE, line, new SupervisorCore.Command.Discard(handle));
            case DaemonAction.ReportProgress _ ->
                talk.say(Way.DAEMON_TO_SUPERVISOR, ONE, line, new SupervisorCore.Command.Progress());
        }
    }

    private void toWorker(long line, Actor by, int worker) {
        talk.say(Way.DAEMON_TO_WORKER, incarnations.getOrDefault(by, -1L), line, worker);
    }

    private void hear(long line, Actor by, SupervisorCore.Command command) {
        switch (command) {
            case SupervisorCore.Command.TookOver _, SupervisorCore.Command.Restored _ ->
                talk.hear(Way.DEVICE_TO_SUPERVISOR, ONE, line, command, by);
            case SupervisorCore.Command.Keep _, SupervisorCore.Command.Discard _, SupervisorCore.Command.Progress _ ->
                talk.hear(Way.DAEMON_TO_SUPERVISOR, ONE, line, command, by);
            case SupervisorCore.Command.DaemonUp _,
                    SupervisorCore.Command.DaemonStopped _,
                    SupervisorCore.Command.DeviceUp _,
                    SupervisorCore.Command.StartAgain _ -> {} // of lives that begin and end; an operator's
        }
    }

    private void say(long line, SupervisorCore.Action action) {
        switch (action) {
            case SupervisorCore.Action.TakeOver(var keep) ->
                talk.say(Way.SUPERVISOR_TO_DEVICE, ONE, line, new DeviceCall.TakeOver(keep));
            case SupervisorCore.Action.Restore _ ->
                talk.say(Way.SUPERVISOR_TO_DEVICE, ONE, line, new DeviceCall.Restore());
            case SupervisorCore.Action.GiveUp _ ->
                talk.say(Way.SUPERVISOR_TO_DEVICE, ONE, line, new DeviceCall.GiveUp());
            case SupervisorCore.Action.Begin(var incarnation, _) ->
                talk.say(Way.SUPERVISOR_TO_DAEMON, ONE, line, incarnation);
            case SupervisorCore.Action.LoseDevice _ -> talk.say(Way.SUPERVISOR_TO_CACHE, ONE, line, CLOSE);
            case SupervisorCore.Action.Hold _,
                    SupervisorCore.Action.LetGo _,
                    SupervisorCore.Action.LetAllGo _,
                    SupervisorCore.Action.SpawnDaemon _,
                    SupervisorCore.Action.StopDaemon _ -> {} // its own, and Akka's
        }
    }

    /// The run is over.
    /// @return the first thing that was heard and not said, or lost without a failure; null if there is none
    @Nullable
    Departure settled() {
        return talk.settled();
    }

    /// What was said and has not been heard so far.
    List<Departure> unheard() {
        return talk.unheard();
    }
}
