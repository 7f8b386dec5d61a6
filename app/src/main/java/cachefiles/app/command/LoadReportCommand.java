package cachefiles.app.command;

import cachefiles.app.load.report.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Makes a load's report again.
@Command(
        name = "report",
        versionProvider = Cachefiles.Version.class,
        description = "Make of a load's log what the load made, byte for byte; also of a log that was cut off.")
final class LoadReportCommand implements Callable<Integer> {
    private final Console console;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(paramLabel = "LOG", description = "What --log wrote.")
    @SuppressWarnings("NullAway.Init")
    private Path log;

    @Mixin
    private LoadOutputs outputs = new LoadOutputs();

    LoadReportCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        var run = read(log);
        try (var opened = outputs.open(spec, console)) {
            return opened.finish(run, console);
        }
    }

    static Run read(Path log) throws CommandException {
        try {
            return Run.parse(Files.readString(log));
        } catch (IOException failed) {
            throw new CommandException(ExitCode.FAILED, "cannot read the log: " + Why.of(failed), failed);
        } catch (IllegalArgumentException wrong) {
            throw new CommandException(ExitCode.FAILED, log + " is no log of a load: " + wrong.getMessage(), wrong);
        }
    }
}
