package cachefiles.persistence.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import org.h2.store.fs.FileBase;
import org.h2.store.fs.FilePathWrapper;

/// The changes of an H2 file as they were made, and what may be left of it when process or machine die in between.
///
/// `jdbc:h2:recorded:memFS:…` has H2 write through it; one file is recorded at a time.
public final class RecordedFile {
    static final int SECTOR_BYTES = 512;
    static final String SCHEME = "recorded";

    /// @param bytes null: the file was made that long; else written there
    private record Change(long position, byte[] bytes) {}

    private final List<Change> changes = new ArrayList<>();
    private final IntSupplier clock;
    private final List<Integer> times = new ArrayList<>();
    private int synced;

    /// How often it had been synced, after each change.
    private final List<Integer> syncedBefore = new ArrayList<>();

    private RecordedFile(IntSupplier clock) {
        this.clock = clock;
    }

    private synchronized void add(long position, byte[] bytes) {
        times.add(clock.getAsInt());
        syncedBefore.add(synced);
        changes.add(new Change(position, bytes));
    }

    private synchronized void force() {
        synced = changes.size();
    }

    synchronized int changes() {
        return changes.size();
    }

    /// What the clock said at each change.
    synchronized List<Integer> times() {
        return List.copyOf(times);
    }

    synchronized int sectors(int change) {
        byte[] bytes = changes.get(change).bytes;
        return bytes == null ? 1 : Math.ceilDiv(bytes.length, SECTOR_BYTES);
    }

    /// What is left when the process dies at `change`, of which the first sectors were written.
    /// @param kept of what was not synced by then, asked for each sector
    synchronized byte[] image(int change, int sectors, BooleanSupplier kept) {
        int safe = change < changes.size() ? syncedBefore.get(change) : synced;
        byte[] file = new byte[0];
        for (int i = 0; i <= change && i < changes.size(); i++) {
            var each = changes.get(i);
            int limit = i < change ? sectors(i) : sectors;
            if (each.bytes == null) {
                if (limit > 0 && (i < safe || kept.getAsBoolean())) {
                    file = Arrays.copyOf(file, Math.toIntExact(each.position));
                }
                continue;
            }
            for (int sector = 0; sector < limit; sector++) {
                if (i < safe || kept.getAsBoolean()) {
                    int from = sector * SECTOR_BYTES;
                    int length = Math.min(SECTOR_BYTES, each.bytes.length - from);
                    int at = Math.toIntExact(each.position) + from;
                    if (file.length < at + length) {
                        file = Arrays.copyOf(file, at + length);
                    }
                    System.arraycopy(each.bytes, from, file, at, length);
                }
            }
        }
        return file;
    }

    /// H2's way to it. Registered once; records into the file that was begun last.
    public static final class Recording extends FilePathWrapper {
        private static volatile RecordedFile current = new RecordedFile(() -> 0);

        static RecordedFile begin() {
            return begin(() -> 0);
        }

        /// @param clock asked at each change
        static synchronized RecordedFile begin(IntSupplier clock) {
            current = new RecordedFile(clock);
            return current;
        }

        @Override
        public String getScheme() {
            return SCHEME;
        }

        @Override
        public FileChannel open(String mode) throws IOException {
            return new Channel(getBase().open(mode), current);
        }
    }

    private static final class Channel extends FileBase {
        private final FileChannel base;
        private final RecordedFile record;

        Channel(FileChannel base, RecordedFile record) {
            this.base = base;
            this.record = record;
        }

        @Override
        public synchronized int write(ByteBuffer source, long position) throws IOException {
            byte[] bytes = new byte[source.remaining()];
            source.duplicate().get(bytes);
            record.add(position, bytes);
            return base.write(source, position);
        }

        @Override
        public int write(ByteBuffer source) throws IOException {
            throw new UnsupportedOperationException("H2 names positions");
        }

        @Override
        public FileChannel truncate(long size) throws IOException {
            if (size < base.size()) {
                record.add(size, null);
            }
            base.truncate(size);
            return this;
        }

        @Override
        public void force(boolean metaData) throws IOException {
            record.force();
            base.force(metaData);
        }

        @Override
        public synchronized int read(ByteBuffer target, long position) throws IOException {
            return base.read(target, position);
        }

        @Override
        public int read(ByteBuffer target) throws IOException {
            return base.read(target);
        }

        @Override
        public long position() throws IOException {
            return base.position();
        }

        @Override
        public FileChannel position(long next) throws IOException {
            base.position(next);
            return this;
        }

        @Override
        public long size() throws IOException {
            return base.size();
        }

        @Override
        public FileLock tryLock(long position, long size, boolean shared) throws IOException {
            return base.tryLock(position, size, shared);
        }

        @Override
        protected void implCloseChannel() throws IOException {
            base.close();
        }
    }
}
