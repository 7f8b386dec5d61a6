package cachefiles.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/// An ext4 file system of one's own in a file, which can be filled, and can fail as a disk does: from then on it is
/// read-only, under those who have files open. Tests that use it say `@Needs({"root", "loop", "mkfs.ext4"})`.
public final class SmallDisk implements AutoCloseable {
    private final Path image;
    private final Path folder;

    private SmallDisk(Path image, Path folder) {
        this.image = image;
        this.folder = folder;
    }

    /// @param place a folder in which image and mount point are made
    public static SmallDisk mount(Path place, int mebibytes) throws IOException {
        var image = place.resolve("disk.img");
        try (var file = Files.newByteChannel(image, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            file.position(((long) mebibytes << 20) - 1).write(ByteBuffer.allocate(1));
        }
        run("mkfs.ext4", "-q", "-F", "-m", "0", image.toString());
        var disk = new SmallDisk(image, Files.createDirectory(place.resolve("disk")));
        disk.mount();
        return disk;
    }

    private void mount() throws IOException {
        run("mount", "-o", "loop,errors=remount-ro", image.toString(), folder.toString());
    }

    /// What lies on it.
    public Path folder() {
        return folder;
    }

    private Path filler() {
        return folder.resolve("filler");
    }

    /// Until nothing more can be written.
    public void fill() throws IOException {
        try (OutputStream out = Files.newOutputStream(filler())) {
            for (int bytes = 1 << 20; bytes >= 1; bytes /= 2) {
                fill(out, new byte[bytes]);
            }
        }
    }

    private static void fill(OutputStream out, byte[] piece) {
        try {
            while (true) {
                out.write(piece);
            }
        } catch (IOException _) {
            // there is no room for so much
        }
    }

    /// There is room again.
    public void empty() throws IOException {
        Files.delete(filler());
    }

    /// From now on nothing can be written.
    public void fail() throws IOException {
        String device =
                run("losetup", "-j", image.toString()).replaceFirst(":.*", "").strip();
        Files.writeString(
                Path.of("/sys/fs/ext4/" + Path.of(device).getFileName() + "/trigger_fs_error"), "made to fail");
    }

    /// As after a repair: checked, and writable.
    public void mend() throws IOException {
        unmount();
        new ProcessBuilder("fsck.ext4", "-fy", image.toString())
                .redirectErrorStream(true)
                .start()
                .getInputStream()
                .readAllBytes();
        mount();
    }

    private void unmount() throws IOException {
        run("umount", folder.toString());
    }

    private static String run(String... command) throws IOException {
        var process =
                new ProcessBuilder(List.of(command)).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IOException(String.join(" ", command) + ": " + said);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        return said;
    }

    @Override
    public void close() throws IOException {
        unmount();
    }
}
