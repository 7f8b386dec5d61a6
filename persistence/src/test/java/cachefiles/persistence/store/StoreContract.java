package cachefiles.persistence.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.kernel.extent.BackingFile;
import cachefiles.kernel.extent.BackingFile.WritePermit;
import cachefiles.kernel.extent.Store;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Range;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What every [Store] does; one subclass a store.
@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(60)
abstract class StoreContract {
    static final int BLOCK = Store.BLOCK_BYTES;
    static final Cookie COOKIE = Cookie.of("erofs,test.img", "blob1.img");

    /// Ends in the middle of its eleventh block.
    static final int SIZE = 10 * BLOCK + 1000;

    final byte[] bytes = content(7, SIZE);
    Store store;

    abstract Store open() throws IOException;

    /// The store that finds what `stopped` left behind; `stopped` ends in order.
    abstract Store reopened(Store stopped) throws IOException;

    /// Flips a bit of the byte at `offset`, as a bad disk may, while no store is open.
    abstract Store reopenedWithFlippedByte(Store stopped, Cookie cookie, long offset) throws IOException;

    @BeforeEach
    void openStore() throws IOException {
        store = open();
    }

    @AfterEach
    void closeStore() throws IOException {
        store.close();
    }

    @Test
    @Tag("S61")
    void nothing_can_be_read_or_written_before_it_is_attached() throws IOException {
        BackingFile file = store.file(COOKIE);

        assertFalse(file.attached());
        assertEquals(0, file.sizeBytes());
        assertFalse(file.write(0, block(0), Permit.HELD));
        assertEquals(0, file.read(0, ByteBuffer.allocate(10)));
        assertEquals(Optional.of(new Range(0, BLOCK)), file.hole(10, 20));
        assertEquals(0, file.presentBytes());
    }

    @Test
    @Tag("S63")
    void a_new_file_is_one_hole_up_to_its_size() throws IOException {
        BackingFile file = attached();

        assertTrue(file.attached());
        assertEquals(SIZE, file.sizeBytes());
        assertEquals(0, file.read(0, ByteBuffer.allocate(100)));
        assertEquals(Optional.of(new Range(0, SIZE)), file.hole(0, Long.MAX_VALUE));
        assertEquals(Optional.of(new Range(BLOCK, BLOCK)), file.hole(BLOCK + 5, BLOCK + 6));
        assertEquals(Optional.empty(), file.hole(SIZE, SIZE + 1));
    }

    @Test
    @Tag("S117")
    void what_is_written_is_read_back_up_to_the_next_hole() throws IOException {
        BackingFile file = attached();
        assertTrue(write(file, 2, 5));

        assertArrayEquals(slice(2 * BLOCK + 7, 5 * BLOCK), read(file, 2 * BLOCK + 7, SIZE));
        assertArrayEquals(slice(3 * BLOCK, 3 * BLOCK + 100), read(file, 3 * BLOCK, 100));
        assertEquals(0, read(file, 0, SIZE).length);
        assertEquals(0, read(file, 5 * BLOCK, SIZE).length);
        assertEquals(3 * BLOCK, file.presentBytes());
        assertEquals(Optional.of(new Range(0, 2 * BLOCK)), file.hole(0, SIZE));
        assertEquals(Optional.of(new Range(5 * BLOCK, SIZE - 5 * BLOCK)), file.hole(3 * BLOCK, SIZE));
        assertEquals(Optional.empty(), file.hole(2 * BLOCK, 5 * BLOCK));
    }

    @Test
    void the_last_block_ends_with_the_object_and_what_lies_behind_is_ignored() throws IOException {
        BackingFile file = attached();
        ByteBuffer padded =
                ByteBuffer.allocate(BLOCK).put(bytes, 10 * BLOCK, 1000).put(new byte[BLOCK - 1000]);

        assertTrue(file.write(10 * BLOCK, padded.flip(), Permit.HELD));

        assertArrayEquals(slice(10 * BLOCK, SIZE), read(file, 10 * BLOCK, BLOCK));
        assertEquals(1000, file.presentBytes());
        assertEquals(Optional.empty(), file.hole(10 * BLOCK, SIZE));
    }

