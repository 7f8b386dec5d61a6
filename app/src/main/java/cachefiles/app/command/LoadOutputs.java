package cachefiles.app.command;

import cachefiles.app.load.report.Exports;
import cachefiles.app.load.report.Html;
import cachefiles.app.load.report.Requirement;
import cachefiles.app.load.report.Run;
import cachefiles.app.load.report.Summary;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/// What is made of a load's log, and what it has to keep to.
final class LoadOutputs {
    /// What a reader gets when more wait than may: the one error that overload leads to.
    private static final Set<String> DOCUMENTED = Set.of("EAGAIN");

    @Option(names = "--report", paramLabel = "FILE", description = "Write a page of HTML that needs nothing else.")
    private @Nullable String report;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the numbers as one JSON object.")
    private @Nullable String json;

    @Option(names = "--csv", paramLabel = "FILE", description = "Write a line an interval.")
    private @Nullable String csv;

    @Option(
            names = "--hgrm",
            paramLabel = "FILE",
            description = "Write the ladder of percentiles, as HdrHistogram's plotter reads it.")
    private @Nullable String hgrm;

    @Option(
            names = "--require",
            paramLabel = "EXPR",
            converter = RequirementText.class,
            description =
                    "End with 5 unless it holds: p99<5ms, errors=0, down.max<1s, rate>1000. May be given several times.")
    private List<Requirement> requirements = new ArrayList<>();

    static final class RequirementText extends Parsed<Requirement> {
        RequirementText() {
            super(Requirement::parse);
        }
    }

    /// Where something goes, open.
    private record Output(String option, OutputStream out, Function<Run, String> text) {}

    /// All outputs, opened before there is anything to write.
    final class Opened implements AutoCloseable {
        private final List<Output> outputs = new ArrayList<>();

        private Opened(CommandSpec spec, Console console) throws CommandException {
            Map<String, @Nullable String> files = files();
            if (files.values().stream().filter("-"::equals).count() > 1) {
                throw new ParameterException(spec.commandLine(), "only one can go to standard output; name files");
            }
            for (var each : files.entrySet()) {
                var out = OutputOption.open(spec, console, each.getKey(), each.getValue());
                if (out != null) {
                    outputs.add(new Output(each.getKey(), out, written(each.getKey())));
                }
            }
        }

        /// @return the exit code
        int finish(Run run, Console console) throws IOException, CommandException {
            boolean piped = files().containsValue("-");
            for (String line : Summary.lines(run)) {
                if (piped) {
                    console.err().println(line);
                } else {
                    console.print(line);
                }
            }
            for (var output : outputs) {
                try {
                    output.out.write(output.text.apply(run).getBytes(StandardCharsets.UTF_8));
                    output.out.flush();
                } catch (BrokenPipeException gone) {
                    throw gone;
                } catch (IOException failed) {
                    throw new CommandException(
                            ExitCode.ENVIRONMENT, output.option + ": cannot write: " + Why.of(failed), failed);
                }
            }
            console.out().flush();
            return exitCode(run, console);
        }

        @Override
        public void close() throws IOException {
            for (var output : outputs) {
                output.out.close();
            }
        }
    }

    Opened open(CommandSpec spec, Console console) throws CommandException {
        return new Opened(spec, console);
    }

    private Map<String, @Nullable String> files() {
        var files = new LinkedHashMap<String, @Nullable String>();
        files.put("--report", report);
        files.put("--json", json);
        files.put("--csv", csv);
        files.put("--hgrm", hgrm);
        return files;
    }

    private static Function<Run, String> written(String option) {
        return switch (option) {
            case "--report" -> Html::of;
            case "--json" -> Exports::json;
            case "--csv" -> Exports::csv;
            default -> Exports::hgrm;
        };
    }

    private int exitCode(Run run, Console console) {
        if (run.wrongBytes() > 0) {
            return ExitCode.FAILED;
        }
        boolean met = true;
        for (var requirement : requirements) {
            if (!requirement.isMet(run)) {
                console.say("--require " + requirement.text() + " does not hold: it was " + requirement.found(run));
                met = false;
            }
        }
        boolean errorsAreAskedFor =
                requirements.stream().anyMatch(each -> each.value().equals("errors"));
        if (!met) {
            return ExitCode.REQUIREMENT;
        }
        if (!errorsAreAskedFor && !DOCUMENTED.containsAll(run.errors().keySet())) {
            return ExitCode.FAILED;
        }
        return run.isConclusive() ? ExitCode.HELD : ExitCode.INCONCLUSIVE;
    }
}
