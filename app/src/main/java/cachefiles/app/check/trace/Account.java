package cachefiles.app.check.trace;

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
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceCall;
import cachefiles.kernel.uapi.DeviceReply;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Handle;
import cachefiles.kernel.uapi.Request;
import cachefiles.kernel.uapi.TextCommand;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What the actors of one run say to each other, held against what they hear. Nobody hears what nobody has said; where
/// one actor speaks to another, all is heard in the order in which it is said, and only a failure of the one who hears
/// may lose any of it.
///
/// Two actors' lines stand in the order in which they were written, so that an answer may stand above what it answers:
/// what is heard waits here for its match until the run is over.
final class Account {
    /// Who speaks to whom.
    private enum Way {
        CACHE_TO_DEVICE(false),
        CACHE_TO_GATE(false),
        CACHE_TO_STORE(false),
        GATE_TO_CACHE(false),
        GATE_TO_OBJECT(true),
        OBJECT_TO_GATE(true),
        SUPERVISOR_TO_CACHE(false),
        OBJECT_TO_DEVICE(true),
        DAEMON_TO_DEVICE(true),
        DEVICE_TO_OBJECT(true),
        DEVICE_TO_DAEMON(true),
        OUTSIDE_TO_DEVICE(false),
        SUPERVISOR_TO_DEVICE(false),
        DEVICE_TO_POLLER(false),
        DEVICE_TO_SUPERVISOR(false),
        DAEMON_TO_SUPERVISOR(false),
        SUPERVISOR_TO_DAEMON(false),
        DAEMON_TO_WORKER(false),
        DEVICE_TO_CLOCK(false),
        OBJECT_TO_STORE(false);

        /// Whether one actor speaks to another, in order; else whoever has said it, at any time.
        final boolean ordered;

        Way(boolean ordered) {
            this.ordered = ordered;
        }
    }

    /// @param of which object's, or which incarnation's; 0 where there is one
    private record Channel(Way way, Object of) {}

    private record Said(long line, Object what) {}

    private record Heard(long line, Object what, Actor by) {}

    private static final class Traffic {
        final List<Said> said = new ArrayList<>();
        final ArrayDeque<Heard> heard = new ArrayDeque<>();

        @Nullable
        Actor lastBy;
    }

    /// A message on its way to a daemon; its descriptor is the device's own.
    private record Message(int worker, Request request, Handle handle) {}

    private static final Object ONE = 0L;
    private static final String CHECK = "the check of the directory";
    private static final String LOOK_UP = "the look-up";
    private static final String WITHDRAWAL = "the withdrawal";
    private static final String CLOSE = "the loss of the device";

    private final Map<Channel, Traffic> channels = new HashMap<>();
    private final Map<Actor, Long> incarnations = new HashMap<>();
    private boolean hasCache;
    private @Nullable Actor takenOver;
    private @Nullable Departure departure;

    void outside(long line, DeviceCall call) {
        say(Way.OUTSIDE_TO_DEVICE, ONE, line, call);
    }

    /// Takes down what an actor heard and said in one step.
    void turn(long line, TraceLine.Turn turn) {
        switch (turn.message()) {
            case CacheCommand command -> hear(line, turn.actor(), command);
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
            case CacheCommand.DirectoryChecked _ -> hear(Way.CACHE_TO_STORE, ONE, line, CHECK, by);
            case CacheCommand.LookedUp(var cookie, var errno) -> {
                if (errno == Errno.ENOBUFS && wasSaid(Way.CACHE_TO_GATE, cookie, LOOK_UP)) { // no room, and so no gate
                    hear(Way.CACHE_TO_GATE, cookie, line, LOOK_UP, by);
                } else {
                    hear(Way.GATE_TO_CACHE, cookie, line, errno, by);
                }
            }
            case CacheCommand.Withdrawn(var cookie) -> {
                if (wasSaid(Way.CACHE_TO_GATE, cookie, WITHDRAWAL)) { // that gate again
                    hear(Way.CACHE_TO_GATE, cookie, line, WITHDRAWAL, by);
                } else {
                    hear(Way.GATE_TO_CACHE, cookie, line, WITHDRAWAL, by);
                }
            }
            case CacheCommand.CloseDevice _ -> hear(Way.SUPERVISOR_TO_CACHE, ONE, line, CLOSE, by);
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
            case CacheAction.CheckDirectory _ -> say(Way.CACHE_TO_STORE, ONE, line, CHECK);
            case CacheAction.StartLookUp(var cookie, _) -> say(Way.CACHE_TO_GATE, cookie, line, LOOK_UP);
            case CacheAction.Withdraw(var cookie) -> say(Way.CACHE_TO_GATE, cookie, line, WITHDRAWAL);
            case CacheAction.FlushAll _ -> say(Way.CACHE_TO_DEVICE, ONE, line, new DeviceCall.Close());
            case CacheAction.PassOn(_, TextCommand.Restore _) ->
                say(Way.CACHE_TO_DEVICE, ONE, line, new DeviceCall.Restore());
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
                hear(Way.OBJECT_TO_GATE, object, line, command, by);
            case GateCore.Command.ObjectUp _ -> // what an earlier life has not heard is void, and said anew
                traffic(Way.GATE_TO_OBJECT, object).said.clear();
            case GateCore.Command.Await _,
                    GateCore.Command.Leave _,
                    GateCore.Command.RecoveryFailed _,
                    GateCore.Command.DeviceUp _ -> {} // a reader's, which is not recorded, and of lives that begin
        }
    }

