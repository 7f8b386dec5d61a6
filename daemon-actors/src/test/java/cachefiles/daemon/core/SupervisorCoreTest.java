package cachefiles.daemon.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import cachefiles.daemon.core.SupervisorCore.Action;
import cachefiles.daemon.core.SupervisorCore.Command;
import cachefiles.daemon.core.SupervisorCore.Handles;
import cachefiles.daemon.core.SupervisorCore.Policy;
import cachefiles.daemon.core.SupervisorState.Phase;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The supervisor beside a device that answers in order, whenever it is let.
@DisplayNameGeneration(ReplaceUnderscores.class)
class SupervisorCoreTest {
    private final Policy policy = new Policy(Handles.LOST, 3);
    private final Queue<Action> toDevice = new ArrayDeque<>();
    private final List<Action> done = new ArrayList<>();
    private SupervisorState state = SupervisorState.FRESH;
    private long incarnation;

    private void tell(Command command) {
        var step = SupervisorCore.step(policy, state, command);
        state = step.next();
        done.addAll(step.actions());
        step.actions().stream()
                .filter(action -> action instanceof Action.TakeOver || action instanceof Action.Restore)
                .forEach(toDevice::add);
    }

    private void deviceAnswersAll() {
        while (!toDevice.isEmpty()) {
            tell(
                    toDevice.remove() instanceof Action.TakeOver
                            ? new Command.TookOver(++incarnation)
                            : new Command.Restored());
        }
    }

    @Test
    @Tag("I18")
    @Tag("T18")
    void a_daemon_that_dies_again_while_it_is_brought_into_place_begins_under_the_last_incarnation() {
        for (int answered = 0; answered <= 2; answered++) {
            state = SupervisorState.FRESH;
            toDevice.clear();
            tell(new Command.DaemonUp());
            for (int i = 0; i < answered; i++) {
                tell(
                        toDevice.remove() instanceof Action.TakeOver
                                ? new Command.TookOver(++incarnation)
                                : new Command.Restored());
            }
            tell(new Command.DaemonUp());
            tell(new Command.DaemonUp());
            deviceAnswersAll();
            assertEquals(Phase.RUNNING, state.phase());
            assertEquals(incarnation, state.incarnation());
            assertEquals(new Action.Begin(incarnation, false), lastBegin());
        }
    }

    @Test
    @Tag("I18")
    void a_device_that_comes_up_while_it_is_taken_over_leaves_the_daemon_under_the_last_incarnation() {
        tell(new Command.DaemonUp());
        tell(new Command.DeviceUp());
        deviceAnswersAll();
        assertEquals(new Action.Begin(2, false), lastBegin());
        assertEquals(Phase.RUNNING, state.phase());
    }

    @Test
    void a_device_that_comes_up_after_giving_up_is_told_so() {
        tell(new Command.DaemonUp());
        tell(new Command.DaemonStopped());
        done.clear();
        tell(new Command.DeviceUp());
        assertEquals(List.of(new Action.LetAllGo(), new Action.GiveUp()), done);
    }

    @Test
    void two_thousand_restarts_are_no_reason_to_give_up_while_each_daemon_completes_something() {
        for (int life = 0; life < 2_000; life++) {
            tell(new Command.DaemonUp());
            deviceAnswersAll();
            tell(new Command.Progress());
        }
        assertEquals(Phase.RUNNING, state.phase());
        assertEquals(1_999, state.restarts());
    }

    @Test
    void restarts_without_one_completed_request_end_with_giving_up_and_a_command_starts_again() {
        for (int life = 0; life < 5; life++) {
            tell(new Command.DaemonUp());
            deviceAnswersAll();
        }
        assertEquals(Phase.GIVEN_UP, state.phase());
        assertEquals(List.of(new Action.StopDaemon(), new Action.GiveUp()), done.subList(done.size() - 2, done.size()));
        tell(new Command.StartAgain());
        assertEquals(new Action.SpawnDaemon(), done.getLast());
        tell(new Command.DaemonUp());
        deviceAnswersAll();
        assertEquals(Phase.RUNNING, state.phase());
    }

    private Action lastBegin() {
        return done.stream()
                .filter(Action.Begin.class::isInstance)
                .reduce((_, last) -> last)
                .orElseThrow();
    }
}
