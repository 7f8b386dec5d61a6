package cachefiles.app.check.explore;

import cachefiles.app.check.Violation;
import java.util.ArrayList;
import java.util.List;

/// How it came to a violation, step by step, made anew with the names that the cores gave.
/// @param loop how many of the last steps repeat for ever; 0 = none
public record Trace(List<Step> steps, int loop) {
    /// One step.
    /// @param number of the move: `check --replay` takes it
    /// @param move what moved
    /// @param turns what each actor did in it, in order
    public record Step(int number, String move, List<Turn> turns) {}

    /// One actor takes one message.
    /// @param from who sent it, or the actor itself
    /// @param outcome what became of it: events, or the state it led to
    public record Turn(String from, String to, String message, String outcome) {}

    /// A state on the way.
    record Key(long fingerprint, long budget) {}

    /// @param path the states from the beginning on
    /// @param last the move that breaks; -1 = none
    /// @param loop the states after those, the last of which is the last of `path` again
    static Trace of(Model model, List<Key> path, int last, List<Key> loop) {
        var steps = new ArrayList<Step>();
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

    private static World advance(Encoder encoder, World world, Key wanted, boolean exactly, List<Step> steps) {
        var moves = new Moves().of(world);
        for (int at = 0; at < moves.count(); at++) {
            int points = 0;
            for (int point = -1; point < points; point++) {
                int move = point < 0 ? moves.get(at) : Moves.failing(moves.get(at), point);
                var copy = world.copy();
                try {
                    var after = Moves.make(copy, move);
                    points = point < 0 ? copy.points() : points;
                    var state = encoder.encode(after);
                    if (world.model.fingerprint(state) == wanted.fingerprint()
                            && (!exactly || world.model.budget(state) == wanted.budget())) {
                        return record(world, move, steps);
                    }
                } catch (Violation elsewhere) {
                    points = point < 0 ? copy.points() : points;
                }
            }
        }
        throw new IllegalStateException("the trace cannot be made again");
    }

    /// The step that breaks: of the moves of the last state, the first that does.
    private static void lastStep(World world, List<Step> steps) {
        var moves = new Moves().of(world);
        for (int at = 0; at < moves.count(); at++) {
            int points = 0;
            for (int point = -1; point < points; point++) {
                int move = point < 0 ? moves.get(at) : Moves.failing(moves.get(at), point);
                var copy = world.copy();
                try {
                    Checks.state(Moves.make(copy, move));
                } catch (Violation violation) {
                    record(world, move, steps);
                    return;
                }
                points = point < 0 ? copy.points() : points;
            }
        }
        throw new IllegalStateException("the last step does not break when made again");
    }

    private static World record(World world, int move, List<Step> steps) {
        var turns = new ArrayList<Turn>();
        var copy = world.copy();
        copy.log =
                (from, to, message, outcome) -> turns.add(new Turn(from, to, message.toString(), outcome.toString()));
        World after = null;
        try {
            after = Moves.make(copy, move);
        } catch (Violation violation) {
            turns.add(new Turn("check", "check", violation.what(), "violated"));
        }
        steps.add(new Step(move, Moves.describe(world, move), List.copyOf(turns)));
        var made = after == null ? copy : after;
        made.log = null;
        return made;
    }

    /// Makes the moves of these numbers.
    /// @throws IllegalArgumentException if one of them cannot be made
    static Trace replayed(Model model, List<Integer> numbers) {
        var steps = new ArrayList<Step>();
        var world = new World(model);
        for (int number : numbers) {
            var moves = new Moves().of(world);
            boolean possible = false;
            for (int at = 0; at < moves.count(); at++) {
                possible |= moves.get(at) == Moves.whole(number);
            }
            if (!possible) {
                throw new IllegalArgumentException("move " + number + " (step " + (steps.size() + 1)
                        + ") cannot be made; replay with the bounds that it was found with");
            }
            world = record(world, number, steps);
        }
        return new Trace(List.copyOf(steps), 0);
    }

    /// The trace as text, a step a paragraph.
    public String text() {
        var text = new StringBuilder();
        int number = 0;
        for (Step step : steps) {
            if (loop > 0 && number == steps.size() - loop) {
                text.append("-- from here on it repeats --\n");
            }
            text.append(String.format("%3d  %s%n", ++number, step.move()));
            for (Turn turn : step.turns()) {
                text.append("       ").append(turn.to()).append(": ").append(turn.message());
                text.append(turn.outcome().isEmpty() ? "" : " → " + turn.outcome())
                        .append('\n');
            }
        }
        return text.toString();
    }

    /// The numbers of its moves, as `check --replay` takes them.
    public String numbers() {
        return String.join(",", steps.stream().map(step -> "" + step.number()).toList());
    }
}
