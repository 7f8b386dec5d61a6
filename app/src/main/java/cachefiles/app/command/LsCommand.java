package cachefiles.app.command;

import cachefiles.kernel.uapi.DeviceException;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Key;
import cachefiles.kernel.uapi.KeyText;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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
            "Of a server its index pages are read: HTML, or JSON if it offers that; or the --manifest alone.",
            "Exit code 1 if a directory or page could not be read, so that keys are missing."
        })
final class LsCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    private OriginOption origin = new OriginOption();

    @Parameters(arity = "0..1", paramLabel = "PREFIX", defaultValue = "", description = "Only keys that begin so.")
    private String prefix = "";

    private boolean incomplete;

    LsCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws CommandException, IOException {
        try (var from = origin.open(console.environment());
                var keys = from.keys(written(prefix), skipped -> {
                    console.say("left out: " + skipped.getMessage());
                    incomplete |= skipped.errno() != Errno.EACCES
                            && skipped.errno() != Errno.ENOENT
                            && skipped.errno() != Errno.ENAMETOOLONG;
                })) {
            for (var key : (Iterable<Key>) keys::iterator) {
                console.print(KeyText.of(key));
            }
        } catch (DeviceException failed) {
            throw new CommandException(
                    ExitCode.FAILED,
                    "cannot list " + failed.getMessage()
                            + "; have the server make index pages (nginx: autoindex on), or name a --manifest",
                    failed);
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
