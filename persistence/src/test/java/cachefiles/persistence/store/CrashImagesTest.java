package cachefiles.persistence.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.kernel.extent.BackingFile;
import cachefiles.kernel.extent.Store;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.persistence.store.MemoryDisk.Reach;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What a store finds after its process, or the machine, died at any moment: a life is drawn from a seed and recorded,
/// and cut at every change of the disk and, where it is a write, at an edge of a sector in its middle.
@DisplayNameGeneration(ReplaceUnderscores.class)
@Tag("I19")
@Tag("S106")
class CrashImagesTest {
    private static final int BLOCK = Store.BLOCK_BYTES;
    private static final int OBJECTS = 2;
    private static final int STEPS = 12;

    /// What the caller was told of an object.
    /// @param begun changes of the disk when what led to it began
    /// @param told changes of the disk when it had been done
    /// @param content the object's since then
    /// @param present which blocks of it were written and answered
    private record Acknowledged(int begun, int told, Content content, BitSet present) {
        boolean takesFrom(Acknowledged before) {
            var lost = (BitSet) before.present.clone();
            lost.andNot(present);
            return !content.equals(before.content) || !lost.isEmpty();
        }
    }

    /// One life, and what the caller knows of each object, in order.
    private static final class Life {
        final RandomGenerator random;
        final MemoryDisk disk = MemoryDisk.recording();
        final List<List<Acknowledged>> known = new ArrayList<>();
        private int begun;

        Life(long seed) throws IOException {
            random = new Random(seed);
            try (Store store = disk.store(random::nextLong)) {
                for (int object = 0; object < OBJECTS; object++) {
                    known.add(new ArrayList<>());
                    attach(store, object, drawn());
                }
                for (int step = 0; step < STEPS; step++) {
                    step(store, random.nextInt(OBJECTS));
                }
            }
        }

        private Content drawn() {
            return new Content(1 + random.nextInt(6 * BLOCK), "v" + random.nextInt(4));
        }

        private void attach(Store store, int object, Content content) throws IOException {
            begun = disk.changes();
            boolean kept = store.file(cookie(object)).attach(content.sizeBytes(), content.validator());
            acknowledge(object, content, kept ? last(object).present : new BitSet());
        }

        private void step(Store store, int object) throws IOException {
            begun = disk.changes();
            BackingFile file = store.file(cookie(object));
            Content content = last(object).content;
            switch (random.nextInt(8)) {
                case 0 -> attach(store, object, drawn());
                case 1 -> {
                    file.clear();
                    acknowledge(object, content, new BitSet());
                }
                case 2 -> {
                    file.release();
                    attach(store, object, content);
                }
                case 3 -> {
                    file.release();
                    store.cull(cookie(object));
                    acknowledge(object, content, new BitSet());
                    attach(store, object, drawn());
                }
                default -> write(file, object, content);
            }
        }

        private void write(BackingFile file, int object, Content content) throws IOException {
            int blocks = (int) Math.ceilDiv(content.sizeBytes(), (long) BLOCK);
            int first = random.nextInt(blocks);
            int limit = first + 1 + random.nextInt(blocks - first);
            byte[] bytes = bytes(object, content);
            int end = Math.min(bytes.length, limit * BLOCK);
            assertTrue(file.write(
                    (long) first * BLOCK,
                    ByteBuffer.wrap(bytes, first * BLOCK, end - first * BLOCK),
                    StoreContract.Permit.HELD));
            var present = (BitSet) last(object).present.clone();
            present.set(first, limit);
            acknowledge(object, content, present);
        }

        private void acknowledge(int object, Content content, BitSet present) {
            known.get(object).add(new Acknowledged(begun, disk.changes(), content, present));
        }

        private Acknowledged last(int object) {
            return known.get(object).getLast();
        }
    }

    private static Cookie cookie(int object) {
        return Cookie.of("volume", "blob" + object);
    }

    /// Each version of each object has bytes of its own.
    private static byte[] bytes(int object, Content content) {
        return StoreContract.content(object * 31 + content.hashCode(), (int) content.sizeBytes());
    }

