package cachefiles.app.command;

import cachefiles.app.check.Scenario;
import cachefiles.app.check.Scenarios;
import cachefiles.app.check.trace.Recorder;
import cachefiles.app.stage.Actors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Lists, shows and runs scenarios of the cores.
@Command(
        name = "scenario",
        description = "Scenarios of the cores, in text: what is done above '----', what happens below it.",
        footer = {
            "",
            "A NAME is that of a shipped scenario, as 'list' tells it; docs/scenarios.md has the grammar.",
            "",
            "Exit codes: 0 all held, or were rewritten; 1 one did not hold, or cannot be read."
        })
final class ScenarioCommand implements Callable<Integer> {
    private static final Path SHIPPED = Path.of("app", "src", "main", "resources", "scenarios");

    private final Console console;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(
            index = "0",
            paramLabel = "list|show|run|rewrite",
            converter = ActionName.class,
            description = {
                "list: the shipped ones, each with the rules it shows;",
                "show: their text;",
                "run: tell what is not as it is written; without names or files, of all shipped ones;",
                "rewrite: write what happens into files; read that difference before you keep it. Without files, into"
                        + " the shipped ones of the checkout below the working directory."
            })
    private Action action = Action.RUN;

    @Parameters(index = "1..*", arity = "0..*", paramLabel = "NAME|FILE", description = "Names, or files of one each.")
    private List<String> which = List.of();

    @Option(
            names = "--trace",
            paramLabel = "FILE",
            description = "run: write one line of JSON a transition there, of the cores', or with --against actors of"
                    + " theirs, which 'trace' tells and checks; -: standard output, where nothing else goes then.")
    private @Nullable String trace;

    @Option(
            names = "--against",
            paramLabel = "cores|actors|both",
            converter = AgainstName.class,
            description = {
                "run: who plays; default: both. By the actors that run in production a scenario is held to the same"
                        + " text, but for the order of what happens within one verb."
            })
    private Against against = Against.BOTH;

    enum Against {
        CORES,
        ACTORS,
        BOTH
    }

    static final class AgainstName extends Word<Against> {
        AgainstName() {
            super(Against.class);
        }
    }

    enum Action {
        LIST,
        SHOW,
        RUN,
        REWRITE
    }

    static final class ActionName extends Word<Action> {
        ActionName() {
            super(Action.class);
        }
    }

    ScenarioCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, CommandException {
        if (trace != null && action != Action.RUN) {
            throw new ParameterException(spec.commandLine(), "--trace goes with run");
        }
        if (against != Against.BOTH && action != Action.RUN) {
            throw new ParameterException(spec.commandLine(), "--against goes with run");
        }
        return switch (action) {
            case LIST -> list();
            case SHOW -> show();
            case RUN -> run();
            case REWRITE -> rewrite();
        };
    }

