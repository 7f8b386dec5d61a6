package cachefiles.app.check.sim;

import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Range;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// An object's file (`BackingFile`), a number a block: the version of the content that its bytes belong to, 0 for a
/// hole.
final class BlobFile {
    static final int BLOCK_BYTES = 4096;
    private static final int MAX_BLOCKS = 16;

    private final int[] versions = new int[MAX_BLOCKS];
    private final boolean[] locked = new boolean[MAX_BLOCKS];
    private @Nullable Content content;
    private boolean attached;
    private int writers;
    private @Nullable Change changing;

    static int versionOf(Content content) {
        return Integer.parseInt(content.validator().substring(1));
    }

    /// The process died: files stay, writes under way are lost.
    void restarted() {
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
                attached = true;
                done = true;
            } else if (!done && (changing == null || changing == this)) {
                changing = this;
                attached = false;
                if (writers == 0) {
                    finish();
                }
            }
            return done;
        }

        boolean isUnderWay() {
            return changing == this;
        }

        private void finish() {
            changing = null;
            Arrays.fill(versions, 0);
            content = wanted;
            attached = true;
            done = true;
        }
    }

    /// Forgets all bytes. An attach under way ends first; writes under way have lost their handles.
    void clear() {
        if (changing != null) {
            changing.finish();
        }
        Arrays.fill(versions, 0);
        content = attached ? content : null;
    }

    /// Out of use: what is written under way is waited for, and no more comes (`BackingFile.release`).
    void release() {
        if (changing != null) {
            changing.finish();
        }
        attached = false;
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
            }
        }
    }
}
