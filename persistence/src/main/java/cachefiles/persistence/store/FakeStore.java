package cachefiles.persistence.store;

import cachefiles.kernel.extent.BackingFile;
import cachefiles.kernel.extent.DiskErrorException;
import cachefiles.kernel.extent.FreeSpace;
import cachefiles.kernel.extent.NoSpaceException;
import cachefiles.kernel.extent.Store;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Range;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A [Store] in memory, with faults on demand, for tests and simulation. What it does depends on its calls alone.
///
/// It keeps a "disk" apart from what is in use, so that [#restarted] gives what a successor would find. One monitor
/// guards all of it; faults strike outside the monitor, so that they may wait, or call the store themselves, though not
/// write the same blocks.
public final class FakeStore implements Store {
    /// Where a fault may strike.
    public enum Moment {
        ATTACH,
        READ,
        /// Before the first byte of a write.
        WRITE,
        /// All bytes of a write are in place, none is present yet.
        PUBLISH,
        CLEAR
    }

    public enum Fault {
        NONE,
        IO_ERROR,
        NO_SPACE,
        /// A write fails after the first half of its blocks became present. Elsewhere as [#NONE].
        SHORT_WRITE
    }

    /// Says what goes wrong. To make the store slow it takes its time: by a latch in a test, by moving a virtual clock.
    public interface Faults {
        /// @param range the bytes that the operation is about; for those about a whole file, its first byte
        Fault strike(Moment moment, Cookie cookie, Range range);
    }

    /// @param bytes as the disk has them, right or not
    /// @param right whether they are what was written
    private record Block(byte[] bytes, boolean right) {}

    /// What the disk holds of one object.
    private static final class Kept {
        private Content content;
        private final TreeMap<Long, Block> blocks = new TreeMap<>();

        private Kept(Content content) {
            this.content = content;
        }
    }

    private final Map<Cookie, Kept> disk;
    private final Map<Cookie, FakeFile> used = new HashMap<>();
    private volatile Faults faults;
    private volatile FreeSpace space = FreeSpace.UNBOUNDED;

    public FakeStore() {
        this(new HashMap<>(), (_, _, _) -> Fault.NONE);
    }

    private FakeStore(Map<Cookie, Kept> disk, Faults faults) {
        this.disk = disk;
        this.faults = faults;
    }

    public void faults(Faults next) {
        faults = next;
    }

    /// What [#space] is to say.
    public void space(FreeSpace next) {
        space = next;
    }

    /// The store that a new process opens on the same disk. This one must no longer be used.
    public synchronized FakeStore restarted() {
        return new FakeStore(disk, faults);
    }

    /// Damages the block at `offset` on the disk, if it is there: whoever serves it first after a restart finds out.
    public synchronized void damage(Cookie cookie, long offset) {
        Kept kept = disk.get(cookie);
        if (kept != null) {
            kept.blocks.computeIfPresent(offset / BLOCK_BYTES, (_, block) -> {
                byte[] bytes = block.bytes.clone();
                bytes[(int) (offset % BLOCK_BYTES)] ^= 1;
                return new Block(bytes, false);
            });
        }
    }

    @Override
    public synchronized BackingFile file(Cookie cookie) {
        return used.computeIfAbsent(cookie, FakeFile::new);
    }

    @Override
    public synchronized Errno inUse(Cookie cookie) {
        if (used.containsKey(cookie)) {
            return Errno.EBUSY;
        }
        return disk.containsKey(cookie) ? Errno.OK : Errno.ENOENT;
    }

    @Override
    public synchronized Errno cull(Cookie cookie) {
        Errno state = inUse(cookie);
        if (state.isOk()) {
            disk.remove(cookie);
        }
        return state;
    }

    @Override
    public FreeSpace space() {
        return space;
    }

    @Override
    public synchronized void close() {
        used.values().forEach(FakeFile::detach);
        used.clear();
    }

    private Fault struck(Moment moment, Cookie cookie, Range range) throws IOException {
        Fault fault = faults.strike(moment, cookie, range);
        return switch (fault) {
            case IO_ERROR -> throw new DiskErrorException(cookie + ": I/O error on purpose, " + moment + " " + range);
            case NO_SPACE ->
                throw new NoSpaceException(cookie + ": no space left, on purpose, " + moment + " " + range);
            case NONE, SHORT_WRITE -> fault;
        };
    }

    private final class FakeFile implements BackingFile {
        private final Cookie cookie;
        private final RangeLock writes = new RangeLock();
        private @Nullable Kept attached;
        private boolean released;

        FakeFile(Cookie cookie) {
            this.cookie = cookie;
        }

        private void detach() {
            attached = null;
            released = true;
        }

        @Override
        public boolean attach(long sizeBytes, String validator) throws IOException {
            struck(Moment.ATTACH, cookie, new Range(0, 1));
            return attach(new Content(sizeBytes, validator));
        }

        private synchronized boolean attach(Content content) throws IOException {
            Kept held = held();
            if (held != null && held.content.agreesWith(content)) {
                keep(held, content);
                return true;
            }
            replace(new Kept(content));
            return false;
        }

        private @Nullable Kept held() throws IOException {
            synchronized (FakeStore.this) {
                if (released) {
                    throw new IOException(cookie + " was released; take it into use again");
                }
                return disk.get(cookie);
            }
        }

        private void keep(Kept held, Content content) {
            synchronized (FakeStore.this) {
                if (held.content.validator().isEmpty()) {
                    held.content = content;
                }
                attached = held;
            }
        }

