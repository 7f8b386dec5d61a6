package cachefiles.app.check.explore;

import cachefiles.app.check.Violation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Explores every interleaving of the shipped cores within bounds. Breadth first, so that the first violation has the
/// shortest trace; depth first visits the same states in another order, which is a check of the explorer.
///
/// A state is kept as a fingerprint of 64 bits; its bytes live only until it has been expanded.
public final class Explorer {
    /// How to explore.
    /// @param depthFirst instead of breadth first
    /// @param reduced whether states that differ in names alone are one, and messages are taken where they are sent if
    /// nothing can come between
    /// @param threads 1 or more; depth first uses one
    /// @param maxStates after that many it ends, not exhausted
    public record Options(boolean depthFirst, boolean reduced, int threads, long maxStates) {
        public static final Options DEFAULT =
                new Options(false, true, Math.max(1, Runtime.getRuntime().availableProcessors()), Long.MAX_VALUE);
    }

    /// How far it is.
    /// @param queue states that were seen and not yet expanded
    public record Progress(long states, double statesPerSecond, int depth, long queue) {}

    /// States with their numbers, waiting to be expanded; or, of those not yet counted, with the numbers of the states
    /// before them.
    private static final class Level {
        final List<byte[]> states = new ArrayList<>();
        int[] numbers = new int[64];

        void add(byte[] state, int number) {
            if (states.size() == numbers.length) {
                numbers = Arrays.copyOf(numbers, 2 * numbers.length);
            }
            numbers[states.size()] = number;
            states.add(state);
        }
    }

    static final String FOR_EVER = "I12: a cycle of fair moves: this can go on for ever";

    private record Wrong(int state, int move, String what) {}

    private static final int BLOCK = 32;
    private static final byte[] EXPANDED = new byte[0];

    private final Model model;
    private final Options options;
    private final Consumer<Progress> listener;
    private final Visited visited = new Visited();
    private Visited pending = new Visited();
    private final List<Expander> expanders = new ArrayList<>();
    private final List<Wrong> wrong = Collections.synchronizedList(new ArrayList<>());
    private int depth;
    private final long began = System.nanoTime();
    private long told = began;

    Explorer(Model model, Options options, Consumer<Progress> listener) {
        this.model = model;
        this.options = options;
        this.listener = listener;
    }

    /// Explores all of `bounds`.
    /// @param listener hears how far it is, about once a second
    public static Verdict explore(Bounds bounds, Options options, Consumer<Progress> listener) {
        return new Explorer(
                        new Model(bounds, options.reduced(), options.reduced(), Model.Plant.NONE), options, listener)
                .run();
    }

    /// Makes the moves of these numbers, from the beginning.
    /// @return what was seen on the way, and what did not hold
    /// @throws IllegalArgumentException if one of them cannot be made
    public static Verdict replay(Bounds bounds, Options options, List<Integer> moves) {
        return Retrace.ofMoves(new Model(bounds, options.reduced(), false, Model.Plant.NONE), moves);
    }