    @Test
    void a_write_may_lie_behind_the_end_whole_and_stores_nothing() throws IOException {
        BackingFile file = attached();

        assertTrue(file.write(11 * BLOCK, ByteBuffer.allocate(BLOCK), Permit.HELD));

        assertEquals(0, file.presentBytes());
    }

    @Test
    @Tag("S61")
    void a_write_that_is_not_whole_blocks_is_refused() throws IOException {
        BackingFile file = attached();

        assertThrows(IllegalArgumentException.class, () -> file.write(1, ByteBuffer.allocate(BLOCK), Permit.HELD));
        assertThrows(IllegalArgumentException.class, () -> file.write(0, ByteBuffer.allocate(100), Permit.HELD));
        assertEquals(0, file.presentBytes());
    }

    @Test
    void an_empty_object_has_neither_bytes_nor_holes() throws IOException {
        BackingFile file = store.file(COOKIE);
        file.attach(0, "v1");

        assertEquals(0, file.read(0, ByteBuffer.allocate(1)));
        assertEquals(Optional.empty(), file.hole(0, 1));
        assertTrue(file.write(0, ByteBuffer.allocate(BLOCK), Permit.HELD));
        assertEquals(0, file.presentBytes());
    }

    @Test
    void blocks_that_are_present_stay_as_they_are() throws IOException {
        BackingFile file = attached();
        write(file, 1, 2);

        assertTrue(file.write(0, ByteBuffer.allocate(3 * BLOCK), Permit.HELD));

        assertArrayEquals(slice(BLOCK, 2 * BLOCK), read(file, BLOCK, BLOCK));
        assertArrayEquals(new byte[BLOCK], read(file, 0, BLOCK));
        assertArrayEquals(new byte[BLOCK], read(file, 2 * BLOCK, BLOCK));
    }

    @Test
    @Tag("S62")
    void a_write_leaves_its_source_as_it_was() throws IOException {
        ByteBuffer source = ByteBuffer.wrap(bytes, BLOCK, 2 * BLOCK).asReadOnlyBuffer();

        assertTrue(attached().write(BLOCK, source, Permit.HELD));

        assertEquals(BLOCK, source.position());
        assertEquals(2 * BLOCK, source.remaining());
    }

    @Test
    void a_writer_without_a_permit_changes_nothing() throws IOException {
        BackingFile file = attached();
        assertFalse(file.write(0, block(0), Permit.NONE));
        assertEquals(0, file.presentBytes());
        write(file, 0, 1);

        assertFalse(file.write(0, ByteBuffer.allocate(2 * BLOCK), Permit.NONE));

        assertArrayEquals(slice(0, BLOCK), read(file, 0, SIZE));
    }

    @Test
    void the_permit_is_asked_before_the_first_byte() throws IOException {
        BackingFile file = attached();
        WritePermit comesTooLate = new Paused(new CountDownLatch(0), false);

        assertFalse(file.write(0, block(0), comesTooLate));

        assertEquals(0, file.presentBytes());
    }

    @Test
    void a_writer_that_loses_its_permit_on_the_way_makes_nothing_present_then_or_later() throws IOException {
        BackingFile file = attached();
        assertFalse(file.write(0, ByteBuffer.allocate(BLOCK), Permit.LOST_ON_THE_WAY));
        assertEquals(0, read(file, 0, BLOCK).length);

        file = afterRestart();
        assertEquals(0, read(file, 0, BLOCK).length);
        assertTrue(write(file, 0, 1));
        assertArrayEquals(slice(0, BLOCK), read(file, 0, BLOCK));
    }

    @Test
    @Tag("S106")
    void the_same_content_keeps_its_bytes_and_another_loses_them() throws IOException {
        BackingFile file = attached();
        write(file, 0, 4);

        assertTrue(file.attach(SIZE, "v1"));
        assertEquals(4 * BLOCK, file.presentBytes());
        assertFalse(file.attach(SIZE, "v2"));
        assertEquals(0, file.presentBytes());
        write(file, 0, 4);
        assertFalse(file.attach(SIZE - 1, "v2"));
        assertEquals(0, file.presentBytes());
        assertEquals(SIZE - 1, file.sizeBytes());
    }

