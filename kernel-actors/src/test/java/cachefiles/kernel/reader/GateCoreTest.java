package cachefiles.kernel.reader;

import static cachefiles.kernel.uapi.Errno.EAGAIN;
import static cachefiles.kernel.uapi.Errno.EIO;
import static cachefiles.kernel.uapi.Errno.OK;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.kernel.object.ObjectCommand;
import cachefiles.kernel.reader.GateCore.Action;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Range;
import cachefiles.testing.Brief;
import cachefiles.testing.StateTable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class GateCoreTest {
    private static final Content CONTENT = new Content(65536, "v1");

    private static Map<String, Supplier<GateCore>> states() {
        var states = new LinkedHashMap<String, Supplier<GateCore>>();
        states.put("idle", GateCoreTest::gate);
        states.put("acquiring", () -> after(gate(), GateCore::acquire));
        states.put("releasing", () -> after(gate(), gate -> gate.release(false)));
        states.put("retiring", () -> after(gate(), gate -> gate.release(true)));
        states.put("1 ask out", () -> after(gate(), gate -> gate.await(1, block(1))));
        states.put(
                "1 ask out for 2",
                () -> after(gate(), gate -> gate.await(1, block(1)), gate -> gate.await(2, block(1))));
        states.put("1 ask out, left", () -> after(gate(), gate -> gate.await(1, block(1)), gate -> gate.leave(1)));
        states.put("window full", GateCoreTest::full);
        states.put("window full, 1 left", () -> after(full(), gate -> gate.leave(1)));
        states.put("window full, all bound", () -> after(full(), gate -> gate.await(4, block(4))));
        return states;
    }

    private static Map<String, Function<GateCore, List<Action>>> commands() {
        var commands = new LinkedHashMap<String, Function<GateCore, List<Action>>>();
        commands.put("acquire", GateCore::acquire);
        commands.put("release", gate -> gate.release(false));
        commands.put("retire", gate -> gate.release(true));
        commands.put("await", gate -> gate.await(9, block(9)));
        commands.put("await the same", gate -> gate.await(9, block(1)));
        commands.put("leave", gate -> gate.leave(1));
        commands.put("leave the queue", gate -> gate.leave(3));
        commands.put("leave, unknown", gate -> gate.leave(99));
        commands.put("readDone", gate -> gate.readDone(0, OK));
        commands.put("readDone, failed", gate -> gate.readDone(0, EIO));
        commands.put("readDone, unknown", gate -> gate.readDone(99, OK));
        commands.put("acquired", gate -> gate.acquired(OK, CONTENT));
        commands.put("acquired, failed", gate -> gate.acquired(EIO, null));
        commands.put("released", GateCore::released);
        commands.put("objectUp", gate -> gate.objectUp(false));
        commands.put("objectUp, again", gate -> gate.objectUp(true));
        commands.put("recoveryFailed", GateCore::recoveryFailed);
        commands.put("recoveryFailed, the last time", GateCoreTest::lost);
        commands.put("deviceUp", GateCore::deviceUp);
        return commands;
    }

    /// What is said as the last recovery fails that may.
    private static List<Action> lost(GateCore gate) {
        for (int failed = 1; failed < GateCore.RECOVERIES; failed++) {
            assertEquals(List.of(), gate.recoveryFailed());
        }
        assertFalse(gate.isLost());
        return gate.recoveryFailed();
    }

    @Test
    @Tag("I15")
    void an_object_that_is_lost_is_released_without_it_and_asked_anew_by_who_comes_later() {
        var gate = after(gate(), GateCore::acquire);
        assertEquals(List.of(new Action.Acquired(EIO, null)), lost(gate));
        assertTrue(gate.isLost());
        assertEquals(List.of(new Action.Released()), gate.release(true));
        assertTrue(gate.isIdle());
        assertEquals("Send(Read(0 4096+4096))", Brief.of(gate.await(1, block(1))));
        gate.objectUp(false);
        assertFalse(gate.isLost());
        assertEquals("Send(Release)", Brief.of(gate.release(false)));
    }

    @Test
    @Tag("I18")
    void recoveries_that_fail_count_only_until_one_succeeds() {
        var gate = after(gate(), GateCore::acquire);
        for (int failed = 0; failed < 3 * GateCore.RECOVERIES; failed++) {
            assertEquals(List.of(), gate.recoveryFailed());
            gate.objectUp(false);
        }
        assertFalse(gate.isLost());
    }

    @Test
    @Tag("S88")
    @Tag("S118")
    @Tag("I1")
    @Tag("I18")
    void every_command_in_every_state_of_a_gate() {
        new StateTable(GateCoreTest.class, "gate.table").check(states(), commands(), (state, command) -> {
            var gate = state.get();
            var said = Brief.of(command.apply(gate));
            return gate.outstanding() + " outstanding, " + gate.waiters() + " waiting"
                    + (said.isEmpty() ? "" : "; " + said);
        });
    }

    @Test
    @Tag("I15")
    void what_was_queued_when_an_object_was_given_up_is_not_sent_to_its_successor() {
        var gate = full();
        for (int failed = 0; failed < GateCore.RECOVERIES; failed++) {
            gate.recoveryFailed();
        }
        assertEquals(List.of(), gate.objectUp(false));
        assertTrue(gate.isIdle());
    }

    @Test
    void a_copy_and_a_gate_that_is_told_what_another_knows_do_what_that_does() {
        states().forEach((state, made) -> commands().forEach((command, said) -> {
            var gate = made.get();
            var asks = gate.asks();
            long next = asks.stream().mapToLong(GateCore.Ask::ask).max().orElse(-1) + 1;
            var copy = gate.copy();
            var told = GateCore.of(2, 4, asks, next, gate.wish());

            var done = command + " while " + state;
            var expected = List.of(said.apply(gate), gate.await(77, block(1)));
            assertEquals(asks, copy.asks(), done + ": the copy shares something");
            for (GateCore other : List.of(copy, told)) {
                assertEquals(expected, List.of(said.apply(other), other.await(77, block(1))), done);
                assertEquals(gate.asks(), other.asks(), done);
                assertEquals(gate.wish(), other.wish(), done);
                assertEquals(gate.outstanding(), other.outstanding(), done);
                assertEquals(gate.waiters(), other.waiters(), done);
            }
        }));
    }

    @Test
    @Tag("I1")
    void ten_thousand_reads_of_one_range_are_one_ask_and_each_is_woken_once() {
        var gate = new GateCore(64, 20_000);
        int sent = 0;
        for (int waiter = 0; waiter < 10_000; waiter++) {
            sent += gate.await(waiter, block(0)).size();
        }
        assertEquals(1, sent);
        assertEquals(10_000, gate.readDone(0, OK).size());
        assertTrue(gate.isIdle());
    }

    @Test
    @Tag("I1")
    void ten_thousand_reads_of_as_many_ranges_keep_64_outstanding_and_all_get_through() {
        var gate = new GateCore(64, 20_000);
        int sent = 0;
        for (int waiter = 0; waiter < 10_000; waiter++) {
            sent += gate.await(waiter, block(waiter)).size();
            assertTrue(gate.outstanding() <= 64);
        }
        int woken = 0;
        for (int ask = 0; ask < 10_000; ask++) {
            assertEquals(Math.min(64, 10_000 - ask), gate.outstanding());
            for (Action action : gate.readDone(ask, OK)) {
                woken += action instanceof Action.Wakeup ? 1 : 0;
                sent += action instanceof Action.Send ? 1 : 0;
            }
        }
        assertEquals(10_000, woken);
        assertEquals(10_000, sent);
        assertTrue(gate.isIdle());
    }

    @Test
    @Tag("Q10")
    void readers_that_leave_a_slow_object_do_not_let_commands_pile_up_at_it() {
        var gate = new GateCore(64, 20_000);
        int commands = 0;
        for (int waiter = 0; waiter < 10_000; waiter++) {
            commands += gate.await(waiter, block(waiter)).size();
        }
        for (int waiter = 0; waiter < 10_000; waiter++) {
            commands += gate.leave(waiter).size();
        }
        assertEquals(2 * 64, commands, "an ask and its cancellation for each place of the window");
        assertEquals(0, gate.waiters());
        for (int ask = 0; ask < 64; ask++) {
            assertEquals(List.of(), gate.readDone(ask, OK));
        }
        assertTrue(gate.isIdle());
    }

    @Test
    @Tag("I15")
    void beyond_its_bound_a_gate_refuses_at_once_and_admits_again_when_some_have_gone() {
        var gate = new GateCore(1, 2);
        gate.await(1, block(1));
        gate.await(2, block(2));
        assertEquals(List.of(new Action.Wakeup(3, EAGAIN)), gate.await(3, block(1)));
        gate.leave(2);
        assertEquals(List.of(), gate.await(4, block(1)));
        assertEquals(List.of(new Action.Wakeup(1, OK), new Action.Wakeup(4, OK)), gate.readDone(0, OK));
    }

    @Test
    void whoever_asks_for_a_range_that_all_others_have_left_asks_anew() {
        var gate = after(gate(), it -> it.await(1, block(1)), it -> it.leave(1));
        assertEquals("Send(Read(1 4096+4096))", Brief.of(gate.await(2, block(1))));
        assertEquals(List.of(), gate.readDone(0, OK), "the cancelled ask");
        assertFalse(gate.isIdle());
        assertEquals(List.of(new Action.Wakeup(2, OK)), gate.readDone(1, OK));
    }

    @Test
    @Tag("I18")
    void
            an_object_that_comes_up_is_asked_anew_for_all_that_is_outstanding_in_its_order_and_for_nothing_that_was_left() {
        var gate = after(full(), it -> it.leave(1));
        assertEquals("Send(Read(3 8192+4096)), Send(Read(2 12288+4096))", Brief.of(gate.objectUp(false)));
        assertEquals(2, gate.outstanding());
    }

    @Test
    @Tag("Q10")
    @Tag("I18")
    void whoever_leaves_an_object_that_came_up_anew_takes_back_what_was_asked_anew() {
        var gate = full();
        gate.objectUp(false); // asks 0 and 1 are now 3 and 4
        assertEquals("Send(CancelRead(3))", Brief.of(gate.leave(1)));
    }

    @Test
    @Tag("I18")
    void content_that_is_to_be_forgotten_is_forgotten_though_a_mere_release_follows() {
        var gate = after(gate(), it -> it.release(true), it -> it.release(false));
        assertEquals(List.of(new Action.Send(new ObjectCommand.Release(true))), gate.objectUp(false));
    }

    @Test
    @Tag("I1")
    void what_was_asked_ahead_and_fails_is_asked_anew_for_the_readers_who_joined() {
        var gate = after(gate(), it -> it.awaitAhead(1, block(1)), it -> it.await(2, block(1)));
        assertEquals("Wakeup(1 EIO), Send(Read(1 4096+4096))", Brief.of(gate.readDone(0, EIO)));
        assertEquals("Wakeup(2 EIO)", Brief.of(gate.readDone(1, EIO)));
        assertTrue(gate.isIdle());
    }

    @Test
    @Tag("I1")
    void what_was_asked_ahead_and_comes_is_for_the_readers_who_joined_too() {
        var gate = gate();
        assertEquals("Send(Read(0 4096+4096))", Brief.of(gate.awaitAhead(1, block(1))));
        gate.await(2, block(1));
        assertEquals("Wakeup(1 OK), Wakeup(2 OK)", Brief.of(gate.readDone(0, OK)));
        assertTrue(gate.isIdle());
    }

    @Test
    void what_was_asked_ahead_and_fails_is_asked_anew_while_the_object_is_looked_up_again() {
        var gate = after(gate(), it -> it.awaitAhead(1, block(1)), it -> it.await(2, block(1)), GateCore::acquire);
        assertEquals("Wakeup(1 EIO), Send(Read(1 4096+4096))", Brief.of(gate.readDone(0, EIO)));
    }

    @Test
    void a_reader_who_stays_with_what_was_asked_ahead_has_it_asked_anew_too() {
        var gate = after(gate(), it -> it.awaitAhead(1, block(1)), it -> it.await(2, block(1)), it -> it.leave(1));
        assertEquals("Send(Read(1 4096+4096))", Brief.of(gate.readDone(0, EIO)));
        assertEquals("Wakeup(2 OK)", Brief.of(gate.readDone(1, OK)));
    }

    @Test
    void what_was_asked_ahead_is_not_asked_anew_for_nobody_nor_of_an_object_that_is_being_released() {
        assertEquals(
                "Wakeup(1 EIO)",
                Brief.of(after(gate(), it -> it.awaitAhead(1, block(1))).readDone(0, EIO)));
        var releasing =
                after(gate(), it -> it.awaitAhead(1, block(1)), it -> it.await(2, block(1)), it -> it.release(false));
        assertEquals("Wakeup(1 EIO), Wakeup(2 EIO)", Brief.of(releasing.readDone(0, EIO)));
    }

    @Test
    void what_is_still_queued_ends_with_the_release() {
        var gate = full();
        assertEquals("Wakeup(3 EIO), Send(Release)", Brief.of(gate.release(false)));
        assertEquals(2, gate.waiters());
    }

    private static GateCore gate() {
        return new GateCore(2, 4);
    }

    /// Two asks are out, a third waits.
    private static GateCore full() {
        return after(
                gate(),
                gate -> gate.await(1, block(1)),
                gate -> gate.await(2, block(2)),
                gate -> gate.await(3, block(3)));
    }

    @SafeVarargs
    private static GateCore after(GateCore gate, Function<GateCore, List<Action>>... steps) {
        for (var step : steps) {
            step.apply(gate);
        }
        return gate;
    }

    private static Range block(int number) {
        return new Range(number * 4096L, 4096);
    }
}
