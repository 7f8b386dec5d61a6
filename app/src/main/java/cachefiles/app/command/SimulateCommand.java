package cachefiles.app.command;

import cachefiles.app.check.sim.Campaign;
import cachefiles.app.check.sim.Crash;
import cachefiles.app.check.sim.Fault;
import cachefiles.app.check.sim.Options;
import cachefiles.app.check.sim.Report;
import cachefiles.app.check.sim.Shrinker;
import cachefiles.app.check.sim.Simulation;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/// Runs the simulation of the cores.
@Command(
        name = "simulate",
        sortOptions = false,
        description =
                "Run the production cores under virtual time, with crashes, delays, duplicates and reordering drawn"
                        + " from a seed, and check the invariants after every step.",
        footer = {
            "",
            "Prints how many seeds held, their steps, how often something failed and came back, and a hash of all traces:"
                    + " the same seeds give the same hash. A run that does not hold ends the command; it is shrunk, and"
                    + " its last steps are printed with the command that replays it.",
            "",
            "--without takes guards out of the cores. Given no seeds, it runs those from 0 on, 2,000 at most.",
            "",
            "Exit codes: 0 all runs held; 1 one did not.",
            "--json writes one object: seeds, steps, failures, cycles, traceHash, cpuSeconds, cyclesPerCpuMinute, and of"
                    + " a run that did not hold its violation, replay and trace."
        })
final class SimulateCommand implements Callable<Integer> {
    private static final int SEED_BITS = 48;
    private static final long FRESH_SEEDS = 100;
    private static final long UNGUARDED_SEEDS = 2_000; // a second of CPU
    private static final long PROGRESS_NANOS = Duration.ofSeconds(10).toNanos();

    private final Console console;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Run this one; with --seeds or --soak, it and those that follow.")
    private @Nullable Long seed;

    @Option(
            names = "--seeds",
            paramLabel = "N",
            description = "How many runs, of fresh seeds without --seed; default: 100.")
    private @Nullable Long seeds;

    @Option(names = "--soak", paramLabel = "MINUTES", description = "Go on for so long.")
    private @Nullable Double minutes;

    @Option(
            names = "--steps",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Steps of each run before its faults stop; default: 1000.")
    private int steps;

    @Option(
            names = "--faults",
            paramLabel = "NAME",
            split = ",",
            description = "Kinds that a seed may draw from, parted by commas, or none; default: all.")
    private @Nullable List<String> faults;

    @Option(
            names = "--crash",
            paramLabel = "VICTIM:MOMENT:STEP",
            converter = CrashText.class,
            description = {"One crash at one place, and no other fault; such as device:acting:17."})
    private @Nullable Crash crash;

    @Mixin
    private WithoutOption without = new WithoutOption();

    @Mixin
    private JsonOption json = new JsonOption();

    private volatile boolean stopped;
    private long told = System.nanoTime();

    private static final class FaultName extends Word<Fault> {
        FaultName() {
            super(Fault.class);
        }
    }

    static final class CrashText extends Parsed<Crash> {
        CrashText() {
            super(Crash::parse);
        }
    }

    SimulateCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        if (steps < 1 || seeds != null && seeds < 1 || minutes != null && !(minutes > 0)) {
            throw wrong("--steps, --seeds and --soak: say 1 or more");
        }
        if (seeds != null && minutes != null) {
            throw wrong("leave out one of --seeds and --soak");
        }
        if (crash != null && faults != null) {
            throw wrong("leave out one of --crash and --faults: there are no others beside that crash");
        }
        try (var _ = json.open(console)) {
            return simulate();
        }
    }

    private int simulate() throws Exception {
        var mutant = without.mutant();
        Function<Options, Report> run = mutant == null ? Simulation::run : mutant::simulate;
        var result = Interruptible.call(() -> stopped = true, () -> runAll(run));
        var failure = result.failure();
        var shrunk = failure == null ? null : Shrinker.shrink(run, failure);
        tell(result, failure, shrunk);
        write(result, shrunk);
        return result.held() ? ExitCode.HELD : ExitCode.FAILED;
    }

