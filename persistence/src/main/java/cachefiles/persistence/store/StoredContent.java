package cachefiles.persistence.store;

import cachefiles.kernel.extent.BackingFile.WritePermit;
import cachefiles.kernel.extent.NoSpaceException;
import cachefiles.kernel.extent.Store;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Range;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One version of an object's bytes: two files, and what is known of their blocks.
///
/// A block is *present* from the moment its data and then its checksum are written and the permit held; *verified*
/// blocks are those present that this process wrote, or read and found right. Readers serve verified blocks and look at
/// nothing else, so these never change: to become absent again a block must first turn out to be wrong.
///
/// The files are made by the first write: an object that is open and never read costs no inode.
final class StoredContent {
    /// The most that ext4 holds in one file, 16 TiB.
    static final long MAX_BYTES = 1L << 44;

    private static final int VERIFY_BLOCKS = 32;
    private static final int ENTRIES_AT_ONCE = 16 * 1024;

    /// @param present has a checksum
    /// @param verified may be served
    private record Known(BlockMap present, BlockMap verified) {}

    /// What the first use brings with it: an object that is open and nothing else stays small.
    private record Access(ChannelPool.Slot data, ChannelPool.Slot blocks, RangeLock writes) {}

    private record Run(long first, long limit) {}

    private final FileStore store;
    private volatile Sidecar sidecar;
    private volatile @Nullable Access access;
    private volatile @Nullable Known known;
    private boolean created;

    private StoredContent(FileStore store, Sidecar sidecar, boolean created) {
        this.store = store;
        this.sidecar = sidecar;
        this.created = created;
    }

    /// Content of which nothing is there yet; there must be no file in its place.
    /// @throws IOException it is larger than [#MAX_BYTES]
    static StoredContent empty(FileStore store, Sidecar sidecar) throws IOException {
        if (sidecar.sizeBytes() > MAX_BYTES) {
            throw new IOException(
                    sidecar.cookie() + " has " + sidecar.sizeBytes() + " bytes; a file holds " + MAX_BYTES);
        }
        return new StoredContent(store, sidecar, false);
    }

    /// What the disk holds of `cookie`, or null where the store cannot vouch for it: files missing, damaged, foreign,
    /// or of the wrong length (G12).
    /// @throws IOException the disk failed
    static @Nullable StoredContent onDisk(FileStore store, Cookie cookie) throws IOException {
        if (store.disk().regularLength(store.blocksPath(cookie)) < Sidecar.HEADER_BYTES) {
            return null;
        }
        Sidecar found = header(store.channels().slot(() -> store.blocksPath(cookie)));
        return found != null
                        && found.cookie().equals(cookie)
                        && found.dataBytes() == store.disk().regularLength(store.dataPath(cookie))
                ? new StoredContent(store, found, true)
                : null;
    }

    private static @Nullable Sidecar header(ChannelPool.Slot blocks) throws IOException {
        var header = ByteBuffer.allocate(Sidecar.HEADER_BYTES);
        try {
            blocks.with(channel -> channel.read(header.clear(), 0));
        } finally {
            blocks.retire();
        }
        return Sidecar.decode(header.flip()).orElse(null);
    }

    long sizeBytes() {
        return sidecar.sizeBytes();
    }

    String validator() {
        return sidecar.validator();
    }

    /// Whether this is content of that size and validator too; if so it takes the validator on.
    boolean becomes(long sizeBytes, String validator) throws IOException {
        Sidecar held = sidecar;
        if (!held.describes(sizeBytes, validator)) {
            return false;
        }
        if (held.validator().isEmpty() && !validator.isEmpty()) {
            name(held.withValidator(validator));
        }
        return true;
    }

    private synchronized void name(Sidecar next) throws IOException {
        if (created) {
            access().blocks.with(channel -> channel.write(next.header(), 0));
        }
        sidecar = next;
    }

