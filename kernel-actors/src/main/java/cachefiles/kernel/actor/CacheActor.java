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
import cachefiles.kernel.cache.CacheEvent;
import cachefiles.kernel.cache.CacheState;
import cachefiles.kernel.cache.Life;
import cachefiles.kernel.cache.Limits;
import cachefiles.kernel.device.DeviceLimits;
import cachefiles.kernel.extent.DiskErrorException;
import cachefiles.kernel.extent.FreeSpace;
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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.IntSupplier;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The cache: parent of device and objects, and the shell of [CacheCore]. It makes a gate for each object in use.
public final class CacheActor extends AbstractOnMessageBehavior<CacheActor.Command> {
    public sealed interface Command {}

    /// Opens the device and binds the cache, as `cachefilesd` does at its start, with the setting's directory, tag and
    /// limits. To be said once, before anything else.
    public record Bind() implements Command {}

    /// Asks something of the cache that is answered with an error number.
    /// @param make makes the command of the ticket it is given
    /// @param cookie whose gate the answer brings; null if it brings none
    public record Ask(
            LongFunction<CacheCommand> make, @Nullable Cookie cookie, Answer done) implements Command {}

    /// Tells the cache something.
    public record Tell(CacheCommand command) implements Command {}

    /// Whoever put an [Ask] before waits no more.
    /// @param ticket of that ask; looked at when this is heard, for only then it is known to have been taken
    public record Cancel(LongSupplier ticket, Errno errno) implements Command {}

    /// An operator, or the last reader, wants an object's content and bytes forgotten once it is out of use.
    public record Retire(Cookie cookie) implements Command {}

    public record KillObject(Cookie cookie, Faults.Crash crash) implements Command {}

    /// The device descriptor is closed by whoever held it: the cache dies, and is opened and bound anew (Q6).
    public record LoseDevice() implements Command {}

    /// How many gates a tick looks at for idle actors.
    public record CountAwake(IntConsumer replyTo) implements Command {}

    private record DeviceUp() implements Command {}

    private record Tick() implements Command {}

    private record Measure() implements Command {}

    /// @param space null: it could not be measured
    private record Measured(@Nullable FreeSpace space) implements Command {}

    private record Finished(Runnable turn) implements Command {}

    /// The outcome of an [Ask].
    public interface Answer {
        void accept(long ticket, Errno errno, @Nullable Gate gate);
    }

    /// What an operator may want to know of the cache.
    /// @param culling files should be culled: free space was under the cull limits, and is not yet above the run limits
    /// @param full free space is under the stop limits: nothing is stored
    public record Status(Life life, boolean culling, boolean full) {}

    /// What the cache needs of its surroundings.
    /// @param directory where the cache lies, and `tag` its name: it is bound to them at the start (S54)
    /// @param checkDirectory what binding finds of `directory`; its lock is held by whoever made the store
    /// @param fileNamed the cookie of a file of ours, by its directory and name (S112); null if it is none
    /// @param window commands outstanding at one object's actor, at most
    /// @param waiters at one object, at most
    /// @param passivateAfter idle actors leave memory; zero = never
    /// @param space limits of free space: what `cachefilesd.conf` says
    /// @param measureEvery how often free space is measured; zero = never
    /// @param status told each change of it
    /// @param generations numbers the lives of the device
    /// @param deviceUp told when the device is there without requests
    public record Setting(
            Store store,
            String directory,
            String tag,
            Supplier<Errno> checkDirectory,
            BiFunction<String, String, @Nullable Cookie> fileNamed,
            DeviceLimits limits,
            int window,
            int waiters,
            Duration passivateAfter,
            Limits space,
            Duration measureEvery,
            Consumer<Status> status,
            IntSupplier generations,
            Runnable deviceUp,
            Executor blocking,
            EventAdapter<ObjectEvent.Journaled, ?> events,
            SnapshotAdapter<ObjectActor.Holder> snapshots,
            Predicate<Throwable> journalMayHeal,
            CacheObserver observer,
            DeviceObserver deviceObserver,
            ObjectObserver objectObserver,
            BiConsumer<ActorRef<DeviceActor.Command>, ActorRef<ObjectsActor.Command>> spawned,
            Faults faults) {}

    /// Look-ups after which free space is measured ahead of its time: each may be about to make a file.
    private static final int LOOK_UPS_A_MEASURE = 1024;