    @Test
    @Tag("S106")
    void content_without_a_validator_is_told_by_its_size_and_takes_a_validator_on() throws IOException {
        BackingFile file = store.file(COOKIE);
        file.attach(SIZE, "");
        write(file, 0, 1);

        assertTrue(file.attach(SIZE, "v1"));
        assertTrue(file.attach(SIZE, ""));
        file = afterRestart();
        assertEquals(BLOCK, file.presentBytes());
        assertFalse(file.attach(SIZE, "v2"));
    }

    @Test
    @Tag("S109")
    void bytes_outlive_an_orderly_restart() throws IOException {
        write(attached(), 3, 11);

        BackingFile file = afterRestart();

        assertEquals(SIZE - 3 * BLOCK, file.presentBytes());
        assertArrayEquals(slice(3 * BLOCK, SIZE), read(file, 3 * BLOCK, SIZE));
        assertEquals(Optional.of(new Range(0, 3 * BLOCK)), file.hole(0, SIZE));
    }

    @Test
    @Tag("S106")
    void content_that_changed_while_the_store_was_closed_is_not_served() throws IOException {
        write(attached(), 0, 11);
        store = reopened(store);
        BackingFile file = store.file(COOKIE);

        assertFalse(file.attach(SIZE, "v2"));

        assertEquals(0, read(file, 0, SIZE).length);
        assertEquals(Optional.of(new Range(0, SIZE)), file.hole(0, SIZE));
    }

    @Test
    void a_flipped_byte_is_never_served_and_can_be_fetched_anew() throws IOException {
        write(attached(), 0, 11);
        store = reopenedWithFlippedByte(store, COOKIE, 4 * BLOCK + 123);
        BackingFile file = store.file(COOKIE);
        assertTrue(file.attach(SIZE, "v1"));

        assertArrayEquals(slice(0, 4 * BLOCK), read(file, 0, SIZE));
        assertEquals(0, read(file, 4 * BLOCK, 1).length);
        assertEquals(Optional.of(new Range(4 * BLOCK, BLOCK)), file.hole(0, SIZE));
        assertArrayEquals(slice(5 * BLOCK, SIZE), read(file, 5 * BLOCK, SIZE));
        assertTrue(write(file, 0, 11));
        assertArrayEquals(bytes, read(file, 0, SIZE));
        assertArrayEquals(bytes, read(afterRestart(), 0, SIZE));
    }

    @Test
    void a_flipped_byte_in_the_last_short_block_is_never_served() throws IOException {
        write(attached(), 0, 11);
        store = reopenedWithFlippedByte(store, COOKIE, SIZE - 1);
        BackingFile file = store.file(COOKIE);
        file.attach(SIZE, "v1");

        assertArrayEquals(slice(0, 10 * BLOCK), read(file, 0, SIZE));
        assertEquals(Optional.of(new Range(10 * BLOCK, 1000)), file.hole(0, SIZE));
    }

    @Test
    @Tag("S111")
    void a_file_is_the_same_until_its_release() throws IOException {
        BackingFile file = attached();
        assertSame(file, store.file(COOKIE));
        write(file, 0, 1);

        file.release();

        assertFalse(file.attached());
        assertFalse(write(file, 1, 2));
        assertEquals(0, read(file, 0, BLOCK).length);
        assertThrows(IOException.class, () -> file.attach(SIZE, "v1"));
        BackingFile next = store.file(COOKIE);
        assertNotSame(file, next);
        file.release();
        assertSame(next, store.file(COOKIE));
        assertTrue(next.attach(SIZE, "v1"));
        assertArrayEquals(slice(0, BLOCK), read(next, 0, BLOCK));
    }

