package cachefiles.app.check.explore;

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
