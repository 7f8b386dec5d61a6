package cachefiles.app.command;

import cachefiles.app.load.report.Comparison;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// Compares two loads.
@Command(
        name = "compare",
        versionProvider = Cachefiles.Version.class,
        description = "Tell what differs between two loads beyond the noise.",
        footer = {"", "Exit codes: 0 nothing differs; 1 something does, or a log cannot be read; 3 one is too short."})
final class LoadCompareCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(index = "0", paramLabel = "A", description = "A load's log.")
    @SuppressWarnings("NullAway.Init")
    private Path a;

    @Parameters(index = "1", paramLabel = "B", description = "Another's.")
    @SuppressWarnings("NullAway.Init")
    private Path b;

    LoadCompareCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        var first = LoadReportCommand.read(a);
        var second = LoadReportCommand.read(b);
        Comparison comparison;
        try {
            comparison = Comparison.of(first, second);
        } catch (IllegalArgumentException wrong) {
            throw new CommandException(ExitCode.INCONCLUSIVE, String.valueOf(wrong.getMessage()), wrong);
        }
        for (String line : comparison.lines()) {
            console.print(line);
        }
        return comparison.differs() ? ExitCode.FAILED : ExitCode.HELD;
    }
}
