package cachefiles.kernel.actor;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.AbstractOnMessageBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.persistence.typed.EventAdapter;
import akka.persistence.typed.SnapshotAdapter;
import cachefiles.kernel.cache.CacheAction;
import cachefiles.kernel.cache.CacheCommand;
import cachefiles.kernel.cache.CacheCore;
import cachefiles.kernel.cache.CacheState;
import cachefiles.kernel.device.DeviceLimits;
import cachefiles.kernel.extent.Store;
import cachefiles.kernel.object.ObjectEvent;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceCall;
import cachefiles.kernel.uapi.DeviceReply;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Faults;
import cachefiles.kernel.uapi.TextCommand;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/// The cache: parent of device and objects, and the shell of [CacheCore]. It makes a gate for each object in use.
public final class CacheActor extends AbstractOnMessageBehavior<CacheActor.Command> {
    public sealed interface Command {}

    /// Asks something of the cache that is answered with an error number.
    /// @param make makes the command of the ticket it is given
    /// @param cookie whose gate the answer brings; null if it brings none
    public record Ask(
            LongFunction<CacheCommand> make, @Nullable Cookie cookie, Answer done) implements Command {}

    /// Tells the cache something.
    public record Tell(CacheCommand command) implements Command {}

    /// An operator, or the last reader, wants an object's content and bytes forgotten once it is out of use.
    public record Retire(Cookie cookie) implements Command {}

    public record KillObject(Cookie cookie, Faults.Crash crash) implements Command {}

    /// The device descriptor is closed by whoever held it: the cache dies, and is opened and bound anew (Q6).
    public record LoseDevice() implements Command {}

    private record DeviceUp() implements Command {}

    private record Tick() implements Command {}

    private record Finished(Runnable turn) implements Command {}

    /// The outcome of an [Ask].
    public interface Answer {
        void accept(long ticket, Errno errno, @Nullable Gate gate);
    }

    /// What the cache needs of its surroundings.
    /// @param directory where the cache lies, and `tag` its name: it is bound to them at the start (S54)
    /// @param fileNamed the cookie of a file of ours, by its directory and name (S112); null if it is none
    /// @param window commands outstanding at one object's actor, at most
    /// @param waiters at one object, at most
    /// @param passivateAfter idle actors leave memory; zero = never
    /// @param generations numbers the lives of the device
    /// @param deviceUp told when the device is there without requests
    public record Setting(
            Store store,
            String directory,
            String tag,
            BiFunction<String, String, @Nullable Cookie> fileNamed,
            DeviceLimits limits,
            int window,
            int waiters,
            Duration passivateAfter,
            IntSupplier generations,
            Runnable deviceUp,
            Executor blocking,
            EventAdapter<ObjectEvent.Journaled, ?> events,
            SnapshotAdapter<ObjectActor.Holder> snapshots,
            DeviceObserver deviceObserver,
            ObjectObserver objectObserver,
            BiConsumer<ActorRef<DeviceActor.Command>, ActorRef<ObjectsActor.Command>> spawned,
            Faults faults) {}

    private final Setting setting;
    private final CacheState state = new CacheState();
    private final ActorRef<DeviceActor.Command> device;
    private final ActorRef<ObjectsActor.Command> objects;
    private final Map<Long, Ask> asks = new HashMap<>();
    private final Map<Cookie, Gate> gates = new HashMap<>();
    private final Set<Gate> busy = ConcurrentHashMap.newKeySet();
    private final Set<Cookie> retiring = ConcurrentHashMap.newKeySet();
    private long tickets;
    private boolean reopening;

    public static Behavior<Command> create(Setting setting) {
        return Behaviors.withTimers(timers -> Behaviors.setup(context -> new CacheActor(context, timers, setting)));
    }

    private CacheActor(ActorContext<Command> context, TimerScheduler<Command> timers, Setting setting) {
        super(context);
        this.setting = setting;
        var self = context.getSelf();
        this.device = context.spawn(
                Behaviors.supervise(DeviceActor.create(new DeviceActor.Setting(
                                setting.limits(),
                                setting.generations(),
                                () -> self.tell(new DeviceUp()),
                                setting.deviceObserver(),
                                setting.faults())))
                        .onFailure(SupervisorStrategy.restart()),
                "device");
        this.objects = context.spawn(
                ObjectsActor.create(new ObjectActor.Setting(
                        device, setting.blocking(), setting.events(), setting.snapshots(), setting.objectObserver())),
                "objects");
        setting.spawned().accept(device, objects);
        bind();
        if (setting.passivateAfter().isPositive()) {
            timers.startTimerWithFixedDelay(new Tick(), setting.passivateAfter().dividedBy(2));
        }
    }

    @Override
    public Behavior<Command> onMessage(Command message) {
        switch (message) {
            case Ask ask -> {
                asks.put(++tickets, ask);
                step(ask.make().apply(tickets));
            }
            case LoseDevice _ -> {
                reopening = true;
                step(new CacheCommand.CloseDevice(0));
            }
            case Tell(var command) -> step(command);
            case Retire(var cookie) -> retiring.add(cookie);
            case KillObject(var cookie, var crash) -> {
                var gate = gates.get(cookie);
                if (gate != null) {
                    gate.crash(crash);
                }
            }
            case DeviceUp _ -> {
                busy.forEach(Gate::deviceUp);
                setting.deviceUp().run();
            }
            case Tick _ ->
                gates.values()
                        .forEach(gate -> gate.rest(setting.passivateAfter().toNanos()));
            case Finished(var turn) -> turn.run();
        }
        return this;
    }

