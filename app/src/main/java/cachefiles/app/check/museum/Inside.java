package cachefiles.app.check.museum;

import cachefiles.app.check.Flags;
import cachefiles.app.check.Scenario;
import cachefiles.app.check.explore.Bounds;
import cachefiles.app.check.explore.Explorer;
import cachefiles.app.check.explore.Fault;
import cachefiles.app.check.explore.Trace;
import cachefiles.app.check.explore.Verdict;
import cachefiles.app.check.sim.Coverage;
import cachefiles.app.check.sim.Options;
import cachefiles.app.check.sim.Report;
import cachefiles.app.check.sim.Simulation;
import cachefiles.daemon.core.SupervisorCore.Handles;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/// What runs on the mutant's side of a [MutantLoader], and how it crosses: as lists, maps, texts and numbers.
public final class Inside {
    /// How the text begins that tells why a scenario could not be played.
    static final String BROKEN = "broken: ";

    private Inside() {}

    /// What is called on the other side.
    /// @param flags of `check`
    /// @param options as [#options] writes them
    public static Map<String, Object> explore(String flags, String options) {
        return out(Explorer.explore(bounds(flags), options(options), _ -> {}));
    }

    /// What is called on the other side.
    /// @param moves numbers, parted by commas
    public static Map<String, Object> replay(String flags, String options, String moves) {
        var numbers = Arrays.stream(moves.split(",")).map(Integer::valueOf).toList();
        return out(Explorer.replay(bounds(flags), options(options), numbers));
    }

    /// What is called on the other side.
    /// @param flags of `simulate`
    public static Map<String, Object> simulate(String flags) {
        return out(Simulation.run(Options.parse(flags)));
    }

    /// What is called on the other side.
    /// @return the scenario with what happens; or why it cannot be played
    public static String play(String scenario) {
        try {
            return Scenario.parse(scenario).rewritten();
        } catch (IllegalArgumentException | IllegalStateException | NullPointerException broken) {
            return BROKEN + broken;
        }
    }

    /// What is called on the other side.
    /// @param name of one of [Trial]
    /// @return what comes of it
    public static String tried(String name) {
        return Trial.valueOf(name).outcome();
    }

    static String options(Explorer.Options options) {
        return options.depthFirst() + " " + options.reduced() + " " + options.threads() + " " + options.maxStates();
    }

    private static Explorer.Options options(String text) {
        var words = text.split(" ");
        return new Explorer.Options(
                Boolean.parseBoolean(words[0]),
                Boolean.parseBoolean(words[1]),
                Integer.parseInt(words[2]),
                Long.parseLong(words[3]));
    }

    /// The bounds that [Bounds#flags] or somebody else wrote down.
    static Bounds bounds(String flags) {
        var values = Flags.parse(flags);
        var faults = new HashMap<Fault, Integer>();
        for (Fault fault : Fault.values()) {
            faults.put(fault, number(values, fault.flag(), 0));
        }
        return new Bounds(
                number(values, "objects", 1),
                number(values, "readers", 1),
                number(values, "workers", 1),
                number(values, "blocks", 1),
                number(values, "attempts", 0),
                number(values, "fruitless", -1),
                Handles.valueOf(values.getOrDefault("handles", "lost").toUpperCase(Locale.ROOT)),
                number(values, "forged", 1) != 0,
                number(values, "wrap", 0) != 0,
                faults);
    }

    private static int number(Map<String, String> values, String name, int otherwise) {
        var value = values.get(name);
        return value == null ? otherwise : Integer.parseInt(value);
    }

    private static Map<String, Object> out(Verdict verdict) {
        var map = new HashMap<String, Object>();
        map.put("states", verdict.states());
        map.put("transitions", verdict.transitions());
        map.put("depth", verdict.depth());
        map.put("exhausted", verdict.exhausted());
        map.put("seconds", verdict.seconds());
        var trace = verdict.trace();
        map.put("violation", verdict.violation());
        if (trace != null) {
            map.putAll(out(trace));
        }
        return map;
    }

    private static Map<String, Object> out(Trace trace) {
        return Map.of(
                "loop",
                trace.loop(),
                "steps",
                trace.steps().stream().map(Inside::out).toList());
    }

    private static List<Object> out(Trace.Step step) {
        return List.of(
                step.number(),
                step.move(),
                step.turns().stream()
                        .map(turn -> List.of(turn.from(), turn.to(), turn.message(), turn.outcome()))
                        .toList());
    }

    private static Map<String, Object> out(Report report) {
        var map = new HashMap<String, Object>();
        map.put("steps", report.steps());
        map.put("hash", report.hash());
        map.put("coverage", report.coverage().byName());
        map.put("violation", report.violation());
        map.put("trace", report.trace());
        return map;
    }

    /// The report that came across.
    @SuppressWarnings("unchecked")
    static Report in(Options options, Map<?, ?> map) {
        return new Report(
                options,
                (Long) value(map, "steps"),
                (Long) value(map, "hash"),
                Coverage.byName((Map<String, Long>) value(map, "coverage")),
                (String) map.get("violation"),
                (List<String>) value(map, "trace"));
    }

    /// The verdict that came across.
    static Verdict in(Bounds bounds, Map<?, ?> map) {
        return new Verdict(
                bounds,
                (Long) value(map, "states"),
                (Long) value(map, "transitions"),
                (Integer) value(map, "depth"),
                (Boolean) value(map, "exhausted"),
                (String) map.get("violation"),
                map.containsKey("steps") ? trace(map) : null,
                (Double) value(map, "seconds"));
    }

    private static Trace trace(Map<?, ?> map) {
        var steps = ((List<?>) value(map, "steps"))
                .stream().map(step -> step((List<?>) step)).toList();
        return new Trace(steps, (Integer) value(map, "loop"));
    }

    private static Trace.Step step(List<?> step) {
        var turns = ((List<?>) step.get(2))
                .stream()
                        .map(turn -> ((List<?>) turn)
                                .stream().map(String.class::cast).toList())
                        .map(turn -> new Trace.Turn(turn.get(0), turn.get(1), turn.get(2), turn.get(3)))
                        .toList();
        return new Trace.Step((Integer) step.get(0), (String) step.get(1), turns);
    }

    private static Object value(Map<?, ?> map, String name) {
        return Objects.requireNonNull(map.get(name), name);
    }
}