    private final Setting setting;
    private final TimerScheduler<Command> timers;
    private final CacheState state = new CacheState();
    private final ActorRef<DeviceActor.Command> device;
    private final ActorRef<ObjectsActor.Command> objects;
    private final Map<Long, Ask> asks = new HashMap<>();
    private final Map<Cookie, Gate> gates = new HashMap<>();
    private final Set<Gate> busy = ConcurrentHashMap.newKeySet();
    /// Those whose object's actor is in memory, or on its way there: all that a tick has to look at.
    private final Set<Gate> awake = ConcurrentHashMap.newKeySet();
    private final Set<Cookie> retiring = ConcurrentHashMap.newKeySet();
    private @Nullable Status told;
    private int lookUps;
    private boolean measuring;
    private final AtomicBoolean dead = new AtomicBoolean();
    private long tickets;
    private boolean wasOpened;
    private boolean reopening;

    public static Behavior<Command> create(Setting setting) {
        return Behaviors.withTimers(timers -> Behaviors.setup(context -> new CacheActor(context, timers, setting)));
    }

    private CacheActor(ActorContext<Command> context, TimerScheduler<Command> timers, Setting setting) {
        super(context);
        this.setting = setting;
        this.timers = timers;
        var self = context.getSelf();
        this.device = context.spawn(
                Behaviors.supervise(DeviceActor.create(new DeviceActor.Setting(
                                setting.limits(),
                                setting.generations(),
                                () -> self.tell(new DeviceUp()),
                                this::failed,
                                setting.deviceObserver(),
                                setting.faults())))
                        .onFailure(SupervisorStrategy.restart()),
                "device");
        this.objects = context.spawn(
                ObjectsActor.create(new ObjectActor.Setting(
                        device,
                        setting.blocking(),
                        setting.events(),
                        setting.snapshots(),
                        setting.journalMayHeal(),
                        setting.objectObserver())),
                "objects");
        setting.spawned().accept(device, objects);
    }

    @Override
    public Behavior<Command> onMessage(Command message) {
        switch (message) {
            case Bind _ -> {
                bind();
                if (setting.passivateAfter().isPositive()) {
                    timers.startTimerWithFixedDelay(
                            new Tick(), setting.passivateAfter().dividedBy(2));
                }
                if (setting.measureEvery().isPositive()) {
                    timers.startTimerWithFixedDelay(new Measure(), Duration.ZERO, setting.measureEvery());
                }
            }
            case Ask ask -> {
                asks.put(++tickets, ask);
                step(ask.make().apply(tickets));
            }
            case LoseDevice _ -> {
                reopening = true;
                step(new CacheCommand.CloseDevice(0));
            }
            case Tell(var command) -> step(command);
            case Cancel(var ticket, var errno) -> step(new CacheCommand.Cancel(ticket.getAsLong(), errno));
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
                awake.forEach(gate -> gate.rest(setting.passivateAfter().toNanos()));
            case CountAwake(var replyTo) -> replyTo.accept(awake.size());
            case Measure _ -> measure();
            case Measured(var space) -> {
                measuring = false;
                if (space != null) {
                    step(new CacheCommand.MeasureSpace(space));
                }
            }
            case Finished(var turn) -> turn.run();
        }
        return this;
    }

    private void bind() {
        step(new CacheCommand.OpenDevice(++tickets, true));
        var texts = new ArrayList<>(List.of("dir " + setting.directory(), "tag " + setting.tag()));
        texts.addAll(setting.space().commands());
        texts.add("bind ondemand");
        for (String text : texts) {
            var command = TextCommand.parse(text.getBytes(StandardCharsets.UTF_8));
            step(new CacheCommand.Write(++tickets, setting.directory(), command));
        }
    }

    private void step(CacheCommand command) {
        var decision = CacheCore.decide(state, command);
        decision.events().forEach(event -> CacheCore.evolve(state, event));
        setting.observer().stepped(state, command, decision);
        if (decision.events().contains(new CacheEvent.DeviceOpened())) {
            opened();
        }
        decision.actions().forEach(this::perform);
        var status = new Status(state.life(), state.culling(), state.full());
        if (!status.equals(told)) {
            told = status;
            setting.status().accept(status);
        }
    }

    /// A device that was closed is dead; this is another one.
    private void opened() {
        if (wasOpened) {
            dead.set(false);
            device.tell(new DeviceActor.Open());
            device.tell(new DeviceActor.SetFull(false));
        }
        wasOpened = true;
    }

    /// One system call, off this actor's thread, and one at a time: a disk that hangs is not asked again.
    private void measure() {
        lookUps = 0;
        if (measuring) {
            return;
        }
        measuring = true;
        var self = getContext().getSelf();
        setting.blocking().execute(() -> self.tell(new Measured(space())));
    }

    private @Nullable FreeSpace space() {
        try {
            return setting.store().space();
        } catch (IOException failed) {
            getContext().getSystem().log().warn("cannot measure free space: {}", failed.toString());
            return null;
        }
    }