    @Test
    @Tag("S111")
    @Tag("S113")
    @Tag("S114")
    void only_a_file_that_is_not_in_use_can_be_culled() throws IOException {
        assertEquals(Errno.ENOENT, store.inUse(COOKIE));
        assertEquals(Errno.ENOENT, store.cull(COOKIE));
        BackingFile file = attached();
        write(file, 0, 1);
        assertEquals(Errno.EBUSY, store.inUse(COOKIE));
        assertEquals(Errno.EBUSY, store.cull(COOKIE));
        assertArrayEquals(slice(0, BLOCK), read(file, 0, BLOCK));

        file.release();

        assertEquals(Errno.OK, store.inUse(COOKIE));
        assertEquals(Errno.OK, store.cull(COOKIE));
        assertEquals(Errno.ENOENT, store.inUse(COOKIE));
        assertFalse(attachAnew());
    }

    @Test
    void clearing_forgets_the_bytes_and_keeps_the_file() throws IOException {
        BackingFile file = attached();
        write(file, 0, 11);

        file.clear();

        assertTrue(file.attached());
        assertEquals(0, file.presentBytes());
        assertEquals(0, read(file, 0, SIZE).length);
        assertTrue(write(file, 2, 3));
        assertEquals(Optional.of(new Range(0, 2 * BLOCK)), afterRestart().hole(0, SIZE));
    }

    @Test
    void clearing_before_attaching_removes_what_an_earlier_run_left() throws IOException {
        write(attached(), 0, 11);
        store = reopened(store);

        store.file(COOKIE).clear();

        assertFalse(attachAnew());
    }

    @Test
    void two_objects_do_not_share_a_byte() throws IOException {
        var other = Cookie.of("erofs,other.img", "blob1.img");
        byte[] otherBytes = content(8, BLOCK);
        write(attached(), 0, 1);
        BackingFile file = store.file(other);
        file.attach(BLOCK, "v1");
        file.write(0, ByteBuffer.wrap(otherBytes), Permit.HELD);

        assertArrayEquals(otherBytes, read(file, 0, BLOCK));
        assertArrayEquals(slice(0, BLOCK), read(store.file(COOKIE), 0, BLOCK));
    }

    @Test
    void writes_to_one_block_come_one_after_the_other_and_others_side_by_side() throws Exception {
        BackingFile file = attached();
        var first = new Paused(new CountDownLatch(1), true);
        var second = new Paused(new CountDownLatch(0), true);
        Thread one = started(() -> file.write(0, ByteBuffer.wrap(slice(0, 2 * BLOCK)), first));
        first.asked.await();
        Thread two = started(() -> file.write(BLOCK, ByteBuffer.allocate(2 * BLOCK), second));
        awaitWaiting(two);

        assertTrue(write(file, 5, 7));
        assertEquals(1, second.asked.getCount());
        first.goOn.countDown();
        one.join();
        two.join();

        assertArrayEquals(slice(0, 2 * BLOCK), read(file, 0, 2 * BLOCK));
        assertArrayEquals(new byte[BLOCK], read(file, 2 * BLOCK, BLOCK));
    }

    @Test
    @Tag("S106")
    void another_version_comes_only_when_the_writers_of_the_last_have_ended() throws Exception {
        BackingFile file = attached();
        var permit = new Paused(new CountDownLatch(1), true);
        Thread writer = started(() -> write(file, 0, 4, permit));
        permit.asked.await();
        Thread attacher = started(() -> file.attach(SIZE, "v2"));
        awaitWaiting(attacher);
        permit.goOn.countDown();
        writer.join();
        attacher.join();

        assertTrue(file.attached());
        assertEquals(0, file.presentBytes());
        assertEquals(0, read(file, 0, SIZE).length);
    }

    @Test
    @Tag("S111")
    void a_file_is_released_only_when_its_writers_have_ended() throws Exception {
        BackingFile file = attached();
        var permit = new Paused(new CountDownLatch(1), true);
        Thread writer = started(() -> write(file, 0, 4, permit));
        permit.asked.await();
        Thread releaser = started(file::release);
        awaitWaiting(releaser);
        permit.goOn.countDown();
        writer.join();
        releaser.join();

        assertTrue(attachAnew());
        assertArrayEquals(slice(0, 4 * BLOCK), read(store.file(COOKIE), 0, SIZE));
    }

