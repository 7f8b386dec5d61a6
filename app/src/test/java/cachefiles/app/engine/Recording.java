package cachefiles.app.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import cachefiles.daemon.actor.DaemonObserver;
import cachefiles.daemon.core.DaemonAction;
import cachefiles.daemon.core.DaemonCommand;
import cachefiles.daemon.core.DaemonCore;
import cachefiles.daemon.core.DaemonEvent;
import cachefiles.daemon.core.DaemonState;
import cachefiles.daemon.core.SupervisorCore;
import cachefiles.daemon.core.SupervisorState;
import cachefiles.kernel.actor.DeviceObserver;
import cachefiles.kernel.actor.ObjectObserver;
import cachefiles.kernel.device.DeviceAction;
import cachefiles.kernel.device.DeviceCommand;
import cachefiles.kernel.device.DeviceCore;
import cachefiles.kernel.device.DeviceEvent;
import cachefiles.kernel.device.DeviceLimits;
import cachefiles.kernel.device.DeviceState;
import cachefiles.kernel.object.ObjectAction;
import cachefiles.kernel.object.ObjectCommand;
import cachefiles.kernel.object.ObjectCore;
import cachefiles.kernel.object.ObjectEvent;
import cachefiles.kernel.object.ObjectState;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Decision;
import cachefiles.kernel.uapi.DeviceCall;
import cachefiles.kernel.uapi.DeviceReply;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// All turns of device, objects, daemons and supervisors, as they were taken: to be taken once more by the cores alone
/// ([#replay]), and an account of what they said to each other ([#account]).
final class Recording implements DeviceObserver, ObjectObserver, DaemonObserver {
    /// A message taken, what the core decided, and what there is to see of the state after it.
    private record Turn<C, D>(C command, D decided, Object after) {}

    private record DeviceLife(
            DeviceLimits limits,
            int generation,
            List<Turn<DeviceCommand, Decision<DeviceEvent, DeviceAction>>> turns) {}

    private record DaemonLife(int workers, List<Turn<DaemonCommand, Decision<DaemonEvent, DaemonAction>>> turns) {}

    private record ObjectLife(
            ObjectState start, List<Turn<ObjectCommand, Decision<ObjectEvent, ObjectAction>>> turns) {}

    /// Who says something to whom.
    enum Way {
        OBJECT_TO_DEVICE,
        DAEMON_SIDE_TO_DEVICE,
        DEVICE_TO_OBJECT,
        DEVICE_TO_DAEMON,
        DEVICE_TO_SUPERVISOR,
        DAEMON_TO_SUPERVISOR,
        SUPERVISOR_TO_DAEMON,
        DAEMON_TO_WORKER,
        DEVICE_TO_CLOCK,
        OBJECT_TO_STORE
    }

    private record Said(Way way, Object what) {}

    private final SupervisorCore.Policy policy;
    private final IdentityHashMap<DeviceState, DeviceLife> devices =
            new IdentityHashMap<>(); // a life has a state of its own
    private final IdentityHashMap<DaemonState, DaemonLife> daemons = new IdentityHashMap<>();
    private final Map<Cookie, List<ObjectLife>> objects = new HashMap<>();
    private final List<List<Turn<SupervisorCore.Command, List<SupervisorCore.Action>>>> supervisors = new ArrayList<>();
    private final Map<Said, Integer> account = new HashMap<>();
    private SupervisorState supervisor = SupervisorState.FRESH;
    private @Nullable DeviceState takenOver;

    Recording(SupervisorCore.Policy policy) {
        this.policy = policy;
    }

    private static <E, A> Decision<E, A> copy(Decision<E, A> decision) {
        return new Decision<>(List.copyOf(decision.events()), List.copyOf(decision.actions()));
    }