    private ParameterException wrong(String why) {
        return new ParameterException(spec.commandLine(), why);
    }

    /// Whether it is left to us where to look for what is gone without some guards.
    private boolean isUnguided() {
        return seed == null
                && seeds == null
                && minutes == null
                && !without.pieces().isEmpty();
    }

    private Campaign.Result runAll(Function<Options, Report> run) {
        long some = seed != null ? 1 : isUnguided() ? UNGUARDED_SEEDS : FRESH_SEEDS;
        long most = seeds != null ? seeds : minutes != null ? Long.MAX_VALUE : some;
        long end = System.nanoTime() + (minutes == null ? Long.MAX_VALUE / 2 : (long) (minutes * 60e9));
        return Campaign.run(
                seeds(), most, this::options, run, () -> stopped || end - System.nanoTime() < 0, this::progress);
    }

    private LongUnaryOperator seeds() {
        var first = isUnguided() ? Long.valueOf(0) : seed;
        if (first != null) {
            return number -> first + number;
        }
        var fresh = new SecureRandom();
        return _ -> fresh.nextLong() >>> Long.SIZE - SEED_BITS;
    }

    private Fault fault(String name) {
        try {
            return new FaultName().convert(name);
        } catch (TypeConversionException wrong) {
            throw wrong("--faults: " + wrong.getMessage());
        }
    }

    private Options options(long of) {
        var options = Options.of(of, steps).without(without.ids());
        if (crash != null) {
            return options.with(crash);
        }
        if (faults == null) {
            return options;
        }
        var some = EnumSet.noneOf(Fault.class);
        for (String name : faults) {
            if (!name.equals("none")) {
                some.add(fault(name));
            }
        }
        return options.withFaults(some);
    }

    private void progress(Campaign.Result result) {
        long now = System.nanoTime();
        if (now - told > PROGRESS_NANOS) {
            told = now;
            console.say("%,d seeds, %,d steps, %,d crash-restart cycles"
                    .formatted(result.seeds(), result.steps(), result.cycles()));
        }
    }

    private void tell(Campaign.Result result, @Nullable Report failure, @Nullable Report shrunk) throws IOException {
        if (failure != null && shrunk != null) {
            json.print(console, "did not hold: " + failure.options().flags() + ": " + failure.violation());
            json.print(console, "shrunk: " + shrunk);
        }
        json.print(
                console,
                "%,d seeds %s, %,d steps, %,d crash-restart cycles, trace %x"
                        .formatted(
                                result.seeds(),
                                result.held() ? "held" : "ran, the last did not hold",
                                result.steps(),
                                result.cycles(),
                                result.traceHash()));
        if (result.held()) {
            for (String finder : without.finders()) {
                json.print(console, finder);
            }
        }
        console.out().flush();
        console.say("%,.0f crash-restart cycles per CPU-minute".formatted(result.cyclesPerCpuMinute()));
    }

    private void write(Campaign.Result result, @Nullable Report shrunk) throws Exception {
        var all = JsonNodeFactory.instance.objectNode();
        all.put("seeds", result.seeds());
        all.put("steps", result.steps());
        all.put("failures", result.held() ? 0 : 1);
        all.put("cycles", result.cycles());
        all.put("traceHash", Long.toHexString(result.traceHash()));
        all.put("cpuSeconds", result.cpuNanos() / 1e9);
        all.put("cyclesPerCpuMinute", result.cyclesPerCpuMinute());
        if (shrunk != null) {
            put(shrunk, all);
        }
        json.write(all);
    }

    private static void put(Report shrunk, ObjectNode all) {
        all.put("violation", shrunk.violation());
        all.put("replay", shrunk.command());
        var trace = all.putArray("trace");
        shrunk.trace().forEach(trace::add);
    }
}
