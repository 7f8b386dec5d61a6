package cachefiles.app.command;

import cachefiles.app.check.trace.TraceWriter;
import cachefiles.app.demo.Demo;
import cachefiles.app.demo.DemoOptions;
import cachefiles.app.demo.Report;
import cachefiles.daemon.actor.SupervisorActor;
import cachefiles.daemon.core.SupervisorCore;
import cachefiles.daemon.fetch.Catalogue;
import cachefiles.kernel.uapi.DeviceException;
import cachefiles.kernel.uapi.Phase;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/// Shows the fail-over.
@Command(
        name = "demo",
        description = {
            "Many readers read real files through the cache, while the daemon that fills it is crashed over and over and"
                    + " descriptors are closed under it. Each read is compared with the file itself at once. Then the"
                    + " same without fail-over, to show what readers see."
        },
        footer = {
            "",
            "Without --origin it reads lib/modules and the other libraries of the running JDK. The files of a server are"
                    + " copied first, as far as they are read, and compared with these copies.",
            "",
            "Without --cache it caches in a folder that is removed in the end; a named one is kept, for inspect.",
            "",
            "Without --phase the kills are at all phases in turn, and now and then at any moment; such a one counts for"
                    + " the phase that was reached last. Kills at restoring and starting need a crash before them: if none"
                    + " of the other kills can be that, one more is made, which does not count.",
            "If the files have too few bytes for so many kills they are read again in another volume, where they are"
                    + " missing again; objectBytes grows.",
            "--handles device-lost is the same as --failover off.",
            "",
            "Phases: open-queued open-delivered open-answered read-queued read-delivered fetching fetched written answered"
                    + " close-queued restoring starting",
            "",
            "Exit codes: 0 no byte was wrong and no read failed; 1 otherwise (read errors without fail-over count only with"
                    + " --failover off); 3 fewer kills or closes landed than asked for; 4 the cache cannot be used."
        })
final class DemoCommand implements Callable<Integer> {
    /// As many reads as may wait at a time.
    private static final int MOST_READERS = 1 << 18;

    private static final int DEFAULT_KILLS = 100;
    private static final int DEFAULT_KILLS_WITH_DELAY = 30;
    private static final int KILLS_PER_CLOSE = 5;
    private static final int LEAST_SECONDS = 25;
    private static final int KILLS_PER_SECOND = 4;

    private final Console console;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    private OriginOption origin = new OriginOption();

    @Option(
            names = "--size",
            paramLabel = "BYTES",
            defaultValue = "256M",
            converter = Bytes.class,
            description =
                    "Use so many bytes of the origin at most: files in the order of ls, of the last its beginning;"
                            + " k, M and G are understood. Default: 256M.")
    private long size;

    @Option(
            names = "--readers",
            paramLabel = "N",
            defaultValue = "64",
            description = "Concurrent readers; default: 64.")
    private int readers;

    @Option(
            names = "--kills",
            paramLabel = "N",
            description =
                    "Crash the daemon N times; default: 100, or as many as land in --seconds; 30 with --supervision"
                            + " backoff.")
    private @Nullable Integer kills;

    @Option(
            names = "--closes",
            paramLabel = "N",
            description = "Close N handles under the daemon; default: one for every five kills.")
    private @Nullable Integer closes;

