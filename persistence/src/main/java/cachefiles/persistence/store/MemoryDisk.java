package cachefiles.persistence.store;

import cachefiles.kernel.extent.FreeSpace;
import cachefiles.kernel.uapi.Cookie;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.IntPredicate;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// A file system in memory, for tests and simulation, that knows what may be left of it when the machine dies.
///
/// As nothing is ever synced (see [Disk]), the platter may have taken any of the changes made since the machine
/// started, and any sectors of a write. One that was overtaken by a later one to the same place looks as if it were
/// the later one that is lost. So [#image] need not know of order: it asks of each sector of each change whether it
/// reached the platter.
public final class MemoryDisk implements Disk {
    /// What a platter writes as a whole, or not.
    public static final int SECTOR_BYTES = 512;

    private static final int PAGE_BYTES = 4096;
    private static final Path ROOT = Path.of("disk");

    /// What reached the platter.
    public interface Reach {
        /// @param change since the machine started, from 0
        /// @param sector of those that the change touches, from 0; what is no write touches one
        boolean of(int change, int sector);

        /// What a process leaves that dies while it makes a change: all before it, and its first sectors.
        static Reach before(int change, int sectors) {
            return (number, sector) -> number < change || number == change && sector < sectors;
        }

        /// What a machine leaves that dies in the same place, of which any sector may be missing.
        /// @param kept asked for each, in the order of changes and sectors
        default Reach thinned(BooleanSupplier kept) {
            return (number, sector) -> of(number, sector) && kept.getAsBoolean();
        }
    }

    /// A file's bytes. Pages are never changed, only replaced: so a copy costs no more than the list of them.
    private static final class Inode {
        private final Map<Long, byte[]> pages = new HashMap<>();
        private long length;

        Inode copy() {
            var copy = new Inode();
            copy.pages.putAll(pages);
            copy.length = length;
            return copy;
        }

        /// @param leftovers whether what is written next behind a gap finds the old bytes in it
        void empty(boolean leftovers) {
            length = 0;
            if (!leftovers) {
                pages.clear();
            }
        }

        /// A new file in the same place.
        Inode freed() {
            var fresh = copy();
            fresh.length = 0;
            return fresh;
        }

        void write(ByteBuffer source, long position) {
            for (long at = position; source.hasRemaining(); ) {
                int from = (int) (at % PAGE_BYTES);
                int bytes = Math.min(source.remaining(), PAGE_BYTES - from);
                byte[] old = pages.get(at / PAGE_BYTES);
                byte[] page = old == null || bytes == PAGE_BYTES ? new byte[PAGE_BYTES] : old.clone();
                source.get(page, from, bytes);
                pages.put(at / PAGE_BYTES, page);
                at += bytes;
                length = Math.max(length, at);
            }
        }

        int read(ByteBuffer target, long position) {
            int start = target.position();
            for (long at = position; target.hasRemaining() && at < length; ) {
                int from = (int) (at % PAGE_BYTES);
                int bytes = (int) Math.min(Math.min(target.remaining(), PAGE_BYTES - from), length - at);
                byte[] page = pages.get(at / PAGE_BYTES);
                target.put(page == null ? new byte[PAGE_BYTES] : page, from, bytes);
                at += bytes;
            }
            return target.position() - start;
        }
    }

    private sealed interface Change {
        record Made(Path path, Inode inode) implements Change {}

        record Removed(Path path) implements Change {}

        record Emptied(Inode inode) implements Change {}

        record Written(Inode inode, long position, byte[] bytes) implements Change {}
    }

    /// A file that was there when the machine started.
    /// @param inode as it is now
    /// @param before as it was then
    private record Old(Path path, Inode inode, Inode before) {}

    private final Map<Path, Inode> files = new HashMap<>();
    private final Set<Path> directories = new HashSet<>();
    private final List<Old> atStart = new ArrayList<>();
    private final @Nullable List<Change> changes;
    private FreeSpace space = FreeSpace.UNBOUNDED;

    private MemoryDisk(boolean recording) {
        this.changes = recording ? new ArrayList<>() : null;
    }

    /// An empty disk that keeps no record of its changes.
    public static MemoryDisk forgetful() {
        return new MemoryDisk(false);
    }

    /// An empty disk of which images can be made.
    public static MemoryDisk recording() {
        return new MemoryDisk(true);
    }

    /// Changes since the machine started.
    public synchronized int changes() {
        return recorded().size();
    }

    /// Sectors that a change touches: what [Reach] is asked about it.
    public synchronized int sectors(int change) {
        return recorded().get(change) instanceof Change.Written write ? sectors(write.position, write.bytes.length) : 1;
    }

    private List<Change> recorded() {
        if (changes == null) {
            throw new IllegalStateException("a forgetful disk has no record of its changes");
        }
        return changes;
    }

    private static int sectors(long position, int bytes) {
        return (int) (Math.ceilDiv(position + bytes, (long) SECTOR_BYTES) - position / SECTOR_BYTES);
    }

    /// The disk that the next process finds on a machine that goes on.
    public synchronized MemoryDisk image() {
        var image = new MemoryDisk(true);
        files.forEach((path, inode) -> image.files.put(path, inode.copy()));
        return begun(image);
    }

    private MemoryDisk begun(MemoryDisk image) {
        image.files.forEach((path, inode) -> image.atStart.add(new Old(path, inode, inode.copy())));
        image.directories.addAll(directories);
        return image;
    }

