package cachefiles.app.command;

import cachefiles.app.engine.Cache;
import cachefiles.app.engine.CacheOptions;
import cachefiles.app.engine.CachedObject;
import cachefiles.daemon.fetch.Origin;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceException;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Key;
import cachefiles.kernel.uapi.KeyText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Writes the bytes of one file, read through a cache.
@Command(
        name = "cat",
        description = "Write the bytes of a file at an origin to standard output, read through a cache.",
        footer = {
            "",
            "An offset behind the end gives nothing, a length beyond it what there is: both are no errors.",
            "What has been read once is served from the cache, unless the file has changed since.",
            "The default cache is a folder for this origin below $XDG_CACHE_HOME/cachefiles-actors, or"
                    + " ~/.cache/cachefiles-actors.",
            "A cache directory serves one process at a time."
        })
final class CatCommand implements Callable<Integer> {
    private static final int CHUNK_BYTES = 1 << 20;
    private static final int READ_AHEAD = 4;

    private final Console console;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    private OriginOption origin = new OriginOption();

    @Mixin
    private CacheOption cache = new CacheOption();

    @Option(names = "--offset", paramLabel = "N", defaultValue = "0", description = "Begin at this byte.")
    private long offset;

    @Option(names = "--length", paramLabel = "N", description = "Write this many bytes; default: to the end.")
    private @Nullable Long length;

    @Parameters(paramLabel = "KEY", description = "Which file: its path below the origin, as ls prints it.")
    @SuppressWarnings("NullAway.Init")
    private String key;

    private volatile boolean stopped;

    CatCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        Values.notNegative(spec, "--offset", offset);
        Values.notNegative(spec, "--length", length == null ? 0 : length);
        String volume = CacheFolder.volume(origin.places());
        Path directory = cache.directory(origin, console);
        try (var opened = origin.open(console.environment())) {
            Key name = named(opened, volume);
            var from = new LastFailure(opened);
            return Interruptible.call(() -> stopped = true, () -> {
                try (var through = CacheDirectory.open(CacheOptions.of(directory, from))) {
                    copy(through, volume, name);
                } catch (DeviceException failed) {
                    throw told(failed, from, name, directory);
                }
                return ExitCode.HELD;
            });
        }
    }

    /// What `ls` would print goes first; a name that happens to have backslashes may also be typed as it is.
    private Key named(Origin from, String volume) throws CommandException {
        byte[] read = KeyArgument.bytes(key);
        byte[] plain = key.getBytes(StandardCharsets.UTF_8);
        if (!Arrays.equals(read, plain) && plain.length <= Key.MAX_BYTES && read.length > 0) {
            try {
                if (read.length > Key.MAX_BYTES || !exists(from, volume, read) && exists(from, volume, plain)) {
                    return Key.of(plain);
                }
            } catch (DeviceException _) {
                // told when it is read
            }
        }
        return KeyArgument.key(read, key);
    }

    private static boolean exists(Origin from, String volume, byte[] name) throws DeviceException {
        try {
            from.find(new Cookie(Key.of(volume), Key.of(name)));
            return true;
        } catch (DeviceException failed) {
            if (failed.errno() == Errno.ENOENT) {
                return false;
            }
            throw failed;
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Ahead(CachedObject.Read read, byte[] bytes, int length) {}

    private void copy(Cache from, String volume, Key name) throws DeviceException, IOException, InterruptedException {
        var acquired = from.acquireVolume(volume);
        try (var object = acquired.acquire(name)) {
            long limit = length == null ? object.sizeBytes() : Math.min(object.sizeBytes(), plus(offset, length));
            var ahead = new ArrayDeque<Ahead>();
            var free = new ArrayDeque<byte[]>();
            long asked = offset;
            while (!stopped && (asked < limit || !ahead.isEmpty())) {
                while (asked < limit && ahead.size() < READ_AHEAD) {
                    long end = Math.min(limit, (asked / CHUNK_BYTES + 1) * CHUNK_BYTES);
                    int wanted = (int) (end - asked);
                    byte[] bytes = free.isEmpty() ? new byte[CHUNK_BYTES] : free.pop();
                    ahead.add(new Ahead(object.readAsync(asked, ByteBuffer.wrap(bytes, 0, wanted)), bytes, wanted));
                    asked = end;
                }
                var next = ahead.remove();
                if (get(next.read) < next.length) {
                    throw new DeviceException(Errno.ESTALE, name.text());
                }
                console.out().write(next.bytes, 0, next.length);
                free.push(next.bytes);
            }
            console.out().flush();
        }
    }

    private static long plus(long offset, long length) {
        return offset > Long.MAX_VALUE - length ? Long.MAX_VALUE : offset + length;
    }

    private static int get(CachedObject.Read read) throws DeviceException, InterruptedException {
        try {
            return read.bytes().get();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof DeviceException reason) {
                throw reason;
            }
            throw new IllegalStateException(failed.getCause());
        }
    }

    private CommandException told(DeviceException failed, LastFailure from, Key name, Path directory) {
        String which = KeyText.of(name);
        return switch (failed.errno()) {
            case ENOENT ->
                new CommandException(
                        ExitCode.FAILED,
                        "no file " + which + " below " + origin.typed() + "; 'cachefiles ls --origin " + origin.typed()
                                + "' lists what there is",
                        failed);
            case EISDIR ->
                new CommandException(
                        ExitCode.FAILED,
                        which + " is a directory; 'cachefiles ls --origin " + origin.typed() + " " + which
                                + "/' lists its files",
                        failed);
            case ESTALE ->
                new CommandException(
                        ExitCode.FAILED,
                        which + " changed at the origin while it was read; what was written is not whole. Run it again",
                        failed);
            case ENOSPC, ENOBUFS ->
                new CommandException(
                        ExitCode.ENVIRONMENT,
                        "no room in the cache " + directory + "; free some, or choose --cache DIR",
                        failed);
            default ->
                new CommandException(
                        ExitCode.FAILED,
                        "cannot read "
                                + from.last()
                                        .map(DeviceException::getMessage)
                                        .orElse(which + ": " + failed.errno().text() + " (" + failed.errno() + ")"),
                        failed);
        };
    }
}