    private void perform(CacheAction action) {
        switch (action) {
            case CacheAction.Complete(var ticket, var errno) -> complete(ticket, errno);
            case CacheAction.CheckDirectory _ ->
                step(new CacheCommand.DirectoryChecked(setting.checkDirectory().get()));
            case CacheAction.ReleaseDirectory _ -> {
                if (reopening) {
                    reopening = false;
                    bind();
                }
            }
            case CacheAction.FlushAll _ -> device.tell(new DeviceActor.Written(new DeviceCall.Close(), _ -> {}));
            case CacheAction.RefuseOperations _ -> gates.values().forEach(gate -> gate.refuse(Errno.ENOBUFS));
            case CacheAction.WakePollers _ -> {} // nobody polls for culling in this process
            case CacheAction.SetFull(var full) -> setFull(full);
            case CacheAction.PassOn(var ticket, var text) -> passOn(ticket, text);
            case CacheAction.CheckInUse(var ticket, var directory, var name) ->
                answerLater(ticket, directory, name, setting.store()::inUse);
            case CacheAction.CullFile(var ticket, var directory, var name) ->
                answerLater(ticket, directory, name, setting.store()::cull);
            case CacheAction.StartLookUp(var cookie, var mayCreate) -> {
                if (++lookUps >= LOOK_UPS_A_MEASURE && setting.measureEvery().isPositive()) {
                    measure();
                }
                if (mayCreate) {
                    startLookUp(cookie);
                } else {
                    startLookUpOfPresent(cookie);
                }
            }
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

    /// There is no room for a new file (S115).
    private void startLookUpOfPresent(Cookie cookie) {
        var self = getContext().getSelf();
        setting.blocking().execute(() -> {
            var errno = setting.store().inUse(cookie);
            self.tell(new Finished(() -> {
                if (errno == Errno.ENOENT) {
                    step(new CacheCommand.LookedUp(cookie, Errno.ENOBUFS));
                } else {
                    startLookUp(cookie);
                }
            }));
        });
    }

    private void setFull(boolean full) {
        if (full) {
            getContext()
                    .getLog()
                    .warn(
                            "{}: free space is under the stop limits {}: nothing is stored until files are culled or room"
                                    + " is made otherwise",
                            setting.directory(),
                            state.limits());
        } else {
            getContext().getLog().info("{}: there is room again", setting.directory());
        }
        device.tell(new DeviceActor.SetFull(full));
    }

    private void withdraw(Cookie cookie) {
        var self = getContext().getSelf();
        var gate = gates.get(cookie);
        if (gate == null) { // there was no room to look it up
            self.tell(new Finished(() -> step(new CacheCommand.Withdrawn(cookie))));
            return;
        }
        gate.release(retiring.remove(cookie), () -> self.tell(new Finished(() -> withdrawn(cookie, gate))));
    }

    private void withdrawn(Cookie cookie, Gate gate) {
        gates.remove(cookie);
        gate.rest(0);
        awake.remove(gate);
        try {
            gate.file().release();
        } catch (IOException failed) {
            failed(failed);
            getContext().getLog().warn("cannot release the file of {}: {}", cookie, failed.toString());
        }
        step(new CacheCommand.Withdrawn(cookie));
    }

    private Gate.Keeper keeper() {
        return new Gate.Keeper() {
            @Override
            public void activate(Gate gate) {
                awake.add(gate);
                objects.tell(new ObjectsActor.Activate(gate));
            }

            @Override
            public void left(Gate gate) {
                awake.remove(gate);
            }

            @Override
            public void abandon(Gate gate) {
                objects.tell(new ObjectsActor.Abandon(gate));
            }

            @Override
            public void failed(IOException failure) {
                CacheActor.this.failed(failure);
            }

            @Override
            public void busy(Gate gate, boolean isBusy) {
                if (isBusy) {
                    busy.add(gate);
                } else {
                    busy.remove(gate);
                }
            }

            @Override
            public CacheObserver observer() {
                return setting.observer();
            }
        };
    }

    /// Called on whatever thread met it. The disk's failure is the cache's (S116); any other is that of one file.
    private void failed(IOException failure) {
        if (failure instanceof DiskErrorException && dead.compareAndSet(false, true)) {
            getContext()
                    .getSystem()
                    .log()
                    .error(
                            "{}: the disk has failed, and with it the cache: {}. Check the disk, then close the cache and"
                                    + " open it again",
                            setting.directory(),
                            failure.toString());
            getContext().getSelf().tell(new Tell(new CacheCommand.FailCache()));
        }
    }

    private void passOn(long ticket, TextCommand text) {
        var self = getContext().getSelf();
        switch (text) {
            case TextCommand.Restore _ ->
                device.tell(new DeviceActor.Written(new DeviceCall.Restore(), reply -> {
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