    private int list() throws IOException {
        if (!which.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "list: takes no names; it tells them all");
        }
        for (String name : Scenarios.names()) {
            var scenario = Scenario.parse(shipped(name));
            console.print("%-28s %s [%s]".formatted(name, scenario.title(), String.join(" ", scenario.tags())));
        }
        return ExitCode.HELD;
    }

    private int show() throws IOException {
        if (which.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "show: say which; 'scenario list' tells the names");
        }
        int exit = ExitCode.HELD;
        for (String name : which) {
            var text = Scenarios.text(name);
            if (text == null) {
                console.say("no scenario '" + name + "' is shipped; 'scenario list' tells the names");
                exit = ExitCode.FAILED;
            } else {
                console.print(text.stripTrailing());
            }
        }
        return exit;
    }

    private static String shipped(String name) throws IOException {
        var text = Scenarios.text(name);
        if (text == null) {
            throw new IOException("the scenario " + name + " is gone");
        }
        return text;
    }

    private int run() throws IOException, CommandException {
        int exit = ExitCode.HELD;
        try (var tracing = TraceOption.open(spec, console, trace, () -> 0)) {
            for (String name : which.isEmpty() ? Scenarios.names() : which) {
                exit = Math.max(exit, one(name, tracing == null ? null : tracing.run(name)));
            }
        }
        return exit;
    }

    private int rewrite() throws IOException {
        int exit = ExitCode.HELD;
        for (String file : which.isEmpty() ? ofCheckout() : which) {
            exit = Math.max(exit, one(file, null));
        }
        return exit;
    }

    private List<String> ofCheckout() throws IOException {
        if (!Files.isDirectory(SHIPPED)) {
            throw new ParameterException(
                    spec.commandLine(), "rewrite: there is no " + SHIPPED + " here; say which files");
        }
        try (var files = Files.list(SHIPPED)) {
            return files.map(Path::toString).sorted().toList();
        }
    }

    private int one(String name, @Nullable Recorder recorder) throws IOException {
        try {
            var shipped = action == Action.RUN ? Scenarios.text(name) : null;
            var text = shipped != null ? shipped : Files.readString(Path.of(name), StandardCharsets.UTF_8);
            return play(name, text, recorder);
        } catch (IllegalArgumentException wrong) {
            console.say(name + ": " + wrong.getMessage());
            return ExitCode.FAILED;
        } catch (IllegalStateException broken) { // an invariant
            tell(name + ": did not hold, " + broken.getMessage());
            return ExitCode.FAILED;
        } catch (NoSuchFileException missing) {
            console.say(name + ": there is no such file, and no such scenario is shipped");
            return ExitCode.FAILED;
        } catch (UncheckedIOException failed) {
            console.say("cannot make files: " + failed.getMessage());
            return ExitCode.ENVIRONMENT;
        } catch (IOException failed) {
            console.say("cannot be read: " + Why.of(failed));
            return ExitCode.FAILED;
        }
    }

    private int play(String name, String text, @Nullable Recorder recorder) throws IOException {
        var scenario = Scenario.parse(text);
        if (action == Action.REWRITE || against != Against.ACTORS) {
            var happened = scenario.rewritten(recorder);
            if (!text.equals(happened)) {
                return action == Action.RUN ? differs(name, text, happened) : rewrite(Path.of(name), happened);
            }
        }
        if (action == Action.RUN && against != Against.CORES) {
            var watched = against == Against.ACTORS ? recorder : null;
            var played = scenario.playedBy((limits, listener) -> new Actors(limits, listener, watched));
            if (!played.equals(scenario.unordered())) {
                return differs(name + ", by the actors", scenario.unordered(), played);
            }
        }
        tell(name + ": held");
        return ExitCode.HELD;
    }

    private int rewrite(Path file, String happened) throws IOException {
        try {
            Files.writeString(file, happened);
        } catch (IOException failed) {
            console.say("cannot be written: " + Why.of(failed));
            return ExitCode.ENVIRONMENT;
        }
        tell(file + ": rewritten");
        return ExitCode.HELD;
    }

    /// From the first line that differs to the last.
    private int differs(String name, String text, String happened) throws IOException {
        var written = text.lines().toList();
        var now = happened.lines().toList();
        int start = 0;
        while (start < Math.min(written.size(), now.size())
                && written.get(start).equals(now.get(start))) {
            start++;
        }
        int end = 0;
        while (end < Math.min(written.size(), now.size()) - start
                && written.get(written.size() - 1 - end).equals(now.get(now.size() - 1 - end))) {
            end++;
        }
        tell(name + ": did not hold, line " + (start + 1));
        for (String line : written.subList(start, written.size() - end)) {
            tell("- " + line);
        }
        for (String line : now.subList(start, now.size() - end)) {
            tell("+ " + line);
        }
        return ExitCode.FAILED;
    }

    private void tell(String line) throws IOException {
        if ("-".equals(trace)) {
            console.say(line);
        } else {
            console.print(line);
        }
    }
}