    private interface Check {
        void of(Life life, int change, int sectors) throws IOException;
    }

    @Test
    void ten_thousand_images_of_dead_processes_have_all_that_was_acknowledged_and_no_wrong_byte() throws IOException {
        images(1, 10_000, CrashImagesTest::afterKill);
    }

    @Test
    void ten_thousand_images_of_machines_without_power_have_no_wrong_byte() throws IOException {
        images(1, 10_000, CrashImagesTest::afterPowerLoss);
    }

    @Test
    @Tag("long")
    void a_million_images_of_either_kind() throws IOException {
        images(1_000_000, 1_000_000, CrashImagesTest::afterKill);
        images(2_000_000, 1_000_000, CrashImagesTest::afterPowerLoss);
    }

    private static void images(long firstSeed, int count, Check check) {
        int made = 0;
        for (long seed = firstSeed; made < count; seed++) {
            int change = 0;
            try {
                var life = new Life(seed);
                for (; change <= life.disk.changes(); change++, made++) {
                    boolean inside = change < life.disk.changes();
                    check.of(life, change, inside ? life.random.nextInt(life.disk.sectors(change)) : 0);
                }
            } catch (IOException | RuntimeException | AssertionError failed) {
                throw new AssertionError("life " + seed + ", cut at change " + change, failed);
            }
        }
    }

    private static void afterKill(Life life, int change, int sectors) throws IOException {
        var image = life.disk.image(Reach.before(change, sectors), false);
        try (Store store = image.store(life.random::nextLong)) {
            for (int object = 0; object < OBJECTS; object++) {
                Acknowledged last = null;
                boolean taking = false;
                for (var next : life.known.get(object)) {
                    if (next.told <= change) {
                        last = next;
                    } else {
                        taking = last != null && next.begun <= change && next.takesFrom(last);
                        break;
                    }
                }
                if (last != null) {
                    var present = served(store, object, last.content);
                    var missing = (BitSet) last.present.clone();
                    missing.andNot(present);
                    assertTrue(taking || missing.isEmpty(), () -> "acknowledged and lost: " + missing);
                }
            }
        }
    }

    private static void afterPowerLoss(Life life, int change, int sectors) throws IOException {
        int odds = 2 << life.random.nextInt(8);
        var kept = Reach.before(change, sectors).thinned(() -> life.random.nextInt(odds) != 0);
        var image = life.disk.image(kept, life.random.nextBoolean());
        for (int start = 0; start < 2; start++) { // what is mended stays so
            try (Store store = image.store(life.random::nextLong)) {
                for (int object = 0; object < OBJECTS; object++) {
                    var known = life.known.get(object);
                    var content = known.get(life.random.nextInt(known.size())).content; // as an old journal says
                    served(store, object, content);
                    byte[] all = bytes(object, content);
                    assertTrue(store.file(cookie(object)).write(0, ByteBuffer.wrap(all), StoreContract.Permit.HELD));
                    assertEquals(
                            Math.ceilDiv(all.length, BLOCK),
                            served(store, object, content).cardinality());
                }
            }
        }
    }

    /// Reads all that is there, each byte of which has to be right.
    /// @return the blocks that are there
    private static BitSet served(Store store, int object, Content content) throws IOException {
        BackingFile file = store.file(cookie(object));
        file.attach(content.sizeBytes(), content.validator());
        byte[] right = bytes(object, content);
        var present = new BitSet();
        for (int block = 0; block * BLOCK < right.length; block++) {
            int length = Math.min(BLOCK, right.length - block * BLOCK);
            var target = ByteBuffer.allocate(length);
            int read = file.read((long) block * BLOCK, target);
            int from = block * BLOCK;
            assertTrue(
                    Arrays.equals(target.array(), 0, read, right, from, from + read),
                    () -> "wrong bytes at " + from + " of " + content);
            assertTrue(read == 0 || read == length, () -> "a part of a block at " + from);
            present.set(block, read == length);
        }
        return present;
    }
}
