package cachefiles.app.bench;

import cachefiles.app.engine.Cache;
import cachefiles.app.engine.CacheOptions;
import cachefiles.daemon.fetch.Origin;
import cachefiles.persistence.journal.Journal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.function.UnaryOperator;

/// A cache in a folder of its own, on memory where the machine has such a file system. Nothing is fetched ahead unless
/// the options say so: what is measured are misses.
final class Bench implements AutoCloseable {
    static final String VOLUME = "v";

    private final Path directory;
    final Cache cache;

    Bench(Origin origin, Journal.Kind journal, UnaryOperator<CacheOptions> options) {
        try {
            directory = Files.createTempDirectory(place(), "cachefiles-bench");
            cache = Cache.open(options.apply(
                    CacheOptions.of(directory, origin).journal(journal).readAhead(0)));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    static Path place() {
        var memory = Path.of("/dev/shm");
        return Files.isWritable(memory) ? memory : Path.of(System.getProperty("java.io.tmpdir"));
    }

    @Override
    public void close() throws IOException {
        cache.close();
        try (var files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