    /// Waits for writes under way, then closes the files. To be called when no new write can begin.
    void retire() throws IOException {
        access().writes.lock(0, Long.MAX_VALUE);
        try {
            access().data.retire();
            access().blocks.retire();
        } finally {
            access().writes.unlock(0, Long.MAX_VALUE);
        }
    }

    int read(long offset, ByteBuffer target) throws IOException {
        long limit = offset + Math.min(target.remaining(), sidecar.sizeBytes() - offset);
        if (offset >= limit) {
            return 0;
        }
        long first = offset / Store.BLOCK_BYTES;
        long end = servable(first, Math.ceilDiv(limit, (long) Store.BLOCK_BYTES));
        int length = (int) (Math.min(limit, end * Store.BLOCK_BYTES) - offset);
        if (length <= 0) {
            return 0;
        }
        int start = target.position();
        int copied = access().data.with(channel -> channel.read(target.slice(start, length), offset));
        if (copied < length) { // somebody cut the file
            forget((offset + copied) / Store.BLOCK_BYTES, end, true);
        }
        target.position(start + copied);
        return copied;
    }

    /// Up to where blocks may be served from `first` on; verifies those that nobody has served since the start.
    private long servable(long first, long limit) throws IOException {
        Known now = known();
        long end = now.verified.nextGap(first, limit);
        while (end < limit && now.present.contains(end)) {
            verify(now, end, Math.min(now.present.nextGap(end, limit), end + VERIFY_BLOCKS));
            if (!now.verified.contains(end)) {
                return end;
            }
            end = now.verified.nextGap(end, limit);
        }
        return end;
    }

    private void verify(Known now, long first, long limit) throws IOException {
        Sidecar named = sidecar;
        var bytes = ByteBuffer.allocate(named.runBytes(first, limit));
        var sums = ByteBuffer.allocate((int) (limit - first) * Sidecar.ENTRY_BYTES);
        int there = access().data.with(channel -> channel.read(bytes.clear(), first * Store.BLOCK_BYTES));
        access().blocks.with(channel -> channel.read(sums.clear(), Sidecar.entryAt(first)));
        for (long block = first; block < limit; block++) {
            int at = (int) (block - first);
            int start = at * Store.BLOCK_BYTES;
            int length = named.blockBytes(block);
            boolean right = start + length <= there
                    && named.checksum(block, bytes.slice(start, length)) == sums.getInt(at * Sidecar.ENTRY_BYTES);
            if (right) {
                now.verified.add(block, block + 1);
            } else {
                forget(block, block + 1, false);
            }
        }
    }

    /// Makes blocks absent that turned out to be wrong.
    /// @param evenVerified else only those that nobody has found to be right, or has written anew, meanwhile
    private void forget(long first, long limit, boolean evenVerified) throws IOException {
        access().writes.lock(first, limit);
        try {
            Known now = known();
            for (long block = first; block < limit; block++) {
                if (evenVerified || !now.verified.contains(block)) {
                    now.verified.remove(block);
                    now.present.remove(block);
                    erase(new Run(block, block + 1));
                }
            }
        } finally {
            access().writes.unlock(first, limit);
        }
    }

    /// Marks blocks absent on disk. If that fails they are found wrong again after the next start.
    private void erase(Run run) {
        try {
            access().blocks
                    .with(channel -> channel.write(ByteBuffer.allocate(entryBytes(run)), Sidecar.entryAt(run.first)));
        } catch (IOException _) {
            // what counts is what memory says
        }
    }

    Optional<Range> hole(long offset, long limit) {
        long size = sidecar.sizeBytes();
        if (offset >= Math.min(limit, size)) {
            return Optional.empty();
        }
        BlockMap present;
        try {
            present = known().present;
        } catch (IOException _) {
            return blocksAround(offset, limit, size); // the read that follows tells why
        }
        long blockLimit = Math.ceilDiv(Math.min(limit, size), (long) Store.BLOCK_BYTES);
        long first = present.nextGap(offset / Store.BLOCK_BYTES, blockLimit);
        return first == blockLimit
                ? Optional.empty()
                : Optional.of(
                        between(first, present.nextMember(first + 1, blockLimit), size)); // `first` may be one by now
    }

