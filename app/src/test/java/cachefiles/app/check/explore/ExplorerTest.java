package cachefiles.app.check.explore;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.daemon.core.SupervisorCore.Handles;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// The explorer itself: that it sees all, and finds what is there.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ExplorerTest {
    private static final Bounds ONE = Bounds.SMALLEST.sized(1, 2, 1, 1);

    private static Verdict explore(Bounds bounds, boolean depthFirst, boolean reduced, boolean prunes) {
        return run(new Model(bounds, reduced, prunes, Model.Plant.NONE), depthFirst);
    }

    private static Verdict run(Model model, boolean depthFirst) {
        var options = new Explorer.Options(depthFirst, model.reduced, 2, Long.MAX_VALUE);
        return new Explorer(model, options, _ -> {}).run();
    }

    private static void holds(Verdict verdict) {
        assertNull(
                verdict.violation(),
                () -> verdict.violation() + "\n"
                        + Objects.requireNonNull(verdict.trace()).text());
        assertTrue(verdict.exhausted());
    }

    private static List<Bounds> small() {
        var crash = ONE.with(Fault.CRASH, 1);
        return List.of(
                Bounds.SMALLEST,
                crash.with(Fault.CLOSE, 1),
                crash.with(Fault.DROP, 1),
                crash.with(Fault.CANCEL, 1).with(Fault.RESTORE, 1),
                crash.with(Fault.DEADLINE, 1).with(Fault.NO_DATA, 1),
                ONE.with(Fault.PROCESS_CRASH, 1).with(Fault.RETIRE, 1),
                ONE.with(Fault.OBJECT_CRASH, 1),
                ONE.with(Fault.DEVICE_CRASH, 1),
                ONE.with(Fault.SUPERVISOR_CRASH, 1),
                ONE.with(Fault.OPEN_ERROR, 1).with(Fault.READ_ERROR, 1),
                ONE.with(Fault.REFUSAL, 1).with(Fault.WORKER_DEATH, 1),
                ONE.with(Fault.DUPLICATE, 1).with(Fault.DEVICE_CLOSE, 1),
                ONE.with(Fault.JOURNAL_FAILURE, 2).with(Fault.RETIRE, 1),
                crash.with(Fault.JOURNAL_FAILURE, 1).with(Fault.REST, 1).with(Fault.CANCEL, 1),
                ONE.with(Fault.REST, 1),
                ONE.with(Fault.REREAD, 2).with(Fault.CANCEL, 1),
                ONE.with(Fault.DROP, 1).with(Fault.REACQUIRE, 1),
                ONE.with(Fault.OPEN_ERROR, 1).with(Fault.RETIRE, 1).with(Fault.REACQUIRE, 1),
                ONE.with(Fault.DEVICE_CLOSE, 1).with(Fault.DEVICE_OPEN, 1),
                ONE.sized(1, 2, 2, 2).with(Fault.CANCEL, 1).wrapping(true),
                crash.with(Fault.DROP, 1).with(Fault.REACQUIRE, 1).wrapping(true),
                crash.with(Fault.CLOSE, 1).giving(0, -1, Handles.KEPT).wrapping(true),
                ONE.with(Fault.CHANGE, 2).with(Fault.CLOSE, 1),
                crash.with(Fault.CHANGE, 1).giving(0, -1, Handles.KEPT),
                crash.giving(0, -1, Handles.KEPT),
                crash.with(Fault.CRASH, 3).giving(0, 1, Handles.LOST),
                ONE.with(Fault.CLOSE, 2).giving(1, -1, Handles.LOST));
    }

    @ParameterizedTest
    @MethodSource("small")
    @Tag("I7")
    @Tag("I12")
    @Tag("I15")
    void every_fault_is_survived_in_every_order(Bounds bounds) {
        holds(explore(bounds, false, true, true));
    }

    /// Each of the bounds by itself with one reader: the unreduced search has a state for every order of everything.
    @ParameterizedTest
    @MethodSource("small")
    void without_any_reduction_the_verdict_is_the_same(Bounds bounds) {
        var alone = bounds.sized(1, 1, 1, 1);
        holds(explore(alone, false, false, false));
        holds(explore(alone, false, true, false));
    }

    @ParameterizedTest
    @MethodSource("small")
    void depth_first_and_breadth_first_see_the_same_states(Bounds bounds) {
        for (boolean prunes : new boolean[] {false, true}) {
            assertEquals(
                    explore(bounds, false, true, prunes).states(),
                    explore(bounds, true, true, prunes).states());
        }
        var alone = bounds.sized(1, 1, 1, 1);
        assertEquals(
                explore(alone, false, false, false).states(),
                explore(alone, true, false, false).states());
    }

    /// A step may cost two budgets at once.
    @Test
    void nor_does_the_order_matter_where_an_object_fails_over_a_fault() {
        var bounds = ONE.with(Fault.CRASH, 1)
                .with(Fault.OBJECT_CRASH, 2)
                .with(Fault.DROP, 1)
                .with(Fault.CANCEL, 1);
        assertEquals(
                explore(bounds, false, true, true).states(),
                explore(bounds, true, true, true).states());
    }

    /// Threads race for who is first to reach a state.
    @Test
    void how_deep_it_goes_does_not_depend_on_the_order_in_which_states_are_found() {
        var bounds =
                ONE.sized(2, 2, 2, 1).with(Fault.CRASH, 1).with(Fault.CLOSE, 1).with(Fault.DROP, 1);
        for (boolean prunes : new boolean[] {false, true}) {
            var model = new Model(bounds, true, prunes, Model.Plant.NONE);
            var depths = IntStream.of(1, 2, 2, 3, 4)
                    .mapToObj(threads -> new Explorer.Options(false, true, threads, Long.MAX_VALUE))
                    .map(options -> new Explorer(model, options, _ -> {}).run())
                    .map(verdict -> verdict.depth() + " " + verdict.states() + " " + verdict.transitions())
                    .collect(Collectors.toSet());
            assertEquals(1, depths.size(), depths.toString());
        }
    }

    /// With forged answers tried or not, the same states are there: they must not change anything.
    @Test
    void forged_answers_lead_nowhere() {
        var bounds = ONE.with(Fault.CRASH, 1).with(Fault.CLOSE, 1);
        assertEquals(
                explore(bounds, false, true, true).states(),
                explore(bounds.forging(false), false, true, true).states());
    }

    /// Each bound, raised by one and again.
    @Test
    void more_of_anything_never_means_fewer_states() {
        for (Fault fault : Fault.values()) {
            grows(ONE, ONE.with(fault, 1), ONE.with(fault, 2));
        }
        grows(ONE, ONE.wrapping(true));
        grows(ONE, ONE.sized(2, 2, 1, 1), ONE.sized(3, 2, 1, 1));
        grows(ONE, ONE.sized(1, 3, 1, 1), ONE.sized(1, 4, 1, 1));
        grows(ONE, ONE.sized(1, 2, 2, 1), ONE.sized(1, 2, 3, 1));
        grows(ONE, ONE.sized(1, 2, 1, 2), ONE.sized(1, 2, 1, 3));
        grows(IntStream.rangeClosed(1, 3)
                .mapToObj(attempts -> ONE.with(Fault.CLOSE, 2).giving(attempts, -1, Handles.LOST))
                .toArray(Bounds[]::new));
        grows(IntStream.rangeClosed(0, 2)
                .mapToObj(fruitless -> ONE.with(Fault.CRASH, 2).giving(0, fruitless, Handles.LOST))
                .toArray(Bounds[]::new));
    }

    private static void grows(Bounds... series) {
        for (boolean prunes : new boolean[] {false, true}) {
            long before = 0;
            for (Bounds bounds : series) {
                long states = explore(bounds, false, true, prunes).states();
                assertTrue(states >= before, bounds::flags);
                before = states;
            }
        }
    }

    /// A minute on two cores that have nothing else to do. `standard` and `deep` are for `make verification`.
    @Test
    @Tag("I4")
    @Tag("I5")
    @Tag("I18")
    void the_preset_quick_is_exhausted_and_holds() {
        for (Bounds bounds : Presets.of("quick")) {
            holds(explore(bounds, false, true, true));
        }
    }

    /// docs/verification.md counts them by hand.
    @Test
    void the_smallest_bounds_have_the_states_that_were_counted_by_hand() {
        assertEquals(17, explore(Bounds.SMALLEST, false, true, false).states());
    }

    @ParameterizedTest
    @EnumSource(value = Model.Plant.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void what_is_planted_is_found(Model.Plant plant) {
        var found = Stream.of(true, false)
                .map(reduced -> run(new Model(Bounds.SMALLEST, reduced, reduced, plant), false))
                .toList();
        for (Verdict verdict : found) {
            assertNotNull(verdict.violation(), plant.name());
            var trace = Objects.requireNonNull(verdict.trace());
            assertEquals(plant == Model.Plant.BUSY_LOOP, trace.loop() > 0);
            assertTrue(Drawing.mermaid(trace).startsWith("sequenceDiagram\n"), plant.name());
            assertTrue(Drawing.svg(trace).endsWith("</svg>\n"), plant.name());
        }
        var words = Objects.requireNonNull(found.getFirst().violation());
        assertTrue(
                words.startsWith(
                        switch (plant) {
                            case LOST_MESSAGE, DEADLOCK -> "I15: a reader waits for ever";
                            case WRONG_BYTE -> "a byte that is not the origin's";
                            case BUSY_LOOP -> "I12: a cycle of fair moves";
                            case NONE -> "";
                        }),
                words);
    }

    /// What is read is what was written, and writing it again gives the same bytes.
    @ParameterizedTest
    @MethodSource("small")
    void a_state_is_read_as_it_was_written(Bounds bounds) {
        for (boolean reduced : new boolean[] {true, false}) {
            var model = new Model(bounds.sized(1, 1, 1, 1), reduced, false, Model.Plant.NONE);
            var encoder = new Encoder(model);
            var decoder = new Decoder(model);
            var seen = new HashSet<List<Byte>>();
            var queue = new ArrayDeque<byte[]>();
            queue.add(encoder.encode(new World(model)));
            while (!queue.isEmpty()) {
                var bytes = queue.remove();
                assertArrayEquals(bytes, encoder.encode(decoder.decode(bytes)));
                var world = decoder.decode(bytes);
                var moves = new Moves().of(world);
                for (int at = 0; at < moves.count(); at++) {
                    var next = encoder.encode(new Step(world.copy(), moves.get(at)).make());
                    if (seen.add(boxed(next))) {
                        queue.add(next);
                    }
                }
            }
        }
    }

    private static List<Byte> boxed(byte[] bytes) {
        var boxed = new Byte[bytes.length];
        for (int at = 0; at < bytes.length; at++) {
            boxed[at] = bytes[at];
        }
        return List.of(boxed);
    }
}
