package cachefiles.app.command;

import cachefiles.app.check.explore.Drawing;
import cachefiles.app.check.trace.Actor;
import cachefiles.app.check.trace.Conformance;
import cachefiles.app.check.trace.Drawn;
import cachefiles.app.check.trace.Mentioned;
import cachefiles.app.check.trace.TraceFile;
import cachefiles.app.check.trace.TraceFormat;
import cachefiles.app.check.trace.TraceLine;
import cachefiles.app.check.trace.TraceText;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Tells, draws and checks a trace.
@Command(
        name = "trace",
        description = {
            "Tell what a trace says, one line a transition, and check that it is one that the cores make: each actor's steps"
                    + " are taken once more by its core alone, and what the actors say and hear is compared. Traces are"
                    + " written by 'demo --trace', 'scenario run --trace' and programs that embed the cache."
        },
        footer = {
            "",
            "What is told or drawn can be chosen; the whole trace is checked in any case, and the verdict goes to standard"
                    + " error.",
            "",
            "Exit codes: 0 every transition is one that the cores make; 1 one is not, and is named with its line, or the"
                    + " trace cannot be read."
        })
final class TraceCommand implements Callable<Integer> {
    private final Console console;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "The trace; -: standard input.")
    @SuppressWarnings("NullAway.Init")
    private String file;

    @Option(
            names = "--actor",
            paramLabel = "NAME",
            converter = KindName.class,
            description =
                    "Only steps of cache, gate, reader, device, object, daemon or supervisor; may be given several times.")
    private Set<Actor.Kind> actors = EnumSet.noneOf(Actor.Kind.class);

    @Option(names = "--object", paramLabel = "KEY", description = "Only lines that have to do with this object.")
    private @Nullable String object;

    @Option(names = "--from", paramLabel = "MS", description = "Only lines of this time or later.")
    private long from;

    @Option(names = "--to", paramLabel = "MS", description = "Only lines of this time or earlier.")
    private long to = Long.MAX_VALUE;

    @Option(names = "--grep", paramLabel = "TEXT", description = "Only lines in which, as they are told, TEXT stands.")
    private String text = "";

    @Option(names = "--json", description = "Tell the lines as they stand in the trace.")
    private boolean json;

    @Option(
            names = "--mermaid",
            paramLabel = "FILE",
            description = "Draw a sequence diagram for Mermaid there, instead of telling; -: standard output.")
    private @Nullable Path mermaid;

    @Option(
            names = "--svg",
            paramLabel = "FILE",
            description = "Draw it as a picture there, instead of telling; -: standard output.")
    private @Nullable Path svg;

    @Option(names = "--check", description = "Tell nothing but the verdict, on standard output.")
    private boolean check;

    static final class KindName extends Word<Actor.Kind> {
        KindName() {
            super(Actor.Kind.class);
        }
    }

    TraceCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, CommandException {
        if (check && (json || mermaid != null || svg != null)) {
            throw new ParameterException(spec.commandLine(), "--check tells the verdict alone: leave the others out");
        }
        try (var in = opened();
                var diagram = Outcome.open(console, "--mermaid", mermaid);
                var picture = Outcome.open(console, "--svg", svg)) {
            var teller = new Teller();
            var damage = read(in, teller);
            if (diagram != null) {
                diagram.write(Drawing.mermaid(teller.drawn.trace()));
            }
            if (picture != null) {
                picture.write(Drawing.svg(teller.drawn.trace()));
            }
            if (damage != null) {
                console.say(file + ": " + damage);
                return ExitCode.FAILED;
            }
            return verdict(teller.conformance);
        }
    }

    /// @return what is wrong with the trace behind its last whole line; null = nothing
    private static @Nullable String read(BufferedReader in, Teller teller) throws IOException {
        try {
            TraceFile.read(in, teller);
            return null;
        } catch (TraceFile.DamagedException damaged) {
            return damaged.getMessage();
        }
    }

    private BufferedReader opened() throws CommandException {
        try {
            var in = file.equals("-") ? System.in : Files.newInputStream(Path.of(file));
            return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        } catch (NoSuchFileException missing) {
            throw new CommandException(ExitCode.FAILED, file + ": there is no such file", missing);
        } catch (IOException failed) {
            throw new CommandException(ExitCode.FAILED, "cannot be read: " + Why.of(failed), failed);
        } catch (InvalidPathException wrong) {
            throw new ParameterException(spec.commandLine(), file + ": " + wrong.getMessage(), wrong);
        }
    }

    private int verdict(Conformance conformance) throws IOException {
        var departure = conformance.departure();
        var verdict = departure == null
                ? "%s: every transition of %,d is one that the cores make".formatted(file, conformance.turns())
                : file + ": departs from the cores, " + departure;
        if (check) {
            console.print(verdict);
        } else {
            console.say(verdict);
        }
        return departure == null ? ExitCode.HELD : ExitCode.FAILED;
    }

    /// Has all lines checked, and those told or drawn that were asked for.
    private final class Teller implements TraceFile.Lines {
        final Conformance conformance = new Conformance();
        private final TraceText telling = new TraceText();
        private final Drawn drawn = new Drawn();

        @Override
        public void line(long at, TraceLine line) throws IOException {
            conformance.line(at, line);
            var told = telling.of(line);
            if (!isWanted(line) || !told.contains(text)) {
                return;
            }
            if (mermaid != null || svg != null) {
                drawn.add(line);
            } else if (!check) {
                console.print(json ? TraceFormat.written(line) : told);
            }
        }
    }

    private boolean isWanted(TraceLine line) {
        boolean wanted = line.millis() >= from && line.millis() <= to;
        if (object != null) {
            byte[] key = KeyArgument.bytes(object);
            wanted &= Mentioned.objects(line).stream()
                    .anyMatch(cookie -> Arrays.equals(cookie.key().bytes(), key));
        }
        return wanted && (actors.isEmpty() || isOf(actors, line));
    }

    private static boolean isOf(Set<Actor.Kind> actors, TraceLine line) {
        return switch (line) {
            case TraceLine.Begins begins -> actors.contains(begins.actor().kind());
            case TraceLine.Turn turn -> actors.contains(turn.actor().kind());
            case TraceLine.Run _, TraceLine.Outside _, TraceLine.Remark _ -> false;
        };
    }
}