    /// The disk that the machine finds when it starts again. Directories are all there.
    /// @param leftovers whether the space of a file holds, until it is written, what the last file of that name held:
    ///     file systems that do not order data behind their own records allow that
    public synchronized MemoryDisk image(Reach reach, boolean leftovers) {
        var image = new MemoryDisk(true);
        var platter = new Platter(image.files, leftovers);
        for (Old old : atStart) {
            platter.inodes.put(old.inode, old.before.copy());
            image.files.put(old.path, platter.of(old.inode));
        }
        List<Change> all = recorded();
        for (int i = 0; i < all.size(); i++) {
            int number = i;
            platter.take(all.get(i), sector -> reach.of(number, sector));
        }
        return begun(image);
    }

    /// An image in the making.
    /// @param inodes what became of each of the recorded disk's
    /// @param former the last file of each name that was removed
    private record Platter(
            Map<Path, Inode> files, boolean leftovers, Map<Inode, Inode> inodes, Map<Path, Inode> former) {
        Platter(Map<Path, Inode> files, boolean leftovers) {
            this(files, leftovers, new IdentityHashMap<>(), new HashMap<>());
        }

        Inode of(Inode recorded) {
            return inodes.computeIfAbsent(recorded, _ -> new Inode());
        }

        void take(Change change, IntPredicate reached) {
            switch (change) {
                case Change.Made(var path, var inode) -> {
                    if (leftovers && former.containsKey(path)) {
                        inodes.computeIfAbsent(inode, _ -> former.get(path).freed());
                    }
                    if (reached.test(0)) {
                        files.put(path, of(inode));
                    }
                }
                case Change.Removed(var path) -> {
                    if (reached.test(0) && files.containsKey(path)) {
                        former.put(path, files.remove(path));
                    }
                }
                case Change.Emptied(var inode) -> {
                    if (reached.test(0)) {
                        of(inode).empty(leftovers);
                    }
                }
                case Change.Written(var inode, long position, byte[] bytes) -> {
                    var copy = of(inode);
                    int all = sectors(position, bytes.length);
                    for (int sector = 0; sector < all; sector++) {
                        int first = sector;
                        while (sector < all && reached.test(sector)) {
                            sector++;
                        }
                        if (sector > first) { // up to here it got, and not further
                            int from = within(position, first, bytes.length);
                            int to = within(position, sector, bytes.length);
                            copy.write(ByteBuffer.wrap(bytes, from, to - from), position + from);
                        }
                    }
                }
            }
        }

        /// Where in the bytes at `position` their sector of that number begins.
        private static int within(long position, int sector, int length) {
            long start = (position / SECTOR_BYTES + sector) * SECTOR_BYTES - position;
            return Math.clamp(start, 0, length);
        }
    }

    private void record(Change change) {
        if (changes != null) {
            changes.add(change);
        }
    }

    /// A store on this disk.
    /// @param seeds one for each content, each another
    public FileStore store(LongSupplier seeds) {
        return FileStore.on(this, ROOT, seeds);
    }

    /// What [cachefiles.kernel.extent.Store#space] is to say.
    public synchronized void space(FreeSpace next) {
        space = next;
    }

    /// Flips a bit of an object's byte at `offset`, if it has a file, as a bad disk may.
    public synchronized void damage(Cookie cookie, long offset) {
        var inode = files.get(BackingPath.of(cookie).under(FileStore.dataTree(ROOT)));
        if (inode != null) {
            var one = ByteBuffer.allocate(1);
            inode.read(one, offset);
            inode.write(one.put(0, (byte) (one.get(0) ^ 1)).clear(), offset);
        }
    }

    @Override
    public synchronized Channel open(Path path) throws IOException {
        Inode inode = files.get(path);
        if (inode == null) {
            if (!directories.contains(path.getParent())) {
                throw new NoSuchFileException(path.toString());
            }
            inode = new Inode();
            files.put(path, inode);
            record(new Change.Made(path, inode));
        }
        return new OpenInode(inode);
    }

    @Override
    public synchronized long regularLength(Path path) {
        Inode inode = files.get(path);
        return inode == null ? -1 : inode.length;
    }

    @Override
    public synchronized boolean exists(Path path) {
        return files.containsKey(path) || directories.contains(path);
    }

    @Override
    public synchronized void createDirectoriesOf(Path file) {
        for (Path directory = file.getParent(); directory != null; directory = directory.getParent()) {
            directories.add(directory);
        }
    }

    @Override
    public synchronized boolean remove(Path path) {
        boolean removed = files.remove(path) != null;
        if (removed) {
            record(new Change.Removed(path));
        }
        return removed;
    }

    /// @throws UnsupportedOperationException always: here no directory is ever in the way
    @Override
    public void bury(Path path, Path graveyard) {
        throw new UnsupportedOperationException("nothing to bury at " + path);
    }

    @Override
    public synchronized FreeSpace space(Path path) {
        return space;
    }

    private final class OpenInode implements Channel {
        private final Inode inode;
        private volatile boolean closed;

        OpenInode(Inode inode) {
            this.inode = inode;
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            synchronized (MemoryDisk.this) {
                checkOpen();
                return inode.read(target, position);
            }
        }

        @Override
        public int write(ByteBuffer source, long position) throws IOException {
            synchronized (MemoryDisk.this) {
                checkOpen();
                int length = source.remaining();
                if (changes != null) {
                    byte[] bytes = new byte[length];
                    source.duplicate().get(bytes);
                    record(new Change.Written(inode, position, bytes));
                }
                inode.write(source, position);
                return length;
            }
        }

        @Override
        public void empty() throws IOException {
            synchronized (MemoryDisk.this) {
                checkOpen();
                record(new Change.Emptied(inode));
                inode.empty(false);
            }
        }

        private void checkOpen() throws ClosedChannelException {
            if (closed) {
                throw new ClosedChannelException();
            }
        }

        @Override
        public boolean isOpen() {
            return !closed;
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
