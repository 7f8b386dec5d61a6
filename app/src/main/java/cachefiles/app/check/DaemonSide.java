package cachefiles.app.check;

import cachefiles.app.check.trace.Recorder;
import cachefiles.daemon.core.DaemonAction;
import cachefiles.daemon.core.DaemonCommand;
import cachefiles.daemon.core.DaemonCore;
import cachefiles.daemon.core.DaemonState;
import cachefiles.daemon.core.SupervisorCore;
import cachefiles.daemon.core.SupervisorCore.Command;
import cachefiles.daemon.core.SupervisorCore.Policy;
import cachefiles.daemon.core.SupervisorState;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceCall;
import cachefiles.kernel.uapi.DeviceReply;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Handle;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The daemon's side beside a [Kernel]: supervisor, daemon, and an origin that answers when it is let. What an origin
/// is asked by a daemon that has died is answered all the same: its writes meet the fence.
public final class DaemonSide implements Daemons {
    private final Kernel kernel;
    private final Policy policy;
    private final int workers;
    private final Consumer<String> happened;
    private final @Nullable Recorder recorder;
    private final Map<Cookie, Content> origin = new TreeMap<>();
    private final Deque<Supplier<DaemonCommand>> work = new ArrayDeque<>();
    private final Map<Handle, Content> held = new HashMap<>();
    private SupervisorState supervisor = SupervisorState.FRESH;
    private DaemonState daemon;

    public DaemonSide(Kernel kernel, Policy policy, int workers, Consumer<String> happened) {
        this(kernel, policy, workers, happened, null);
    }

    /// @param recorder takes down the steps of supervisor and daemons; null for none
    public DaemonSide(
            Kernel kernel, Policy policy, int workers, Consumer<String> happened, @Nullable Recorder recorder) {
        this.kernel = kernel;
        this.policy = policy;
        this.workers = workers;
        this.happened = happened;
        this.recorder = recorder;
        this.daemon = new DaemonState(workers);
        if (recorder != null) {
            recorder.begins(policy);
        }
    }

    public SupervisorState supervisor() {
        return supervisor;
    }

    public DaemonState daemon() {
        return daemon;
    }

    @Override
    public Map<Cookie, Content> origin() {
        return origin;
    }

    @Override
    public void start() {
        daemon = new DaemonState(workers);
        tell(new Command.DaemonUp());
    }

    /// To the supervisor.
    public void tell(Command command) {
        var step = SupervisorCore.step(policy, supervisor, command);
        if (step.next().phase() != supervisor.phase()) {
            happened.accept("supervisor " + step.next().phase());
        }
        supervisor = step.next();
        if (recorder != null) {
            recorder.stepped(supervisor, command, step.actions());
        }
        step.actions().forEach(this::perform);
    }

    private void perform(SupervisorCore.Action action) {
        switch (action) {
            case SupervisorCore.Action.TakeOver(var keep) -> kernel.call("supervisor", new DeviceCall.TakeOver(keep));
            case SupervisorCore.Action.Restore _ -> kernel.call("supervisor", new DeviceCall.Restore());
            case SupervisorCore.Action.GiveUp _ -> kernel.call("supervisor", new DeviceCall.GiveUp());
            case SupervisorCore.Action.Begin(var incarnation, var withKept) ->
                hear(new DaemonCommand.Start(incarnation, withKept ? Map.copyOf(held) : Map.of()));
            case SupervisorCore.Action.Hold(var handle, var content) -> held.put(handle, content);
            case SupervisorCore.Action.LetGo(var handle) -> held.remove(handle);
            case SupervisorCore.Action.LetAllGo _ -> held.clear();
            case SupervisorCore.Action.SpawnDaemon _ -> start();
            case SupervisorCore.Action.StopDaemon _ -> daemon = new DaemonState(workers);
            case SupervisorCore.Action.LoseDevice _ -> {
                kernel.callFromOutside("supervisor", new DeviceCall.Close()); // the cache's to say
                kernel.settle();
                kernel.newDevice();
                tell(new Command.DeviceUp());
            }
        }
    }

    /// What the device says to daemon or supervisor.
    public void replied(String caller, DeviceReply reply) {
        if (caller.equals("daemon")) {
            hear(new DaemonCommand.FromDevice(reply));
        } else if (reply instanceof DeviceReply.TookOver(var incarnation)) {
            tell(new Command.TookOver(incarnation));
        } else if (reply instanceof DeviceReply.Done(DeviceCall.Restore _, _)) {
            tell(new Command.Restored());
        }
    }

    /// To the daemon.
    public void hear(DaemonCommand command) {
        var decision = DaemonCore.decide(daemon, command);
        decision.events().forEach(event -> DaemonCore.evolve(daemon, event));
        if (recorder != null) {
            recorder.stepped(daemon, command, decision);
        }
        decision.actions().forEach(this::perform);
    }

    private void perform(DaemonAction action) {
        long incarnation = daemon.incarnation();
        switch (action) {
            case DaemonAction.Say(var call) -> kernel.call("daemon", call);
            case DaemonAction.LookUp(var worker, var msgId, var cookie) ->
                work.add(() -> {
                    var content = origin.get(cookie);
                    var errno = content == null ? Errno.ENOENT : Errno.OK;
                    return new DaemonCommand.LookedUp(incarnation, worker, msgId, errno, content);
                });
            case DaemonAction.Fill(var worker, var msgId, var handle, _, var range) ->
                work.add(() ->
                        new DaemonCommand.Filled(incarnation, worker, msgId, kernel.write(handle, incarnation, range)));
            case DaemonAction.Keep(var handle, var content) -> tell(new Command.Keep(handle, content));
            case DaemonAction.Discard(var handle) -> tell(new Command.Discard(handle));
            case DaemonAction.ReportProgress _ -> tell(new Command.Progress());
        }
    }

    @Override
    public boolean hasWork() {
        return !work.isEmpty();
    }

    @Override
    public void answer() {
        hear(work.remove().get());
    }

    @Override
    public void failWorker(int worker) {
        work.removeFirst();
        hear(new DaemonCommand.WorkerDied(daemon.incarnation(), worker));
    }

    @Override
    public void stop() {
        tell(new Command.DaemonStopped());
    }

    @Override
    public void startAgain() {
        tell(new Command.StartAgain());
    }

    @Override
    public void failDevice() {
        kernel.newDevice();
        tell(new Command.DeviceUp());
    }

    @Override
    public void closeEarly(Cookie cookie) {
        daemon.opened().keySet().stream()
                .filter(handle -> handle.cookie().equals(cookie))
                .findFirst()
                .ifPresent(handle -> hear(new DaemonCommand.CloseEarly(handle)));
    }
}
