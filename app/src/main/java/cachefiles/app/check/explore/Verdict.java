package cachefiles.app.check.explore;

import org.jspecify.annotations.Nullable;

/// What an exploration found.
/// @param states distinct ones
/// @param transitions steps that were made
/// @param depth steps on the longest of the ways on which states were first reached: breadth first, of the shortest
/// ways
/// @param exhausted whether every state within the bounds was seen
/// @param violation what does not hold; null if everything does
/// @param trace how it comes to that; of a replay, all that was replayed
public record Verdict(
        Bounds bounds,
        long states,
        long transitions,
        int depth,
        boolean exhausted,
        @Nullable String violation,
        @Nullable Trace trace,
        double seconds) {
    public boolean held() {
        return violation == null;
    }

    /// The odds that two of the states have the same fingerprint, so that one was taken for the other.
    public double odds() {
        return (double) states * states / 2 / Math.pow(2, 64);
    }
}
