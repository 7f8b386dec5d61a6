package cachefiles.app.command;

import cachefiles.app.check.Scenario;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// Runs scenarios of the cores.
@Command(
        name = "scenario",
        description = "Run scenarios of the cores: what is done above '----', what happens below it.",
        footer = {"", "Exit codes: 0 all held, or were rewritten; 1 one did not hold, or cannot be read."})
final class ScenarioCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(
            index = "0",
            paramLabel = "run|rewrite",
            converter = ActionName.class,
            description = {
                "run: tell what is not as it is written;",
                "rewrite: write what happens; read that difference before you keep it."
            })
    private Action action = Action.RUN;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "FILE", description = "Files with one scenario each.")
    @SuppressWarnings("NullAway.Init")
    private List<Path> files;

    enum Action {
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
    public Integer call() throws IOException {
        int exit = ExitCode.HELD;
        for (Path file : files) {
            exit = Math.max(exit, one(file));
        }
        return exit;
    }

    private int one(Path file) throws IOException {
        String text;
        String happened;
        try {
            text = Files.readString(file, StandardCharsets.UTF_8);
            happened = Scenario.parse(text).rewritten();
        } catch (IllegalArgumentException wrong) {
            console.say(file + ": " + wrong.getMessage());
            return ExitCode.FAILED;
        } catch (NoSuchFileException missing) {
            console.say(file + ": there is no such file");
            return ExitCode.FAILED;
        } catch (IOException failed) {
            console.say("cannot be read: " + Why.of(failed));
            return ExitCode.FAILED;
        }
        if (text.equals(happened)) {
            console.print(file + ": held");
            return ExitCode.HELD;
        }
        return action == Action.RUN ? differs(file, text, happened) : rewrite(file, happened);
    }

    private int rewrite(Path file, String happened) throws IOException {
        try {
            Files.writeString(file, happened);
        } catch (IOException failed) {
            console.say("cannot be written: " + Why.of(failed));
            return ExitCode.ENVIRONMENT;
        }
        console.print(file + ": rewritten");
        return ExitCode.HELD;
    }

    /// From the first line that differs to the last.
    private int differs(Path file, String text, String happened) throws IOException {
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
        console.print(file + ": did not hold, line " + (start + 1));
        for (String line : written.subList(start, written.size() - end)) {
            console.print("- " + line);
        }
        for (String line : now.subList(start, now.size() - end)) {
            console.print("+ " + line);
        }
        return ExitCode.FAILED;
    }
}
