package cachefiles.persistence.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Tells whether the machine has gone down while the H2 file was open: `<dir>/journal/open` holds the id of the boot in
/// which that was, and is removed when the file is closed in order.
///
/// A process may die at any moment and leave a file that H2 recovers. But H2 does not sync what it writes, and believes
/// pages of which a power loss has taken sectors: it was seen to find rows that never were written.
final class BootMark {
    private final Path file;
    private final Path bootId;

    /// @param folder of the H2 file
    /// @param bootId where the kernel tells its own
    BootMark(Path folder, Path bootId) {
        this.file = folder.resolve("open");
        this.bootId = bootId;
    }

    static BootMark of(Path folder) {
        return new BootMark(folder, Path.of("/proc/sys/kernel/random/boot_id"));
    }

    /// Whether the file was left open in another life of the machine.
    boolean machineWentDown() throws IOException {
        try {
            return !Files.readString(file).equals(boot());
        } catch (NoSuchFileException _) {
            return false;
        }
    }

    /// On disk when it returns.
    void set() throws IOException {
        try (var channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(boot().getBytes(StandardCharsets.US_ASCII)));
            channel.force(true);
        }
        try (var folder = FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            folder.force(true);
        }
    }

    void clear() throws IOException {
        Files.deleteIfExists(file);
    }

    /// The same all the time where the kernel tells none.
    private String boot() throws IOException {
        try {
            return Files.readString(bootId);
        } catch (NoSuchFileException _) {
            return "unknown\n";
        }
    }
}
