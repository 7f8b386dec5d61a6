package cachefiles.app.command;

import cachefiles.app.check.explore.Bounds;
import cachefiles.app.check.explore.Drawing;
import cachefiles.app.check.explore.Explorer;
import cachefiles.app.check.explore.Fault;
import cachefiles.app.check.explore.Trace;
import cachefiles.app.check.explore.Verdict;
import cachefiles.app.check.museum.Museum;
import cachefiles.app.check.museum.Mutant;
import cachefiles.app.check.museum.Piece;
import cachefiles.daemon.core.SupervisorCore.Handles;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Explores every interleaving of the cores within bounds.
@Command(
        name = "check",
        sortOptions = false,
        description = "Explore every interleaving of the production cores within the bounds given, and check that the"
                + " invariants hold in every state and that everything comes to an end.",
        footer = {
            "",
            "--without takes guards out of the cores. Given no bounds, it explores those within which the museum finds these"
                    + " pieces; of one that no exploration finds, it runs what does.",
            "",
            "Exit codes: 0 exhausted and held; 1 violated: the shortest way to it is printed, as text and as a sequence"
                    + " diagram for Mermaid; 3 not exhausted (--max-states, or the memory, was too small).",
            "--json writes one object: states, depth, exhausted, violations, seconds, statesPerSecond, and runs, a list of"
                    + " the same with bounds, violation and trace."
        })
final class CheckCommand implements Callable<Integer> {
    private static final Set<String> BOUNDS = Set.of(
            "--objects",
            "--readers",
            "--workers",
            "--blocks",
            "--forged",
            "--wrap",
            "--attempts",
            "--fruitless",
            "--handles");
    private static final long BYTES_PER_STATE = 160; // with its edges and its share of the states not yet expanded

    private final Console console;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(names = "--preset", paramLabel = "NAME", description = "quick (default without bounds), standard or deep.")
    private @Nullable String preset;

    @Option(names = "--objects", paramLabel = "N", description = "1 to 4; default: 1.")
    private @Nullable Integer objects;

    @Option(names = "--readers", paramLabel = "N", description = "Of one read each, 1 to 8; default: 1.")
    private @Nullable Integer readers;

    @Option(names = "--workers", paramLabel = "N", description = "Of the daemon, 1 to 4; default: 1.")
    private @Nullable Integer workers;

    @Option(names = "--blocks", paramLabel = "N", description = "Of each object, 1 to 4; default: 1.")
    private @Nullable Integer blocks;

    @ArgGroup(exclusive = false, heading = "How often what may go wrong, 0 to 9, default 0:%n")
    private FaultBudgets budgets = new FaultBudgets();

    @Option(
            names = "--forged",
            paramLabel = "N",
            description = {
                "Whether forged answers are tried in every state, and not late ones alone: 0 = no; default: 1."
            })
    private int forged = 1;

    @Option(
            names = "--wrap",
            paramLabel = "N",
            description = {"Whether ids are about to come around to 0 and to those in use: 1 = yes; default: 0."})
    private int wrap;

    @Option(
            names = "--attempts",
            paramLabel = "N",
            description = {"To reopen an object before its READs fail, 1 to 8; default: more than can be needed."})
    private @Nullable Integer attempts;

    @Option(
            names = "--fruitless",
            paramLabel = "N",
            description = {
                "Restarts of the daemon before the supervisor gives up, 0 to 8; default: more than can be needed."
            })
    private @Nullable Integer fruitless;

    @Option(
            names = "--handles",
            paramLabel = "lost|kept",
            converter = HandlesName.class,
            description = {"What becomes of descriptors when the daemon dies; default: lost."})
    private Handles handles = Handles.LOST;

    @Option(
            names = "--search",
            paramLabel = "bfs|dfs",
            converter = SearchName.class,
            description = {"Breadth first (default) or depth first: both see the same states."})
    private Search search = Search.BFS;

    @Option(
            names = "--reduction",
            paramLabel = "on|off",
            converter = SwitchName.class,
            description = {"off: no state is taken for another, no step is merged; for small bounds. Default: on."})
    private Switch reduction = Switch.ON;

    @Option(names = "--max-states", paramLabel = "N", description = "End after so many; default: what memory holds.")
    private @Nullable Long maxStates;

    @Option(
            names = "--replay",
            paramLabel = "N,N,...",
            split = ",",
            description = {"Make these moves, as a violation names them, and tell what happens."})
    private @Nullable List<Integer> replay;

    @Mixin
    private WithoutOption without = new WithoutOption();

