package cachefiles.app.demo;

import cachefiles.app.engine.Cache;
import cachefiles.app.engine.CachedObject;
import cachefiles.kernel.uapi.DeviceException;
import cachefiles.kernel.uapi.Errno;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;

/// One reader: takes a file, reads from it here and there and in order, compares each read with the file itself at
/// once, lets go of it and takes another.
final class Reader implements Runnable {
    private static final int MOST_READS = 24;
    private static final int WAIT_MILLIS = 20;
    private static final int LEAST_BYTES = 512;

    private final Cache cache;
    private final Load load;
    private final Mounts mounts;
    private final Closer closer;
    private final Tally tally;
    private final boolean again;
    private final SplittableRandom random;
    private final ByteBuffer got;
    private final ByteBuffer expected;

    /// @param again whether a read that failed is tried again, as an application would after a new mount
    Reader(Cache cache, Load load, Mounts mounts, Closer closer, Tally tally, boolean again, SplittableRandom random) {
        this.cache = cache;
        this.load = load;
        this.mounts = mounts;
        this.closer = closer;
        this.tally = tally;
        this.again = again;
        this.random = random;
        this.got = ByteBuffer.allocate(load.chunkBytes());
        this.expected = ByteBuffer.allocate(load.chunkBytes());
    }

    @Override
    public void run() {
        while (!load.isOver()) {
            var target = load.pick(random);
            if (target == null) {
                load.await(WAIT_MILLIS);
            } else {
                use(target);
            }
        }
    }

    private void use(Load.Target target) {
        int chunk = load.claim(target, random.nextInt(target.chunks));
        if (chunk < 0) {
            return;
        }
        try (var object = acquired(target);
                var file = FileChannel.open(target.piece.path(), StandardOpenOption.READ)) {
            boolean inOrder = random.nextBoolean();
            for (int left = random.nextInt(MOST_READS); chunk >= 0; left--) {
                readChunk(target, object, file, chunk);
                int last = chunk;
                chunk = -1; // it is settled
                if (random.nextInt(4) == 0) {
                    readAny(target, object, file);
                }
                if (left > 0) {
                    chunk = load.claim(target, inOrder ? last + 1 : random.nextInt(target.chunks));
                }
            }
        } catch (DeviceException failed) {
            tally.failed(failed.errno());
            if (chunk >= 0) {
                notRead(target, chunk, failed.errno());
            }
        } catch (IOException failed) {
            tally.read(0); // the file itself: it has gone, or may not be read
            tally.failed(Errno.EIO);
            if (chunk >= 0) {
                load.settle(false);
            }
        }
    }

    /// A file that cannot be opened counts as a read that failed.
    private CachedObject acquired(Load.Target target) throws DeviceException {
        long begin = System.nanoTime();
        try {
            return mounts.acquire(target);
        } catch (DeviceException failed) {
            tally.read(System.nanoTime() - begin);
            throw failed;
        }
    }

    private void notRead(Load.Target target, int chunk, Errno errno) {
        boolean mayHeal = switch (errno) {
            case EIO, ENOBUFS, EBUSY, ETIMEDOUT, EAGAIN -> true;
            default -> false;
        };
        if (again && mayHeal && !cache.hasGivenUp() && !load.isStopped()) {
            load.giveBack(target, chunk);
            load.await(1 + random.nextInt(5));
        } else {
            load.settle(false);
        }
    }

    /// Reads a chunk that is claimed, and settles it.
    /// @throws DeviceException a read failed; the chunk is still to be settled
    private void readChunk(Load.Target target, CachedObject object, FileChannel file, int chunk)
            throws DeviceException, IOException {
        long offset = (long) chunk * load.chunkBytes();
        long limit = Math.min(target.piece.usedBytes(), offset + load.chunkBytes());
        do { // a file without bytes is read, too
            long rest = limit - offset;
            int length =
                    (int) (random.nextInt(3) == 0 ? rest : Math.min(rest, LEAST_BYTES + random.nextLong(rest + 1)));
            read(object, file, offset, length);
            offset += length;
        } while (offset < limit);
        load.settle(true);
    }

    /// Reads somewhere in a chunk that somebody has claimed: it is present, or being fetched for another reader.
    private void readAny(Load.Target target, CachedObject object, FileChannel file)
            throws DeviceException, IOException {
        int chunk = load.anyClaimed(target, random);
        long start = (long) chunk * load.chunkBytes();
        long limit = Math.min(target.piece.usedBytes(), start + load.chunkBytes());
        if (chunk >= 0 && start < limit) {
            long offset = random.nextLong(start, limit);
            read(object, file, offset, (int) (1 + random.nextLong(limit - offset)));
        }
    }

    private void read(CachedObject object, FileChannel file, long offset, int length)
            throws DeviceException, IOException {
        var turns = closer.turns(object.cookie());
        if (turns != null) {
            turns.readLock().lock();
        }
        int copied;
        long begin = System.nanoTime();
        try {
            copied = object.read(offset, got.clear().limit(length));
        } finally {
            tally.read(System.nanoTime() - begin);
            if (turns != null) {
                turns.readLock().unlock();
            }
        }
        compare(file, offset, length, copied);
    }

    private void compare(FileChannel file, long offset, int length, int copied) throws IOException {
        expected.clear().limit(length);
        while (expected.hasRemaining() && file.read(expected, offset + expected.position()) >= 0) {
            // until it is full, or the file ends
        }
        int wrong = Math.abs(expected.position() - copied);
        int both = Math.min(expected.position(), copied);
        if (got.flip().limit(both).mismatch(expected.flip().limit(both)) >= 0) {
            for (int i = 0; i < both; i++) {
                wrong += got.get(i) == expected.get(i) ? 0 : 1;
            }
        }
        if (wrong > 0) {
            tally.wrong(wrong);
        }
    }
}
