package cachefiles.app.stage;

import akka.actor.ActorSystem;
import akka.actor.PoisonPill;
import akka.actor.typed.ActorRef;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.Adapter;
import akka.actor.typed.javadsl.Behaviors;
import cachefiles.app.check.Daemons;
import cachefiles.app.check.Kernel;
import cachefiles.app.check.trace.Recorder;
import cachefiles.app.engine.Tracing;
import cachefiles.daemon.actor.DaemonActor;
import cachefiles.daemon.actor.DaemonObserver;
import cachefiles.daemon.actor.SupervisorActor;
import cachefiles.daemon.actor.WorkerThreads;
import cachefiles.daemon.core.SupervisorCore;
import cachefiles.daemon.core.SupervisorCore.Policy;
import cachefiles.daemon.core.SupervisorState;
import cachefiles.daemon.fetch.Origin;
import cachefiles.kernel.actor.DeviceActor;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceCall;
import cachefiles.kernel.uapi.DeviceException;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Faults;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// Supervisor and daemon as they run in production, beside [Actors]. What a worker does waits until the origin is let
/// answer.
final class DaemonActors implements Daemons, DaemonObserver {
    private final ActorSystem system;
    private final ActorRef<DeviceActor.Command> device;
    private final Policy policy;
    private final int workers;
    private final Executor turns;
    private final Kernel.Listener listener;
    private final @Nullable Recorder recorder;
    private final DaemonObserver observer;
    private final Map<Cookie, Content> origin = new ConcurrentHashMap<>();
    private final Deque<Runnable> work = new ArrayDeque<>();
    private SupervisorState.Phase phase = SupervisorState.FRESH.phase();
    private boolean workerFails;
    private @Nullable ActorRef<SupervisorActor.Command> supervisor;
    private @Nullable ActorRef<DaemonActor.Command> daemon;

    /// @param turns where all is done
    /// @param recorder takes down all steps; null for none
    DaemonActors(
            ActorSystem system,
            ActorRef<DeviceActor.Command> device,
            Policy policy,
            int workers,
            Executor turns,
            Kernel.Listener listener,
            @Nullable Recorder recorder) {
        this.system = system;
        this.device = device;
        this.policy = policy;
        this.workers = workers;
        this.turns = turns;
        this.listener = listener;
        this.recorder = recorder;
        this.observer = recorder == null ? this : Tracing.daemon(recorder, this);
    }

    @Override
    public void start() {
        if (supervisor != null) {
            Objects.requireNonNull(daemon).tell(new DaemonActor.Die(crash()));
            return;
        }
        var threads = WorkerThreads.passing(work::add);
        var setting = new DaemonActor.Setting(
                DeviceActor.port(device), new Answers(), workers, threads, Faults.NONE, observer);
        supervisor = Adapter.spawn(
                system,
                Behaviors.supervise(SupervisorActor.create(new SupervisorActor.Setting(
                                setting,
                                policy,
                                SupervisorActor.Strategy.RESTART,
                                this::loseDevice,
                                Faults.NONE,
                                observer)))
                        .onFailure(SupervisorStrategy.restart()),
                "supervisor");
    }

    private static Faults.Crash crash() {
        return new Faults.Crash("made to fail", () -> {});
    }

    private void loseDevice() {
        if (recorder != null) {
            recorder.outside(new DeviceCall.Close());
        }
        device.tell(new DeviceActor.Written(new DeviceCall.Close(), _ -> {}));
        device.tell(new DeviceActor.Open());
    }

    /// A device is there, another one than before.
    void deviceUp() {
        tell(new SupervisorActor.DeviceUp());
    }

    private void tell(SupervisorActor.Command command) {
        Objects.requireNonNull(supervisor, "a daemon is at work").tell(command);
    }

    @Override
    public void daemonSpawned(ActorRef<DaemonActor.Command> spawned) {
        daemon = spawned;
    }

    @Override
    public void supervised(SupervisorCore.Command command, SupervisorCore.Step step) {
        if (step.next().phase() != phase) {
            phase = step.next().phase();
            listener.happened("supervisor " + phase);
        }
    }

    @Override
    public Map<Cookie, Content> origin() {
        return origin;
    }

    @Override
    public boolean hasWork() {
        return !work.isEmpty();
    }

    @Override
    public void answer() {
        turns.execute(work.remove());
    }

    @Override
    public void failWorker(int worker) {
        workerFails = true;
        answer();
    }

    @Override
    public void stop() {
        Adapter.toClassic(Objects.requireNonNull(daemon))
                .tell(PoisonPill.getInstance(), akka.actor.ActorRef.noSender());
    }

    @Override
    public void startAgain() {
        tell(new SupervisorActor.StartAgain());
    }

    @Override
    public void failDevice() {
        device.tell(new DeviceActor.Die(crash()));
    }

    @Override
    public void closeEarly(Cookie cookie) {
        Objects.requireNonNull(daemon).tell(new DaemonActor.CloseAny(cookie));
    }

    /// Zeros, of what there is.
    private final class Answers implements Origin {
        @Override
        public Content find(Cookie cookie) throws DeviceException {
            failIfAsked();
            var content = origin.get(cookie);
            if (content == null) {
                throw new DeviceException(Errno.ENOENT, cookie.toString());
            }
            return content;
        }

        @Override
        public void fetch(Cookie cookie, Content expected, long offset, ByteBuffer target) {
            failIfAsked();
            target.position(target.limit());
        }

        private void failIfAsked() {
            if (workerFails) {
                workerFails = false;
                throw new Faults.InjectedCrash("made to fail");
            }
        }
    }
}
