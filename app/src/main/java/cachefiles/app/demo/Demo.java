package cachefiles.app.demo;

import cachefiles.app.check.trace.TraceWriter;
import cachefiles.app.engine.Cache;
import cachefiles.daemon.fetch.Catalogue;
import cachefiles.kernel.uapi.DeviceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Runs the parts one after the other, each on a cache of its own.
public final class Demo implements AutoCloseable {
    private final DemoOptions options;
    private final Catalogue origin;
    private final Corpus corpus;
    private final Path copies;
    private final Consumer<String> say;
    private final @Nullable TraceWriter trace;
    private volatile @Nullable Part running;
    private volatile boolean interrupted;

    /// @param say takes a line about what goes on
    /// @param trace gets one line a transition; null for none
    /// @throws IOException a directory cannot be read, or there is no room for copies of a server's files
    /// @throws DeviceException the origin cannot be listed or read
    public Demo(DemoOptions options, Catalogue origin, Consumer<String> say, @Nullable TraceWriter trace)
            throws IOException, DeviceException {
        this.options = options;
        this.origin = origin;
        this.say = say;
        this.trace = trace;
        this.copies = Files.createTempDirectory(options.temporary(), "cachefiles-demo-copies-");
        try {
            this.corpus = Corpus.of(origin, options, copies);
        } catch (IOException | DeviceException | RuntimeException failed) {
            close();
            throw failed;
        }
    }

    /// Removes the copies, if there are any.
    @Override
    public void close() {
        remove(copies);
    }

    /// Files that will be read.
    public int files() {
        return corpus.pieces().size();
    }

    /// Bytes of them, as far as they will be read.
    public long bytes() {
        return corpus.bytes();
    }

    /// Ends what is running, in order.
    public void interrupt() {
        interrupted = true;
        var part = running;
        if (part != null) {
            part.interrupt();
        }
    }

    /// How far it is, in one line; empty between two parts.
    public String progress() {
        var part = running;
        return part == null ? "" : part.progress();
    }

    /// @throws cachefiles.persistence.store.DirectoryLockedException another process uses the cache directory
    /// @throws IOException the cache directory cannot be used
    public Report run() throws IOException {
        var results = new ArrayList<PartResult>();
        if (options.withFailover()) {
            results.add(run(true, options.cache()));
        }
        if (options.withoutFailover() && !interrupted) {
            results.add(run(false, options.withFailover() ? null : options.cache()));
        }
        return new Report(options, List.copyOf(results));
    }

    /// @param directory null = one of its own, which is removed in the end
    private PartResult run(boolean failover, @Nullable Path directory) throws IOException {
        if (directory != null) {
            return runIn(failover, directory);
        }
        var cache = options.cache();
        var own = Files.createTempDirectory(cache != null ? cache : options.temporary(), "cachefiles-demo-");
        try {
            roomFor(own);
            return runIn(failover, own);
        } finally {
            remove(own);
        }
    }

    private PartResult runIn(boolean failover, Path directory) throws IOException {
        String name = "demo,%x".formatted(System.currentTimeMillis());
        var part = new Part(options, failover, corpus, origin, name, trace);
        running = part;
        if (interrupted) {
            part.interrupt();
        }
        try {
            return part.run(directory);
        } finally {
            running = null;
        }
    }

    private void roomFor(Path directory) throws IOException {
        long free = Files.getFileStore(directory).getUsableSpace();
        long needed = corpus.bytes() + corpus.bytes() / 8 + (16 << 20);
        if (free < needed) {
            throw new IOException(
                    "%s has %,d bytes free, and %,d are needed; use less with --size, or another place with"
                                    .formatted(directory.getParent(), free, needed)
                            + " --cache DIR or TMPDIR");
        }
    }

    private void remove(Path directory) {
        try {
            Cache.remove(directory, options.journal());
        } catch (NoSuchFileException _) {
            // somebody else has cleaned up
        } catch (IOException failed) {
            say.accept("cannot remove " + directory + ": " + failed.getMessage());
        }
    }
}
