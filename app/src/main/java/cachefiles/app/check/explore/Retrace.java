package cachefiles.app.check.explore;

import cachefiles.app.check.Violation;
import java.util.ArrayList;
import java.util.List;

/// Goes a way again, and writes down what happens on it: only fingerprints of its states were kept.
final class Retrace {
    /// A state on the way.
    record Key(long fingerprint, long budget) {}

    private Retrace() {}

    /// @param path the states from the beginning on
    /// @param last the move that breaks; -1 = none
    /// @param loop the states after those, the last of which is the last of `path` again
    static Trace of(Model model, List<Key> path, int last, List<Key> loop) {
        var steps = new ArrayList<Trace.Step>();
        var encoder = new Encoder(model);
        var world = new World(model);
        for (Key key : path.subList(1, path.size())) {
            world = advance(encoder, world, key, true, steps);
        }
        for (Key key : loop) {
            world = advance(encoder, world, key, false, steps);
        }
        if (last >= 0) {
            lastStep(world, steps);
        }
        return new Trace(List.copyOf(steps), loop.size());
    }

    private static World advance(Encoder encoder, World world, Key wanted, boolean exactly, List<Trace.Step> steps) {
        var moves = new Moves().of(world);
        for (int at = 0; at < moves.count(); at++) {
            int points = 0;
            for (int point = -1; point < points; point++) {
                int move = point < 0 ? moves.get(at) : Move.failing(moves.get(at), point);
                var step = new Step(world.copy(), move);
                try {
                    var after = step.make();
                    points = point < 0 ? step.points() : points;
                    var state = encoder.encode(after);
                    if (world.model.fingerprint(state) == wanted.fingerprint()
                            && (!exactly || world.model.budget(state) == wanted.budget())) {
                        return record(world, move, steps);
                    }
                } catch (Violation elsewhere) {
                    points = point < 0 ? step.points() : points;
                }
            }
        }
        throw new IllegalStateException("the trace cannot be made again");
    }

    /// The step that breaks: of the moves of the last state, the first that does.
    private static void lastStep(World world, List<Trace.Step> steps) {
        var moves = new Moves().of(world);
        for (int at = 0; at < moves.count(); at++) {
            int points = 0;
            for (int point = -1; point < points; point++) {
                int move = point < 0 ? moves.get(at) : Move.failing(moves.get(at), point);
                var step = new Step(world.copy(), move);
                try {
                    Checks.state(step.make());
                } catch (Violation violation) {
                    record(world, move, steps);
                    return;
                }
                points = point < 0 ? step.points() : points;
            }
        }
        throw new IllegalStateException("the last step does not break when made again");
    }

    private static World record(World world, int move, List<Trace.Step> steps) {
        var turns = new ArrayList<Trace.Turn>();
        var after = world.copy();
        var step = new Step(
                after,
                move,
                (from, to, message, outcome) ->
                        turns.add(new Trace.Turn(from, to, message.toString(), outcome.toString())));
        try {
            after = step.make();
        } catch (Violation violation) {
            turns.add(new Trace.Turn("check", "check", violation.what(), "violated"));
        }
        steps.add(new Trace.Step(move, Move.describe(world, move), List.copyOf(turns)));
        return after;
    }

    /// Makes the moves of these numbers.
    /// @throws IllegalArgumentException if one of them cannot be made
    static Trace ofMoves(Model model, List<Integer> numbers) {
        var steps = new ArrayList<Trace.Step>();
        var world = new World(model);
        for (int number : numbers) {
            var moves = new Moves().of(world);
            boolean possible = false;
            for (int at = 0; at < moves.count(); at++) {
                possible |= moves.get(at) == Move.whole(number);
            }
            if (!possible) {
                throw new IllegalArgumentException("move " + number + " (step " + (steps.size() + 1)
                        + ") cannot be made; replay with the bounds that it was found with");
            }
            world = record(world, number, steps);
        }
        return new Trace(List.copyOf(steps), 0);
    }
}
