package cachefiles.kernel.object;

import static cachefiles.kernel.uapi.Errno.EIO;
import static cachefiles.kernel.uapi.Errno.ENOBUFS;
import static cachefiles.kernel.uapi.Errno.OK;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.kernel.device.Notice;
import cachefiles.kernel.object.ObjectState.Attaching;
import cachefiles.kernel.object.ObjectState.Closing;
import cachefiles.kernel.object.ObjectState.Dropping;
import cachefiles.kernel.object.ObjectState.Idle;
import cachefiles.kernel.object.ObjectState.Opening;
import cachefiles.kernel.object.ObjectState.Outstanding;
import cachefiles.kernel.object.ObjectState.Ready;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Range;
import cachefiles.testing.Brief;
import cachefiles.testing.Diagram;
import cachefiles.testing.StateTable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Every state of an object × every command: next state, `journal` where an event is stored, actions.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ObjectTablesTest {
    private static final Cookie BLOB = Cookie.of("v", "blob");
    private static final Content V1 = new Content(65536, "v1");
    private static final Content V2 = new Content(65536, "v2");
    private static final Range FIRST = new Range(0, 8192);

    private static Map<String, ObjectState> states() {
        var states = new LinkedHashMap<String, ObjectState>();
        states.put("Idle, nothing known", new Idle(null));
        states.put("Idle", new Idle(V1));
        states.put("Opening, nothing known", new Opening(null));
        states.put("Opening", new Opening(V1));
        states.put("Attaching, nothing known", new Attaching(null, V1, false, false));
        states.put("Attaching, known", new Attaching(V1, V1, false, false));
        states.put("Attaching, changed", new Attaching(V2, V1, false, false));
        states.put("Attaching, released", new Attaching(V1, V1, true, false));
        states.put("Attaching, retired", new Attaching(V1, V1, true, true));
        states.put("Ready", new Ready(V1, List.of(), false));
        states.put("Ready, asked to rest", new Ready(V1, List.of(), true));
        states.put("Ready, READ out", new Ready(V1, List.of(new Outstanding(FIRST, 1, List.of(1L))), false));
        states.put("Ready, READ out for 2", new Ready(V1, List.of(new Outstanding(FIRST, 1, List.of(1L, 2L))), false));
        states.put("Closing", new Closing(V1, false));
        states.put("Closing, retired", new Closing(V1, true));
        states.put("Dropping", new Dropping(V1, false, OK));
        states.put("Dropping, retired", new Dropping(V1, true, OK));
        states.put("Dropping, failed", new Dropping(null, false, EIO));
        states.put("Dropping, retired unknown", new Dropping(null, true, OK));
        return states;
    }

    private static Map<String, ObjectCommand> commands() {
        var commands = new LinkedHashMap<String, ObjectCommand>();
        commands.put("Acquire", new ObjectCommand.Acquire());
        commands.put("Read", new ObjectCommand.Read(7, new Range(16384, 8192)));
        commands.put("Read of what is out", new ObjectCommand.Read(7, new Range(4096, 8192)));
        commands.put("Read up to what is out", new ObjectCommand.Read(7, new Range(16384, 4096)));
        commands.put("Read again", new ObjectCommand.Read(1, FIRST));
        commands.put("CancelRead", new ObjectCommand.CancelRead(1));
        commands.put("CancelRead, unknown", new ObjectCommand.CancelRead(9));
        commands.put("Release", new ObjectCommand.Release(false));
        commands.put("Release, retire", new ObjectCommand.Release(true));
        commands.put("Resubmit", new ObjectCommand.Resubmit());
        commands.put("Rest", new ObjectCommand.Rest());
        commands.put("Attached", new ObjectCommand.Attached(V1, OK));
        commands.put("Attached, another content", new ObjectCommand.Attached(V2, OK));
        commands.put("Attached, failed", new ObjectCommand.Attached(V1, ENOBUFS));
        commands.put("OpenEnded", heard(new Notice.OpenEnded(OK, V1)));
        commands.put("OpenEnded, failed", heard(new Notice.OpenEnded(EIO, null)));
        commands.put("ReadEnded", heard(new Notice.ReadEnded(1, OK)));
        commands.put("ReadEnded, failed", heard(new Notice.ReadEnded(1, EIO)));
        commands.put("ReadEnded, unknown", heard(new Notice.ReadEnded(9, OK)));
        commands.put("CloseEnded", heard(new Notice.CloseEnded()));
        commands.put("Reopen", heard(new Notice.Reopen()));
        commands.put("DropDone", heard(new Notice.DropDone()));
        commands.put("MayRest, yes", heard(new Notice.MayRest(true)));
        commands.put("MayRest, no", heard(new Notice.MayRest(false)));
        return commands;
    }

    private static ObjectCommand heard(Notice notice) {
        return new ObjectCommand.Heard(notice);
    }

    @Test
    @Tag("S88")
    @Tag("S101")
    @Tag("S105")
    @Tag("S107")
    @Tag("S108")
    @Tag("S118")
    @Tag("B12")
    @Tag("B33")
    @Tag("I8")
    void every_command_in_every_state_of_an_object() {
        new StateTable(ObjectTablesTest.class, "object.table").check(states(), commands(), (state, command) -> {
            var decision = ObjectCore.decide(BLOB, state, command);
            var after = state;
            var journaled = new StringBuilder();
            for (ObjectEvent event : decision.events()) {
                if (event instanceof ObjectEvent.Journaled) {
                    journaled.append("journal ").append(Brief.of(event)).append(", ");
                    assertEquals(event, decision.events().getFirst(), "journaled first");
                }
                after = ObjectCore.evolve(after, event);
            }
            var actions = Brief.of(decision.actions());
            return (after.equals(state) ? "same" : show(after))
                    + (journaled.isEmpty() && actions.isEmpty() ? "" : "; " + journaled + actions)
                            .replaceAll(", $", "");
        });
    }

    private static String show(ObjectState state) {
        return Brief.of(state).replace("Content(65536 v1)", "v1").replace("Content(65536 v2)", "v2");
    }

    @Test
    void the_diagram_of_an_object_shows_the_moves_that_its_core_makes() {
        var moves = new TreeSet<String>();
        forEachMove((from, to) -> moves.add(nameOf(from) + " -> " + nameOf(to)));
        moves.removeIf(move -> move.split(" -> ")[0].equals(move.split(" -> ")[1]));
        assertEquals(String.join("\n", Diagram.movesIn(ObjectState.class)), String.join("\n", moves));
    }

    @Test
    @Tag("I8")
    void dropping_is_left_for_idle_alone_and_only_when_the_device_has_nothing_left() {
        forEachMove((from, to) -> assertTrue(
                !(from instanceof Dropping) || to instanceof Dropping || to instanceof Idle, () -> from + " -> " + to));
    }

    private static void forEachMove(BiConsumer<ObjectState, ObjectState> move) {
        for (ObjectState state : states().values()) {
            for (ObjectCommand command : commands().values()) {
                var after = state;
                for (ObjectEvent event : ObjectCore.decide(BLOB, state, command).events()) {
                    after = event instanceof ObjectEvent.Journaled && !(event instanceof ObjectEvent.Retired)
                            ? after
                            : ObjectCore.evolve(after, event);
                }
                move.accept(state, after);
            }
        }
    }

    private static String nameOf(ObjectState state) {
        return state.getClass().getSimpleName();
    }
}
