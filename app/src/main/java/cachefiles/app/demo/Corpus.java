package cachefiles.app.demo;

import cachefiles.daemon.fetch.Catalogue;
import cachefiles.daemon.fetch.KeyPath;
import cachefiles.kernel.extent.Store;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceException;
import cachefiles.kernel.uapi.Key;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The files that are read.
/// @param bytes of them all, as far as they are used
record Corpus(List<Piece> pieces, long bytes) {
    private static final int MOST_FILES = 10_000;
    private static final int COPY_BYTES = 1 << 20;

    /// One file.
    /// @param path to read it beside the cache: the file itself, or a copy that was fetched before
    /// @param usedBytes of it that are read, from its start
    record Piece(Key key, Path path, long usedBytes) {}

    /// Takes files in the order of their keys until there are `sizeBytes`, or 10,000 files. Of the last one whole
    /// blocks are used, for the daemon fetches no less; of the first one block at least.
    /// @param copies where to put copies of what is in no directory
    static Corpus of(Catalogue origin, DemoOptions options, Path copies) throws IOException, DeviceException {
        var pieces = new ArrayList<Piece>();
        long most = Math.max(options.sizeBytes(), Store.BLOCK_BYTES);
        long bytes = 0;
        try (var keys = origin.keys(options.prefix(), _ -> {})) {
            for (var key : (Iterable<Key>) keys::iterator) {
                var cookie = new Cookie(Key.of("demo"), key);
                var found = found(origin, cookie);
                if (found == null) {
                    continue;
                }
                long used = used(found.sizeBytes(), most - bytes);
                if (used == 0 && found.sizeBytes() > 0) {
                    break;
                }
                Path path = options.files() != null
                        ? path(options.files().toRealPath().toUri().toString(), key)
                        : copy(origin, cookie, found, used, copies.resolve("" + pieces.size()));
                pieces.add(new Piece(key, path, used));
                bytes += used;
                if (bytes == most || pieces.size() == MOST_FILES) {
                    break;
                }
            }
        }
        return new Corpus(List.copyOf(pieces), bytes);
    }

    /// Null for what cannot be read, or no more.
    private static @Nullable Content found(Catalogue origin, Cookie cookie) {
        try {
            return origin.find(cookie);
        } catch (DeviceException _) {
            return null;
        }
    }

    private static Path copy(Catalogue origin, Cookie cookie, Content content, long bytes, Path to)
            throws IOException, DeviceException {
        try (var file = FileChannel.open(to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            var part = ByteBuffer.allocate(COPY_BYTES);
            for (long at = 0; at < bytes; at += part.limit()) {
                origin.fetch(cookie, content, at, part.clear().limit((int) Math.min(COPY_BYTES, bytes - at)));
                for (part.flip(); part.hasRemaining(); ) {
                    file.write(part);
                }
            }
        }
        return to;
    }

    private static long used(long sizeBytes, long rest) {
        return sizeBytes <= rest ? sizeBytes : rest / Store.BLOCK_BYTES * Store.BLOCK_BYTES;
    }

    /// By its address, for names are bytes, and a locale may not know them.
    private static Path path(String root, Key key) {
        return Path.of(URI.create((root.endsWith("/") ? root : root + "/") + KeyPath.escaped(key)));
    }
}