    /// A gate may also be led by hand, without a cache.
    private void hearCache(long line, Actor by, Cookie object, String what) {
        if (hasCache) {
            hear(Way.CACHE_TO_GATE, object, line, what, by);
        }
    }

    private void say(long line, Actor by, GateCore.Action action) {
        var object = Objects.requireNonNull(by.object());
        switch (action) {
            case GateCore.Action.Send(var command) -> say(Way.GATE_TO_OBJECT, object, line, command);
            case GateCore.Action.Acquired(var errno, _) -> say(Way.GATE_TO_CACHE, object, line, errno);
            case GateCore.Action.Released _ -> say(Way.GATE_TO_CACHE, object, line, WITHDRAWAL);
            case GateCore.Action.Wakeup _ -> {} // a reader's
        }
    }

    private void hear(long line, Actor by, DeviceCommand command) {
        switch (command) {
            case DeviceCommand.FromObject said -> hear(Way.OBJECT_TO_DEVICE, said.cookie(), line, said, by);
            case DeviceCommand.RetryReopen retry -> hear(Way.DEVICE_TO_CLOCK, ONE, line, retry, by);
            case DeviceCommand.Call(var call) -> {
                takenOver = call instanceof DeviceCall.TakeOver ? by : takenOver;
                if (wasSaid(Way.OUTSIDE_TO_DEVICE, ONE, call)) {
                    hear(Way.OUTSIDE_TO_DEVICE, ONE, line, call, by);
                } else if (wasSaid(Way.CACHE_TO_DEVICE, ONE, call)) {
                    hear(Way.CACHE_TO_DEVICE, ONE, line, call, by);
                } else if (call instanceof DeviceCall.FromDaemon said) {
                    hear(Way.DAEMON_TO_DEVICE, said.incarnation(), line, said, by);
                } else {
                    hear(Way.SUPERVISOR_TO_DEVICE, ONE, line, call, by);
                }
            }
        }
    }

    private void say(long line, Actor by, DeviceAction action, Object message) {
        switch (action) {
            case DeviceAction.Tell(var cookie, var notice) -> say(Way.DEVICE_TO_OBJECT, cookie, line, notice);
            case DeviceAction.Deliver(var worker, var request, var handle) -> {
                if (message instanceof DeviceCommand.Call(DeviceCall.FromDaemon fetch)) {
                    say(Way.DEVICE_TO_DAEMON, fetch.incarnation(), line, new Message(worker, request, handle));
                }
            }
            case DeviceAction.Wake _ -> {
                if (by.equals(takenOver)) { // else nobody has asked to be woken
                    say(Way.DEVICE_TO_POLLER, ONE, line, new DeviceReply.Readable());
                }
            }
            case DeviceAction.RetryAfter(var cookie, var attempt) ->
                say(Way.DEVICE_TO_CLOCK, ONE, line, new DeviceCommand.RetryReopen(cookie, attempt));
            case DeviceAction.Reply(var reply) -> reply(line, reply);
            case DeviceAction.Revoke _, DeviceAction.Fence _ -> {} // the fence's
        }
    }

    private void reply(long line, DeviceReply reply) {
        switch (reply) {
            case DeviceReply.TookOver(var incarnation) ->
                say(Way.DEVICE_TO_SUPERVISOR, ONE, line, new SupervisorCore.Command.TookOver(incarnation));
            case DeviceReply.Done(DeviceCall.Restore _, _) ->
                say(Way.DEVICE_TO_SUPERVISOR, ONE, line, new SupervisorCore.Command.Restored());
            case DeviceReply.Done done -> {
                if (done.call() instanceof DeviceCall.FromDaemon call && matters(done)) {
                    say(Way.DEVICE_TO_DAEMON, call.incarnation(), line, done);
                }
            }
            case DeviceReply.Nothing nothing -> say(Way.DEVICE_TO_DAEMON, nothing.incarnation(), line, nothing);
            case DeviceReply.Refused refused -> say(Way.DEVICE_TO_DAEMON, refused.incarnation(), line, refused);
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
            case ObjectCommand.Heard(var notice) -> hear(Way.DEVICE_TO_OBJECT, object, line, notice, by);
            case ObjectCommand.Attached(var content, _) -> hear(Way.OBJECT_TO_STORE, object, line, content, by);
            case ObjectCommand.Acquire _,
                    ObjectCommand.Read _,
                    ObjectCommand.CancelRead _,
                    ObjectCommand.Release _,
                    ObjectCommand.Resubmit _ -> hear(Way.GATE_TO_OBJECT, object, line, command, by);
            case ObjectCommand.Rest _ -> {} // the clock's
        }
    }

