package cachefiles.persistence.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.kernel.extent.BackingFile;
import cachefiles.kernel.extent.Store;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Range;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileStoreTest extends StoreContract {
    @TempDir
    Path directory;

    @Override
    Store open() throws IOException {
        return FileStore.open(directory.resolve("cache"), 3); // few, so that every test also opens and closes
    }

    @Override
    Store reopened(Store stopped) throws IOException {
        stopped.close();
        return open();
    }

    @Override
    Store reopenedWithFlippedByte(Store stopped, Cookie cookie, long offset) throws IOException {
        stopped.close();
        flip(data(cookie), offset);
        return open();
    }

    /// `df -i` and `stat -f` show the same.
    @Test
    @Tag("S115")
    void free_space_is_that_of_the_file_system_in_blocks_and_files() throws IOException {
        var space = store.space();
        var blocks = Statvfs.blocksAlone(directory);
        var system = Files.getFileStore(directory);
        assertEquals(system.getTotalSpace(), space.blocks() * (system.getTotalSpace() / space.blocks()));
        assertTrue(space.freeBlocks() > 0 && space.freeBlocks() <= space.blocks(), () -> "" + space);
        assertTrue(space.freeFiles() <= space.files(), () -> "" + space);
        assertTrue(blocks.freeBlocks() > 0 && blocks.freeBlocks() <= blocks.blocks(), () -> "" + blocks);
    }

    @Test
    @Tag("S105")
    void data_lies_at_the_kernels_path_sparse_and_in_whole_blocks() throws IOException {
        write(attached(), 10, 11);

        Path file = directory.resolve("cache/cache/Ierofs,test.img/@cb/Dblob1.img");
        assertEquals(11 * BLOCK, Files.size(file));
        try (var channel = Files.newByteChannel(file)) {
            channel.position(10L * BLOCK);
            var bytes = ByteBuffer.allocate(1000);
            channel.read(bytes);
            assertArrayEquals(slice(10 * BLOCK, SIZE), bytes.array());
        }
    }

    @Test
    void an_object_that_is_never_written_costs_no_file() throws IOException {
        attached();

        assertFalse(Files.exists(data(COOKIE)));
        assertFalse(Files.exists(sidecar(COOKIE)));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 9, 17, 27, 30, 60, 2047})
    @Tag("S106")
    void a_sidecar_whose_header_is_damaged_vouches_for_nothing(long at) throws IOException {
        write(attached(), 0, 11);
        store.close();
        flip(sidecar(COOKIE), at);

        assertNothingIsLeftAndAllCanBeWritten();
    }

    @Test
    void a_damaged_checksum_makes_its_block_absent() throws IOException {
        write(attached(), 0, 11);
        store.close();
        flip(sidecar(COOKIE), Sidecar.entryAt(2) + 1);
        store = open();
        BackingFile file = store.file(COOKIE);
        assertTrue(file.attach(SIZE, "v1"));

        assertArrayEquals(slice(0, 2 * BLOCK), read(file, 0, SIZE));
        assertArrayEquals(slice(3 * BLOCK, SIZE), read(file, 3 * BLOCK, SIZE));
    }

    @Test
    @Tag("G12")
    void a_missing_sidecar_vouches_for_nothing() throws IOException {
        write(attached(), 0, 11);
        store.close();
        Files.delete(sidecar(COOKIE));

        assertNothingIsLeftAndAllCanBeWritten();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 11 * BLOCK - 1, 11 * BLOCK + 1})
    @Tag("S106")
    void data_of_another_length_counts_as_absent(int length) throws IOException {
        write(attached(), 0, 11);
        store.close();
        Files.write(data(COOKIE), Arrays.copyOf(Files.readAllBytes(data(COOKIE)), length));

        assertNothingIsLeftAndAllCanBeWritten();
    }

    @Test
    void a_sidecar_cut_short_vouches_for_the_blocks_it_still_names() throws IOException {
        write(attached(), 0, 11);
        store.close();
        Files.write(sidecar(COOKIE), Arrays.copyOf(Files.readAllBytes(sidecar(COOKIE)), (int) Sidecar.entryAt(5) + 2));
        store = open();
        BackingFile file = store.file(COOKIE);

        assertTrue(file.attach(SIZE, "v1"));

        assertArrayEquals(slice(0, 5 * BLOCK), read(file, 0, SIZE));
    }

    @Test
    void the_files_of_another_object_vouch_for_nothing() throws IOException {
        var other = Cookie.of("erofs,test.img", "other");
        BackingFile file = store.file(other);
        file.attach(SIZE, "v1");
        write(file, 0, 11);
        store.close();
        Files.createDirectories(data(COOKIE).getParent());
        Files.createDirectories(sidecar(COOKIE).getParent());
        Files.copy(data(other), data(COOKIE));
        Files.copy(sidecar(other), sidecar(COOKIE));

        assertNothingIsLeftAndAllCanBeWritten();
    }

    @Test
    void checksums_of_an_earlier_content_do_not_pass_for_those_of_the_next() throws IOException {
        write(attached(), 0, 11);
        byte[] earlierData = Files.readAllBytes(data(COOKIE));
        byte[] earlierSums = Files.readAllBytes(sidecar(COOKIE));
        store.file(COOKIE).attach(SIZE, "v2");
        write(store.file(COOKIE), 0, 1);
        store.close();
        // as if the disk had kept the new header and, of all else, the old
        byte[] mixture = earlierSums.clone();
        System.arraycopy(Files.readAllBytes(sidecar(COOKIE)), 0, mixture, 0, Sidecar.HEADER_BYTES);
        Files.write(sidecar(COOKIE), mixture);
        Files.write(data(COOKIE), earlierData);
        store = open();
        BackingFile file = store.file(COOKIE);

        assertTrue(file.attach(SIZE, "v2"));

        for (int block = 0; block < 11; block++) {
            assertEquals(0, read(file, (long) block * BLOCK, BLOCK).length);
        }
    }

    @Test
    void a_block_in_the_wrong_place_does_not_pass_though_its_checksum_came_along() throws IOException {
        write(attached(), 0, 11);
        store.close();
        exchange(data(COOKIE), BLOCK, 2 * BLOCK, BLOCK);
        exchange(sidecar(COOKIE), Sidecar.entryAt(1), Sidecar.entryAt(2), Sidecar.ENTRY_BYTES);
        store = open();
        BackingFile file = store.file(COOKIE);
        file.attach(SIZE, "v1");

        assertArrayEquals(slice(0, BLOCK), read(file, 0, SIZE));
        assertEquals(0, read(file, 2 * BLOCK, BLOCK).length);
        assertArrayEquals(slice(3 * BLOCK, SIZE), read(file, 3 * BLOCK, SIZE));
    }

    @Test
    void a_file_that_is_cut_while_in_use_is_served_as_far_as_it_goes_and_filled_anew() throws IOException {
        BackingFile file = attached();
        write(file, 0, 11);
        try (var channel = FileChannel.open(data(COOKIE), StandardOpenOption.WRITE)) {
            channel.truncate(2 * BLOCK + 10);
        }

        assertArrayEquals(slice(0, 2 * BLOCK + 10), read(file, 0, SIZE));
        assertEquals(Optional.of(new Range(2 * BLOCK, SIZE - 2 * BLOCK)), file.hole(0, SIZE));
        assertTrue(write(file, 0, 11));
        assertArrayEquals(bytes, read(file, 0, SIZE));
    }

    @Test
    @Tag("S114")
    void a_directory_in_the_way_is_buried() throws IOException {
        Files.createDirectories(data(COOKIE).resolve("something"));
        Files.createDirectories(sidecar(COOKIE));

        BackingFile file = attached();

        assertTrue(write(file, 0, 11));
        assertArrayEquals(bytes, read(file, 0, SIZE));
        try (Stream<Path> buried = Files.walk(directory.resolve("cache/graveyard"))) {
            assertTrue(buried.anyMatch(path -> path.endsWith("Dblob1.img/something")));
        }
    }

    @Test
    void a_link_in_the_way_is_removed_and_what_it_points_to_stays() throws IOException {
        Path victim = Files.writeString(directory.resolve("victim"), "precious");
        Files.createDirectories(data(COOKIE).getParent());
        Files.createSymbolicLink(data(COOKIE), victim);

        assertTrue(write(attached(), 0, 11));

        assertEquals("precious", Files.readString(victim));
    }

    @Test
    void a_path_that_cannot_be_made_is_named() throws IOException {
        Files.writeString(directory.resolve("cache/cache/Ierofs,test.img"), "no directory");

        var failure = assertThrows(IOException.class, this::attached);

        assertTrue(String.valueOf(failure.getMessage()).contains("cache/cache/Ierofs,test.img"), failure.toString());
    }

    @Test
    void a_directory_that_is_none_is_refused() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "");

        assertThrows(IOException.class, () -> FileStore.open(file));
    }

    @Test
    void an_interrupted_reader_gets_its_bytes_and_disturbs_no_other() throws Exception {
        BackingFile file = attached();
        write(file, 0, 11);
        var done = new AtomicBoolean();
        inParallel(
                2,
                () -> {
                    while (!done.get()) {
                        assertArrayEquals(bytes, read(file, 0, SIZE));
                    }
                },
                2,
                () -> {
                    for (int i = 0; i < 200; i++) {
                        Thread.currentThread().interrupt();
                        assertArrayEquals(bytes, read(file, 0, SIZE));
                        assertTrue(Thread.interrupted());
                    }
                },
                done);
    }

    @Test
    void a_few_descriptors_serve_many_objects_and_threads() throws Exception {
        int objects = 40;
        var done = new AtomicBoolean();
        for (int i = 0; i < objects; i++) {
            BackingFile file = store.file(Cookie.of("many", "object " + i));
            file.attach(SIZE, "v1");
            write(file, 0, 1);
        }
        inParallel(
                6,
                () -> {
                    while (!done.get()) {
                        int i = ThreadLocalRandom.current().nextInt(objects);
                        assertArrayEquals(
                                slice(0, BLOCK), read(store.file(Cookie.of("many", "object " + i)), 0, BLOCK));
                        assertTrue(((FileStore) store).channels().openCount() <= 3);
                    }
                },
                2,
                () -> {
                    for (int i = 0; i < objects; i++) {
                        BackingFile file = store.file(Cookie.of("many", "object " + i));
                        assertTrue(write(file, 1, 11));
                    }
                },
                done);
    }

    @Test
    @Tag("B31")
    @Tag("I17")
    void releasing_and_culling_leave_no_descriptor_open() throws IOException {
        BackingFile file = attached();
        write(file, 0, 1);
        assertEquals(2, ((FileStore) store).channels().openCount());

        file.release();

        assertEquals(0, ((FileStore) store).channels().openCount());
    }

    @Test
    void a_directory_belongs_to_one_store_at_a_time() throws IOException {
        var refused = assertThrows(DirectoryLockedException.class, this::open);

        String message = String.valueOf(refused.getMessage());
        assertTrue(message.contains(directory.toString()), message);
        assertTrue(message.contains(Long.toString(ProcessHandle.current().pid())), message);
        store.close();
        store = open();
    }

    private void assertNothingIsLeftAndAllCanBeWritten() throws IOException {
        store = open();
        BackingFile file = attached();
        assertEquals(0, read(file, 0, SIZE).length);
        assertEquals(0, file.presentBytes());
        assertTrue(write(file, 0, 11));
        assertArrayEquals(bytes, read(file, 0, SIZE));
        assertArrayEquals(bytes, read(afterRestart(), 0, SIZE));
    }

    private Path data(Cookie cookie) {
        return BackingPath.of(cookie).under(FileStore.dataTree(directory.resolve("cache")));
    }

    private Path sidecar(Cookie cookie) {
        return BackingPath.of(cookie).under(FileStore.blockTree(directory.resolve("cache")));
    }

    private static void exchange(Path file, long one, long other, int length) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        byte[] held = Arrays.copyOfRange(bytes, (int) one, (int) one + length);
        System.arraycopy(bytes, (int) other, bytes, (int) one, length);
        System.arraycopy(held, 0, bytes, (int) other, length);
        Files.write(file, bytes);
    }

    static void flip(Path file, long at) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[(int) at] ^= 1;
        Files.write(file, bytes);
    }
}
