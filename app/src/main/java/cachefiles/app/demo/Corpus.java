package cachefiles.app.demo;

import cachefiles.daemon.fetch.DirectoryOrigin;
import cachefiles.daemon.fetch.KeyPath;
import cachefiles.kernel.extent.Store;
import cachefiles.kernel.uapi.Key;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The files that are read.
/// @param bytes of them all, as far as they are used
record Corpus(List<Piece> pieces, long bytes) {
    private static final int MOST_FILES = 10_000;

    /// One file.
    /// @param path to read it beside the cache
    /// @param usedBytes of it that are read, from its start
    record Piece(Key key, Path path, long usedBytes) {}

    /// Takes files in the order of their keys until there are `sizeBytes`, or 10,000 files. Of the last one whole
    /// blocks are used, for the daemon fetches no less; of the first one block at least.
    static Corpus of(DirectoryOrigin origin, DemoOptions options) throws IOException {
        var pieces = new ArrayList<Piece>();
        String root = options.origin().toRealPath().toUri().toString();
        long most = Math.max(options.sizeBytes(), Store.BLOCK_BYTES);
        long bytes = 0;
        try (var files = origin.list(options.prefix(), _ -> {})) {
            for (var file : (Iterable<DirectoryOrigin.Listed>) files::iterator) {
                long used = used(file.found().sizeBytes(), most - bytes);
                if (used == 0 && file.found().sizeBytes() > 0) {
                    break;
                }
                pieces.add(new Piece(file.key(), path(root, file.key()), used));
                bytes += used;
                if (bytes == most || pieces.size() == MOST_FILES) {
                    break;
                }
            }
        }
        return new Corpus(List.copyOf(pieces), bytes);
    }

    private static long used(long sizeBytes, long rest) {
        return sizeBytes <= rest ? sizeBytes : rest / Store.BLOCK_BYTES * Store.BLOCK_BYTES;
    }

    /// By its address, for names are bytes, and a locale may not know them.
    private static Path path(String root, Key key) {
        return Path.of(URI.create((root.endsWith("/") ? root : root + "/") + KeyPath.escaped(key)));
    }
}
