package cachefiles.persistence.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/// Positioned reads and writes that do all they are asked for.
final class FileBytes {
    private FileBytes() {}

    /// Length of a regular file; -1 if there is none, or something else in its place.
    static long regularLength(Path path) throws IOException {
        try {
            var attributes = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return attributes.isRegularFile() ? attributes.size() : -1;
        } catch (NoSuchFileException _) {
            return -1;
        }
    }

    /// Fills `target` from `position` on.
    /// @return bytes read; fewer at the end of the file
    static int read(FileChannel channel, ByteBuffer target, long position) throws IOException {
        int start = target.position();
        while (target.hasRemaining()) {
            if (channel.read(target, position + target.position() - start) < 0) {
                break;
            }
        }
        return target.position() - start;
    }

    /// @return bytes written: all that `source` held
    static int write(FileChannel channel, ByteBuffer source, long position) throws IOException {
        int start = source.position();
        while (source.hasRemaining()) {
            channel.write(source, position + source.position() - start);
        }
        return source.position() - start;
    }
}
