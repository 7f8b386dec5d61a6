package cachefiles.app.stage;

import akka.actor.ActorSystem;
import akka.actor.BootstrapSetup;
import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.Adapter;
import cachefiles.app.check.Daemons;
import cachefiles.app.check.Ensemble;
import cachefiles.app.check.Kernel;
import cachefiles.app.check.Words;
import cachefiles.app.check.trace.Recorder;
import cachefiles.app.engine.Tracing;
import cachefiles.daemon.core.SupervisorCore.Policy;
import cachefiles.kernel.actor.Ahead;
import cachefiles.kernel.actor.CacheActor;
import cachefiles.kernel.actor.CacheObserver;
import cachefiles.kernel.actor.DeviceActor;
import cachefiles.kernel.actor.Gate;
import cachefiles.kernel.actor.ObjectsActor;
import cachefiles.kernel.actor.ReadOperation;
import cachefiles.kernel.cache.CacheCommand;
import cachefiles.kernel.cache.Limits;
import cachefiles.kernel.device.DeviceLimits;
import cachefiles.kernel.device.DeviceState;
import cachefiles.kernel.uapi.AnonymousFd;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceCall;
import cachefiles.kernel.uapi.DeviceException;
import cachefiles.kernel.uapi.DeviceReply;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Faults;
import cachefiles.kernel.uapi.Handle;
import cachefiles.kernel.uapi.Range;
import cachefiles.persistence.codec.ObjectEvents;
import cachefiles.persistence.codec.ObjectSnapshots;
import cachefiles.persistence.journal.Journal;
import cachefiles.persistence.store.FileStore;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import scala.concurrent.ExecutionContext;

/// The actors that run in production, with gates and readers, over real files: cache, device, objects and their
/// journal, on one thread, so that it is known when all is quiet. Time stands.
///
/// A scenario may look objects up without a word of the cache: such a gate is made here.
public final class Actors implements Ensemble {
    private static final String VOLUME = "volume";
    private static final int WINDOW = 64;
    private static final int BOUND = 1024;
    private static final int READ_BYTES = 1 << 20;
    private static final String CONFIG = """
            akka.actor.typed.default-mailbox.mailbox-type = cachefiles.app.stage.HeldMailbox
            akka.scheduler.implementation = cachefiles.app.stage.StoppedClock
            akka.actor.internal-dispatcher { type = Dispatcher, executor = default-executor }
            akka.persistence.dispatchers.default-plugin-dispatcher { type = Dispatcher, executor = default-executor }
            akka.loglevel = OFF
            """;

    private static final class Reading {
        final ReadOperation operation;
        boolean waits = true;

        Reading(ReadOperation operation) {
            this.operation = operation;
        }
    }

    private final DeviceLimits limits;
    private final Kernel.Listener listener;
    private final Path directory;
    private final FileStore store;
    private final Journal journal;
    private final Turns turns = new Turns();
    private final Held held = new Held();
    private final ActorSystem system;
    private final Watch watch;
    private final @Nullable Recorder recorder;
    private final CacheObserver observer;
    private final ActorRef<CacheActor.Command> cache;
    private final ActorRef<DeviceActor.Command> device;
    private final ActorRef<ObjectsActor.Command> objects;
    private final Map<Cookie, Gate> gates = new TreeMap<>();
    private final Map<Cookie, Gate> cachesGates = new HashMap<>();
    private final Set<Cookie> ending = new HashSet<>();
    private final Map<String, Reading> readings = new LinkedHashMap<>();
    private final Map<Handle, AnonymousFd> fds = new HashMap<>();
    private volatile Errno directoryFound = Errno.OK;
    private int devices;
    private @Nullable DaemonActors daemons;

    /// @throws UncheckedIOException no files can be made where temporary ones are
    public Actors(DeviceLimits limits, Kernel.Listener listener) {
        this(limits, listener, null);
    }

