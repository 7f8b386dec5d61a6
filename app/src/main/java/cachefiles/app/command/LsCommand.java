package cachefiles.app.command;

import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.KeyText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Lists the keys at an origin.
@Command(
        name = "ls",
        description = "List the keys at an origin, one a line, in the order of their bytes.",
        footer = {
            "",
            "Bytes that are no UTF-8 or do not print are written \\xHH, a backslash \\\\; cat takes keys in this form.",
            "What cannot be asked for (links that lead out or nowhere, special files, paths of more than 255 bytes) is"
                    + " named on standard error.",
            "Exit code 1 if a directory could not be read, so that keys are missing."
        })
final class LsCommand implements Callable<Integer> {
    private final Console console;

    @Option(names = "--origin", required = true, paramLabel = "DIR", description = "The directory with the files.")
    @SuppressWarnings("NullAway.Init")
    private Path origin;

    @Parameters(arity = "0..1", paramLabel = "PREFIX", defaultValue = "", description = "Only keys that begin so.")
    private String prefix = "";

    private boolean incomplete;

    LsCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws CommandException, IOException {
        var from = OriginOption.open(origin);
        try (var keys = from.list(written(prefix), skipped -> {
            console.say("left out: " + skipped.getMessage());
            incomplete |= skipped.errno() == Errno.EIO;
        })) {
            for (var found : (Iterable<cachefiles.daemon.fetch.DirectoryOrigin.Listed>) keys::iterator) {
                console.print(KeyText.of(found.key()));
            }
        }
        return incomplete ? ExitCode.FAILED : ExitCode.HELD;
    }

    /// As [KeyText] writes it, also if it was typed plainly.
    private static String written(String prefix) {
        try {
            KeyText.parse(prefix);
            return prefix;
        } catch (IllegalArgumentException _) {
            return prefix.replace("\\", "\\\\");
        }
    }
}
