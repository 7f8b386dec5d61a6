package cachefiles.app.command;

import cachefiles.app.load.OriginFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Writes what a service is to serve under load.
@Command(
        name = "origin",
        versionProvider = Cachefiles.Version.class,
        description = "Write a profile's objects as files, for 'serve --origin DIR' and then 'load --target URL'.")
final class LoadOriginCommand implements Callable<Integer> {
    private final Console console;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    private LoadProfile profile = new LoadProfile();

    @Option(names = "--to", paramLabel = "DIR", required = true, description = "Where; made if it is missing.")
    @SuppressWarnings("NullAway.Init")
    private Path to;

    LoadOriginCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        var chosen = profile.chosen(spec);
        try {
            console.print("%,d files, %,d bytes".formatted(chosen.objects(), OriginFiles.write(chosen, to)));
            console.out().flush();
        } catch (IOException failed) {
            throw new CommandException(ExitCode.ENVIRONMENT, "--to: " + Why.of(failed), failed);
        }
        return ExitCode.HELD;
    }
}