    /// @param recorder takes down all steps; null for none
    /// @throws UncheckedIOException no files can be made where temporary ones are
    public Actors(DeviceLimits limits, Kernel.Listener listener, @Nullable Recorder recorder) {
        this.limits = limits;
        this.listener = listener;
        this.watch = new Watch(listener, held::isObject, resting -> clock().name(resting));
        this.recorder = recorder;
        this.observer = recorder == null ? watch : Tracing.cache(recorder, watch);
        try {
            this.directory = Files.createTempDirectory("cachefiles-scenario-");
            this.store = FileStore.open(directory);
            this.journal = Journal.open(Journal.Kind.MEMORY, directory);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        var config = ConfigFactory.parseString(CONFIG).withFallback(journal.config());
        this.system = ActorSystem.create(
                "scenario",
                journal.setup()
                        .withSetup(new Held.Setup(held))
                        .withSetup(BootstrapSetup.create(config)
                                .withDefaultExecutionContext(ExecutionContext.fromExecutor(turns))));
        var children = new AtomicReference<@Nullable Children>();
        this.cache = Adapter.spawn(
                system,
                CacheActor.create(setting((device, objects) -> children.set(new Children(device, objects)))),
                "cache");
        turns.awaitQuiet();
        this.device = Objects.requireNonNull(children.get()).device;
        this.objects = Objects.requireNonNull(children.get()).objects;
    }

    private record Children(ActorRef<DeviceActor.Command> device, ActorRef<ObjectsActor.Command> objects) {}

    private CacheActor.Setting setting(
            BiConsumer<ActorRef<DeviceActor.Command>, ActorRef<ObjectsActor.Command>> spawned) {
        return new CacheActor.Setting(
                store,
                "",
                "",
                () -> directoryFound,
                (_, name) -> Cookie.of(VOLUME, name),
                limits,
                WINDOW,
                BOUND,
                Duration.ZERO,
                Limits.DEFAULT,
                Duration.ZERO,
                _ -> {},
                this::nextDevice,
                this::deviceUp,
                turns,
                new ObjectEvents(),
                new ObjectSnapshots(),
                _ -> false,
                observer,
                recorder == null ? watch : Tracing.device(recorder, watch),
                recorder == null ? watch : Tracing.object(recorder, watch),
                spawned,
                Faults.NONE);
    }

    private int nextDevice() {
        int generation = devices++;
        if (generation > 0) {
            listener.happened("device generation " + generation);
            watch.newDevice(new DeviceState(limits, generation));
        }
        return generation;
    }

    private void deviceUp() {
        gates.values().forEach(Gate::deviceUp);
        if (daemons != null) {
            daemons.deviceUp();
        }
    }

    @Override
    public int generation() {
        return devices - 1;
    }

    @Override
    public Cache cache() {
        return new Cache() {
            @Override
            public void ask(LongFunction<CacheCommand> make, @Nullable Cookie cookie, Consumer<Errno> done) {
                Actors.this.cache.tell(new CacheActor.Ask(make, cookie, (_, errno, gate) -> {
                    if (gate != null) {
                        cachesGates.put(gate.cookie(), gate);
                    }
                    done.accept(errno);
                }));
            }

            @Override
            public void tell(CacheCommand command) {
                Actors.this.cache.tell(new CacheActor.Tell(command));
            }

            @Override
            public void directory(Errno found) {
                directoryFound = found;
            }
        };
    }

    @Override
    public DeviceState device() {
        return watch.device(limits);
    }

    @Override
    public Use use(Cookie cookie) {
        if (ending.contains(cookie)) {
            return Use.ENDING;
        }
        var gate = gates.getOrDefault(cookie, cachesGates.get(cookie));
        return gate == null ? Use.OUT : gate.file().attached() ? Use.IN : Use.BEGINNING;
    }

    @Override
    public void acquire(Cookie cookie) {
        var gate = gates.computeIfAbsent(cookie, this::gate);
        gate.acquire(_ -> {});
    }

    private Gate gate(Cookie cookie) {
        return new Gate(cookie, store.file(cookie), new Keeper(), WINDOW, BOUND);
    }

    @Override
    public void release(Cookie cookie, boolean retire) {
        var gate = must(cookie);
        ending.add(cookie);
        gate.release(retire, () -> {
            ending.remove(cookie);
            gates.remove(cookie, gate);
            gate.rest(0);
            try {
                gate.file().release();
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        });
    }

    @Override
    public void rest(Cookie cookie) {
        must(cookie).rest(0);
    }

    private Gate must(Cookie cookie) {
        return Objects.requireNonNull(gates.getOrDefault(cookie, cachesGates.get(cookie)), "a gate that is used");
    }

    @Override
    public void read(String name, Cookie cookie, Range range) {
        var gate = must(cookie);
        var reading = new Reading(new ReadOperation(
                gate,
                new Ahead(gate, 0, () -> 0, READ_BYTES),
                range.offset(),
                ByteBuffer.allocate((int) range.length()),
                gate.file().sizeBytes(),
                READ_BYTES,
                new Resume(),
                (errno, bytes) -> ended(name, errno, bytes)));
        readings.put(name, reading);
        reading.operation.start();
    }

    private void ended(String name, Errno errno, int bytes) {
        reading(name).waits = false;
        listener.happened(Words.ended(name, errno, bytes));
    }

    private Reading reading(String name) {
        var reading = readings.get(name);
        if (reading == null) {
            throw new IllegalArgumentException("no reader " + name);
        }
        return reading;
    }

    @Override
    public void cancel(String name) {
        reading(name).operation.cancel();
    }

    @Override
    public void deadline(String name) {
        reading(name).operation.deadlinePassed();
    }

    @Override
    public List<String> waiting() {
        return readings.entrySet().stream()
                .filter(reading -> reading.getValue().waits)
                .map(Map.Entry::getKey)
                .toList();
    }

    @Override
    public void callFromOutside(String caller, DeviceCall call) {
        if (recorder != null) {
            recorder.outside(call);
        }
        var said = new DeviceActor.FromDaemon(
                call, reply -> held.send(channel(caller, reply), () -> replied(caller, reply)));
        held.send(caller + ">device", () -> device.tell(said));
    }

    /// A wake is for whichever daemon there is.
    private static String channel(String caller, DeviceReply reply) {
        return "device>" + (reply instanceof DeviceReply.Readable ? "daemon" : caller);
    }

    private void replied(String caller, DeviceReply reply) {
        if (reply instanceof DeviceReply.Message message) {
            fds.put(message.fd().handle(), message.fd());
        }
        listener.replied(caller, reply);
    }

    @Override
    public Errno write(Handle handle, long incarnation, Range range) {
        try {
            fd(handle, incarnation).write(ByteBuffer.allocate((int) range.length()), range.offset());
            return Errno.OK;
        } catch (DeviceException refused) {
            return refused.errno();
        }
    }

    @Override
    public String firstHole(Handle handle, long incarnation) {
        try {
            var fd = fd(handle, incarnation);
            var holes = fd.nextHole(0, must(handle.cookie()).file().sizeBytes());
            return holes.length == 0 ? "no hole" : "hole at " + holes[0].offset();
        } catch (DeviceException refused) {
            return refused.errno().name();
        }
    }

    private AnonymousFd fd(Handle handle, long incarnation) {
        return Objects.requireNonNull(fds.get(handle), "a descriptor that nobody was handed")
                .heldBy(incarnation);
    }

    @Override
    public void fireTimer(Cookie cookie) {
        var alarm = clock().take(cookie);
        if (alarm == null) {
            throw new IllegalArgumentException("no back-off runs for " + cookie);
        }
        held.send("timer>device", alarm);
    }

    private StoppedClock clock() {
        return (StoppedClock) system.scheduler();
    }

    @Override
    public void failObject(Cookie cookie) {
        must(cookie).crash(new Faults.Crash("made to fail", () -> {}));
    }

    @Override
    public void newDevice() {
        device.tell(new DeviceActor.Die(new Faults.Crash("made to fail", () -> {})));
    }

    @Override
    public Daemons daemons(Policy policy, int workers) {
        watch.tellDeliveries();
        daemons = new DaemonActors(system, device, policy, workers, turns, listener, recorder);
        return daemons;
    }

    @Override
    public List<String> show() {
        return watch.show();
    }

    @Override
    public void step() {
        turns.awaitQuiet();
        held.hold();
    }

    @Override
    public List<String> pending() {
        turns.awaitQuiet();
        return held.pending();
    }

    @Override
    public void deliver(String channel) {
        turns.awaitQuiet();
        held.deliver(channel);
        turns.awaitQuiet();
    }

    @Override
    public void settle() {
        for (var pending = pending(); !pending.isEmpty(); pending = pending()) {
            deliver(pending.getFirst());
        }
        held.go();
    }

    @Override
    public void close() {
        try {
            system.terminate();
            system.getWhenTerminated().toCompletableFuture().get(30, TimeUnit.SECONDS);
            turns.close();
            journal.close();
            store.close();
            try (var files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException stuck) {
            throw new IllegalStateException("the actors do not stop", stuck);
        }
    }

    private final class Resume implements ReadOperation.Resume {
        @Override
        public boolean mayWait() {
            return true;
        }

        @Override
        public void execute(Runnable rest) {
            turns.execute(rest);
        }
    }

    private final class Keeper implements Gate.Keeper {
        @Override
        public void activate(Gate gate) {
            objects.tell(new ObjectsActor.Activate(gate));
        }

        @Override
        public void left(Gate gate) {
            watch.left(gate.cookie(), gates.get(gate.cookie()) == gate);
        }

        @Override
        public void abandon(Gate gate) {
            objects.tell(new ObjectsActor.Abandon(gate));
        }

        @Override
        public void failed(IOException failure) {
            listener.happened(failure.toString());
        }

        @Override
        public void busy(Gate gate, boolean busy) {}

        @Override
        public CacheObserver observer() {
            return observer;
        }
    }
}
