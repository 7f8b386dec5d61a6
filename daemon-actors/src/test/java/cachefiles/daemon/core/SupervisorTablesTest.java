package cachefiles.daemon.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import cachefiles.daemon.core.SupervisorCore.Command;
import cachefiles.daemon.core.SupervisorCore.Handles;
import cachefiles.daemon.core.SupervisorCore.Policy;
import cachefiles.daemon.core.SupervisorState.Phase;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Handle;
import cachefiles.kernel.uapi.ObjectId;
import cachefiles.testing.Brief;
import cachefiles.testing.Diagram;
import cachefiles.testing.StateTable;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Every phase of the supervisor × every command, under each policy.
@DisplayNameGeneration(ReplaceUnderscores.class)
class SupervisorTablesTest {
    private static final Handle HANDLE = new Handle(Cookie.of("v", "blob"), new ObjectId(1), 3);
    private static final int MAX_FRUITLESS = 3;

    /// A state, and the policy it is in.
    private record Under(Handles handles, SupervisorState state) {}

    private static Map<String, Under> states() {
        var states = new LinkedHashMap<String, Under>();
        for (Handles handles : Handles.values()) {
            var word = handles.name().toLowerCase(Locale.ROOT).replace('_', ' ') + ": ";
            states.put(word + "FRESH", new Under(handles, SupervisorState.FRESH));
            for (Phase phase : Phase.values()) {
                long incarnation = phase == Phase.RESTORING || phase == Phase.RUNNING ? 7 : -1;
                states.put(word + phase, new Under(handles, new SupervisorState(phase, 2, incarnation, 0, 1)));
            }
            states.put(
                    word + "RUNNING, last try",
                    new Under(handles, new SupervisorState(Phase.RUNNING, 9, 7, MAX_FRUITLESS, 8)));
        }
        return states;
    }

    private static Map<String, Command> commands() {
        var commands = new LinkedHashMap<String, Command>();
        commands.put("DaemonUp", new Command.DaemonUp());
        commands.put("DaemonStopped", new Command.DaemonStopped());
        commands.put("TookOver", new Command.TookOver(8));
        commands.put("TookOver, earlier", new Command.TookOver(6));
        commands.put("Restored", new Command.Restored());
        commands.put("DeviceUp", new Command.DeviceUp());
        commands.put("Progress", new Command.Progress());
        commands.put("Keep", new Command.Keep(HANDLE, new Content(1, "")));
        commands.put("Discard", new Command.Discard(HANDLE));
        commands.put("StartAgain", new Command.StartAgain());
        return commands;
    }

    @Test
    @Tag("Q5")
    @Tag("Q6")
    @Tag("Q7")
    @Tag("S11")
    @Tag("S129")
    void every_command_in_every_phase_of_the_supervisor() {
        new StateTable(SupervisorTablesTest.class, "supervisor.table").check(states(), commands(), (under, command) -> {
            var step = SupervisorCore.step(new Policy(under.handles(), MAX_FRUITLESS), under.state(), command);
            var said = Brief.of(step.actions());
            return (step.next().equals(under.state()) ? "same" : show(step.next()))
                    + (said.isEmpty() ? "" : "; " + said);
        });
    }

    private static String show(SupervisorState state) {
        return state.phase() + ", life " + state.life()
                + (state.incarnation() < 0 ? "" : ", incarnation " + state.incarnation()) + ", " + state.fruitless()
                + " of " + state.restarts() + " restarts fruitless";
    }

    @Test
    void the_diagram_of_the_supervisor_shows_the_moves_that_it_makes() {
        var moves = new TreeSet<String>();
        for (Under under : states().values()) {
            for (Command command : commands().values()) {
                var next = SupervisorCore.step(new Policy(under.handles(), MAX_FRUITLESS), under.state(), command)
                        .next();
                if (next.phase() != under.state().phase()) {
                    moves.add(under.state().phase() + " -> " + next.phase());
                }
            }
        }
        assertEquals(String.join("\n", Diagram.movesIn(SupervisorCore.class)), String.join("\n", moves));
    }
}