    private void say(long line, Actor by, ObjectAction action) {
        var object = Objects.requireNonNull(by.object());
        switch (action) {
            case ObjectAction.Submit(var submitted) -> say(Way.OBJECT_TO_DEVICE, object, line, submitted);
            case ObjectAction.Attach(var content) -> say(Way.OBJECT_TO_STORE, object, line, content);
            case ObjectAction.Acquired(var errno, var content) ->
                say(Way.OBJECT_TO_GATE, object, line, new GateCore.Command.Acquired(errno, content));
            case ObjectAction.ReadDone(var ask, var errno) ->
                say(Way.OBJECT_TO_GATE, object, line, new GateCore.Command.ReadDone(ask, errno));
            case ObjectAction.Released _ -> say(Way.OBJECT_TO_GATE, object, line, new GateCore.Command.Released());
            case ObjectAction.Clear _, ObjectAction.Leave _ -> {} // its own
        }
    }

    private void hear(long line, Actor by, DaemonCommand command) {
        switch (command) {
            case DaemonCommand.Start(var incarnation, _) -> {
                incarnations.put(by, incarnation);
                hear(Way.SUPERVISOR_TO_DAEMON, ONE, line, incarnation, by);
            }
            case DaemonCommand.FromDevice(var reply) -> heardReply(line, by, reply);
            case DaemonCommand.LookedUp found ->
                hear(Way.DAEMON_TO_WORKER, found.incarnation(), line, found.worker(), by);
            case DaemonCommand.Filled filled ->
                hear(Way.DAEMON_TO_WORKER, filled.incarnation(), line, filled.worker(), by);
            case DaemonCommand.WorkerDied died ->
                hear(Way.DAEMON_TO_WORKER, died.incarnation(), line, died.worker(), by);
            case DaemonCommand.CloseEarly _ -> {} // an operator's
        }
    }

    private void heardReply(long line, Actor by, DeviceReply reply) {
        switch (reply) {
            case DeviceReply.Message message -> {
                var said = new Message(
                        message.worker(), message.request(), message.fd().handle());
                hear(Way.DEVICE_TO_DAEMON, message.incarnation(), line, said, by);
            }
            case DeviceReply.Nothing nothing -> hear(Way.DEVICE_TO_DAEMON, nothing.incarnation(), line, nothing, by);
            case DeviceReply.Refused refused -> hear(Way.DEVICE_TO_DAEMON, refused.incarnation(), line, refused, by);
            case DeviceReply.Done done -> {
                if (done.call() instanceof DeviceCall.FromDaemon call && matters(done)) {
                    hear(Way.DEVICE_TO_DAEMON, call.incarnation(), line, done, by);
                }
            }
            case DeviceReply.Readable readable -> hear(Way.DEVICE_TO_POLLER, ONE, line, readable, by);
            case DeviceReply.TookOver _ -> {} // changes nothing in a daemon
        }
    }

    private void say(long line, Actor by, DaemonAction action) {
        switch (action) {
            case DaemonAction.Say(var call) -> {
                if (call instanceof DeviceCall.FromDaemon said) {
                    say(Way.DAEMON_TO_DEVICE, said.incarnation(), line, said);
                }
            }
            case DaemonAction.LookUp lookUp -> toWorker(line, by, lookUp.worker());
            case DaemonAction.Fill fill -> toWorker(line, by, fill.worker());
            case DaemonAction.Keep(var handle, var content) ->
                say(Way.DAEMON_TO_SUPERVISOR, ONE, line, new SupervisorCore.Command.Keep(handle, content));
            case DaemonAction.Discard(var handle) ->
                say(Way.DAEMON_TO_SUPERVISOR, ONE, line, new SupervisorCore.Command.Discard(handle));
            case DaemonAction.ReportProgress _ ->
                say(Way.DAEMON_TO_SUPERVISOR, ONE, line, new SupervisorCore.Command.Progress());
        }
    }

    private void toWorker(long line, Actor by, int worker) {
        say(Way.DAEMON_TO_WORKER, incarnations.getOrDefault(by, -1L), line, worker);
    }

