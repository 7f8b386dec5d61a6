package cachefiles.app.command;

import cachefiles.app.engine.Cache;
import cachefiles.app.engine.CacheOptions;
import cachefiles.app.serve.CrashCalls;
import cachefiles.app.serve.Server;
import cachefiles.daemon.fetch.CountingOrigin;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/// Serves the files of an origin over HTTP, read through a cache, until it is told to end.
@Command(
        name = "serve",
        description = "Serve the files of an origin over HTTP, read through a cache, until told to end.",
        footer = {
            "",
            "Objects: GET and HEAD /v1/volumes/{volume}/objects/{key}, with ranges and conditions. A volume is a name of"
                    + " your own; each has its own copies of what is at the origin.",
            "On the second address: /-/healthy, /-/ready and /metrics; with --allow-crash, POST /-/crash.",
            "Prints 'ready http=ADDR admin=ADDR pid=N' once it serves. SIGTERM or Ctrl-C: no new connections; what is"
                    + " under way has 15 seconds to end; exit code 0.",
            "A cache directory serves one process at a time."
        })
final class ServeCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final Console console;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    private OriginOption origin = new OriginOption();

    @Mixin
    private CacheOption cache = new CacheOption();

    @Option(
            names = "--http",
            paramLabel = "ADDR",
            defaultValue = "127.0.0.1:8480",
            converter = AddressName.class,
            description = "Where to serve objects; port 0 takes a free one; default: 127.0.0.1:8480.")
    @SuppressWarnings("NullAway.Init")
    private InetSocketAddress http;

    @Option(
            names = "--admin",
            paramLabel = "ADDR",
            defaultValue = "127.0.0.1:8481",
            converter = AddressName.class,
            description = "Where to serve health and metrics; default: 127.0.0.1:8481.")
    @SuppressWarnings("NullAway.Init")
    private InetSocketAddress admin;

    @Mixin
    private JournalOption journal = new JournalOption();

    @Option(
            names = "--fresh",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description = "How old what is known of an object may be before the origin is asked again; default: 10.")
    private long freshSeconds;

    @Option(
            names = "--deadline",
            paramLabel = "SECONDS",
            defaultValue = "300",
            description = "How long a read waits for the origin at most, 0 = for ever; default: 300.")
    private long deadlineSeconds;

    @Option(
            names = "--allow-crash",
            description = "Let POST /-/crash on the second address crash the daemon, for load tests.")
    private boolean allowCrash;

    ServeCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        Values.notNegative(spec, "--fresh", freshSeconds);
        Values.notNegative(spec, "--deadline", deadlineSeconds);
        Path directory = cache.directory(origin, console);
        var told = new CountDownLatch(1);
        return Interruptible.callToTheEnd(told::countDown, () -> {
            try (var opened = origin.open(console.environment())) {
                var counted = new CountingOrigin(opened);
                var crashes = allowCrash ? new CrashCalls() : null;
                var options = CacheOptions.of(directory, counted)
                        .journal(journal.setting(spec, console))
                        .deadline(Duration.ofSeconds(deadlineSeconds));
                try (var through = CacheDirectory.open(crashes == null ? options : crashes.watched(options))) {
                    if (crashes != null) {
                        crashes.bind(through);
                    }
                    serve(through, counted, crashes, told);
                }
            }
            return ExitCode.HELD;
        });
    }

    private void serve(Cache through, CountingOrigin counted, @Nullable CrashCalls crashes, CountDownLatch told)
            throws Exception {
        try (var server = started(through, counted, crashes)) {
            console.print("ready http=" + text(server.httpAddress()) + " admin=" + text(server.adminAddress()) + " pid="
                    + ProcessHandle.current().pid());
            console.out().flush();
            told.await();
            server.drain(PATIENCE);
        }
    }

    private Server started(Cache through, CountingOrigin counted, @Nullable CrashCalls crashes)
            throws CommandException {
        try {
            return new Server(through, counted, Duration.ofSeconds(freshSeconds), http, admin, crashes);
        } catch (IOException failed) {
            throw new CommandException(
                    ExitCode.ENVIRONMENT,
                    failed.getMessage() + "; choose other addresses with --http and --admin",
                    failed);
        }
    }

    private static String text(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    /// `host:port`, `[::1]:port`, or `:port` for all of this machine's addresses.
    static final class AddressName implements ITypeConverter<InetSocketAddress> {
        @Override
        public InetSocketAddress convert(String value) {
            int colon = value.lastIndexOf(':');
            String port = value.substring(colon + 1);
            if (colon < 0 || !port.matches("\\d{1,5}") || Integer.parseInt(port) > 65_535) {
                throw new TypeConversionException(
                        "'" + value + "' is no address: say HOST:PORT, such as 127.0.0.1:8480");
            }
            String host = value.substring(0, colon).replaceAll("^\\[(.*)]$", "$1");
            var address = new InetSocketAddress(host.isEmpty() ? "0.0.0.0" : host, Integer.parseInt(port));
            if (address.isUnresolved()) {
                throw new TypeConversionException("'" + host + "' is no host that is known here");
            }
            return address;
        }
    }
}