    /// The blocks that `offset` to `limit` touches, up to `sizeBytes`.
    static Optional<Range> blocksAround(long offset, long limit, long sizeBytes) {
        return offset >= Math.min(limit, sizeBytes)
                ? Optional.empty()
                : Optional.of(between(
                        offset / Store.BLOCK_BYTES,
                        Math.ceilDiv(Math.min(limit, sizeBytes), (long) Store.BLOCK_BYTES),
                        sizeBytes));
    }

    private static Range between(long first, long blockLimit, long sizeBytes) {
        return Range.between(first * Store.BLOCK_BYTES, Math.min(blockLimit * Store.BLOCK_BYTES, sizeBytes));
    }

    long presentBytes() {
        try {
            BlockMap present = known().present;
            long last = sidecar.blocks() - 1;
            long missing = last >= 0 && present.contains(last) ? sidecar.dataBytes() - sidecar.sizeBytes() : 0;
            return present.size() * Store.BLOCK_BYTES - missing;
        } catch (IOException _) {
            return 0; // the read that follows tells why
        }
    }

    boolean write(long offset, ByteBuffer source, WritePermit permit) throws IOException {
        long size = sidecar.sizeBytes();
        long limit = offset + Math.min(source.remaining(), Math.max(0, size - offset));
        checkWholeBlocks(offset, limit, size);
        var whole = new Run(offset / Store.BLOCK_BYTES, Math.ceilDiv(limit, (long) Store.BLOCK_BYTES));
        access().writes.lock(whole.first, whole.limit);
        try {
            if (!permit.holds()) {
                return false;
            }
            var absent = absent(whole);
            return absent.isEmpty() || store(whole, absent, source.duplicate(), permit);
        } catch (IOException failure) {
            throw explained(failure);
        } finally {
            access().writes.unlock(whole.first, whole.limit);
        }
    }

    /// @throws IllegalArgumentException unless `offset` to `limit` begins and ends on a block edge, or at the end
    static void checkWholeBlocks(long offset, long limit, long sizeBytes) {
        if (offset % Store.BLOCK_BYTES != 0 || limit < sizeBytes && limit % Store.BLOCK_BYTES != 0) {
            throw new IllegalArgumentException(
                    "bytes " + offset + " to " + limit + " of " + sizeBytes + " are no whole blocks");
        }
    }

    private List<Run> absent(Run whole) throws IOException {
        BlockMap present = known().present;
        var absent = new ArrayList<Run>(1);
        for (long first = present.nextGap(whole.first, whole.limit); first < whole.limit; ) {
            long limit = present.nextMember(first, whole.limit);
            absent.add(new Run(first, limit));
            first = present.nextGap(limit, whole.limit);
        }
        return absent;
    }

    /// First the data, then its checksums, then memory (I19).
    private boolean store(Run whole, List<Run> absent, ByteBuffer source, WritePermit permit) throws IOException {
        Sidecar named = createdFiles();
        Known now = known();
        for (Run run : absent) {
            int start = source.position() + (int) (run.first - whole.first) * Store.BLOCK_BYTES;
            ByteBuffer bytes = source.slice(start, named.runBytes(run.first, run.limit));
            access().data.with(channel -> channel.write(bytes.rewind(), run.first * Store.BLOCK_BYTES));
            ByteBuffer sums = checksums(named, run, bytes);
            access().blocks.with(channel -> channel.write(sums.rewind(), Sidecar.entryAt(run.first)));
        }
        boolean published = permit.whileHeld(() -> {
            for (Run run : absent) {
                now.verified.add(run.first, run.limit);
                now.present.add(run.first, run.limit);
            }
        });
        if (!published) {
            absent.forEach(this::erase);
        }
        return published;
    }

