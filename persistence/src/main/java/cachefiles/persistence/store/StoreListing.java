package cachefiles.persistence.store;

import cachefiles.kernel.extent.Store;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Key;
import cachefiles.kernel.uapi.Range;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Tells what a cache directory holds, without changing a byte, taking the lock or stopping at damage.
/// On the directory of a running process it shows each file at another moment.
public final class StoreListing {
    private static final int ENTRIES_AT_ONCE = 16 * 1024;
    private static final int MOST_RANGES = 10_000;

    /// One object found, by its data, its sidecar, or both.
    /// @param path where it lies, below both trees
    /// @param volume empty if neither the sidecar nor the name tells
    /// @param key likewise
    /// @param sizeBytes of the object, as its sidecar says; -1 without
    /// @param validator likewise; empty without
    /// @param present ranges vouched for by a checksum, none touching another; the first 10,000 of them
    /// @param presentBytes in all such ranges; 0 if there is a `problem`
    /// @param diskBytes what these blocks and the sidecar take, not counting the file system's own
    /// @param wrongBlocks present blocks that do not match their checksum; -1 if not asked for
    /// @param problem why nothing of it would be served; empty if all is well
    public record Entry(
            BackingPath path,
            Optional<Key> volume,
            Optional<Key> key,
            long sizeBytes,
            String validator,
            List<Range> present,
            long presentBytes,
            long diskBytes,
            long wrongBlocks,
            String problem) {}

    private final Path data;
    private final Path blocks;

    private StoreListing(Path directory) {
        this.data = FileStore.dataTree(directory);
        this.blocks = FileStore.blockTree(directory);
    }

    /// All objects in the cache at `directory`, ordered by path. To be closed. A directory without a cache has none.
    /// @param verify whether to read and check every present block
    /// @throws IOException the directory cannot be read
    public static Stream<Entry> of(Path directory, boolean verify) throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new IOException(directory + " is no directory");
        }
        var listing = new StoreListing(directory);
        return listing.names(Path.of(""))
                .flatMap(volume -> listing.names(volume).flatMap(listing::names))
                .map(relative -> listing.entry(relative, verify));
    }

    /// The names in directory `relative` of either tree, as paths below the trees, in order.
    private Stream<Path> names(Path relative) {
        var names = new TreeSet<Path>();
        for (Path tree : List.of(data, blocks)) {
            Path directory = tree.resolve(relative);
            if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
                try (Stream<Path> children = Files.list(directory)) {
                    children.map(tree::relativize).forEach(names::add);
                } catch (IOException failed) {
                    throw new UncheckedIOException(directory + ": " + failed.getMessage(), failed);
                }
            }
        }
        return names.stream();
    }

    private Entry entry(Path relative, boolean verify) {
        var path = new BackingPath(name(relative, 0), name(relative, 1), name(relative, 2));
        Sidecar sidecar = null;
        try {
            sidecar = readSidecar(path);
            if (sidecar != null && !BackingPath.of(sidecar.cookie()).equals(path)) {
                Cookie owner = sidecar.cookie();
                return broken(path, null, "belongs to another object: " + owner.volume() + " " + owner);
            }
            String problem = problem(path, sidecar);
            if (sidecar == null || !problem.isEmpty()) {
                return broken(path, sidecar, problem);
            }
            return counted(path, sidecar, verify);
        } catch (IOException failed) {
            return broken(path, sidecar, "cannot be read: " + failed.getMessage());
        }
    }

    private static String name(Path relative, int index) {
        return relative.getName(index).toString();
    }

    private @Nullable Sidecar readSidecar(BackingPath path) throws IOException {
        Path file = path.under(blocks);
        if (FileBytes.regularLength(file) < Sidecar.HEADER_BYTES) {
            return null;
        }
        try (var channel = opened(file)) {
            var header = ByteBuffer.allocate(Sidecar.HEADER_BYTES);
            FileBytes.read(channel, header, 0);
            return Sidecar.decode(header.flip()).orElse(null);
        }
    }

    private String problem(BackingPath path, @Nullable Sidecar sidecar) throws IOException {
        if (sidecar == null) {
            return Files.exists(path.under(blocks), LinkOption.NOFOLLOW_LINKS) ? "sidecar damaged" : "no sidecar";
        }
        long length = FileBytes.regularLength(path.under(data));
        if (length < 0) {
            return "no data file";
        }
        return length == sidecar.dataBytes() ? "" : "data file has " + length + " bytes, not " + sidecar.dataBytes();
    }

    private static Entry broken(BackingPath path, @Nullable Sidecar sidecar, String problem) {
        return new Entry(
                path,
                volume(path, sidecar),
                key(path, sidecar),
                sidecar == null ? -1 : sidecar.sizeBytes(),
                sidecar == null ? "" : sidecar.validator(),
                List.of(),
                0,
                0,
                -1,
                problem);
    }

    private Entry counted(BackingPath path, Sidecar sidecar, boolean verify) throws IOException {
        long present = 0;
        long wrong = 0;
        long presentBytes = 0;
        var ranges = new ArrayList<Range>();
        try (var sums = opened(path.under(blocks));
                var bytes = opened(path.under(data))) {
            var entries = ByteBuffer.allocate(ENTRIES_AT_ONCE * Sidecar.ENTRY_BYTES);
            for (long first = 0; first < sidecar.blocks(); first += ENTRIES_AT_ONCE) {
                int found = FileBytes.read(sums, entries.clear(), Sidecar.entryAt(first)) / Sidecar.ENTRY_BYTES;
                for (long block = first; block < Math.min(first + found, sidecar.blocks()); block++) {
                    int sum = entries.getInt((int) (block - first) * Sidecar.ENTRY_BYTES);
                    if (sum != 0) {
                        present++;
                        presentBytes += sidecar.blockBytes(block);
                        append(ranges, new Range(block * Store.BLOCK_BYTES, sidecar.blockBytes(block)));
                        wrong += verify && !isRight(bytes, sidecar, block, sum) ? 1 : 0;
                    }
                }
            }
            return new Entry(
                    path,
                    volume(path, sidecar),
                    key(path, sidecar),
                    sidecar.sizeBytes(),
                    sidecar.validator(),
                    ranges,
                    presentBytes,
                    present * Store.BLOCK_BYTES + sums.size(),
                    verify ? wrong : -1,
                    "");
        }
    }

    private static void append(List<Range> ranges, Range next) {
        if (!ranges.isEmpty() && ranges.getLast().limit() == next.offset()) {
            ranges.set(ranges.size() - 1, Range.between(ranges.getLast().offset(), next.limit()));
        } else if (ranges.size() < MOST_RANGES) {
            ranges.add(next);
        }
    }

    private static boolean isRight(FileChannel data, Sidecar sidecar, long block, int sum) throws IOException {
        var bytes = ByteBuffer.allocate(sidecar.blockBytes(block));
        FileBytes.read(data, bytes, block * Store.BLOCK_BYTES);
        return !bytes.hasRemaining() && sidecar.checksum(block, bytes.flip()) == sum;
    }

    private static Optional<Key> volume(BackingPath path, @Nullable Sidecar sidecar) {
        return sidecar == null
                ? BackingPath.volumeKey(path.volume())
                : Optional.of(sidecar.cookie().volume());
    }

    private static Optional<Key> key(BackingPath path, @Nullable Sidecar sidecar) {
        return sidecar == null
                ? BackingPath.fileKey(path.name())
                : Optional.of(sidecar.cookie().key());
    }

    private static FileChannel opened(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    }
}