    @Option(names = "--svg", paramLabel = "FILE", description = "Draw the way to a violation, or the replay, into it.")
    private @Nullable Path svg;

    @Mixin
    private JsonOption json = new JsonOption();

    private @Nullable Outcome drawing;

    enum Search {
        BFS,
        DFS
    }

    enum Switch {
        ON,
        OFF
    }

    static final class SearchName extends Word<Search> {
        SearchName() {
            super(Search.class);
        }
    }

    static final class SwitchName extends Word<Switch> {
        SwitchName() {
            super(Switch.class);
        }
    }

    CheckCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        try (var _ = json.open(console);
                var svg = Outcome.open(console, "--svg", this.svg)) {
            drawing = svg;
            return check();
        }
    }

    private int check() throws Exception {
        if (!isBounded() && !without.pieces().isEmpty() && within().isEmpty()) {
            return lookElsewhere();
        }
        var mutant = without.mutant();
        var verdicts = new ArrayList<Verdict>();
        for (Bounds bounds : bounds()) {
            var verdict = replay == null ? explore(mutant, bounds) : replay(mutant, bounds, replay);
            verdicts.add(verdict);
            if (!verdict.held() || replay != null) {
                break;
            }
        }
        if (replay == null && verdicts.stream().allMatch(Verdict::held)) {
            for (String finder : without.finders()) {
                json.print(console, finder);
            }
        }
        var all = JsonNodeFactory.instance.objectNode();
        put(verdicts, all);
        json.write(all);
        return replay != null && verdicts.getFirst().held() ? ExitCode.HELD : exitCode(verdicts);
    }

    private Verdict explore(@Nullable Mutant mutant, Bounds bounds) throws IOException, CommandException {
        var verdict = mutant == null
                ? Explorer.explore(bounds, options(), this::progress)
                : mutant.explore(bounds, options());
        report(verdict);
        return verdict;
    }

    private Verdict replay(@Nullable Mutant mutant, Bounds bounds, List<Integer> moves)
            throws IOException, CommandException {
        try {
            var verdict = mutant == null
                    ? Explorer.replay(bounds, options(), moves)
                    : mutant.replay(bounds, options(), moves);
            tell(verdict);
            return verdict;
        } catch (IllegalArgumentException wrong) {
            throw new CommandException(ExitCode.USAGE, String.valueOf(wrong.getMessage()), wrong);
        }
    }

    /// What no exploration finds is looked for as the museum does.
    private int lookElsewhere() throws Exception {
        var all = JsonNodeFactory.instance.objectNode();
        put(List.of(), all);
        int violations = 0;
        for (Piece piece : without.pieces()) {
            var found = Museum.run(piece);
            json.print(console, piece.id() + " is found not by exploring, but by `" + piece.finder() + "`");
            json.print(console, (found.found() ? "violated: " + found.by() : "NOT FOUND") + "\n" + found.text());
            violations += found.found() ? 1 : 0;
        }
        all.put("violations", violations);
        json.write(all);
        return violations > 0 ? ExitCode.FAILED : ExitCode.INCONCLUSIVE;
    }

    private static int exitCode(List<Verdict> verdicts) {
        if (verdicts.stream().anyMatch(verdict -> !verdict.held())) {
            return ExitCode.FAILED;
        }
        return verdicts.stream().allMatch(Verdict::exhausted) ? ExitCode.HELD : ExitCode.INCONCLUSIVE;
    }

    /// Whether bounds are given, be they those that hold anyway.
    private boolean isBounded() {
        return spec.commandLine().getParseResult().matchedOptions().stream()
                .anyMatch(option -> BOUNDS.contains(option.longestName())
                        || Stream.of(Fault.values())
                                .anyMatch(fault -> option.longestName().equals("--" + fault.flag())));
    }

    /// The bounds within which the museum finds the pieces whose guards are taken out, as far as exploring does.
    private List<Bounds> within() {
        return without.pieces().stream()
                .flatMap(piece -> piece.bounds().stream())
                .distinct()
                .toList();
    }

    private List<Bounds> bounds() throws IOException {
        if (preset != null && isBounded()) {
            throw new ParameterException(spec.commandLine(), "say --preset or bounds, not both");
        }
        if (preset == null && !isBounded() && !without.pieces().isEmpty()) {
            json.print(console, "without bounds of your own, those by which the museum finds " + without.ids());
            return within();
        }
        try {
            if (!isBounded()) {
                return Bounds.preset(preset == null ? "quick" : preset);
            }
            return List.of(new Bounds(
                    objects == null ? 1 : objects,
                    readers == null ? 1 : readers,
                    workers == null ? 1 : workers,
                    blocks == null ? 1 : blocks,
                    attempts == null ? 0 : attempts,
                    fruitless == null ? -1 : fruitless,
                    handles,
                    forged != 0,
                    wrap != 0,
                    budgets.byFault()));
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(spec.commandLine(), String.valueOf(wrong.getMessage()), wrong);
        }
    }

    private Explorer.Options options() {
        long fits = Runtime.getRuntime().maxMemory() / BYTES_PER_STATE;
        return new Explorer.Options(
                search == Search.DFS,
                reduction == Switch.ON,
                Runtime.getRuntime().availableProcessors(),
                maxStates == null ? fits : maxStates);
    }

    private void progress(Explorer.Progress progress) {
        var line = "%,d states, %,.0f/s, depth %d, queue %,d"
                .formatted(progress.states(), progress.statesPerSecond(), progress.depth(), progress.queue());
        if (console.terminal()) {
            console.err().print("\r" + line + "   ");
            console.err().flush();
        } else {
            console.say(line);
        }
    }

    private void report(Verdict verdict) throws IOException, CommandException {
        if (console.terminal()) {
            console.err().print("\r");
        }
        json.print(console, verdict.bounds().flags());
        json.print(
                console,
                "  %s: %,d states to depth %d, %,d transitions, %.1f s, %,.0f states/s"
                        .formatted(
                                verdict.held() ? verdict.exhausted() ? "exhausted, held" : "not exhausted" : "VIOLATED",
                                verdict.states(),
                                verdict.depth(),
                                verdict.transitions(),
                                verdict.seconds(),
                                verdict.states() / verdict.seconds()));
        json.print(console, "  the odds that a fingerprint hid a state: %.1g".formatted(verdict.odds()));
        var trace = verdict.trace();
        if (trace != null) {
            json.print(console, "");
            tell(verdict);
            json.print(
                    console,
                    "replay it: ./cachefiles check " + verdict.bounds().flags()
                            + (without.ids().isEmpty() ? "" : " --without " + without.ids())
                            + (reduction == Switch.ON ? "" : " --reduction off") + " --replay " + trace.numbers());
        }
        console.out().flush();
    }

    /// The way that `verdict` has, and what it leads to.
    private void tell(Verdict verdict) throws IOException, CommandException {
        if (verdict.violation() != null) {
            json.print(console, "violated: " + verdict.violation());
        }
        var trace = verdict.trace();
        if (trace != null) {
            json.print(console, trace.text());
            json.print(console, "```mermaid\n" + Drawing.mermaid(trace) + "```");
            if (drawing != null) {
                drawing.write(Drawing.svg(trace));
            }
        }
    }

    private static void put(List<Verdict> verdicts, ObjectNode all) {
        long states = verdicts.stream().mapToLong(Verdict::states).sum();
        double seconds = verdicts.stream().mapToDouble(Verdict::seconds).sum();
        all.put("states", states);
        all.put("depth", verdicts.stream().mapToInt(Verdict::depth).max().orElse(0));
        all.put("exhausted", !verdicts.isEmpty() && verdicts.stream().allMatch(Verdict::exhausted));
        all.put(
                "violations",
                verdicts.stream().filter(verdict -> !verdict.held()).count());
        all.put("seconds", seconds);
        all.put("statesPerSecond", seconds > 0 ? states / seconds : 0);
        var runs = all.putArray("runs");
        verdicts.forEach(verdict -> put(verdict, runs.addObject()));
    }

    private static void put(Verdict verdict, ObjectNode run) {
        run.put("bounds", verdict.bounds().flags());
        run.put("states", verdict.states());
        run.put("transitions", verdict.transitions());
        run.put("depth", verdict.depth());
        run.put("exhausted", verdict.exhausted());
        run.put("seconds", verdict.seconds());
        run.put("odds", verdict.odds());
        run.put("violation", verdict.violation());
        var trace = verdict.trace();
        if (trace != null) {
            run.put("traceSteps", trace.steps().size());
            run.put("loopSteps", trace.loop());
            var steps = run.putArray("trace");
            for (Trace.Step step : trace.steps()) {
                var one = steps.addObject();
                one.put("move", step.number());
                one.put("what", step.move());
                var turns = one.putArray("turns");
                step.turns()
                        .forEach(turn -> turns.addObject()
                                .put("from", turn.from())
                                .put("to", turn.to())
                                .put("message", turn.message())
                                .put("outcome", turn.outcome()));
            }
        }
    }
}