    private static ByteBuffer checksums(Sidecar named, Run run, ByteBuffer bytes) {
        var sums = ByteBuffer.allocate(entryBytes(run));
        for (long block = run.first; block < run.limit; block++) {
            int start = (int) (block - run.first) * Store.BLOCK_BYTES;
            sums.putInt(named.checksum(block, bytes.slice(start, named.blockBytes(block))));
        }
        return sums;
    }

    /// Makes both files unless they are there: the data first, as without a sidecar it is absent.
    private synchronized Sidecar createdFiles() throws IOException {
        Sidecar named = sidecar;
        if (!created) {
            try {
                createFiles(named);
            } catch (NoSuchFileException _) {
                store.disk().createDirectoriesOf(store.dataPath(named.cookie()));
                store.disk().createDirectoriesOf(store.blocksPath(named.cookie()));
                createFiles(named);
            }
            created = true;
        }
        return named;
    }

    /// Gives the data its length by its last byte: Java's channels have no other way.
    private void createFiles(Sidecar named) throws IOException {
        access().data.with(channel -> rewritten(channel, ByteBuffer.allocate(1), named.dataBytes() - 1));
        access().blocks.with(channel -> rewritten(channel, named.header(), 0));
    }

    private static int rewritten(Disk.Channel channel, ByteBuffer bytes, long position) throws IOException {
        channel.empty();
        return channel.write(bytes, position);
    }

    private Access access() {
        Access now = access;
        return now == null ? firstAccess() : now;
    }

    private synchronized Access firstAccess() {
        Access now = access;
        if (now == null) {
            Cookie cookie = sidecar.cookie();
            ChannelPool channels = store.channels();
            now = new Access(
                    channels.slot(() -> store.dataPath(cookie)),
                    channels.slot(() -> store.blocksPath(cookie)),
                    new RangeLock());
            access = now;
        }
        return now;
    }

    private Known known() throws IOException {
        Known now = known;
        return now == null ? load() : now;
    }

    private synchronized Known load() throws IOException {
        Known now = known;
        if (now == null) {
            long count = sidecar.blocks();
            now = new Known(new BlockMap(count), new BlockMap(count));
            if (created) {
                loadPresent(now.present, count);
            }
            known = now;
        }
        return now;
    }

    private void loadPresent(BlockMap present, long count) throws IOException {
        var sums = ByteBuffer.allocate((int) Math.min(count, ENTRIES_AT_ONCE) * Sidecar.ENTRY_BYTES);
        for (long first = 0; first < count; first += ENTRIES_AT_ONCE) {
            long at = Sidecar.entryAt(first);
            int entries = access().blocks.with(channel -> channel.read(sums.clear(), at)) / Sidecar.ENTRY_BYTES;
            for (int i = 0; i < Math.min(entries, count - first); i++) {
                if (sums.getInt(i * Sidecar.ENTRY_BYTES) != 0) {
                    present.add(first + i, first + i + 1);
                }
            }
        }
    }

    /// Java tells a full disk by the operating system's words only, and these may be in any language: so look at the
    /// room too.
    private IOException explained(IOException failure) {
        Path path = store.dataPath(sidecar.cookie());
        String message = String.valueOf(failure.getMessage());
        boolean full = message.contains("No space left on device") || message.contains("Disk quota exceeded");
        return full || !hasRoom() ? new NoSpaceException(path + ": no space left", failure) : failure;
    }

    private boolean hasRoom() {
        try {
            var space = store.space();
            return space.blocks() == 0 || space.freeBlocks() > 0;
        } catch (IOException _) {
            return true;
        }
    }

    private static int entryBytes(Run run) {
        return Math.toIntExact((run.limit - run.first) * Sidecar.ENTRY_BYTES);
    }
}
