package cachefiles.app.command;

import cachefiles.app.load.EngineTarget;
import cachefiles.app.load.HttpTarget;
import cachefiles.app.load.Load;
import cachefiles.app.load.Target;
import cachefiles.app.load.plan.Profile;
import cachefiles.app.load.report.Entry;
import cachefiles.app.load.report.LogLine;
import cachefiles.app.load.report.Progress;
import cachefiles.app.load.report.Run;
import cachefiles.persistence.journal.JournalSetting;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Loads the engine, or a service, and tells what readers saw.
@Command(
        name = "load",
        description = {
            "Many readers, many objects, and crashes: how long reads took, before, through and after each crash. Every read"
                    + " is compared with what it has to get.",
            "With --rate the steps begin when they are to begin, however long others take, and latency counts from there."
        },
        synopsisSubcommandLabel = "[report|compare|origin]",
        footer = {
            "",
            "Profiles: small many storm overload compile compile-readahead stress, or a file; docs/load.md has their form,"
                    + " and that of sizes (4k, 4k..64k, ~16k..1M, 4k*7,64k*2).",
            "",
            "Exit codes: 0 held; 1 bytes were wrong, or reads failed; 3 interrupted, or no crash landed; 4 the cache cannot be"
                    + " used; 5 a --require did not hold."
        })
final class LoadCommand implements Callable<Integer> {
    private final Console console;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    private LoadProfile profile = new LoadProfile();

    @Option(
            names = "--target",
            paramLabel = "engine|URL",
            defaultValue = "engine",
            description = "What to load: the engine in this process, or a service such as http://127.0.0.1:8480, which"
                    + " serves what 'load origin' made. Default: engine.")
    private String target = "engine";

    @Option(
            names = "--admin",
            paramLabel = "ADDR",
            description = "The service's second address, for its metrics, and for crashes, if it was started with"
                    + " --allow-crash.")
    private @Nullable String admin;

    @Option(
            names = "--cache",
            paramLabel = "DIR",
            description = "Cache there and keep it; default: a folder that is removed in the end.")
    private @Nullable Path cache;

    @Mixin
    private JournalOption journal = new JournalOption();

    @Option(names = "--log", paramLabel = "FILE", description = "Write a line an interval there, while it runs.")
    private @Nullable String log;

    @Mixin
    private LoadOutputs outputs = new LoadOutputs();

    LoadCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        var chosen = profile.chosen(spec);
        var setting = journal.setting(spec, console);
        var running = new CompletableFuture<Load>();
        return Interruptible.callToTheEnd(() -> interrupt(running), () -> run(chosen, setting, running));
    }

    private static void interrupt(CompletableFuture<Load> running) {
        var unused = running.thenAccept(Load::interrupt);
    }

    /// All that is opened is closed, and the cache removed, before this returns: an interrupt ends the process then.
    private int run(Profile chosen, JournalSetting setting, CompletableFuture<Load> running) throws Exception {
        try (var opened = outputs.open(spec, console);
                var lines = OutputOption.open(spec, console, "--log", log);
                var directory = TemporaryCache.of(cache, setting, console);
                var loaded = target(chosen, setting, directory.path())) {
            var told = new Told(lines, console);
            var load = new Load(profile.name(), chosen, loaded, told::tell);
            running.complete(load);
            try {
                load.run();
            } catch (Target.Failure failed) {
                throw new CommandException(
                        ExitCode.FAILED, "the objects could not be made ready: " + failed.error(), failed);
            } catch (UncheckedIOException failed) {
                throw new CommandException(ExitCode.ENVIRONMENT, "--log: cannot write: " + failed.getMessage(), failed);
            } finally {
                told.end();
            }
            return opened.finish(Run.parse(told.text.toString()), console);
        }
    }

    private Target target(Profile chosen, JournalSetting setting, Path directory) throws CommandException {
        if (target.equals("engine")) {
            try {
                return new EngineTarget(chosen, directory, setting);
            } catch (IOException failed) {
                throw CacheDirectory.unfit(failed);
            }
        }
        if (!target.matches("https?://[^/].*")) {
            throw new ParameterException(
                    spec.commandLine(), "--target " + target + ": say engine, or a URL such as http://127.0.0.1:8480");
        }
        if (chosen.crash().any() && admin == null) {
            throw new ParameterException(
                    spec.commandLine(),
                    "crashes of a service need its second address: --admin HOST:PORT; or say --crash none");
        }
        return new HttpTarget(chosen, URI.create(target), admin);
    }

    /// Takes the log's lines, and shows how far it is.
    private static final class Told {
        private final @Nullable OutputStream lines;
        private final Console console;
        private final StringBuilder text = new StringBuilder();
        private final Progress progress = new Progress();

        Told(@Nullable OutputStream lines, Console console) {
            this.lines = lines;
            this.console = console;
        }

        void tell(Entry entry) {
            String line = LogLine.of(entry) + "\n";
            text.append(line);
            if (lines != null) {
                try {
                    lines.write(line.getBytes(StandardCharsets.UTF_8));
                    lines.flush();
                } catch (IOException failed) {
                    throw new UncheckedIOException(failed);
                }
            }
            String now = progress.after(entry);
            if (!now.isEmpty() && console.terminal()) {
                console.err().print("\r" + now + "\033[K");
                console.err().flush();
            } else if (!now.isEmpty()) {
                console.err().println(now);
            }
        }

        void end() {
            if (console.terminal()) {
                console.err().print("\r\033[K");
            }
        }
    }
}