    @Override
    public synchronized void stepped(
            DeviceState after, DeviceCommand command, Decision<DeviceEvent, DeviceAction> decision) {
        devices.computeIfAbsent(
                        after,
                        _ -> new DeviceLife(after.limits(), (int) (after.incarnation() >>> 32), new ArrayList<>()))
                .turns()
                .add(new Turn<>(command, copy(decision), view(after)));
        switch (command) {
            case DeviceCommand.FromObject said -> heard(Way.OBJECT_TO_DEVICE, said);
            case DeviceCommand.RetryReopen retry -> heard(Way.DEVICE_TO_CLOCK, retry);
            case DeviceCommand.Call(var call) -> {
                heard(Way.DAEMON_SIDE_TO_DEVICE, call);
                if (call instanceof DeviceCall.TakeOver) {
                    takenOver = after;
                }
            }
        }
        for (DeviceAction action : decision.actions()) {
            switch (action) {
                case DeviceAction.Tell tell -> said(Way.DEVICE_TO_OBJECT, tell);
                case DeviceAction.Deliver message -> said(Way.DEVICE_TO_DAEMON, message);
                case DeviceAction.Wake _ -> {
                    if (takenOver == after) { // else nobody has asked to be woken
                        said(Way.DEVICE_TO_DAEMON, new DeviceReply.Readable());
                    }
                }
                case DeviceAction.RetryAfter(var cookie, var attempt) ->
                    said(Way.DEVICE_TO_CLOCK, new DeviceCommand.RetryReopen(cookie, attempt));
                case DeviceAction.Reply(var reply) -> replied(reply);
                case DeviceAction.Revoke _, DeviceAction.Fence _ -> {} // the fence's
            }
        }
    }

    private void replied(DeviceReply reply) {
        switch (reply) {
            case DeviceReply.TookOver(var incarnation) ->
                said(Way.DEVICE_TO_SUPERVISOR, new SupervisorCore.Command.TookOver(incarnation));
            case DeviceReply.Done(DeviceCall.Restore _, _) ->
                said(Way.DEVICE_TO_SUPERVISOR, new SupervisorCore.Command.Restored());
            case DeviceReply.Done(DeviceCall.Cread _, _) -> {} // changes nothing in a daemon
            case DeviceReply.Done(DeviceCall.FromDaemon _, _) -> said(Way.DEVICE_TO_DAEMON, reply);
            case DeviceReply.Done _ -> {}
            case DeviceReply.Nothing _, DeviceReply.Refused _, DeviceReply.Message _, DeviceReply.Readable _ ->
                said(Way.DEVICE_TO_DAEMON, reply);
        }
    }

    @Override
    public synchronized void recovered(Cookie cookie, ObjectState state) {
        objects.computeIfAbsent(cookie, _ -> new ArrayList<>()).add(new ObjectLife(state, new ArrayList<>()));
    }

    @Override
    public synchronized void stepped(
            Cookie cookie, ObjectState after, ObjectCommand command, Decision<ObjectEvent, ObjectAction> decision) {
        objects.get(cookie).getLast().turns().add(new Turn<>(command, copy(decision), after));
        switch (command) {
            case ObjectCommand.Heard(var notice) -> heard(Way.DEVICE_TO_OBJECT, new DeviceAction.Tell(cookie, notice));
            case ObjectCommand.Attached(var content, _) ->
                heard(Way.OBJECT_TO_STORE, new ObjectAction.Attach(content));
            default -> {} // the gate's
        }
        for (ObjectAction action : decision.actions()) {
            switch (action) {
                case ObjectAction.Submit(var submitted) -> said(Way.OBJECT_TO_DEVICE, submitted);
                case ObjectAction.Attach attach -> said(Way.OBJECT_TO_STORE, attach);
                default -> {} // the gate's, and its own
            }
        }
    }

