package cachefiles.app.command;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Properties;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/// The root of all commands.
@Command(
        name = "cachefiles",
        description = {
            "Files that are filled on demand, through crashes of whoever fills them.",
            "An actor system after Linux' cachefiles in on-demand mode with fail-over."
        },
        versionProvider = Cachefiles.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Exit codes: 0 held or done; 1 did not hold, or could not be read; 2 wrong use;",
            "3 inconclusive (a bound was hit, a kill did not land); 4 the environment is not fit (a directory is locked or"
                    + " cannot be written, no JDK 25);",
            "5 a load did not keep to what was required of it.",
            "Data goes to standard output, everything else to standard error."
        })
public final class Cachefiles implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Tell how to use it.")
    @SuppressWarnings("UnusedVariable")
    private boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            scope = ScopeType.INHERIT,
            description = "Tell the version.")
    @SuppressWarnings("UnusedVariable")
    private boolean version;

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Show stack traces of errors.")
    private boolean debug;

    private Cachefiles() {}

    /// Runs the command that `args` name.
    /// @return its exit code
    public static int run(Console console, String... args) {
        var root = new Cachefiles();
        var line = new CommandLine(root)
                .addSubcommand(new DemoCommand(console))
                .addSubcommand(new CatCommand(console))
                .addSubcommand(new LsCommand(console))
                .addSubcommand(new ServeCommand(console))
                .addSubcommand(new InspectCommand(console))
                .addSubcommand(new CheckCommand(console))
                .addSubcommand(new MuseumCommand(console))
                .addSubcommand(new SimulateCommand(console))
                .addSubcommand(new ScenarioCommand(console))
                .addSubcommand(new TraceCommand(console))
                .addSubcommand(new CommandLine(new LoadCommand(console))
                        .addSubcommand(new LoadReportCommand(console))
                        .addSubcommand(new LoadCompareCommand(console))
                        .addSubcommand(new LoadOriginCommand(console)));
        line.getSubcommands().values().forEach(each -> each.getCommandSpec().versionProvider(new Version()));
        line.setAbbreviatedOptionsAllowed(false)
                .setUsageHelpAutoWidth(false)
                .setUsageHelpWidth(110)
                .setUsageHelpLongOptionsMaxWidth(32)
                .setExpandAtFiles(false)
                .setUnmatchedOptionsArePositionalParams(false)
                .registerConverter(Path.class, new Parsed<>(text -> Path.of(Values.notEmpty(text))) {})
                .setParameterExceptionHandler((wrong, _) -> wrongUse(console, wrong))
                .setExecutionExceptionHandler((failed, _, _) -> root.failed(console, failed));
        var out = new StringWriter();
        line.setOut(new PrintWriter(out));
        int exit = line.execute(args);
        try {
            console.out().write(out.toString().getBytes(StandardCharsets.UTF_8));
            console.out().flush();
        } catch (IOException failed) {
            return root.failed(console, failed);
        }
        return exit;
    }

    @Override
    public Integer call() {
        throw new ParameterException(
                spec.commandLine(),
                "say which command: " + String.join(", ", spec.subcommands().keySet()));
    }

    private static int wrongUse(Console console, ParameterException wrong) {
        console.say(wrong.getMessage());
        var suggestions = new StringWriter();
        if (UnmatchedArgumentException.printSuggestions(wrong, new PrintWriter(suggestions, true))
                && !suggestions.toString().isBlank()) {
            console.say(suggestions.toString().strip());
        }
        console.say("see '" + wrong.getCommandLine().getCommandSpec().qualifiedName() + " --help'");
        return ExitCode.USAGE;
    }

    private int failed(Console console, Exception failed) {
        int exit = switch (failed) {
            case BrokenPipeException _ -> ExitCode.HELD;
            case CommandException told -> {
                console.say(told.getMessage());
                yield told.exitCode();
            }
            case IOException io -> {
                console.say("cannot write the output: " + io.getMessage());
                yield ExitCode.ENVIRONMENT;
            }
            default -> {
                console.say(
                        "failed for a reason that it should not: " + failed + (debug ? "" : "; --debug shows where"));
                yield ExitCode.FAILED;
            }
        };
        if (debug) {
            var trace = new StringWriter();
            failed.printStackTrace(new PrintWriter(trace, true));
            console.err().print(trace);
        }
        return exit;
    }

    /// The version that Maven gave the jar.
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() throws IOException {
            var properties = new Properties();
            try (InputStream in =
                    Cachefiles.class.getResourceAsStream("/META-INF/maven/cachefiles/app/pom.properties")) {
                if (in != null) {
                    properties.load(in);
                }
            }
            return new String[] {
                "cachefiles-actors " + properties.getProperty("version", "(not packaged)"), "Java " + Runtime.version()
            };
        }
    }
}
