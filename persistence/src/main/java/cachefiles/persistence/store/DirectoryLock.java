package cachefiles.persistence.store;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Keeps a second process out of a directory: a lock on `<dir>/lock`, which also names the holder's process id.
/// The operating system lets go of it when the process ends, however it ends.
public final class DirectoryLock implements Closeable {
    /// Directories locked by this process. POSIX locks belong to the process, and closing *any* descriptor of the file
    /// drops them: so a second attempt from within must not even open it.
    private static final Set<Path> OURS = ConcurrentHashMap.newKeySet();

    private final Path directory;
    private final FileChannel channel;

    private DirectoryLock(Path directory, FileChannel channel) {
        this.directory = directory;
        this.channel = channel;
    }

    /// Locks `directory`, which is made if it is missing.
    /// @throws DirectoryLockedException somebody else uses it
    /// @throws IOException it is no directory, or cannot be written
    public static DirectoryLock acquire(Path directory) throws IOException {
        Path real = made(directory);
        if (!OURS.add(real)) {
            throw new DirectoryLockedException(directory, "this process, " + ownPid());
        }
        try {
            return new DirectoryLock(real, locked(directory, real.resolve("lock")));
        } catch (IOException | RuntimeException refused) {
            OURS.remove(real);
            throw refused;
        }
    }

    /// Who uses `directory`; empty if nobody does. Changes nothing on disk.
    /// @throws IOException it cannot be read
    public static Optional<String> holderOf(Path directory) throws IOException {
        if (!Files.exists(directory.resolve("lock"))) {
            return Optional.empty();
        }
        if (OURS.contains(directory.toRealPath())) { // a descriptor closed here would drop the lock
            return Optional.of("this process, " + ownPid());
        }
        try (var channel = FileChannel.open(directory.resolve("lock"), StandardOpenOption.READ);
                var shared = channel.tryLock(0, Long.MAX_VALUE, true)) {
            return shared == null ? Optional.of(holder(channel)) : Optional.empty();
        }
    }

    private static Path made(Path directory) throws IOException {
        try {
            return Files.createDirectories(directory).toRealPath();
        } catch (FileAlreadyExistsException occupied) {
            throw new IOException(directory + " is no directory; choose another for the cache", occupied);
        }
    }

    private static FileChannel locked(Path directory, Path file) throws IOException {
        var channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() == null) {
                throw new DirectoryLockedException(directory, holder(channel));
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap((ownPid() + "\n").getBytes(StandardCharsets.US_ASCII)), 0);
            return channel;
        } catch (IOException | RuntimeException refused) {
            channel.close();
            throw refused;
        }
    }

    private static String holder(FileChannel channel) throws IOException {
        var bytes = ByteBuffer.allocate(20);
        channel.read(bytes, 0);
        String pid = new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII).strip();
        return pid.isEmpty() ? "another process" : "process " + pid;
    }

    private static long ownPid() {
        return ProcessHandle.current().pid();
    }

    @Override
    public void close() throws IOException {
        if (channel.isOpen()) {
            channel.close();
            OURS.remove(directory);
        }
    }
}
