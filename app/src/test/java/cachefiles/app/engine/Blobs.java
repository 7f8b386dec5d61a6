package cachefiles.app.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceException;
import cachefiles.kernel.uapi.Key;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Real files of an origin, and what is right to read of them: read here by the plainest means, past all code of ours.
final class Blobs implements AutoCloseable {
    private final Path directory;
    private final List<FileChannel> channels = new ArrayList<>();

    private Blobs(Path directory) {
        this.directory = directory;
    }

    /// Makes `count` files, each some bytes longer than the last.
    static Blobs make(Path directory, int count, int bytes) throws IOException {
        Files.createDirectories(directory);
        var blobs = new Blobs(directory);
        for (int i = 0; i < count; i++) {
            blobs.add(bytes + 37 * i);
        }
        return blobs;
    }

    /// Adds a file of that size.
    /// @return its number
    int add(int bytes) throws IOException {
        int number = channels.size();
        var content = new byte[bytes];
        new SplittableRandom(number).nextBytes(content);
        var file = directory.resolve(name(number));
        Files.write(file, content);
        channels.add(FileChannel.open(file));
        return number;
    }

    Path directory() {
        return directory;
    }

    int count() {
        return channels.size();
    }

    static String name(int number) {
        return "blob%05d".formatted(number);
    }

    static Cookie cookie(String volume, int number) {
        return new Cookie(Key.of(volume), Key.of(name(number)));
    }

    long size(int number) {
        try {
            return channels.get(number).size();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /// How many of the bytes that were read differ from the origin's, or are missing, or too many.
    /// @param read of which `length` bytes from 0 on were read
    long wrong(int number, long offset, int wanted, ByteBuffer read, int length) {
        try {
            var channel = channels.get(number);
            int due = Math.clamp(channel.size() - offset, 0, wanted);
            if (length != due) {
                return Math.max(1, Math.abs(length - due));
            }
            var right = ByteBuffer.allocate(due);
            while (right.hasRemaining() && channel.read(right, offset + right.position()) >= 0) {
                // more
            }
            var got = read.duplicate().position(0).limit(length);
            long wrong = 0;
            for (int at = right.flip().mismatch(got); at >= 0; at = right.mismatch(got)) {
                wrong++;
                right = right.position(right.position() + at + 1).slice();
                got = got.position(got.position() + at + 1).slice();
            }
            return wrong;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /// Reads all of the object through the cache, and compares.
    void assertReads(int number, CachedObject object) throws DeviceException {
        assertReads(number, 0, (int) size(number), object);
    }

    /// Reads a part of the object through the cache, and compares.
    void assertReads(int number, long offset, int length, CachedObject object) throws DeviceException {
        var target = ByteBuffer.allocate(length);
        assertEquals(0, wrong(number, offset, length, target, object.read(offset, target)), "wrong bytes");
    }

    @Override
    public void close() throws IOException {
        for (FileChannel channel : channels) {
            channel.close();
        }
    }
}