    @Test
    void a_damaged_block_is_fetched_anew_by_many_at_once() throws Exception {
        for (int round = 0; round < 5; round++) {
            BackingFile file = round == 0 ? attached() : store.file(COOKIE);
            write(file, 0, 11);
            store = reopenedWithFlippedByte(store, COOKIE, 0);
            BackingFile found = store.file(COOKIE);
            assertTrue(found.attach(SIZE, "v1"));
            inParallel(
                    0,
                    () -> {},
                    4,
                    () -> {
                        while (read(found, 0, BLOCK).length == 0) {
                            write(found, 0, 1);
                        }
                        assertEquals(BLOCK, read(found, 0, BLOCK).length);
                    },
                    new AtomicBoolean());
            assertArrayEquals(bytes, read(found, 0, SIZE));
        }
    }

    @Test
    void readers_see_right_bytes_or_none_while_many_write_the_same_blocks() throws Exception {
        BackingFile file = attached();
        var done = new AtomicBoolean();
        inParallel(
                4,
                () -> {
                    var random = ThreadLocalRandom.current();
                    while (!done.get()) {
                        int from = random.nextInt(SIZE);
                        byte[] found = read(file, from, 1 + random.nextInt(4 * BLOCK));
                        assertArrayEquals(slice(from, from + found.length), found);
                    }
                },
                4,
                () -> {
                    var random = new Random(Thread.currentThread().threadId());
                    for (int i = 0; i < 50; i++) {
                        int first = random.nextInt(11);
                        assertTrue(write(file, first, first + 1 + random.nextInt(11 - first)));
                    }
                },
                done);
        write(file, 0, 11);
        assertArrayEquals(bytes, read(file, 0, SIZE));
    }

    @Test
    void a_dead_daemons_writes_never_show_however_late_they_come() throws Exception {
        BackingFile file = attached();
        var incarnation = new AtomicInteger();
        var done = new AtomicBoolean();
        inParallel(
                2,
                () -> {
                    while (!done.get()) {
                        byte[] found = read(file, 0, SIZE);
                        assertArrayEquals(slice(0, found.length), found);
                    }
                },
                3,
                () -> {
                    for (int i = 0; i < 100; i++) {
                        int mine = incarnation.incrementAndGet();
                        file.write(0, ByteBuffer.allocate(BLOCK * 11), new Permit(incarnation, mine, true));
                    }
                },
                done);
        assertEquals(0, file.presentBytes());
        assertTrue(write(file, 0, 11));
        assertArrayEquals(bytes, read(file, 0, SIZE));
    }

    @Test
    void readers_never_see_bytes_of_another_version_while_versions_change() throws Exception {
        BackingFile file = attached();
        byte[][] versions = {content(0, SIZE), content(1, SIZE)};
        var done = new AtomicBoolean();
        inParallel(
                3,
                () -> {
                    while (!done.get()) {
                        byte[] found = read(file, BLOCK, 3 * BLOCK);
                        boolean whole = Arrays.stream(versions)
                                .anyMatch(
                                        v -> Arrays.equals(found, Arrays.copyOfRange(v, BLOCK, BLOCK + found.length)));
                        assertTrue(whole, "neither version");
                    }
                },
                1,
                () -> {
                    for (int i = 0; i < 200; i++) {
                        file.attach(SIZE, "version " + i);
                        assertTrue(file.write(0, ByteBuffer.wrap(versions[i % 2]), Permit.HELD));
                    }
                },
                done);
    }

    BackingFile attached() throws IOException {
        BackingFile file = store.file(COOKIE);
        assertFalse(file.attach(SIZE, "v1"));
        return file;
    }

    boolean attachAnew() throws IOException {
        return store.file(COOKIE).attach(SIZE, "v1");
    }

    BackingFile afterRestart() throws IOException {
        store = reopened(store);
        BackingFile file = store.file(COOKIE);
        assertTrue(file.attach(SIZE, "v1"));
        return file;
    }

    /// Writes the right bytes of blocks `first` to `limit`.
    boolean write(BackingFile file, int first, int limit) throws IOException {
        return write(file, first, limit, Permit.HELD);
    }

