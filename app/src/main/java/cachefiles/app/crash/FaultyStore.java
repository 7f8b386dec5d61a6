package cachefiles.app.crash;

import cachefiles.kernel.extent.BackingFile;
import cachefiles.kernel.extent.DiskErrorException;
import cachefiles.kernel.extent.FreeSpace;
import cachefiles.kernel.extent.Store;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Faults;
import cachefiles.kernel.uapi.Range;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/// A store whose writes fail on demand: half of the bytes are in place when the writer is thrown out. Its disk is as
/// full as it is told to be, and whoever looks for a hole may be held up.
public final class FaultyStore implements Store {
    private final Store store;
    private final ConcurrentLinkedQueue<Faults.Crash> crashes = new ConcurrentLinkedQueue<>();
    private final ConcurrentHashMap<Cookie, BackingFile> files = new ConcurrentHashMap<>();

    private volatile @Nullable FreeSpace space;
    private volatile boolean failing;
    private volatile Runnable atHole = () -> {};

    public FaultyStore(Store store) {
        this.store = store;
    }

    /// The next write throws.
    public void failNextWrite(Faults.Crash crash) {
        crashes.add(crash);
    }

    /// The disk fails, or works again: nothing can be read, written, attached or cleared meanwhile.
    public void failDisk(boolean fails) {
        failing = fails;
    }

    private void admit(Cookie cookie) throws DiskErrorException {
        if (failing) {
            throw new DiskErrorException(cookie + ": made to fail");
        }
    }

    /// Runs on the thread of each who looks for a hole, before it does.
    public void atHole(Runnable what) {
        atHole = what;
    }

    /// What measuring finds from now on; null = the truth.
    public void space(@Nullable FreeSpace found) {
        space = found;
    }

    @Override
    public FreeSpace space() throws IOException {
        var told = space;
        return told == null ? store.space() : told;
    }

    @Override
    public BackingFile file(Cookie cookie) {
        return files.computeIfAbsent(cookie, name -> new FaultyFile(name, store.file(name)));
    }

    @Override
    public Errno inUse(Cookie cookie) {
        return store.inUse(cookie);
    }

    @Override
    public Errno cull(Cookie cookie) {
        return store.cull(cookie);
    }

    @Override
    public void close() throws IOException {
        store.close();
    }

    private final class FaultyFile implements BackingFile {
        private final Cookie cookie;
        private final BackingFile file;

        FaultyFile(Cookie cookie, BackingFile file) {
            this.cookie = cookie;
            this.file = file;
        }

        @Override
        public boolean write(long offset, ByteBuffer source, WritePermit permit) throws IOException {
            admit(cookie);
            var crash = crashes.poll();
            if (crash == null) {
                return file.write(offset, source, permit);
            }
            int half = source.remaining() / 2 / BLOCK_BYTES * BLOCK_BYTES;
            if (half > 0) {
                file.write(offset, source.slice(source.position(), half), permit);
            }
            throw crash.now();
        }

        @Override
        public void release() throws IOException {
            files.remove(cookie, this);
            file.release();
        }

        @Override
        public boolean attach(long sizeBytes, String validator) throws IOException {
            admit(cookie);
            return file.attach(sizeBytes, validator);
        }

        @Override
        public boolean attached() {
            return file.attached();
        }

        @Override
        public long sizeBytes() {
            return file.sizeBytes();
        }

        @Override
        public String validator() {
            return file.validator();
        }

        @Override
        public int read(long offset, ByteBuffer target) throws IOException {
            admit(cookie);
            return file.read(offset, target);
        }

        @Override
        public Optional<Range> hole(long offset, long limit) {
            atHole.run();
            return file.hole(offset, limit);
        }

        @Override
        public long presentBytes() {
            return file.presentBytes();
        }

        @Override
        public void clear() throws IOException {
            admit(cookie);
            file.clear();
        }
    }
}
