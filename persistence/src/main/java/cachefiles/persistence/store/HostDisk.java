package cachefiles.persistence.store;

import cachefiles.kernel.extent.FreeSpace;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/// The machine's own file systems.
final class HostDisk implements Disk {
    static final HostDisk INSTANCE = new HostDisk();

    private static final Set<OpenOption> OPTIONS = Set.of(
            StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);

    private HostDisk() {}

    @Override
    public Channel open(Path path) throws IOException {
        return new HostChannel(FileChannel.open(path, OPTIONS));
    }

    @Override
    public long regularLength(Path path) throws IOException {
        return FileBytes.regularLength(path);
    }

    @Override
    public boolean exists(Path path) {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }

    @Override
    public void createDirectoriesOf(Path file) throws IOException {
        Path parent = file.getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
    }

    @Override
    public boolean remove(Path path) throws IOException {
        return Files.deleteIfExists(path);
    }

    @Override
    public void bury(Path path, Path graveyard) throws IOException {
        Files.createDirectories(graveyard);
        Files.move(path, Files.createTempDirectory(graveyard, "").resolve(path.getFileName()));
    }

    @Override
    public FreeSpace space(Path path) throws IOException {
        return Statvfs.of(path);
    }

    private record HostChannel(FileChannel channel) implements Channel {
        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            return FileBytes.read(channel, target, position);
        }

        @Override
        public int write(ByteBuffer source, long position) throws IOException {
            return FileBytes.write(channel, source, position);
        }

        @Override
        public void empty() throws IOException {
            channel.truncate(0);
        }

        @Override
        public boolean isOpen() {
            return channel.isOpen();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