        /// Nobody may begin a write meanwhile, and those under way end first.
        private void replace(@Nullable Kept next) {
            synchronized (FakeStore.this) {
                attached = null;
            }
            writes.lock(0, Long.MAX_VALUE);
            try {
                synchronized (FakeStore.this) {
                    disk.remove(cookie);
                    if (next != null) {
                        disk.put(cookie, next);
                        attached = next;
                    }
                }
            } finally {
                writes.unlock(0, Long.MAX_VALUE);
            }
        }

        @Override
        public boolean attached() {
            synchronized (FakeStore.this) {
                return attached != null;
            }
        }

        @Override
        public long sizeBytes() {
            synchronized (FakeStore.this) {
                return attached == null ? 0 : attached.content.sizeBytes();
            }
        }

        @Override
        public int read(long offset, ByteBuffer target) throws IOException {
            if (target.hasRemaining()) {
                struck(Moment.READ, cookie, new Range(offset, target.remaining()));
            }
            synchronized (FakeStore.this) {
                Kept kept = attached;
                int start = target.position();
                for (long at = offset; kept != null && target.hasRemaining() && at < kept.content.sizeBytes(); ) {
                    Block block = kept.blocks.get(at / BLOCK_BYTES);
                    if (block == null || !block.right) {
                        kept.blocks.remove(at / BLOCK_BYTES);
                        break;
                    }
                    int from = (int) (at % BLOCK_BYTES);
                    int length = Math.min(target.remaining(), block.bytes.length - from);
                    target.put(block.bytes, from, length);
                    at += length;
                }
                return target.position() - start;
            }
        }

        @Override
        public Optional<Range> hole(long offset, long limit) {
            synchronized (FakeStore.this) {
                long size = attached == null ? StoredContent.MAX_BYTES : attached.content.sizeBytes();
                Range whole = StoredContent.blocksAround(offset, limit, size).orElse(null);
                if (whole == null || attached == null) {
                    return Optional.ofNullable(whole);
                }
                long first = whole.offset() / BLOCK_BYTES;
                long end = Math.ceilDiv(whole.limit(), (long) BLOCK_BYTES);
                while (first < end && attached.blocks.containsKey(first)) {
                    first++;
                }
                if (first == end) {
                    return Optional.empty();
                }
                Long present = attached.blocks.ceilingKey(first);
                long limitBytes = Math.min(size, Math.min(end, present == null ? end : present) * BLOCK_BYTES);
                return Optional.of(Range.between(first * BLOCK_BYTES, limitBytes));
            }
        }

        @Override
        public boolean write(long offset, ByteBuffer source, WritePermit permit) throws IOException {
            Kept meant;
            synchronized (FakeStore.this) {
                meant = attached;
            }
            if (meant == null) {
                return false;
            }
            long size = meant.content.sizeBytes();
            long limit = offset + Math.min(source.remaining(), Math.max(0, size - offset));
            StoredContent.checkWholeBlocks(offset, limit, size);
            long first = offset / BLOCK_BYTES;
            long end = Math.ceilDiv(limit, (long) BLOCK_BYTES);
            writes.lock(first, end);
            try {
                return still(meant) && permit.holds() && (first >= end || store(meant, offset, limit, source, permit));
            } finally {
                writes.unlock(first, end);
            }
        }

        private boolean still(Kept meant) {
            synchronized (FakeStore.this) {
                return attached == meant;
            }
        }

        private boolean store(Kept kept, long offset, long limit, ByteBuffer source, WritePermit permit)
                throws IOException {
            var range = Range.between(offset, limit);
            var written = new TreeMap<Long, Block>();
            for (long at = offset; at < limit; at += BLOCK_BYTES) {
                byte[] bytes = new byte[(int) Math.min(BLOCK_BYTES, limit - at)];
                source.get(source.position() + (int) (at - offset), bytes);
                written.put(at / BLOCK_BYTES, new Block(bytes, true));
            }
            if (struck(Moment.WRITE, cookie, range) == Fault.SHORT_WRITE) {
                written.tailMap(offset / BLOCK_BYTES + written.size() / 2).clear();
                publish(kept, written, permit);
                throw new IOException(cookie + ": short write on purpose, " + range);
            }
            struck(Moment.PUBLISH, cookie, range);
            return publish(kept, written, permit);
        }

        private boolean publish(Kept kept, Map<Long, Block> written, WritePermit permit) {
            return permit.whileHeld(() -> {
                synchronized (FakeStore.this) {
                    written.forEach(kept.blocks::putIfAbsent);
                }
            });
        }

        @Override
        public long presentBytes() {
            synchronized (FakeStore.this) {
                return attached == null
                        ? 0
                        : attached.blocks.values().stream()
                                .mapToLong(block -> block.bytes.length)
                                .sum();
            }
        }

        @Override
        public void clear() throws IOException {
            struck(Moment.CLEAR, cookie, new Range(0, 1));
            forget();
        }

        private synchronized void forget() {
            Kept held;
            synchronized (FakeStore.this) {
                held = attached;
            }
            replace(held == null ? null : new Kept(held.content));
        }

        /// Whoever takes the file into use anew while writes are under way still gets this one, and cannot attach it.
        @Override
        public synchronized void release() {
            synchronized (FakeStore.this) {
                detach();
            }
            writes.lock(0, Long.MAX_VALUE);
            try {
                synchronized (FakeStore.this) {
                    used.remove(cookie, this);
                }
            } finally {
                writes.unlock(0, Long.MAX_VALUE);
            }
        }
    }
}
