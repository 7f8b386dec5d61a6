package cachefiles.persistence.store;

import cachefiles.kernel.extent.BackingFile;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Range;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One object in use. It holds the [StoredContent] of the moment and swaps it whole; until it is attached it has none.
///
/// A read takes no lock. It may overlap with a swap, and then serves the version that it began with, or starts anew:
///
/// ```
///     reader                                  attach to another version, clear, release
///     takes content A
///                                             content := none
///                                             waits for the writers of A, lets A open no file any more
///                                             removes A's files, which stay whole for whoever has them open
///                                             content := B
///     copies from A's file, or is told that
///     A is closed, and takes content B
/// ```
final class StoredFile implements BackingFile {
    private final FileStore store;
    private final Cookie cookie;
    private volatile @Nullable StoredContent content;
    private boolean released;

    StoredFile(FileStore store, Cookie cookie) {
        this.store = store;
        this.cookie = cookie;
    }

    Cookie cookie() {
        return cookie;
    }

    @Override
    public synchronized boolean attach(long sizeBytes, String validator) throws IOException {
        if (released) {
            throw new IOException(cookie + " was released; take it into use again");
        }
        StoredContent held = content;
        if (held == null) {
            held = StoredContent.onDisk(store, cookie);
        }
        if (held != null && held.becomes(sizeBytes, validator)) {
            content = held;
            return true;
        }
        replace(held, new Sidecar(cookie, sizeBytes, validator, store.nextSeed()));
        return false;
    }

    @Override
    public synchronized void clear() throws IOException {
        StoredContent held = content;
        if (held == null) {
            store.remove(cookie);
        } else {
            replace(held, new Sidecar(cookie, held.sizeBytes(), held.validator(), store.nextSeed()));
        }
    }

    /// What is there goes before anything of the new content can come: a crash in between leaves nothing (S106).
    private void replace(@Nullable StoredContent held, Sidecar next) throws IOException {
        content = null;
        if (held != null) {
            held.retire();
        }
        store.remove(cookie);
        content = StoredContent.empty(store, next);
    }

    @Override
    public void release() throws IOException {
        var failure = new IOException[1];
        store.release(this, () -> {
            try {
                detach();
            } catch (IOException failed) {
                failure[0] = failed;
            }
        });
        if (failure[0] != null) {
            throw failure[0];
        }
    }

    private synchronized void detach() throws IOException {
        StoredContent held = content;
        content = null;
        released = true;
        if (held != null) {
            held.retire();
        }
    }

    @Override
    public boolean attached() {
        return content != null;
    }

    @Override
    public long sizeBytes() {
        StoredContent now = content;
        return now == null ? 0 : now.sizeBytes();
    }

    @Override
    public String validator() {
        StoredContent now = content;
        return now == null ? "" : now.validator();
    }

    @Override
    public int read(long offset, ByteBuffer target) throws IOException {
        int start = target.position();
        while (true) {
            StoredContent now = content;
            if (now == null) {
                return 0;
            }
            try {
                return now.read(offset, target);
            } catch (ClosedChannelException retired) {
                if (content == now) {
                    throw retired;
                }
            }
            target.position(start);
        }
    }

    /// All is a hole while nothing is attached, or while it cannot be told what is present.
    @Override
    public Optional<Range> hole(long offset, long limit) {
        StoredContent now = content;
        return now == null
                ? StoredContent.blocksAround(offset, limit, StoredContent.MAX_BYTES)
                : now.hole(offset, limit);
    }

    /// Also refused while nothing is attached, as the permit is then for something else.
    @Override
    public boolean write(long offset, ByteBuffer source, WritePermit permit) throws IOException {
        StoredContent now = content;
        return now != null && now.write(offset, source, new StillThis(now, permit));
    }

    @Override
    public long presentBytes() {
        StoredContent now = content;
        return now == null ? 0 : now.presentBytes();
    }

    /// The caller's permit, void as soon as the content is another one than when the write began.
    private final class StillThis implements WritePermit {
        private final StoredContent meant;
        private final WritePermit permit;

        StillThis(StoredContent meant, WritePermit permit) {
            this.meant = meant;
            this.permit = permit;
        }

        @Override
        public boolean holds() {
            return content == meant && permit.holds();
        }

        @Override
        public boolean whileHeld(Runnable publish) {
            return permit.whileHeld(publish); // the writer's range keeps the content from being replaced
        }
    }
}
