package cachefiles.app.engine;

import akka.actor.ActorSystem;
import akka.actor.BootstrapSetup;
import akka.actor.ExtendedActorSystem;
import akka.actor.typed.ActorRef;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.Adapter;
import akka.actor.typed.javadsl.Behaviors;
import akka.dispatch.MonitorableThreadFactory;
import cachefiles.daemon.actor.DaemonActor;
import cachefiles.daemon.actor.DaemonObserver;
import cachefiles.daemon.actor.SupervisorActor;
import cachefiles.daemon.actor.WorkerThreads;
import cachefiles.daemon.core.SupervisorCore;
import cachefiles.daemon.core.SupervisorState;
import cachefiles.kernel.actor.CacheActor;
import cachefiles.kernel.actor.DeviceActor;
import cachefiles.kernel.actor.ObjectsActor;
import cachefiles.kernel.cache.CacheCommand;
import cachefiles.kernel.cache.Life;
import cachefiles.kernel.extent.Store;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceException;
import cachefiles.kernel.uapi.DevicePort;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Faults;
import cachefiles.kernel.uapi.Key;
import cachefiles.kernel.uapi.TextCommand;
import cachefiles.persistence.codec.ObjectEvents;
import cachefiles.persistence.codec.ObjectSnapshots;
import cachefiles.persistence.journal.Journal;
import cachefiles.persistence.journal.JournalFailures;
import cachefiles.persistence.journal.JournalSetting;
import cachefiles.persistence.store.BackingPath;
import cachefiles.persistence.store.FileStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import scala.concurrent.ExecutionContext;

/// A cache in this process: files are filled on demand from an origin, by a daemon that may die.
///
/// One process uses a directory at a time. Safe for use by several threads.
public final class Cache implements AutoCloseable {
    /// With more workers than that most of them wait for the origin, and are virtual threads.
    private static final int MOST_DAEMON_THREADS = 256;

    private static final long UNDERWAY_BYTES = 1 << 20;
    private static final long UNDERWAY_BYTES_A_MILLI = 1 << 20;

    private final CacheOptions options;
    private final Store store;
    private final Journal journal;
    private final ActorSystem system;
    private final ActorRef<CacheActor.Command> cache;
    private final ActorRef<SupervisorActor.Command> supervisor;
    private final ExecutorService kernelThreads;
    private final ExecutorService daemonThreads;
    private final WorkerThreads workerThreads;
    private final Alarms alarms;
    private final Crew crew;
    private final Semaphore reads;
    private final Semaphore opens;
    private final AtomicInteger devices = new AtomicInteger();
    private final AtomicReference<Integer> firstDevice = new AtomicReference<>();
    private final AtomicReference<ActorRef<SupervisorActor.Command>> toSupervisor = new AtomicReference<>();
    private final AtomicReference<ActorRef<DaemonActor.Command>> daemon = new AtomicReference<>();
    private final AtomicReference<ActorRef<DeviceActor.Command>> device = new AtomicReference<>();
    private final AtomicReference<ActorRef<ObjectsActor.Command>> objects = new AtomicReference<>();
    private volatile SupervisorState supervised = SupervisorState.FRESH;
    private volatile boolean givenUp;
    private volatile CacheActor.Status status = new CacheActor.Status(Life.CLOSED, false, false);

    /// Opens the cache in the options' directory.
    /// @throws cachefiles.persistence.store.DirectoryLockedException another process uses it
    /// @throws IOException the directory cannot be used; the message says why
    public static Cache open(CacheOptions options) throws IOException {
        var store = options.store != null ? options.store : FileStore.open(options.directory);
        try {
            var journal = Journal.open(options.journal, options.directory);
            return new Cache(options, store, journal);
        } catch (IOException | RuntimeException failed) {
            store.close();
            throw failed;
        }
    }

