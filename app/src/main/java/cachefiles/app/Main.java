package cachefiles.app;

import cachefiles.app.command.Cachefiles;
import cachefiles.app.command.Console;

/// Runs one command of `cachefiles`, and ends with its exit code.
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        // Ctrl-C is ours to take: the command ends its actor system itself, in order.
        System.setProperty("akka.jvm-shutdown-hooks", "off");
        System.setProperty("akka.coordinated-shutdown.run-by-jvm-shutdown-hook", "off");
        System.exit(Cachefiles.run(Console.ofProcess(), args));
    }
}
