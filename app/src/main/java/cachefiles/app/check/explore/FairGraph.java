package cachefiles.app.check.explore;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The graph of fair moves. If it has no cycle, then whatever the order of its moves, everything comes to an end once
/// the faults stop (I7, I12, I15). States without successors are taken away until none is left; what then remains are
/// cycles, and what leads to them.
final class FairGraph {
    private static final int CHUNK = 1 << 16;

    private final List<long[]> chunks = new ArrayList<>();
    private long[] chunk = new long[CHUNK];
    private int at;

    void add(int from, int to) {
        if (at == CHUNK) {
            chunks.add(chunk);
            chunk = new long[CHUNK];
            at = 0;
        }
        chunk[at++] = (long) from << 32 | to & 0xffffffffL;
    }

    /// Edges of several threads as one; they are emptied.
    static long[][] gathered(List<FairGraph> parts) {
        var all = new ArrayList<long[]>();
        for (FairGraph part : parts) {
            all.addAll(part.chunks);
            all.add(Arrays.copyOf(part.chunk, part.at));
            part.chunks.clear();
            part.at = 0;
        }
        return all.toArray(long[][]::new);
    }

    /// @return the numbers of the states of one cycle, the first one last again; empty if there is no cycle
    static int[] cycle(Visited visited, long[][] edges) {
        int[] starts = visited.starts();
        int states = starts[starts.length - 1];
        var out = new int[states];
        var into = new int[states + 1];
        long total = 0;
        for (long[] part : edges) {
            for (long edge : part) {
                out[Visited.dense(starts, (int) (edge >>> 32))]++;
                into[Visited.dense(starts, (int) edge)]++;
            }
            total += part.length;
        }
        if (total > Integer.MAX_VALUE - 8) {
            throw new IllegalStateException("too many edges to be looked at: " + total);
        }
        int sum = 0;
        for (int state = 0; state <= states; state++) {
            int count = into[state];
            into[state] = sum;
            sum += count;
        }
        var predecessors = new int[(int) total];
        for (long[] part : edges) {
            for (long edge : part) {
                predecessors[into[Visited.dense(starts, (int) edge)]++] = Visited.dense(starts, (int) (edge >>> 32));
            }
        }
        // into[s] is now the end of what belongs to s, and the end of s - 1 its beginning
        var queue = new int[states];
        int tail = 0;
        for (int state = 0; state < states; state++) {
            if (out[state] == 0) {
                queue[tail++] = state;
            }
        }
        for (int head = 0; head < tail; head++) {
            int state = queue[head];
            for (int place = state == 0 ? 0 : into[state - 1]; place < into[state]; place++) {
                if (--out[predecessors[place]] == 0) {
                    queue[tail++] = predecessors[place];
                }
            }
        }
        return tail == states ? new int[0] : follow(edges, starts, out);
    }

    /// Follows edges among what is left until a state comes again.
    private static int[] follow(long[][] edges, int[] starts, int[] out) {
        var successor = new int[out.length];
        Arrays.fill(successor, -1);
        for (long[] part : edges) {
            for (long edge : part) {
                int from = Visited.dense(starts, (int) (edge >>> 32));
                int to = Visited.dense(starts, (int) edge);
                if (out[from] > 0 && out[to] > 0) {
                    successor[from] = to;
                }
            }
        }
        int state = 0;
        while (out[state] == 0) {
            state++;
        }
        var seen = new boolean[out.length];
        while (!seen[state]) {
            seen[state] = true;
            state = successor[state];
        }
        var cycle = new ArrayList<Integer>();
        int first = state;
        do {
            cycle.add(Visited.numberOf(starts, state));
            state = successor[state];
        } while (state != first);
        cycle.add(Visited.numberOf(starts, first));
        return cycle.stream().mapToInt(Integer::intValue).toArray();
    }
}
