package cachefiles.app.command;

import cachefiles.app.check.museum.Museum;
import cachefiles.app.check.museum.Museum.Found;
import cachefiles.app.check.museum.Piece;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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

    @Mixin
    private JsonOption json = new JsonOption();

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
        if (json.isGiven() && action != Action.RUN) {
            throw new ParameterException(spec.commandLine(), "--json writes what `run` has found");
        }
        var pieces = pieces();
        switch (action) {
            case LIST -> {
                for (Piece piece : pieces) {
                    json.print(console, "%-5s %-16s %s".formatted(piece.id(), piece.cve(), piece.title()));
                }
            }
            case SHOW -> {
                for (Piece piece : pieces) {
                    show(piece);
                }
            }
            case RUN -> {
                try (var _ = json.open(console)) {
                    return run(pieces);
                }
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
        json.print(
                console, piece.id() + "  " + piece.title() + (piece.cve().isEmpty() ? "" : " (" + piece.cve() + ")"));
        json.print(console, "  In Linux: " + piece.linux());
        json.print(console, "  Here: " + piece.here());
        json.print(console, piece.shown());
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
        json.print(
                console,
                "%-5s %s%s"
                        .formatted(
                                piece.id(),
                                found.found() ? "found: " + found.by() : "NOT FOUND by " + piece.finder(),
                                found.found() ? ", in " + found.traceSteps() + " steps" : ""));
        if (!all) {
            json.print(console, found.text());
        }
        console.out().flush();
    }

    private void write(List<Found> results) throws Exception {
        var list = JsonNodeFactory.instance.arrayNode();
        for (Found found : results) {
            list.addObject()
                    .put("id", found.piece().id())
                    .put("found", found.found())
                    .put("by", found.by())
                    .put("traceSteps", found.traceSteps());
        }
        json.write(list);
    }
}
