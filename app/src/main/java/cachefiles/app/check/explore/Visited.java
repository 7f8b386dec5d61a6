package cachefiles.app.check.explore;

import java.util.Arrays;

/// The states that were seen: of each a fingerprint of 64 bits, what was left of the faults' budgets, and from which it
/// was first reached. 30 to 40 bytes a state. Safe for several threads.
///
/// A state that was seen with at least as much left of every budget need not be looked at again: whatever can go wrong
/// from here can go wrong from there.
final class Visited {
    private static final int SHARD_BITS = 6;
    private static final int SHARDS = 1 << SHARD_BITS;
    private static final int BUDGET_BITS = 4;

    /// Two fetches from memory tell that a state was seen, and mostly one that it was not.
    private static final class Shard {
        private static final int PLACE_BITS = Integer.SIZE - 1 - SHARD_BITS;
        private static final int PLACE = (1 << PLACE_BITS) - 1;

        /// Of each state the fingerprint, and the budget behind it.
        private long[] states = new long[1 << 9];
        private int[] parents = new int[1 << 8];
        /// 1 + the place of a state, and above it a few bits of its fingerprint; 0 = free.
        private int[] table = new int[1 << 9];
        private int count;

        /// @return the place, or the complement of the place of a state that will do
        synchronized int add(long fingerprint, long budget, int parent) {
            int at = find(fingerprint, budget);
            if (table[at] != 0) {
                return ~place(table[at]);
            }
            if (count == parents.length) {
                int more = Math.min(count + (count >> 1), PLACE);
                states = Arrays.copyOf(states, 2 * more);
                parents = Arrays.copyOf(parents, more);
            }
            states[2 * count] = fingerprint;
            states[2 * count + 1] = budget;
            parents[count] = parent;
            table[at] = tag(fingerprint) | ++count;
            if (count > table.length / 8 * 5) {
                grow();
            }
            return count - 1;
        }

        synchronized boolean knows(long fingerprint, long budget) {
            return table[find(fingerprint, budget)] != 0;
        }

        /// @return where in the table a state is that will do, or where it belongs
        private int find(long fingerprint, long budget) {
            int tag = tag(fingerprint);
            int mask = table.length - 1;
            int at = (int) (fingerprint >>> Integer.SIZE) & mask;
            for (int entry = table[at]; entry != 0; entry = table[at]) {
                if ((entry & ~PLACE) == tag) {
                    int place = place(entry);
                    if (states[2 * place] == fingerprint && covers(states[2 * place + 1], budget)) {
                        return at;
                    }
                }
                at = at + 1 & mask;
            }
            return at;
        }

        /// Bits of the fingerprint that choose neither shard nor place in the table.
        private static int tag(long fingerprint) {
            return (int) fingerprint & ~PLACE;
        }

        private static int place(int entry) {
            return (entry & PLACE) - 1;
        }

        private void grow() {
            var larger = new int[2 * table.length];
            int mask = larger.length - 1;
            for (int place = 0; place < count; place++) {
                long fingerprint = states[2 * place];
                int at = (int) (fingerprint >>> Integer.SIZE) & mask;
                while (larger[at] != 0) {
                    at = at + 1 & mask;
                }
                larger[at] = tag(fingerprint) | place + 1;
            }
            table = larger;
        }

        synchronized int count() {
            return count;
        }
    }

    /// Whether of each budget at least as much is left.
    static boolean covers(long budget, long other) {
        for (int shift = 0; shift < Long.SIZE; shift += BUDGET_BITS) {
            if ((budget >>> shift & 15) < (other >>> shift & 15)) {
                return false;
            }
        }
        return true;
    }

    private final Shard[] shards = new Shard[SHARDS];

    Visited() {
        Arrays.setAll(shards, _ -> new Shard());
    }

    /// @param budget four bits each
    /// @param parent the number of the state before it; -1 = none
    /// @return the state's number; the complement of another's that will do
    int add(long fingerprint, long budget, int parent) {
        int shard = (int) (fingerprint >>> Long.SIZE - SHARD_BITS);
        int place = shards[shard].add(fingerprint, budget, parent);
        return place >= 0 ? place << SHARD_BITS | shard : ~(~place << SHARD_BITS | shard);
    }

    /// Whether this state, or one that will do, was seen.
    boolean knows(long fingerprint, long budget) {
        return shards[(int) (fingerprint >>> Long.SIZE - SHARD_BITS)].knows(fingerprint, budget);
    }

    long fingerprint(int number) {
        return shards[number & SHARDS - 1].states[2 * (number >>> SHARD_BITS)];
    }

    long budget(int number) {
        return shards[number & SHARDS - 1].states[2 * (number >>> SHARD_BITS) + 1];
    }

    int parent(int number) {
        return shards[number & SHARDS - 1].parents[number >>> SHARD_BITS];
    }

    long size() {
        long size = 0;
        for (Shard shard : shards) {
            size += shard.count();
        }
        return size;
    }

    /// Steps on the longest of the ways on which states were first reached.
    int depth() {
        int[] starts = starts();
        var depths = new int[starts[SHARDS]]; // 1 + the depth; 0 = not known yet
        var way = new int[64];
        int deepest = 0;
        for (int dense = 0; dense < depths.length; dense++) {
            int length = 0;
            int number = numberOf(starts, dense);
            while (number >= 0 && depths[dense(starts, number)] == 0) {
                if (length == way.length) {
                    way = Arrays.copyOf(way, 2 * length);
                }
                way[length++] = number;
                number = parent(number);
            }
            int depth = number < 0 ? 0 : depths[dense(starts, number)];
            while (length > 0) {
                depths[dense(starts, way[--length])] = ++depth;
            }
            deepest = Math.max(deepest, depth);
        }
        return Math.max(0, deepest - 1);
    }

    /// For arrays with one element a state.
    int[] starts() {
        var starts = new int[SHARDS + 1];
        for (int shard = 0; shard < SHARDS; shard++) {
            starts[shard + 1] = Math.addExact(starts[shard], shards[shard].count());
        }
        return starts;
    }

    static int dense(int[] starts, int number) {
        return starts[number & SHARDS - 1] + (number >>> SHARD_BITS);
    }

    static int numberOf(int[] starts, int dense) {
        int shard = 0;
        while (starts[shard + 1] <= dense) {
            shard++;
        }
        return dense - starts[shard] << SHARD_BITS | shard;
    }
}