    @Override
    public synchronized void stepped(
            DaemonState after, DaemonCommand command, Decision<DaemonEvent, DaemonAction> decision) {
        daemons.computeIfAbsent(after, _ -> new DaemonLife(after.workers(), new ArrayList<>()))
                .turns()
                .add(new Turn<>(command, copy(decision), view(after)));
        switch (command) {
            case DaemonCommand.Start(var incarnation, _) -> heard(Way.SUPERVISOR_TO_DAEMON, incarnation);
            case DaemonCommand.FromDevice(DeviceReply.Message message) ->
                heard(
                        Way.DEVICE_TO_DAEMON,
                        new DeviceAction.Deliver(
                                message.worker(),
                                message.request(),
                                message.fd().handle()));
            case DaemonCommand.FromDevice(var reply) -> heard(Way.DEVICE_TO_DAEMON, reply);
            case DaemonCommand.LookedUp(var incarnation, var worker, _, _, _) ->
                heard(Way.DAEMON_TO_WORKER, incarnation + "/" + worker);
            case DaemonCommand.Filled(var incarnation, var worker, _, _) ->
                heard(Way.DAEMON_TO_WORKER, incarnation + "/" + worker);
            case DaemonCommand.WorkerDied(var incarnation, var worker) ->
                heard(Way.DAEMON_TO_WORKER, incarnation + "/" + worker);
            case DaemonCommand.CloseEarly _ -> {} // an operator's
        }
        for (DaemonAction action : decision.actions()) {
            switch (action) {
                case DaemonAction.Say(var call) -> said(Way.DAEMON_SIDE_TO_DEVICE, call);
                case DaemonAction.LookUp(var worker, _, _) ->
                    said(Way.DAEMON_TO_WORKER, after.incarnation() + "/" + worker);
                case DaemonAction.Fill(var worker, _, _, _, _) ->
                    said(Way.DAEMON_TO_WORKER, after.incarnation() + "/" + worker);
                case DaemonAction.Keep(var handle, var content) ->
                    said(Way.DAEMON_TO_SUPERVISOR, new SupervisorCore.Command.Keep(handle, content));
                case DaemonAction.Discard(var handle) ->
                    said(Way.DAEMON_TO_SUPERVISOR, new SupervisorCore.Command.Discard(handle));
                case DaemonAction.ReportProgress _ ->
                    said(Way.DAEMON_TO_SUPERVISOR, new SupervisorCore.Command.Progress());
            }
        }
    }

    @Override
    public synchronized void supervisorStarted() {
        supervisors.add(new ArrayList<>());
        supervisor = SupervisorState.FRESH;
    }

    /// The supervisor's shell shows no actions: those that its core names are taken to be said.
    @Override
    public synchronized void supervised(SupervisorState after, SupervisorCore.Command command) {
        var actions = SupervisorCore.step(policy, supervisor, command).actions();
        supervisors.getLast().add(new Turn<>(command, actions, after));
        supervisor = after;
        switch (command) {
            case SupervisorCore.Command.TookOver _, SupervisorCore.Command.Restored _ ->
                heard(Way.DEVICE_TO_SUPERVISOR, command);
            case SupervisorCore.Command.Keep _, SupervisorCore.Command.Discard _, SupervisorCore.Command.Progress _ ->
                heard(Way.DAEMON_TO_SUPERVISOR, command);
            default -> {} // Akka's, the cache's, an operator's
        }
        for (SupervisorCore.Action action : actions) {
            switch (action) {
                case SupervisorCore.Action.TakeOver(var keep) ->
                    said(Way.DAEMON_SIDE_TO_DEVICE, new DeviceCall.TakeOver(keep));
                case SupervisorCore.Action.Restore _ -> said(Way.DAEMON_SIDE_TO_DEVICE, new DeviceCall.Restore());
                case SupervisorCore.Action.GiveUp _ -> said(Way.DAEMON_SIDE_TO_DEVICE, new DeviceCall.GiveUp());
                case SupervisorCore.Action.Begin(var incarnation, _) -> said(Way.SUPERVISOR_TO_DAEMON, incarnation);
                default -> {} // its own
            }
        }
    }

    private static Object view(DeviceState state) {
        return List.of(
                state.incarnation(),
                state.floor(),
                state.cursor(),
                state.nextMsgId(),
                state.lastObjectId(),
                state.table().size(),
                state.slots().size(),
                state.isReadable());
    }

    private static Object view(DaemonState state) {
        return List.of(
                state.incarnation(),
                Map.copyOf(state.opened()),
                IntStream.range(0, state.workers()).mapToObj(state::worker).toList());
    }