    /// What `cachefilesd` writes at its start.
    private void bind() {
        step(new CacheCommand.OpenDevice(++tickets, true));
        for (String text : List.of("dir " + setting.directory(), "tag " + setting.tag(), "bind ondemand")) {
            var command = TextCommand.parse(text.getBytes(StandardCharsets.UTF_8));
            step(new CacheCommand.Write(++tickets, setting.directory(), command));
        }
    }

    private void step(CacheCommand command) {
        var decision = CacheCore.decide(state, command);
        decision.events().forEach(event -> CacheCore.evolve(state, event));
        decision.actions().forEach(this::perform);
    }

    private void perform(CacheAction action) {
        switch (action) {
            case CacheAction.Complete(var ticket, var errno) -> complete(ticket, errno);
            case CacheAction.CheckDirectory _ -> step(new CacheCommand.DirectoryChecked(Errno.OK)); // opened before us
            case CacheAction.ReleaseDirectory _ -> {
                if (reopening) {
                    reopening = false;
                    device.tell(new DeviceActor.Open());
                    bind();
                }
            }
            case CacheAction.FlushAll _ -> device.tell(new DeviceActor.FromDaemon(new DeviceCall.Close(), _ -> {}));
            case CacheAction.RefuseOperations _ -> gates.values().forEach(Gate::withdraw);
            case CacheAction.WakePollers _ -> {} // nobody polls for culling in this process
            case CacheAction.SetFull _ -> {} // the store finds out by itself
            case CacheAction.PassOn(var ticket, var text) -> passOn(ticket, text);
            case CacheAction.CheckInUse(var ticket, var directory, var name) ->
                answerLater(ticket, directory, name, setting.store()::inUse);
            case CacheAction.CullFile(var ticket, var directory, var name) ->
                answerLater(ticket, directory, name, setting.store()::cull);
            case CacheAction.StartLookUp(var cookie, _) -> startLookUp(cookie);
            case CacheAction.Withdraw(var cookie) -> withdraw(cookie);
        }
    }

    private void complete(long ticket, Errno errno) {
        var ask = asks.remove(ticket);
        if (ask != null) {
            ask.done().accept(ticket, errno, ask.cookie() == null ? null : gates.get(ask.cookie()));
        }
    }

    private void startLookUp(Cookie cookie) {
        var gate = new Gate(cookie, setting.store().file(cookie), keeper(), setting.window(), setting.waiters());
        gates.put(cookie, gate);
        var self = getContext().getSelf();
        gate.acquire(acquisition -> self.tell(new Tell(new CacheCommand.LookedUp(cookie, acquisition.errno()))));
    }

    private void withdraw(Cookie cookie) {
        var gate = Objects.requireNonNull(gates.get(cookie));
        var self = getContext().getSelf();
        gate.release(retiring.remove(cookie), () -> self.tell(new Finished(() -> withdrawn(cookie, gate))));
    }

    private void withdrawn(Cookie cookie, Gate gate) {
        gates.remove(cookie);
        gate.rest(0);
        try {
            gate.file().release();
        } catch (IOException failed) {
            getContext().getLog().warn("cannot release the file of {}: {}", cookie, failed.toString());
        }
        step(new CacheCommand.Withdrawn(cookie));
    }

    private Gate.Keeper keeper() {
        return new Gate.Keeper() {
            @Override
            public void activate(Gate gate) {
                objects.tell(new ObjectsActor.Activate(gate));
            }

            @Override
            public void busy(Gate gate, boolean isBusy) {
                if (isBusy) {
                    busy.add(gate);
                } else {
                    busy.remove(gate);
                }
            }
        };
    }

    private void passOn(long ticket, TextCommand text) {
        var self = getContext().getSelf();
        switch (text) {
            case TextCommand.Restore _ ->
                device.tell(new DeviceActor.FromDaemon(new DeviceCall.Restore(), reply -> {
                    if (reply instanceof DeviceReply.Done done) {
                        self.tell(new Finished(() -> complete(ticket, done.error())));
                    }
                }));
            case TextCommand.Copen(var msgId, var size) ->
                device.tell(new DeviceActor.CopenText(
                        msgId, size, errno -> self.tell(new Finished(() -> complete(ticket, errno)))));
            case TextCommand.UnreadableCopen(var msgId, var error) -> // S68: the request ends, and the write fails
                device.tell(new DeviceActor.CopenText(
                        msgId,
                        -error.number(),
                        errno -> self.tell(new Finished(() -> complete(ticket, errno.isOk() ? error : errno)))));
            case TextCommand.MalformedCopen(var error) -> complete(ticket, error);
            default -> complete(ticket, Errno.EOPNOTSUPP);
        }
    }

    private void answerLater(long ticket, String directory, String name, Function<Cookie, Errno> work) {
        var self = getContext().getSelf();
        setting.blocking().execute(() -> {
            var cookie = setting.fileNamed().apply(directory, name);
            var errno = cookie == null ? Errno.ENOENT : work.apply(cookie);
            self.tell(new Finished(() -> complete(ticket, errno)));
        });
    }
}