    Verdict run() {
        for (int thread = 0; thread < (options.depthFirst() ? 1 : options.threads()); thread++) {
            expanders.add(new Expander());
        }
        SortedMap<Integer, Level> layer = new TreeMap<>();
        var start = new World(model);
        Checks.state(start, null);
        layer.computeIfAbsent(0, _ -> new Level()).add(new Encoder(model).encode(start), -1);
        boolean exhausted = true;
        while (exhausted && wrong.isEmpty() && !layer.isEmpty()) {
            exhausted = options.depthFirst() ? depthFirst(layer) : breadthFirst(layer);
            layer = nextLayer();
        }
        if (!wrong.isEmpty() && model.prunes) { // found, but the way to it need not be the shortest
            return new Explorer(new Model(model.bounds, model.reduced, false, model.plant), options, listener).run();
        }
        String what = null;
        Trace trace = null;
        if (!wrong.isEmpty()) {
            var shortest = Collections.min(wrong, (one, other) -> {
                int byState =
                        Long.compareUnsigned(visited.fingerprint(one.state()), visited.fingerprint(other.state()));
                return byState != 0 ? byState : Integer.compare(one.move(), other.move());
            });
            what = shortest.what();
            trace = Retrace.of(model, pathTo(shortest.state()), shortest.move(), List.of());
        } else if (exhausted) {
            int[] cycle = FairGraph.cycle(visited, FairGraph.gathered(graphs()));
            if (cycle.length > 0) {
                what = FOR_EVER;
                trace = lasso(cycle);
            }
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        return new Verdict(
                model.bounds,
                visited.size(),
                transitions(),
                options.depthFirst() ? visited.depth() : depth,
                exhausted && wrong.isEmpty(),
                what,
                trace,
                seconds);
    }

    /// Of the states after a fault, those with the most left of the budgets: what they lead to is seen before what has
    /// less, whatever the order of the search, so that it is always the same states that are left out.
    /// @return by how many steps lead to them; they are not yet counted
    private SortedMap<Integer, Level> nextLayer() {
        int most = -1;
        for (Expander expander : expanders) {
            for (Level level : expander.later.values()) {
                for (byte[] state : level.states) {
                    most = Math.max(most, model.left(state));
                }
            }
        }
        SortedMap<Integer, Level> layer = new TreeMap<>();
        for (Expander expander : expanders) {
            SortedMap<Integer, Level> rest = new TreeMap<>();
            for (var entry : expander.later.entrySet()) {
                var level = entry.getValue();
                for (int at = 0; at < level.states.size(); at++) {
                    // a step can cost two: a fault, and somebody's failing over it
                    var to = model.left(level.states.get(at)) < most ? rest : layer;
                    to.computeIfAbsent(entry.getKey(), _ -> new Level()).add(level.states.get(at), level.numbers[at]);
                }
            }
            expander.later = rest;
        }
        pending = new Visited();
        return layer;
    }

    /// Counts the states of `level` that are new, and adds them to `to`.
    private void enter(Level level, Level to) {
        for (int at = 0; at < level.states.size(); at++) {
            var state = level.states.get(at);
            int number = visited.add(model.fingerprint(state), model.budget(state), level.numbers[at]);
            if (number >= 0) {
                to.add(state, number);
            }
        }
    }

    private List<FairGraph> graphs() {
        return expanders.stream().map(expander -> expander.graph).toList();
    }

    private long transitions() {
        return expanders.stream().mapToLong(expander -> expander.transitions).sum();
    }

    private Trace lasso(int[] cycle) {
        int entry = 0;
        for (int at = 1; at < cycle.length - 1; at++) {
            if (pathTo(cycle[at]).size() < pathTo(cycle[entry]).size()) {
                entry = at;
            }
        }
        var loop = new ArrayList<Retrace.Key>();
        for (int step = 1; step < cycle.length; step++) {
            loop.add(key(cycle[(entry + step) % (cycle.length - 1)]));
        }
        return Retrace.of(model, pathTo(cycle[entry]), -1, loop);
    }

    private Retrace.Key key(int number) {
        return new Retrace.Key(visited.fingerprint(number), visited.budget(number));
    }

    /// The states from the beginning to `state`.
    private List<Retrace.Key> pathTo(int state) {
        var path = new ArrayList<Retrace.Key>();
        for (int number = state; number >= 0; number = visited.parent(number)) {
            path.add(key(number));
        }
        return path.reversed();
    }

    /// Takes the states by the number of steps that lead to them: those of `layer` in their turn.
    /// @return whether all was seen
    private boolean breadthFirst(SortedMap<Integer, Level> layer) {
        var level = new Level();
        for (int steps = layer.firstKey(); !layer.isEmpty() || !level.states.isEmpty(); steps++) {
            var more = layer.remove(steps);
            if (more != null) {
                enter(more, level);
            }
            if (level.states.isEmpty()) {
                continue;
            }
            depth = Math.max(depth, steps);
            level = expand(level, steps);
            if (!wrong.isEmpty()) {
                return true;
            }
            if (visited.size() >= options.maxStates()) {
                return layer.isEmpty() && level.states.isEmpty();
            }
        }
        return true;
    }

    /// @param steps that lead to these states
    /// @return what they lead to
    private Level expand(Level level, int steps) {
        var turn = new AtomicInteger();
        var failure = new Failure();
        var threads = new ArrayList<Thread>();
        for (Expander expander : expanders) {
            var thread = Thread.ofPlatform().name("explorer").unstarted(() -> {
                try {
                    int block = turn.getAndAdd(BLOCK);
                    while (block < level.states.size()) {
                        int end = Math.min(level.states.size(), block + BLOCK);
                        for (int at = block; at < end; at++) {
                            expander.expand(level.states.get(at), level.numbers[at], steps);
                            level.states.set(at, EXPANDED);
                        }
                        tell(level.states.size() - end);
                        block = turn.getAndAdd(BLOCK);
                    }
                } catch (RuntimeException | Error broken) {
                    failure.set(broken);
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            join(thread);
        }
        failure.rethrow();
        var next = new Level();
        for (Expander expander : expanders) {
            for (int at = 0; at < expander.found.states.size(); at++) {
                next.add(expander.found.states.get(at), expander.found.numbers[at]);
            }
            expander.found = new Level();
        }
        return next;
    }

    private static void join(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// What a thread of ours died of.
    private static final class Failure {
        private @Nullable Throwable thrown;

        synchronized void set(Throwable broken) {
            thrown = broken;
        }

        synchronized void rethrow() {
            if (thrown instanceof RuntimeException exception) {
                throw exception;
            }
            if (thrown instanceof Error error) {
                throw error;
            }
        }
    }

    private synchronized void tell(long queue) {
        long now = System.nanoTime();
        if (now - told > 1_000_000_000L) {
            told = now;
            long states = visited.size();
            listener.accept(new Progress(states, states / ((now - began) / 1e9), depth, queue));
        }
    }

    private boolean depthFirst(SortedMap<Integer, Level> layer) {
        var start = new Level();
        layer.values().forEach(level -> enter(level, start));
        var expander = expanders.getFirst();
        var stack = new ArrayList<>(start.states);
        var numbers = new ArrayList<Integer>();
        for (int at = 0; at < stack.size(); at++) {
            numbers.add(start.numbers[at]);
        }
        while (!stack.isEmpty() && wrong.isEmpty()) {
            if (visited.size() >= options.maxStates()) {
                return false;
            }
            expander.expand(stack.removeLast(), numbers.removeLast(), 0);
            for (int at = 0; at < expander.found.states.size(); at++) {
                stack.add(expander.found.states.get(at));
                numbers.add(expander.found.numbers[at]);
            }
            expander.found = new Level();
            depth = Math.max(depth, stack.size());
            tell(stack.size());
        }
        return true;
    }

    /// What one thread needs.
    private final class Expander {
        private final Encoder encoder = new Encoder(model);
        private final Decoder decoder = new Decoder(model);
        private final Moves moves = new Moves();
        private final FairGraph graph = new FairGraph();
        private Level found = new Level();
        /// With one fault more, by how many steps lead to them; numbers are those of the states before.
        private SortedMap<Integer, Level> later = new TreeMap<>();

        private int steps;
        private long transitions;

        /// @param toIt how many steps lead to the state, if somebody counts them
        void expand(byte[] bytes, int number, int toIt) {
            steps = toIt;
            var world = decoder.decode(bytes);
            moves.of(world);
            boolean ends = true;
            int count = moves.count();
            for (int at = 0; at < count; at++) {
                int move = moves.get(at);
                ends &= !Move.isFair(move);
                int points = make(world, number, move);
                for (int point = 0; point < points; point++) {
                    make(world, number, Move.failing(move, point));
                }
            }
            if (ends) {
                try {
                    Checks.end(world);
                } catch (Violation violation) {
                    wrong.add(new Wrong(number, -1, violation.what()));
                }
            }
        }

        /// @return points within the step where somebody could fail
        private int make(World world, int number, int move) {
            var step = new Step(world.copy(), move);
            try {
                var after = step.make();
                reached(world, after, encoder.encode(after), number, move);
            } catch (Violation violation) {
                wrong.add(new Wrong(number, move, violation.what()));
            }
            transitions++;
            return step.points();
        }

        private void reached(World before, World after, byte[] bytes, int number, int move) {
            long fingerprint = model.fingerprint(bytes);
            long budget = model.budget(bytes);
            if (model.prunes && !Move.isFair(move)) {
                if (!visited.knows(fingerprint, budget) && pending.add(fingerprint, budget, -1) >= 0) {
                    Checks.state(after, before);
                    later.computeIfAbsent(steps + 1, _ -> new Level()).add(bytes, number);
                }
                return;
            }
            int to = visited.add(fingerprint, budget, number);
            if (to >= 0) {
                Checks.state(after, before);
                found.add(bytes, to);
            }
            if (Move.isFair(move)) {
                graph.add(number, to >= 0 ? to : ~to);
            }
        }
    }
}
