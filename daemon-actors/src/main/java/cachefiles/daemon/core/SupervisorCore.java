package cachefiles.daemon.core;

import cachefiles.daemon.core.SupervisorState.Phase;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Handle;
import java.util.List;

/// The supervisor: holds the device while daemons come and go, and brings each new one into the old one's place.
///
///     STARTING ──daemon up──▶ TAKING_OVER ──incarnation──▶ RESTORING ──restored──▶ RUNNING
///     RESTORING, RUNNING ──daemon up again──▶ TAKING_OVER      RUNNING ──a later incarnation──▶ RESTORING
///     STARTING, TAKING_OVER, RESTORING, RUNNING ──daemon up again, no fail-over──▶ REOPENING_DEVICE
///     REOPENING_DEVICE ──device up──▶ TAKING_OVER      RESTORING, RUNNING ──device up──▶ STARTING
///     STARTING, TAKING_OVER, RESTORING, RUNNING, REOPENING_DEVICE ──too many restarts, daemon stopped──▶ GIVEN_UP
///     GIVEN_UP ──start again──▶ STARTING
///
/// The new daemon starts only after the restore: whatever it then reads is all there is (Q5).
public final class SupervisorCore {
    private SupervisorCore() {}

    /// What becomes of device and descriptors when the daemon dies (S129).
    public enum Handles {
        /// The descriptors die with it (Q5).
        LOST,
        /// The supervisor holds copies (Q7).
        KEPT,
        /// Nobody holds the device: no fail-over (Q6).
        DEVICE_LOST
    }

    /// @param maxFruitless restarts without one completed request before it gives up
    public record Policy(Handles handles, int maxFruitless) {}

    public sealed interface Command {
        /// A daemon has come up, the first or a successor, and waits to be told to begin.
        record DaemonUp() implements Command {}

        /// The daemon has stopped for good.
        record DaemonStopped() implements Command {}

        /// The device answered the take-over.
        record TookOver(long incarnation) implements Command {}

        /// The device has carried out `restore`.
        record Restored() implements Command {}

        /// The device is open: anew after it was lost, or after the device's own failure.
        record DeviceUp() implements Command {}

        /// The daemon completed its first request.
        record Progress() implements Command {}

        /// Hold this descriptor for a successor.
        record Keep(Handle handle, Content content) implements Command {}

        record Discard(Handle handle) implements Command {}

        /// An operator asks for another try.
        record StartAgain() implements Command {}
    }

    public sealed interface Action {
        record TakeOver(boolean keepHandles) implements Action {}

        record Restore() implements Action {}

        /// Tell the daemon to begin.
        /// @param withKept whether to hand it the descriptors that are held
        record Begin(long incarnation, boolean withKept) implements Action {}

        /// Hold a copy of a descriptor over the daemon's death.
        record Hold(Handle handle, Content content) implements Action {}

        record LetGo(Handle handle) implements Action {}

        /// What is held is closed.
        record LetAllGo() implements Action {}

        record SpawnDaemon() implements Action {}

        record StopDaemon() implements Action {}

        /// Tell the device that no daemon will come.
        record GiveUp() implements Action {}

        /// Close the device and open it anew.
        record LoseDevice() implements Action {}
    }

    public record Step(SupervisorState next, List<Action> actions) {
        Step(SupervisorState next, Action... actions) {
            this(next, List.of(actions));
        }
    }

    /// Tells the next state and what to do.
    public static Step step(Policy policy, SupervisorState state, Command command) {
        return switch (command) {
            case Command.DaemonUp _ -> daemonUp(policy, state.daemonUp());
            case Command.DaemonStopped _ ->
                state.phase() == Phase.GIVEN_UP
                        ? new Step(state)
                        : new Step(state.in(Phase.GIVEN_UP), new Action.GiveUp());
            case Command.TookOver(var incarnation) -> tookOver(state, incarnation);
            case Command.Restored _ ->
                state.phase() == Phase.RESTORING
                        ? new Step(
                                state.in(Phase.RUNNING),
                                new Action.Begin(state.incarnation(), policy.handles() == Handles.KEPT))
                        : new Step(state);
            case Command.DeviceUp _ -> deviceUp(state);
            case Command.Progress _ -> new Step(state.withFruitless(0));
            case Command.Keep(var handle, var content) ->
                policy.handles() == Handles.KEPT ? new Step(state, new Action.Hold(handle, content)) : new Step(state);
            case Command.Discard(var handle) -> new Step(state, new Action.LetGo(handle));
            case Command.StartAgain _ ->
                state.phase() == Phase.GIVEN_UP
                        ? new Step(state.withFruitless(0).in(Phase.STARTING), new Action.SpawnDaemon())
                        : new Step(state);
        };
    }

    private static Step daemonUp(Policy policy, SupervisorState state) {
        if (state.phase() == Phase.GIVEN_UP) {
            return new Step(state, new Action.StopDaemon());
        }
        if (state.fruitless() > policy.maxFruitless()) {
            return new Step(state.in(Phase.GIVEN_UP), new Action.StopDaemon(), new Action.GiveUp());
        }
        if (policy.handles() == Handles.DEVICE_LOST && state.restarts() > 0) {
            return new Step(state.in(Phase.REOPENING_DEVICE), new Action.LoseDevice());
        }
        return new Step(state.in(Phase.TAKING_OVER), new Action.TakeOver(policy.handles() == Handles.KEPT));
    }

    /// Of several take-overs under way the device's last answer counts: it fences all before it.
    private static Step tookOver(SupervisorState state, long incarnation) {
        boolean mine = switch (state.phase()) {
            case TAKING_OVER, RESTORING, RUNNING -> incarnation > state.incarnation();
            case STARTING, REOPENING_DEVICE, GIVEN_UP -> false;
        };
        return mine
                ? new Step(state.withIncarnation(incarnation).in(Phase.RESTORING), new Action.Restore())
                : new Step(state);
    }

    /// The device knows neither requests nor handles any more. A daemon that is at work must begin anew.
    private static Step deviceUp(SupervisorState state) {
        return switch (state.phase()) {
            case STARTING -> new Step(state, new Action.LetAllGo());
            case GIVEN_UP -> new Step(state, new Action.LetAllGo(), new Action.GiveUp()); // the new device knows it not
            case REOPENING_DEVICE, TAKING_OVER ->
                new Step(state.in(Phase.TAKING_OVER), new Action.LetAllGo(), new Action.TakeOver(false));
            case RESTORING, RUNNING ->
                new Step(
                        state.in(Phase.STARTING),
                        new Action.LetAllGo(),
                        new Action.StopDaemon(),
                        new Action.SpawnDaemon());
        };
    }
}
