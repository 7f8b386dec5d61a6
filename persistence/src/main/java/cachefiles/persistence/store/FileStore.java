package cachefiles.persistence.store;

import cachefiles.kernel.extent.BackingFile;
import cachefiles.kernel.extent.FreeSpace;
import cachefiles.kernel.extent.Store;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Errno;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/// A [Store] in a directory, laid out as the kernel does (S105), with a sidecar beside each data file.
///
/// ```
///   <dir>/lock                        one process at a time
///   <dir>/cache/I…/@7f/D…             data, sparse, at its own offsets
///   <dir>/blocks/I…/@7f/D…            whose bytes, which blocks are present, a checksum each   [Sidecar]
///   <dir>/graveyard/…                 directories that were in the way
/// ```
///
/// What is known in memory: for each file in use a [StoredFile]; for each that is attached its content's name; for each
/// that was read or written which blocks are present, and which of these are known to be right.
///
/// Nothing is synced ([Disk]): after a power loss a block is right by its checksum or absent.
public final class FileStore implements Store {
    public static final int DEFAULT_OPEN_FILES = 256;

    private final Path data;
    private final Path blocks;
    private final Path graveyard;
    private final Disk disk;
    private final Closeable lock;
    private final ChannelPool channels;
    private final LongSupplier seeds;
    private final ConcurrentHashMap<Cookie, StoredFile> used = new ConcurrentHashMap<>();

    private FileStore(Disk disk, Path directory, Closeable lock, int openFiles, LongSupplier seeds) {
        this.disk = disk;
        this.data = dataTree(directory);
        this.blocks = blockTree(directory);
        this.graveyard = directory.resolve("graveyard");
        this.lock = lock;
        this.channels = new ChannelPool(disk, openFiles);
        this.seeds = seeds;
    }

    /// Opens the cache in `directory`, which is made if it is missing.
    /// @throws DirectoryLockedException another process uses it
    /// @throws IOException it is no directory, or cannot be written
    public static FileStore open(Path directory) throws IOException {
        return open(directory, DEFAULT_OPEN_FILES);
    }

    /// As [#open(Path)].
    /// @param openFiles descriptors held at most, the lock's aside; an object that is written takes two for the moment
    public static FileStore open(Path directory, int openFiles) throws IOException {
        var lock = DirectoryLock.acquire(directory);
        try {
            Files.createDirectories(dataTree(directory));
            Files.createDirectories(blockTree(directory));
            return new FileStore(HostDisk.INSTANCE, directory, lock, openFiles, new SecureRandom()::nextLong);
        } catch (IOException | RuntimeException failed) {
            lock.close();
            throw failed;
        }
    }

    /// A store that nobody else can reach, and so without a lock.
    static FileStore on(MemoryDisk disk, Path directory, LongSupplier seeds) {
        return new FileStore(disk, directory, () -> {}, DEFAULT_OPEN_FILES, seeds);
    }

    static Path dataTree(Path directory) {
        return directory.resolve("cache");
    }

    static Path blockTree(Path directory) {
        return directory.resolve("blocks");
    }

    @Override
    public BackingFile file(Cookie cookie) {
        return used.computeIfAbsent(cookie, name -> new StoredFile(this, name));
    }

    @Override
    public Errno inUse(Cookie cookie) {
        if (used.containsKey(cookie)) {
            return Errno.EBUSY;
        }
        return disk.exists(dataPath(cookie)) || disk.exists(blocksPath(cookie)) ? Errno.OK : Errno.ENOENT;
    }

    @Override
    public Errno cull(Cookie cookie) {
        var result = new Errno[] {Errno.EBUSY};
        // Inside, nobody can take the file into use between the look and the removal (B31).
        used.computeIfAbsent(cookie, name -> {
            result[0] = inUseNowhereAndRemoved(name);
            return null;
        });
        return result[0];
    }

    private Errno inUseNowhereAndRemoved(Cookie cookie) {
        try {
            return remove(cookie) ? Errno.OK : Errno.ENOENT;
        } catch (IOException _) {
            return Errno.EIO;
        }
    }

    @Override
    public FreeSpace space() throws IOException {
        return disk.space(data);
    }

    /// Ends all use, waiting for writes under way, and gives the directory free.
    @Override
    public void close() throws IOException {
        try (lock;
                channels) {
            for (StoredFile file : used.values()) {
                file.release();
            }
        }
    }

    /// Ends the use of `file`. Until `last` is done nobody gets a new one of that name: two would write to one path.
    void release(StoredFile file, Runnable last) {
        used.computeIfPresent(file.cookie(), (_, held) -> {
            last.run();
            return held == file ? null : held;
        });
    }

    /// Removes both files, sidecar first: data without a sidecar is absent.
    /// @return whether there was any
    boolean remove(Cookie cookie) throws IOException {
        boolean sidecar = remove(blocksPath(cookie));
        return remove(dataPath(cookie)) || sidecar;
    }

    private boolean remove(Path path) throws IOException {
        try {
            return disk.remove(path);
        } catch (DirectoryNotEmptyException _) {
            disk.bury(path, graveyard);
            return true;
        }
    }

    Disk disk() {
        return disk;
    }

    ChannelPool channels() {
        return channels;
    }

    long nextSeed() {
        return seeds.getAsLong();
    }

    Path dataPath(Cookie cookie) {
        return BackingPath.of(cookie).under(data);
    }

    Path blocksPath(Cookie cookie) {
        return BackingPath.of(cookie).under(blocks);
    }
}
