package cachefiles.kernel.reader;

import static cachefiles.kernel.uapi.Errno.EIO;
import static cachefiles.kernel.uapi.Errno.OK;
import static org.junit.jupiter.api.Assertions.assertEquals;

import cachefiles.kernel.reader.ReaderCore.Command;
import cachefiles.kernel.reader.ReaderCore.State;
import cachefiles.kernel.uapi.Range;
import cachefiles.testing.Brief;
import cachefiles.testing.Diagram;
import cachefiles.testing.StateTable;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Every state of a read × every command.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ReaderTablesTest {
    private static Map<String, State> states() {
        var states = new LinkedHashMap<String, State>();
        states.put("Looking", new State.Looking(false));
        states.put("LookingAgain", new State.Looking(true));
        states.put("Waiting", new State.Waiting());
        states.put("Done", new State.Done(OK));
        return states;
    }

    private static Map<String, Command> commands() {
        var commands = new LinkedHashMap<String, Command>();
        commands.put("SawBytes, more wanted", new Command.SawBytes(true));
        commands.put("SawBytes, all", new Command.SawBytes(false));
        commands.put("SawHole", new Command.SawHole(new Range(0, 4096)));
        commands.put("LookFailed", new Command.LookFailed(EIO));
        commands.put("Ended", new Command.Ended(OK));
        commands.put("Ended, failed", new Command.Ended(EIO));
        commands.put("Refused", new Command.Refused(EIO));
        commands.put("Cancel", new Command.Cancel());
        commands.put("DeadlinePassed", new Command.DeadlinePassed());
        return commands;
    }

    @Test
    @Tag("S88")
    @Tag("S89")
    @Tag("S117")
    @Tag("S119")
    @Tag("Q10")
    @Tag("Q15")
    @Tag("I1")
    @Tag("I15")
    @Tag("G14")
    void every_command_in_every_state_of_a_read() {
        new StateTable(ReaderTablesTest.class, "reader.table").check(states(), commands(), (state, command) -> {
            var step = ReaderCore.step(state, command);
            var actions = Brief.of(Arrays.asList(step.actions()));
            return (step.next().equals(state) ? "same" : Brief.of(step.next()))
                    + (actions.isEmpty() ? "" : "; " + actions);
        });
    }

    @Test
    void the_diagram_of_a_read_shows_the_moves_that_its_core_makes() {
        var moves = new TreeSet<String>();
        states().forEach((name, state) -> {
            for (Command command : commands().values()) {
                var next = ReaderCore.step(state, command);
                if (next.actions().length > 0) {
                    moves.add(name + " -> " + nameOf(next.next()));
                }
            }
        });
        assertEquals(String.join("\n", Diagram.movesIn(ReaderCore.class)), String.join("\n", moves));
    }

    private static String nameOf(State state) {
        return state instanceof State.Looking(var again) && again
                ? "LookingAgain"
                : state.getClass().getSimpleName();
    }
}