    boolean write(BackingFile file, int first, int limit, WritePermit permit) throws IOException {
        return file.write((long) first * BLOCK, ByteBuffer.wrap(slice(first * BLOCK, limit * BLOCK)), permit);
    }

    ByteBuffer block(int number) {
        return ByteBuffer.wrap(slice(number * BLOCK, (number + 1) * BLOCK));
    }

    byte[] slice(int from, int limit) {
        return Arrays.copyOfRange(bytes, from, Math.min(limit, SIZE));
    }

    static byte[] read(BackingFile file, long offset, int length) throws IOException {
        var target = ByteBuffer.allocate(length);
        int copied = file.read(offset, target);
        assertEquals(copied, target.position());
        return Arrays.copyOf(target.array(), copied);
    }

    static byte[] content(long seed, int size) {
        byte[] content = new byte[size];
        new Random(seed).nextBytes(content);
        return content;
    }

    static Thread started(Work work) {
        return Thread.ofPlatform().start(() -> {
            try {
                work.run();
            } catch (Exception failed) {
                throw new IllegalStateException(failed);
            }
        });
    }

    /// Returns when `thread` waits for another, or has ended without that.
    static void awaitWaiting(Thread thread) {
        while (thread.getState() != Thread.State.WAITING && thread.getState() != Thread.State.TERMINATED) {
            Thread.onSpinWait();
        }
    }

    interface Work {
        void run() throws Exception;
    }

    /// Runs readers until the writers have ended.
    static void inParallel(int readers, Work reading, int writers, Work writing, AtomicBoolean done) throws Exception {
        var started = new CountDownLatch(readers + writers);
        try (var threads = Executors.newCachedThreadPool()) {
            List<Future<?>> reads = started(threads::submit, readers, reading, started);
            List<Future<?>> writes = started(threads::submit, writers, writing, started);
            try {
                for (Future<?> write : writes) {
                    write.get();
                }
            } finally {
                done.set(true);
            }
            for (Future<?> read : reads) {
                read.get();
            }
        }
    }

    private interface Submit {
        Future<?> submit(Callable<?> task);
    }

    private static List<Future<?>> started(Submit threads, int count, Work work, CountDownLatch started) {
        var running = new ArrayList<Future<?>>();
        for (int i = 0; i < count; i++) {
            running.add(threads.submit(() -> {
                started.countDown();
                started.await();
                work.run();
                return true;
            }));
        }
        return running;
    }

    /// A permit of incarnation `mine`, as long as `current` says the same.
    record Permit(AtomicInteger current, int mine, boolean overtaken) implements WritePermit {
        static final Permit HELD = new Permit(new AtomicInteger(), 0, false);
        static final Permit NONE = new Permit(new AtomicInteger(), 1, false);
        static final WritePermit LOST_ON_THE_WAY = new WritePermit() {
            @Override
            public boolean holds() {
                return true;
            }

            @Override
            public boolean whileHeld(Runnable publish) {
                return false;
            }
        };

        @Override
        public boolean holds() {
            return current.get() == mine;
        }

        /// A successor comes just before the bytes would be shown, if `overtaken` says so.
        @Override
        public boolean whileHeld(Runnable publish) {
            synchronized (current) {
                if (overtaken) {
                    current.incrementAndGet();
                }
                if (current.get() != mine) {
                    return false;
                }
                publish.run();
                return true;
            }
        }
    }

    /// A permit that is given when `goOn` says so; it tells when it was asked.
    record Paused(CountDownLatch asked, CountDownLatch goOn, boolean holds) implements WritePermit {
        Paused(CountDownLatch goOn, boolean holds) {
            this(new CountDownLatch(1), goOn, holds);
        }

        @Override
        public boolean holds() {
            asked.countDown();
            try {
                goOn.await();
            } catch (InterruptedException interrupted) {
                throw new IllegalStateException(interrupted);
            }
            return holds;
        }

        @Override
        public boolean whileHeld(Runnable publish) {
            publish.run();
            return true;
        }
    }
}