    private void hear(long line, Actor by, SupervisorCore.Command command) {
        switch (command) {
            case SupervisorCore.Command.TookOver _, SupervisorCore.Command.Restored _ ->
                hear(Way.DEVICE_TO_SUPERVISOR, ONE, line, command, by);
            case SupervisorCore.Command.Keep _, SupervisorCore.Command.Discard _, SupervisorCore.Command.Progress _ ->
                hear(Way.DAEMON_TO_SUPERVISOR, ONE, line, command, by);
            case SupervisorCore.Command.DaemonUp _,
                    SupervisorCore.Command.DaemonStopped _,
                    SupervisorCore.Command.DeviceUp _,
                    SupervisorCore.Command.StartAgain _ -> {} // of lives that begin and end; an operator's
        }
    }

    private void say(long line, SupervisorCore.Action action) {
        switch (action) {
            case SupervisorCore.Action.TakeOver(var keep) ->
                say(Way.SUPERVISOR_TO_DEVICE, ONE, line, new DeviceCall.TakeOver(keep));
            case SupervisorCore.Action.Restore _ -> say(Way.SUPERVISOR_TO_DEVICE, ONE, line, new DeviceCall.Restore());
            case SupervisorCore.Action.GiveUp _ -> say(Way.SUPERVISOR_TO_DEVICE, ONE, line, new DeviceCall.GiveUp());
            case SupervisorCore.Action.Begin(var incarnation, _) ->
                say(Way.SUPERVISOR_TO_DAEMON, ONE, line, incarnation);
            case SupervisorCore.Action.LoseDevice _ -> say(Way.SUPERVISOR_TO_CACHE, ONE, line, CLOSE);
            case SupervisorCore.Action.Hold _,
                    SupervisorCore.Action.LetGo _,
                    SupervisorCore.Action.LetAllGo _,
                    SupervisorCore.Action.SpawnDaemon _,
                    SupervisorCore.Action.StopDaemon _ -> {} // its own, and Akka's
        }
    }

    private boolean wasSaid(Way way, Object of, Object what) {
        return traffic(way, of).said.stream().anyMatch(said -> said.what().equals(what));
    }

    private void say(Way way, Object of, long line, Object what) {
        var traffic = traffic(way, of);
        traffic.said.add(new Said(line, what));
        match(way, traffic);
    }

    private void hear(Way way, Object of, long line, Object what, Actor by) {
        var traffic = traffic(way, of);
        traffic.heard.add(new Heard(line, what, by));
        match(way, traffic);
    }

    private Traffic traffic(Way way, Object of) {
        return channels.computeIfAbsent(new Channel(way, of), _ -> new Traffic());
    }

    private void match(Way way, Traffic traffic) {
        while (!traffic.heard.isEmpty()) {
            var heard = traffic.heard.getFirst();
            int at = 0;
            while (at < traffic.said.size() && !traffic.said.get(at).what().equals(heard.what())) {
                at++;
            }
            if (at == traffic.said.size()) {
                return;
            }
            traffic.heard.removeFirst();
            if (way.ordered) {
                if (at > 0 && heard.by().equals(traffic.lastBy)) {
                    depart(lost(traffic.said.getFirst(), heard));
                }
                traffic.lastBy = heard.by();
                traffic.said.subList(0, at + 1).clear();
            } else {
                traffic.said.remove(at);
            }
        }
    }

    private static Departure lost(Said said, Heard heard) {
        return new Departure(
                said.line(),
                Printed.brief(said.what()) + " is said and not heard, though "
                        + heard.by().name() + " has not failed, and hears in line " + heard.line()
                        + " what is said after it");
    }

    private void depart(Departure found) {
        if (departure == null || found.line() < departure.line()) {
            departure = found;
        }
    }

    /// The run is over.
    /// @return the first thing that was heard and not said, or lost without a failure; null if there is none
    @Nullable
    Departure settled() {
        channels.forEach((channel, traffic) -> {
            var heard = traffic.heard.peekFirst();
            if (heard != null && channel.way() != Way.SUPERVISOR_TO_CACHE) { // an operator may close the device too
                depart(unsaid(heard));
            }
        });
        return departure;
    }

    private static Departure unsaid(Heard heard) {
        return new Departure(
                heard.line(), heard.by().name() + " hears " + Printed.brief(heard.what()) + ", which nobody has said");
    }

    /// What was said and has not been heard so far. Workers are left out: one ends with its daemon, and then answers
    /// nobody.
    List<Departure> unheard() {
        return channels.entrySet().stream()
                .filter(channel -> channel.getKey().way() != Way.DAEMON_TO_WORKER)
                .flatMap(channel -> channel.getValue().said.stream()
                        .map(said -> new Departure(said.line(), channel.getKey().way() + " " + said.what())))
                .toList();
    }
}