    /// Removes a cache that nobody has open, wherever its journal is.
    /// @throws IOException something of it stays; the message says why
    public static void remove(Path directory, JournalSetting journal) throws IOException {
        try {
            Journal.remove(journal, directory);
        } finally {
            Files.walkFileTree(directory, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failed)
                        throws IOException {
                    Files.deleteIfExists(visited);
                    return FileVisitResult.CONTINUE;
                }
            });
        }
    }

    private Cache(CacheOptions options, Store store, Journal journal) {
        this.options = options;
        this.store = store;
        this.kernelThreads = Executors.newFixedThreadPool(8, named("cachefiles-kernel"));
        // As many as a daemon has workers, and those that dead ones left behind, for which a successor must not wait.
        this.daemonThreads = options.workers <= MOST_DAEMON_THREADS
                ? Executors.newCachedThreadPool(named("cachefiles-daemon"))
                : Executors.newThreadPerTaskExecutor(
                        Thread.ofVirtual().name("cachefiles-daemon-", 1).factory());
        this.alarms = options.alarms != null ? options.alarms : Alarms.real(named("cachefiles-clock"));
        this.reads = new Semaphore(options.readsInFlight);
        this.opens = new Semaphore(options.opensInFlight);
        this.journal = journal;
        this.crew = new Crew(named("cachefiles-crew"));
        this.workerThreads = options.origin.isImmediate()
                ? WorkerThreads.passing(crew)
                : WorkerThreads.waiting(
                        crew.lending(daemonThreads), options.threadsLeftBehind, options.threadsPatience);
        var setup = options.journalFaults == null ? journal.setup() : journal.setup(options.journalFaults);
        this.system = ActorSystem.create(
                "cachefiles",
                setup.withSetup(BootstrapSetup.create(journal.config())
                        .withDefaultExecutionContext(ExecutionContext.fromExecutor(crew))));
        if (((ExtendedActorSystem) system).threadFactory() instanceof MonitorableThreadFactory threads) {
            crew.onDeath(threads.exceptionHandler());
        }
        this.cache = Adapter.spawn(system, CacheActor.create(cacheSetting()), "cache");
        cache.tell(new CacheActor.Bind());
        var port = DeviceActor.port(await(device));
        await(firstDevice); // else the supervisor might hear of it as of another one, and take it over twice
        this.supervisor = Adapter.spawn(
                system,
                Behaviors.supervise(SupervisorActor.create(new SupervisorActor.Setting(
                                new DaemonActor.Setting(
                                        port,
                                        options.origin,
                                        options.workers,
                                        workerThreads,
                                        options.faults,
                                        options.daemonWatch()),
                                new SupervisorCore.Policy(options.handles, options.maxFruitlessRestarts),
                                options.strategy,
                                () -> cache.tell(new CacheActor.LoseDevice()),
                                options.faults,
                                watching(options.daemonWatch()))))
                        .onFailure(SupervisorStrategy.restart()),
                "supervisor");
        toSupervisor.set(supervisor);
        if (devices.get() > 1) { // it failed while nobody could be told
            supervisor.tell(new SupervisorActor.DeviceUp());
        }
    }

    private CacheActor.Setting cacheSetting() {
        var generation = new AtomicInteger();
        return new CacheActor.Setting(
                store,
                options.directory.toAbsolutePath().toString(),
                "CacheFiles",
                () -> Errno.OK,
                Cache::fileNamed,
                options.limits,
                options.window,
                options.waiters,
                options.passivateAfter,
                options.spaceLimits,
                options.measureSpaceEvery,
                now -> status = now,
                generation::getAndIncrement,
                () -> {
                    int device = devices.incrementAndGet();
                    firstDevice.set(device);
                    var told = toSupervisor.get();
                    if (device > 1 && told != null) {
                        told.tell(new SupervisorActor.DeviceUp());
                    }
                },
                kernelThreads,
                new ObjectEvents(),
                new ObjectSnapshots(),
                JournalFailures::mayPass,
                options.cacheWatch(),
                options.deviceWatch(),
                options.objectWatch(),
                (spawnedDevice, spawnedObjects) -> {
                    objects.set(spawnedObjects);
                    device.set(spawnedDevice);
                },
                options.faults);
    }

    /// The actor is spawned on another thread, within moments.
    private static <T> T await(AtomicReference<T> reference) {
        T value = reference.get();
        while (value == null) {
            Thread.onSpinWait();
            value = reference.get();
        }
        return value;
    }

    private DaemonObserver watching(DaemonObserver other) {
        return new DaemonObserver() {
            @Override
            public void daemonSpawned(ActorRef<DaemonActor.Command> spawned) {
                daemon.set(spawned);
                other.daemonSpawned(spawned);
            }

            @Override
            public void supervisorStarted(SupervisorCore.Policy policy) {
                other.supervisorStarted(policy);
            }

            @Override
            public void supervised(SupervisorCore.Command command, SupervisorCore.Step step) {
                supervised = step.next();
                switch (supervised.phase()) {
                    case GIVEN_UP -> givenUp = true;
                    case RESTORING, RUNNING ->
                        givenUp = false; // the device has been taken over: it admits requests again
                    case STARTING, TAKING_OVER, REOPENING_DEVICE -> {}
                }
                other.supervised(command, step);
            }
        };
    }

    private static ThreadFactory named(String name) {
        return Thread.ofPlatform().daemon().name(name + "-", 1).factory();
    }

    private static @Nullable Cookie fileNamed(String directory, String name) {
        var volume = Path.of(directory).getParent();
        if (volume == null || volume.getFileName() == null) {
            return null;
        }
        return BackingPath.volumeKey(volume.getFileName().toString())
                .flatMap(key -> BackingPath.fileKey(name).map(file -> new Cookie(key, file)))
                .orElse(null);
    }

    /// Acquires a volume for this caller alone (S5).
    /// @param key 1 to 255 bytes
    /// @throws DeviceException `EBUSY` it is acquired already; `ETIMEDOUT` the last one is still being released
    public Volume acquireVolume(String key) throws DeviceException {
        return acquireVolume(Key.of(key), false);
    }

    /// As [#acquireVolume(String)].
    public Volume acquireVolume(Key key) throws DeviceException {
        return acquireVolume(key, false);
    }

    /// Acquires a volume that several share, all of which say so: a domain (S121).
    public Volume acquireSharedVolume(String key) throws DeviceException {
        return acquireVolume(Key.of(key), true);
    }

    private Volume acquireVolume(Key key, boolean shared) throws DeviceException {
        var acquired = new CompletableFuture<Long>();
        cache.tell(new CacheActor.Ask(
                ticket -> new CacheCommand.AcquireVolume(ticket, key, shared),
                null,
                (ticket, errno, _) -> complete(acquired, errno, "volume " + key, () -> ticket)));
        return new Volume(this, key, get(acquired, "volume " + key));
    }

    /// Writes a text command to the device, as an operator would (S44 to S57).
    /// @param directory the writer's current directory, for `cull` and `inuse`
    public Errno write(String directory, String text) throws DeviceException {
        var done = new CompletableFuture<Errno>();
        var command = TextCommand.parse(text.getBytes(StandardCharsets.UTF_8));
        cache.tell(new CacheActor.Ask(
                ticket -> new CacheCommand.Write(ticket, directory, command),
                null,
                (_, errno, _) -> done.completeAsync(() -> errno, kernelThreads)));
        return get(done, text);
    }

    /// Whether the supervisor has given up: misses fail at once until [#startAgain].
    public boolean hasGivenUp() {
        return givenUp;
    }

    /// Where the cache is in its life, and what its disk allows.
    public CacheActor.Status status() {
        return status;
    }

    /// Threads of dead daemons that still wait for the origin, though they were interrupted.
    public int threadsLeftBehind() {
        return workerThreads.leftBehind();
    }

    /// What the supervisor is at, and how often it has restarted the daemon.
    public SupervisorState supervised() {
        return supervised;
    }

    /// Has the supervisor try again after it has given up.
    public void startAgain() {
        supervisor.tell(new SupervisorActor.StartAgain());
    }

    /// Actors of objects that are in memory.
    public int objectsInMemory() throws DeviceException {
        var count = new CompletableFuture<Integer>();
        await(objects).tell(new ObjectsActor.Count(count::complete));
        return get(count, "count");
    }

    /// Makes one of the cache's actors fail.
    /// @param cookie which object, if it is an object; else null
    public void crash(Faults.Victim victim, @Nullable Cookie cookie, Faults.Crash crash) {
        switch (victim) {
            case DAEMON -> await(daemon).tell(new DaemonActor.Die(crash));
            case DEVICE -> await(device).tell(new DeviceActor.Die(crash));
            case SUPERVISOR -> supervisor.tell(new SupervisorActor.Die(crash));
            case OBJECT -> cache.tell(new CacheActor.KillObject(Objects.requireNonNull(cookie), crash));
            case WORKER, STORE, JOURNAL -> throw new IllegalArgumentException(victim + " is no actor");
        }
    }

    /// Has the daemon close the descriptor of an object under itself, if it has one.
    public void closeHandle(Cookie cookie) {
        await(daemon).tell(new DaemonActor.CloseAny(cookie));
    }

    /// Ends all use of the cache, in order: what is known of objects, and their bytes, stay.
    @Override
    public void close() throws IOException {
        system.terminate();
        try {
            system.getWhenTerminated().toCompletableFuture().get(30, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException failed) {
            throw new IOException("the cache's actors do not stop", failed);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            alarms.close();
            crew.close();
            daemonThreads.shutdown();
            kernelThreads.shutdown();
            try (store) {
                journal.close();
            }
        }
    }

    /// The device, for a daemon of one's own beside ours.
    DevicePort device() {
        return DeviceActor.port(await(device));
    }

    CacheOptions options() {
        return options;
    }

    ActorRef<CacheActor.Command> actor() {
        return cache;
    }

    ExecutorService threads() {
        return kernelThreads;
    }

    Alarms alarms() {
        return alarms;
    }

    /// Bytes that may be asked for ahead at a time: few, for when the process dies they are fetched again; and more the
    /// longer the origin thinks before it sends any.
    long underwayBytes() {
        return UNDERWAY_BYTES + options.origin.answerMillis() * UNDERWAY_BYTES_A_MILLI;
    }

    Crew crew() {
        return crew;
    }

    Semaphore opens() {
        return opens;
    }

    Semaphore reads() {
        return reads;
    }

    <T> void complete(CompletableFuture<T> future, Errno errno, String what, Supplier<T> value) {
        kernelThreads.execute(() -> {
            if (errno.isOk()) {
                future.complete(value.get());
            } else {
                future.completeExceptionally(new DeviceException(errno, what));
            }
        });
    }

    /// Waits as long as the options' deadline allows.
    <T> T get(CompletableFuture<T> future, String what) throws DeviceException {
        try {
            return options.deadline.isZero()
                    ? future.get()
                    : future.get(options.deadline.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof DeviceException reason) {
                throw new DeviceException(reason.errno(), what, reason);
            }
            throw new IllegalStateException(what, failed.getCause());
        } catch (TimeoutException _) {
            throw new DeviceException(Errno.ETIMEDOUT, what);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new DeviceException(Errno.EINTR, what);
        }
    }
}
