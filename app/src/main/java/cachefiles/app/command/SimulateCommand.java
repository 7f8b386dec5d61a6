package cachefiles.app.command;

import cachefiles.app.check.sim.Options;
import cachefiles.app.check.sim.Report;
import cachefiles.app.check.sim.Simulation;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Runs the simulation of the cores.
@Command(
        name = "simulate",
        description =
                "Run the production cores under virtual time, with crashes, delays, duplicates and reordering drawn"
                        + " from a seed, and check the invariants after every step.",
        footer = {
            "",
            "One line a run: its seed, whether it held, steps, and a hash of its trace: one seed gives one trace. A run"
                    + " that does not hold ends the command and prints the last steps and the command that replays it.",
            "",
            "Exit codes: 0 all runs held; 1 one did not."
        })
final class SimulateCommand implements Callable<Integer> {
    private static final int SEED_BITS = 48;

    private final Console console;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "The seed of the first run, each further one has the next; default: fresh ones.")
    private @Nullable Long seed;

    @Option(
            names = "--steps",
            paramLabel = "M",
            defaultValue = "1000",
            description = "Steps before the faults stop; default: 1000.")
    private int steps;

    @Option(
            names = "--runs",
            paramLabel = "N",
            description = "How many; default: 1 with --seed, 100 without, no end with --soak.")
    private @Nullable Long runs;

    @Option(names = "--soak", description = "Go on with fresh seeds until one run does not hold, or Ctrl-C.")
    private boolean soak;

    private volatile boolean stopped;

    SimulateCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        if (steps < 1 || runs != null && runs < 1) {
            throw new ParameterException(spec.commandLine(), "--steps and --runs: say 1 or more");
        }
        if (soak && seed != null) {
            throw new ParameterException(
                    spec.commandLine(), "--soak takes fresh seeds; leave out one of --soak and --seed");
        }
        long most = runs != null ? runs : soak ? Long.MAX_VALUE : seed != null ? 1 : 100;
        return Interruptible.call(() -> stopped = true, () -> runAll(most));
    }

    private int runAll(long most) throws IOException {
        var fresh = new SecureRandom();
        long held = 0;
        while (held < most && !stopped) {
            long next = seed != null ? seed + held : fresh.nextLong() >>> Long.SIZE - SEED_BITS;
            Report report = Simulation.run(Options.of(next, steps));
            console.print(report.toString());
            console.out().flush();
            if (!report.held()) {
                console.say("the run of seed " + next + " did not hold; replay it with: " + report.command());
                return ExitCode.FAILED;
            }
            held++;
        }
        console.say("%,d runs held".formatted(held));
        return ExitCode.HELD;
    }
}
