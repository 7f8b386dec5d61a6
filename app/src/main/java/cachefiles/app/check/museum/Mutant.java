package cachefiles.app.check.museum;

import cachefiles.app.check.explore.Bounds;
import cachefiles.app.check.explore.Explorer;
import cachefiles.app.check.explore.Verdict;
import cachefiles.app.check.sim.Options;
import cachefiles.app.check.sim.Report;
import java.lang.reflect.InvocationTargetException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/// The cores without some of their guards, and the checker that runs on them: both loaded anew, beside those that
/// everybody else sees. It may be asked any number of times, by several threads.
public final class Mutant {
    private final Class<?> inside;

    Mutant(List<Guard> guards) {
        try {
            inside = new MutantLoader(guards).loadClass(Inside.class.getName());
        } catch (ClassNotFoundException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /// Without any guard of these pieces.
    public static Mutant without(List<Piece> pieces) {
        return new Mutant(pieces.stream()
                .flatMap(piece -> piece.guards().stream())
                .distinct()
                .toList());
    }

    /// Explores what is left.
    public Verdict explore(Bounds bounds, Explorer.Options options) {
        return Inside.in(bounds, (Map<?, ?>) call("explore", bounds.flags(), Inside.options(options)));
    }

    /// Makes the moves of these numbers.
    /// @throws IllegalArgumentException if one of them cannot be made
    public Verdict replay(Bounds bounds, Explorer.Options options, List<Integer> moves) {
        var numbers = moves.stream().map(String::valueOf).collect(Collectors.joining(","));
        return Inside.in(bounds, (Map<?, ?>) call("replay", bounds.flags(), Inside.options(options), numbers));
    }

    /// Runs the simulation.
    public Report simulate(Options options) {
        return Inside.in(options, (Map<?, ?>) call("simulate", options.flags()));
    }

    /// @return the scenario with what happens, or [Inside#BROKEN] and why it cannot be played
    String play(String scenario) {
        return (String) call("play", scenario);
    }

    /// @param trial the name of one of [Trial]
    String tried(String trial) {
        return (String) call("tried", trial);
    }

    private Object call(String method, String... arguments) {
        try {
            var types = new Class<?>[arguments.length];
            Arrays.fill(types, String.class);
            return Objects.requireNonNull(inside.getMethod(method, types).invoke(null, (Object[]) arguments));
        } catch (InvocationTargetException thrown) {
            if (thrown.getCause() instanceof IllegalArgumentException wrong) {
                throw wrong;
            }
            throw new IllegalStateException(String.valueOf(thrown.getCause()), thrown.getCause());
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
