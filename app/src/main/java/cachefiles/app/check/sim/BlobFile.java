package cachefiles.app.check.sim;

import cachefiles.app.check.sim.Coverage.Count;
import cachefiles.kernel.extent.BackingFile;
import cachefiles.kernel.extent.BackingFile.WritePermit;
import cachefiles.kernel.extent.Store;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Range;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// An object's file (`BackingFile`), a number a block: the version of the content that its bytes belong to, 0 for a
/// hole. Where processes die, the shipped store keeps the bytes themselves beside that, and says to the next process
/// which of them are there.
final class BlobFile {
    static final int BLOCK_BYTES = 4096;
    private static final int MAX_BLOCKS = 16;

    private final Cookie cookie;
    private final int[] versions = new int[MAX_BLOCKS];
    private final boolean[] locked = new boolean[MAX_BLOCKS];
    private @Nullable Content content;
    private boolean attached;
    private int writers;
    private @Nullable Change changing;
    private @Nullable Store store;
    private @Nullable Restart restart;

    /// What the next process has to find.
    /// @param damaged whether the disk may have lost some of it
    private record Restart(@Nullable Content content, int[] versions, boolean damaged, World world) {}

    BlobFile(Cookie cookie) {
        this.cookie = cookie;
    }

    /// Where the bytes are.
    void on(Store bytes) {
        store = bytes;
    }

    static int versionOf(Content content) {
        return Integer.parseInt(content.validator().substring(1));
    }

    /// The process died: files stay, writes under way are lost.
    /// @param damaged whether the disk lost some of what was written
    void restarted(boolean damaged, World world) {
        if (store != null) {
            restart = new Restart(content, versions.clone(), damaged || changing != null, world);
            content = null; // until the store says what is there
        }
        attached = false;
        writers = 0;
        changing = null;
        Arrays.fill(locked, false);
    }

    /// An attach: a change of all bytes, one at a time, unless the file is that content's already.
    final class Change {
        private final Content wanted;
        private boolean done;

        Change(Content wanted) {
            this.wanted = wanted;
        }

        /// @return whether it is done; if not, another change or a write has to end first
        boolean isDone() {
            if (!done && changing == null && content != null && content.agreesWith(wanted)) {
                finish(false);
            } else if (!done && (changing == null || changing == this)) {
                changing = this;
                attached = false;
                if (writers == 0) {
                    finish(true);
                }
            }
            return done;
        }

        boolean isUnderWay() {
            return changing == this;
        }

        private void finish(boolean toOther) {
            if (toOther) {
                changing = null;
                Arrays.fill(versions, 0);
                content = wanted;
            }
            attached = true;
            done = true;
            onDisk(file -> attach(file, wanted));
        }
    }

    /// Forgets all bytes. An attach under way ends first; writes under way have lost their handles.
    void clear() {
        if (changing != null) {
            changing.finish(true);
        }
        Arrays.fill(versions, 0);
        content = attached ? content : null;
        restart = null;
        onDisk(file -> {
            file.clear();
            return file;
        });
    }

    /// Out of use: what is written under way is waited for, and no more comes (`BackingFile.release`).
    void release() {
        if (changing != null) {
            changing.finish(true);
        }
        attached = false;
        onDisk(file -> {
            file.release();
            return file;
        });
    }

    boolean isAttached() {
        return attached;
    }

    private long size() {
        return attached && content != null ? content.sizeBytes() : Long.MAX_VALUE;
    }

    /// The version at `position`; 0 = a hole or the end.
    int versionAt(long position) {
        return attached && position < size() ? versions[(int) (position / BLOCK_BYTES)] : 0;
    }

    Optional<Range> hole(long offset, long limit) {
        long size = size();
        long end = Math.min(limit, size);
        int first = (int) (offset / BLOCK_BYTES);
        int last = (int) Math.ceilDiv(end, (long) BLOCK_BYTES);
        while (attached && first < last && versions[first] != 0) {
            first++;
        }
        if (offset >= end || first >= last) {
            return Optional.empty();
        }
        int stop = first;
        while (stop < last && (!attached || versions[stop] == 0)) {
            stop++;
        }
        return Optional.of(Range.between((long) first * BLOCK_BYTES, Math.min(size, (long) stop * BLOCK_BYTES)));
    }

    /// @return whether the blocks are ours; if not, another writer has one of them
    boolean lock(int first, int last) {
        for (int block = first; block < last; block++) {
            if (locked[block]) {
                return false;
            }
        }
        Arrays.fill(locked, first, last, true);
        writers++;
        return true;
    }

    void unlock(int first, int last) {
        Arrays.fill(locked, first, last, false);
        writers--;
    }

    void publish(int first, int last, int version) {
        for (int block = first; block < last; block++) {
            if (versions[block] == 0) {
                versions[block] = version;
                long offset = (long) block * BLOCK_BYTES;
                var bytes = bytes(version, block);
                onDisk(file -> file.write(offset, bytes, WritePermit.ALWAYS));
            }
        }
    }

    /// Every byte tells whose it is.
    private ByteBuffer bytes(int version, int block) {
        var bytes = ByteBuffer.allocate(BLOCK_BYTES);
        long word = (cookie.hashCode() * 31L + version) * 31L + block;
        while (bytes.hasRemaining()) {
            bytes.putLong(word);
        }
        return bytes.flip();
    }

    private boolean attach(BackingFile file, Content wanted) throws IOException {
        boolean kept = file.attach(wanted.sizeBytes(), wanted.validator());
        Restart last = restart;
        restart = null;
        if (last != null) {
            for (int block = 0; kept && block < Math.ceilDiv(wanted.sizeBytes(), (long) BLOCK_BYTES); block++) {
                versions[block] = found(file, wanted, block, last.world);
            }
            compare(last, wanted);
        }
        return kept;
    }

    private int found(BackingFile file, Content wanted, int block, World world) throws IOException {
        long offset = (long) block * BLOCK_BYTES;
        int length = (int) Math.min(BLOCK_BYTES, wanted.sizeBytes() - offset);
        var bytes = ByteBuffer.allocate(length);
        if (file.read(offset, bytes) < length) {
            return 0;
        }
        int version = versionOf(wanted);
        world.require(
                bytes.flip().equals(bytes(version, block).limit(length)),
                "I19: wrong bytes after a restart",
                cookie,
                block);
        return version;
    }

    private void compare(Restart last, Content wanted) {
        if (last.content == null || !last.content.agreesWith(wanted)) {
            return;
        }
        for (int block = 0; block < MAX_BLOCKS; block++) {
            if (versions[block] != last.versions[block]) { // what was cleared may come back with the power
                last.world.require(last.damaged, "acknowledged bytes are gone", cookie, block);
                last.world.count(Count.BLOCKS_LOST);
            }
        }
    }

    private interface Use {
        Object on(BackingFile file) throws IOException;
    }

    private void onDisk(Use use) {
        if (store != null) {
            try {
                use.on(store.file(cookie));
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
    }
}