    @Option(
            names = "--phase",
            paramLabel = "NAME",
            converter = PhaseName.class,
            description = "Crash at this phase; may be given several times, then in turn.")
    private List<Phase> phases = new ArrayList<>();

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Choose by chance from this seed, as far as threads allow; default: 1.")
    private long seed;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "Let a part last so long at most; default: 25, longer with many kills.")
    private @Nullable Integer seconds;

    @Option(
            names = "--deadline",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "Let a read wait so long at most; 0: for ever. Default: 30.")
    private int deadline;

    @Option(
            names = "--failover",
            paramLabel = "on|off|both",
            defaultValue = "both",
            converter = PartsName.class,
            description = "Which parts to run; default: both.")
    private Parts failover = Parts.BOTH;

    @Option(
            names = "--supervision",
            paramLabel = "restart|backoff|resume|stop",
            defaultValue = "restart",
            converter = StrategyName.class,
            description = "What Akka does with a daemon that fails; default: restart.")
    private SupervisorActor.Strategy supervision = SupervisorActor.Strategy.RESTART;

    @Option(
            names = "--handles",
            paramLabel = "lost|kept|device-lost",
            defaultValue = "lost",
            converter = HandlesName.class,
            description = "What becomes of the daemon's descriptors when it dies; default: lost.")
    private SupervisorCore.Handles handles = SupervisorCore.Handles.LOST;

    @Mixin
    private final JournalOption journal = new JournalOption();

    @Mixin
    private final CacheOption cache = new CacheOption();

    @Option(
            names = "--trace",
            paramLabel = "FILE",
            description =
                    "Write one line of JSON a transition there, which 'trace' tells and checks; -: standard output.")
    private @Nullable String trace;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Write the numbers there, as one object; -: standard output, where nothing else goes then.")
    private @Nullable String json;

    DemoCommand(Console console) {
        this.console = console;
    }

    enum Parts {
        ON,
        OFF,
        BOTH
    }

    @Override
    public Integer call() throws Exception {
        check();
        var jdk = Path.of(System.getProperty("java.home"));
        String from = origin.isGiven() ? origin.typed() : jdk.toString();
        var options = options(origin.isGiven() ? origin.folder() : jdk);
        try (var numbers = OutputOption.open(spec, console, "--json", json);
                var tracing = TraceOption.open(spec, console, trace, TraceWriter.sinceNow());
                var opened = origin.isGiven() ? origin.open(console.environment()) : OriginOption.directory(jdk);
                var demo = demo(options, opened, tracing)) {
            if (demo.files() == 0) {
                throw new CommandException(ExitCode.USAGE, "--origin: there are no files below " + from);
            }
            console.say("%,d files, %,d bytes below %s; seed %d"
                    .formatted(demo.files(), demo.bytes(), from, options.seed()));
            return Interruptible.call(demo::interrupt, () -> finish(run(demo), numbers));
        }
    }

    private Demo demo(DemoOptions options, Catalogue opened, @Nullable TraceWriter tracing)
            throws IOException, CommandException {
        try {
            return new Demo(options, opened, console::say, tracing);
        } catch (DeviceException failed) {
            throw new CommandException(ExitCode.FAILED, "cannot read " + failed.getMessage(), failed);
        }
    }

    private void check() {
        atLeast("--readers", readers, 1);
        if (readers > MOST_READERS) {
            throw new ParameterException(
                    spec.commandLine(), "--readers " + readers + ": say " + MOST_READERS + " or less");
        }
        atLeast("--size", size, 1);
        atLeast("--kills", kills == null ? 0 : kills, 0);
        atLeast("--closes", closes == null ? 0 : closes, 0);
        atLeast("--seconds", seconds == null ? 1 : seconds, 1);
        atLeast("--deadline", deadline, 0);
        if ("-".equals(trace) && "-".equals(json)) {
            throw new ParameterException(
                    spec.commandLine(), "--trace and --json cannot both go to standard output; name a file for one");
        }
    }

    private void atLeast(String option, long value, long least) {
        if (value < least) {
            throw new ParameterException(spec.commandLine(), option + " " + value + ": say " + least + " or more");
        }
    }

    private DemoOptions options(@Nullable Path files) {
        boolean backoff = supervision == SupervisorActor.Strategy.BACKOFF;
        int most = kills != null ? kills : backoff ? DEFAULT_KILLS_WITH_DELAY : DEFAULT_KILLS;
        boolean off = failover == Parts.OFF || handles == SupervisorCore.Handles.DEVICE_LOST;
        return new DemoOptions(
                files,
                origin.isGiven() ? "" : "lib/",
                size,
                readers,
                most,
                kills != null || seconds == null,
                closes != null ? closes : most / KILLS_PER_CLOSE,
                List.copyOf(phases),
                seed,
                Duration.ofSeconds(seconds != null ? seconds : Math.max(LEAST_SECONDS, most / KILLS_PER_SECOND)),
                Duration.ofSeconds(deadline),
                !off,
                off || failover == Parts.BOTH,
                supervision,
                handles,
                journal.setting(spec, console),
                cache.given(),
                temporary());
    }

    private Path temporary() {
        String chosen = console.environment().getOrDefault("TMPDIR", "");
        return Path.of(chosen.isEmpty() ? System.getProperty("java.io.tmpdir") : chosen);
    }

    private Report run(Demo demo) throws CommandException {
        var clock = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("demo-progress").factory());
        int period = console.terminal() ? 100 : 1000;
        var shown = new AtomicBoolean();
        var showing =
                clock.scheduleAtFixedRate(() -> show(demo.progress(), shown), period, period, TimeUnit.MILLISECONDS);
        try {
            return demo.run();
        } catch (IOException failed) {
            throw CacheDirectory.unfit(failed);
        } finally {
            showing.cancel(false);
            clock.close();
            if (shown.get()) {
                console.err().print("\r\033[K");
            }
        }
    }

    private void show(String progress, AtomicBoolean shown) {
        if (progress.isEmpty()) {
            return;
        }
        if (console.terminal()) {
            console.err().print("\r" + progress + "\033[K");
            console.err().flush();
            shown.set(true);
        } else {
            console.err().println(progress);
        }
    }

    private int finish(Report report, @Nullable OutputStream numbers) throws IOException, CommandException {
        for (String line : report.lines()) {
            if ("-".equals(json)) {
                console.err().println(line);
            } else {
                console.print(line);
            }
        }
        if (numbers != null) {
            write(report, numbers);
        }
        console.out().flush();
        return switch (report.verdict()) {
            case HELD -> ExitCode.HELD;
            case FAILED -> ExitCode.FAILED;
            case INCONCLUSIVE -> ExitCode.INCONCLUSIVE;
        };
    }

    private void write(Report report, OutputStream numbers) throws IOException, CommandException {
        try {
            numbers.write(report.jsonText().getBytes(StandardCharsets.UTF_8));
            numbers.flush();
        } catch (BrokenPipeException gone) {
            throw gone;
        } catch (IOException failed) {
            throw new CommandException(ExitCode.ENVIRONMENT, "--json: cannot write: " + Why.of(failed), failed);
        }
    }

    /// `4096`, `64k`, `256M`, `1G`.
    static final class Bytes implements ITypeConverter<Long> {
        @Override
        public Long convert(String text) {
            String number = text.replaceFirst("(?i)(?<=[0-9])[kmg](i?b)?$", "");
            int shift = text.length() == number.length()
                    ? 0
                    : switch (text.substring(number.length())
                            .toLowerCase(Locale.ROOT)
                            .charAt(0)) {
                        case 'k' -> 10;
                        case 'm' -> 20;
                        default -> 30;
                    };
            try {
                return Math.multiplyExact(Long.parseLong(number), 1L << shift);
            } catch (ArithmeticException | NumberFormatException _) {
                throw new TypeConversionException(
                        "'" + text + "' is no number of bytes, such as 1048576, 64k, 256M or 1G");
            }
        }
    }

    static final class PhaseName extends Parsed<Phase> {
        PhaseName() {
            super(Phase::of);
        }
    }

    static final class PartsName extends Word<Parts> {
        PartsName() {
            super(Parts.class);
        }
    }

    static final class StrategyName extends Word<SupervisorActor.Strategy> {
        StrategyName() {
            super(SupervisorActor.Strategy.class);
        }
    }
}