    private void said(Way way, Object what) {
        count(new Said(way, what), 1);
    }

    private void heard(Way way, Object what) {
        count(new Said(way, what), -1);
    }

    private void count(Said said, int by) {
        account.merge(said, by, (one, other) -> one + other == 0 ? null : one + other);
    }

    /// What was said and not heard: above 0; what was heard and not said: below.
    synchronized Map<Way, Map<Object, Integer>> account() {
        return account.entrySet().stream()
                .collect(Collectors.groupingBy(
                        entry -> entry.getKey().way(),
                        Collectors.toMap(entry -> entry.getKey().what(), Map.Entry::getValue)));
    }

    synchronized int turns() {
        return devices.values().stream().mapToInt(life -> life.turns().size()).sum()
                + daemons.values().stream()
                        .mapToInt(life -> life.turns().size())
                        .sum()
                + objects.values().stream()
                        .flatMap(List::stream)
                        .mapToInt(life -> life.turns().size())
                        .sum()
                + supervisors.stream().mapToInt(List::size).sum();
    }

    /// Lives of daemons.
    synchronized int daemons() {
        return daemons.size();
    }

    synchronized String lives() {
        return devices.size() + " lives of the device, " + daemons.size() + " of daemons, " + supervisors.size()
                + " of supervisors, "
                + objects.values().stream().mapToInt(List::size).sum() + " of " + objects.size() + " objects";
    }

    /// Takes every turn once more, by the cores alone: each decides what it decided, and comes to the same state.
    synchronized void replay() {
        for (DeviceLife life : devices.values()) {
            var state = new DeviceState(life.limits(), life.generation());
            check("device", life.turns(), command -> DeviceCore.step(state, command), () -> view(state));
        }
        for (DaemonLife life : daemons.values()) {
            var state = new DaemonState(life.workers());
            Function<DaemonCommand, Decision<DaemonEvent, DaemonAction>> core = command -> {
                var decision = DaemonCore.decide(state, command);
                decision.events().forEach(event -> DaemonCore.evolve(state, event));
                return decision;
            };
            check("daemon", life.turns(), core, () -> view(state));
        }
        objects.forEach(Recording::replay);
        for (var life : supervisors) {
            var states = new SupervisorState[] {SupervisorState.FRESH};
            Function<SupervisorCore.Command, List<SupervisorCore.Action>> core = command -> {
                var step = SupervisorCore.step(policy, states[0], command);
                states[0] = step.next();
                return step.actions();
            };
            check("supervisor", life, core, () -> states[0]);
        }
    }

    /// Each life of an object begins with what the journal knows, and with nothing else.
    private static void replay(Cookie cookie, List<ObjectLife> lives) {
        var journaled = new Content[1];
        for (ObjectLife life : lives) {
            assertEquals(new ObjectState.Idle(journaled[0]), life.start(), () -> "recovery of " + cookie);
            var states = new ObjectState[] {life.start()};
            Function<ObjectCommand, Decision<ObjectEvent, ObjectAction>> core = command -> {
                var decision = ObjectCore.decide(cookie, states[0], command);
                for (ObjectEvent event : decision.events()) {
                    states[0] = ObjectCore.evolve(states[0], event);
                    if (event instanceof ObjectEvent.Journaled) {
                        journaled[0] = event instanceof ObjectEvent.ContentKnown(var content) ? content : null;
                    }
                }
                return decision;
            };
            check(cookie.toString(), life.turns(), core, () -> states[0]);
        }
    }

    private static <C, D> void check(String who, List<Turn<C, D>> turns, Function<C, D> core, Supplier<Object> state) {
        for (int i = 0; i < turns.size(); i++) {
            var turn = turns.get(i);
            int number = i;
            assertEquals(
                    turn.decided(), core.apply(turn.command()), () -> who + ", turn " + number + ": " + turn.command());
            assertEquals(turn.after(), state.get(), () -> who + " after turn " + number + ": " + turn.command());
        }
    }
}
