package cachefiles.app;

import cachefiles.app.command.Cachefiles;
import cachefiles.app.command.Console;
import cachefiles.kernel.uapi.Key;
import cachefiles.kernel.uapi.KeyText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// Runs one command of `cachefiles`, and ends with its exit code.
public final class Main {
    private static final String UNKNOWN = "\uFFFD";

    private Main() {}

    public static void main(String[] args) {
        // Ctrl-C is ours to take: the command ends its actor system itself, in order.
        System.setProperty("akka.jvm-shutdown-hooks", "off");
        System.setProperty("akka.coordinated-shutdown.run-by-jvm-shutdown-hook", "off");
        System.exit(Cachefiles.run(Console.ofProcess(), asTyped(args)));
    }

    /// Java replaces bytes that are no UTF-8. In a key they matter, so they are written as [KeyText] writes them.
    private static String[] asTyped(String[] args) {
        if (!String.join("", args).contains(UNKNOWN)) {
            return args;
        }
        String[] line;
        try {
            line = Files.readString(Path.of("/proc/self/cmdline"), StandardCharsets.ISO_8859_1)
                    .split("\0", -1); // a NUL behind each
        } catch (IOException _) {
            return args; // no Linux
        }
        var typed = args.clone();
        for (int i = 0; i < args.length; i++) {
            byte[] bytes = line[line.length - 1 - args.length + i].getBytes(StandardCharsets.ISO_8859_1);
            if (args[i].contains(UNKNOWN) && bytes.length <= Key.MAX_BYTES) {
                typed[i] = KeyText.of(Key.of(bytes));
            }
        }
        return typed;
    }
}
