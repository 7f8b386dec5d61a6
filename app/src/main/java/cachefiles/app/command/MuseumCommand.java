package cachefiles.app.command;

import cachefiles.app.check.museum.Museum;
import cachefiles.app.check.museum.Museum.Found;
import cachefiles.app.check.museum.Piece;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// The bug museum.
@Command(
        name = "museum",
        sortOptions = false,
        description =
                "Bugs that Linux had. Each is made anew by taking one guard out of a compiled core, and found again.",
        footer = {
            "",
            "Exit codes: 0 all were found again; 1 one was not.",
            "--json writes a list of objects with id, found, by (what does not hold, or what happens instead) and traceSteps."
        })
final class MuseumCommand implements Callable<Integer> {
    private final Console console;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(
            index = "0",
            paramLabel = "list|show|run",
            converter = ActionName.class,
            description = {
                "list: a line each;",
                "show: what happened, and the line that keeps it from happening here;",
                "run: take that line out, look for the bug, and tell the shortest way to it."
            })
    @SuppressWarnings("NullAway.Init")
    private Action action;

    @Parameters(index = "1..*", arity = "0..*", paramLabel = "ID", description = "Pieces, such as B6 or G10.")
    private List<String> ids = List.of();

    @Option(names = "--all", description = "All of them, a line each.")
    private boolean all;

    @Option(names = "--json", paramLabel = "FILE", description = "Write what was found as a JSON list.")
    private @Nullable Path json;

    enum Action {
        LIST,
        SHOW,
        RUN
    }

    static final class ActionName extends Word<Action> {
        ActionName() {
            super(Action.class);
        }
    }

    MuseumCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        if (json != null && action != Action.RUN) {
            throw new ParameterException(spec.commandLine(), "--json writes what `run` has found");
        }
        var pieces = pieces();
        switch (action) {
            case LIST -> {
                for (Piece piece : pieces) {
                    console.print("%-5s %-16s %s".formatted(piece.id(), piece.cve(), piece.title()));
                }
            }
            case SHOW -> {
                for (Piece piece : pieces) {
                    show(piece);
                }
            }
            case RUN -> {
                return run(pieces);
            }
        }
        return ExitCode.HELD;
    }

    private List<Piece> pieces() {
        boolean every = all || action == Action.LIST && ids.isEmpty();
        if (every != ids.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "say which pieces, or --all");
        }
        try {
            return every ? Museum.pieces() : ids.stream().map(Museum::piece).toList();
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(spec.commandLine(), String.valueOf(wrong.getMessage()), wrong);
        }
    }

    private void show(Piece piece) throws IOException {
        console.print(piece.id() + "  " + piece.title() + (piece.cve().isEmpty() ? "" : " (" + piece.cve() + ")"));
        console.print("  In Linux: " + piece.linux());
        console.print("  Here: " + piece.here());
        console.print(piece.shown());
    }

    private int run(List<Piece> pieces) throws Exception {
        var results = new ArrayList<Found>();
        for (Piece piece : pieces) {
            if (!all) {
                show(piece);
            }
            var found = Museum.run(piece);
            results.add(found);
            tell(found);
        }
        write(results);
        return results.stream().allMatch(Found::found) ? ExitCode.HELD : ExitCode.FAILED;
    }

    private void tell(Found found) throws IOException {
        var piece = found.piece();
        console.print("%-5s %s%s"
                .formatted(
                        piece.id(),
                        found.found() ? "found: " + found.by() : "NOT FOUND by " + piece.finder(),
                        found.found() ? ", in " + found.traceSteps() + " steps" : ""));
        if (!all) {
            console.print(found.text());
        }
        console.out().flush();
    }

    private void write(List<Found> results) throws Exception {
        if (json == null) {
            return;
        }
        var mapper = new ObjectMapper();
        var list = mapper.createArrayNode();
        for (Found found : results) {
            list.addObject()
                    .put("id", found.piece().id())
                    .put("found", found.found())
                    .put("by", found.by())
                    .put("traceSteps", found.traceSteps());
        }
        try {
            Files.writeString(json, mapper.writerWithDefaultPrettyPrinter().writeValueAsString(list) + "\n");
        } catch (IOException failed) {
            throw new CommandException(ExitCode.ENVIRONMENT, "cannot be written: " + Why.of(failed), failed);
        }
    }
}
