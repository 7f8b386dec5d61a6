package cachefiles.app.check.sim;

import java.util.List;

/// Chance that a seed repeats: SplitMix64.
final class Chance {
    private long state;

    Chance(long seed) {
        state = seed;
    }

    long next() {
        state += 0x9E3779B97F4A7C15L;
        long z = state;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }

    /// 0 to `bound` - 1.
    int below(int bound) {
        return (int) ((next() >>> 33) * bound >>> 31);
    }

    /// `low` to `high`, both included.
    int between(int low, int high) {
        return low + below(high - low + 1);
    }

    boolean oneIn(int odds) {
        return below(odds) == 0;
    }

    <T> T of(List<T> all) {
        return all.get(below(all.size()));
    }
}
