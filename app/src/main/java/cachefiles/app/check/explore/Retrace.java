package cachefiles.app.check.explore;

import cachefiles.app.check.Violation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Goes a way again, and writes down what happens on it: only fingerprints of its states were kept.
///
/// Ids keep their names from step to step, which they do not in the exploration. Cores that lack a guard may heed that:
/// their way is gone as the exploration went it.
final class Retrace {
    /// A state on the way.
    record Key(long fingerprint, long budget) {}

    private final Model model;
    private final Encoder encoder;
    /// Whether ids get new names with every step.
    private final boolean renames;

    private final List<Trace.Step> steps = new ArrayList<>();
    private World world;
    /// What did not hold in the last step.
    private @Nullable String violation;

    private Retrace(Model model, boolean renames) {
        this.model = model;
        this.renames = renames;
        this.encoder = new Encoder(model);
        this.world = renames ? new Decoder(model).decode(encoder.encode(new World(model))) : new World(model);
    }

    /// @param path the states from the beginning on
    /// @param last the move that breaks; -1 = none
    /// @param loop the states after those, the last of which is the last of `path` again
    static Trace of(Model model, List<Key> path, int last, List<Key> loop) {
        try {
            return of(new Retrace(model, false), path, last, loop);
        } catch (NoSuchElementException elsewhere) {
            return of(new Retrace(model, true), path, last, loop);
        }
    }

    private static Trace of(Retrace way, List<Key> path, int last, List<Key> loop) {
        for (Key key : path.subList(1, path.size())) {
            way.advance(key, true);
        }
        for (Key key : loop) {
            way.advance(key, false);
        }
        if (last >= 0) { // of the moves of the last state, the first that breaks
            way.make(find(way.world, after -> after == null || broken(after) != null));
        }
        return new Trace(List.copyOf(way.steps), loop.size());
    }

    private void advance(Key wanted, boolean exactly) {
        make(find(world, after -> {
            if (after == null) {
                return false;
            }
            var state = encoder.encode(after);
            return model.fingerprint(state) == wanted.fingerprint()
                    && (!exactly || model.budget(state) == wanted.budget());
        }));
    }

    /// @param wanted is asked of the world after each move, and each way in which somebody fails over it; null if the
    /// step breaks
    /// @return the first move that leads there
    /// @throws NoSuchElementException if none does
    private static int find(World world, Predicate<@Nullable World> wanted) {
        var moves = new Moves().of(world);
        for (int at = 0; at < moves.count(); at++) {
            int points = 0;
            for (int point = -1; point < points; point++) {
                int move = point < 0 ? moves.get(at) : Move.failing(moves.get(at), point);
                var step = new Step(world.copy(), move);
                World after;
                try {
                    after = step.make();
                } catch (Violation breaks) {
                    after = null;
                }
                points = point < 0 ? step.points() : points;
                if (wanted.test(after)) {
                    return move;
                }
            }
        }
        throw new NoSuchElementException("the trace cannot be made again");
    }

    /// What does not hold in `world`; null if everything does.
    private static @Nullable String broken(World world) {
        try {
            Checks.state(world, null);
            return null;
        } catch (Violation violation) {
            return violation.what();
        }
    }

    private void make(int move) {
        var turns = new ArrayList<Trace.Turn>();
        var after = world.copy();
        var step = new Step(
                after,
                move,
                (from, to, message, outcome) ->
                        turns.add(new Trace.Turn(from, to, message.toString(), outcome.toString())));
        try {
            after = step.make();
            violation = broken(after);
        } catch (Violation breaks) {
            violation = breaks.what();
        }
        if (violation != null) {
            turns.add(new Trace.Turn("check", "check", violation, "violated"));
        }
        steps.add(new Trace.Step(move, Move.describe(world, move), List.copyOf(turns)));
        world = renames && violation == null ? new Decoder(model).decode(encoder.encode(after)) : after;
    }

    /// Makes the moves of these numbers, up to the first that breaks something.
    /// @return what was seen on the way, and what did not hold
    /// @throws IllegalArgumentException if one of them cannot be made
    static Verdict ofMoves(Model model, List<Integer> numbers) {
        var failures = new ArrayList<IllegalArgumentException>();
        var verdicts = new ArrayList<Verdict>();
        for (boolean renames : new boolean[] {false, true}) {
            try {
                verdicts.add(ofMoves(new Retrace(model, renames), numbers));
            } catch (IllegalArgumentException impossible) {
                failures.add(impossible);
            }
        }
        if (verdicts.isEmpty()) {
            throw failures.getFirst();
        }
        return verdicts.stream().filter(verdict -> !verdict.held()).findFirst().orElse(verdicts.getFirst());
    }

    private static Verdict ofMoves(Retrace way, List<Integer> numbers) {
        var states = new ArrayList<byte[]>();
        states.add(way.encoder.encode(way.world));
        int fair = 0; // the moves since the last that was not
        for (int at = 0; at < numbers.size() && way.violation == null; at++) {
            int number = numbers.get(at);
            if (!isPossible(way.world, number)) {
                throw new IllegalArgumentException("move " + number + " (step " + (at + 1)
                        + ") cannot be made; replay with the bounds that it was found with");
            }
            way.make(number);
            fair = Move.isFair(number) ? fair + 1 : 0;
            if (way.violation == null) {
                states.add(way.encoder.encode(way.world));
            }
        }
        int loop = way.violation == null ? loop(states, fair) : 0;
        var violation = way.violation != null ? way.violation : loop > 0 ? Explorer.FOR_EVER : unended(way.world);
        int steps = way.steps.size();
        var trace = new Trace(List.copyOf(way.steps), loop);
        return new Verdict(way.model.bounds, states.size(), steps, steps, false, violation, trace, 0);
    }

    private static boolean isPossible(World world, int number) {
        var moves = new Moves().of(world);
        for (int at = 0; at < moves.count(); at++) {
            if (moves.get(at) == Move.whole(number)) {
                return true;
            }
        }
        return false;
    }

    /// How many fair moves ago the last state was seen before; 0 if it was not.
    private static int loop(List<byte[]> states, int fair) {
        for (int back = 1; back <= fair; back++) {
            if (Arrays.equals(states.getLast(), states.get(states.size() - 1 - back))) {
                return back;
            }
        }
        return 0;
    }

    /// What never ends in `world`, if nothing moves any more by itself.
    private static @Nullable String unended(World world) {
        var moves = new Moves().of(world);
        for (int at = 0; at < moves.count(); at++) {
            if (Move.isFair(moves.get(at))) {
                return null;
            }
        }
        try {
            Checks.end(world);
            return null;
        } catch (Violation violation) {
            return violation.what();
        }
    }
}
