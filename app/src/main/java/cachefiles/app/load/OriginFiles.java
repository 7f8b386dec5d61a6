package cachefiles.app.load;

import cachefiles.app.load.plan.Profile;
import cachefiles.app.load.plan.Synthetic;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Writes a profile's objects as files, for a service to serve.
public final class OriginFiles {
    private static final int PART_BYTES = 1 << 20;

    private OriginFiles() {}

    /// @return how many bytes they have
    /// @throws IOException a file is there already, or cannot be written
    public static long write(Profile profile, Path directory) throws IOException {
        var synthetic = new Synthetic(profile.objects(), profile.objectSize());
        long bytes = 0;
        for (int object = 0; object < profile.objects(); object++) {
            var file = directory.resolve(Synthetic.name(object));
            Files.createDirectories(file.getParent());
            bytes += write(object, synthetic.sizeBytes(object), file);
        }
        return bytes;
    }

    private static long write(int object, long size, Path file) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            var part = ByteBuffer.allocate((int) Math.min(size, PART_BYTES));
            for (long at = 0; at < size; at += part.limit()) {
                Synthetic.fill(object, at, part.clear().limit((int) Math.min(PART_BYTES, size - at)));
                for (part.flip(); part.hasRemaining(); ) {
                    channel.write(part);
                }
            }
        }
        return size;
    }
}
