package cachefiles.persistence.journal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.BootstrapSetup;
import akka.actor.setup.ActorSystemSetup;
import cachefiles.kernel.extent.BackingFile;
import cachefiles.kernel.extent.Store;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Errno;
import cachefiles.persistence.store.MemoryDisk;
import cachefiles.persistence.store.MemoryDisk.Reach;
import com.typesafe.config.ConfigValueFactory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.h2.store.fs.FilePath;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What store and journal are worth together after their process, or the machine, died at any moment. Real objects are
/// looked up, filled, let go and retired; what both disks get is recorded in one order, and cut at every change of
/// either and in its middle, at an edge of a sector.
@DisplayNameGeneration(ReplaceUnderscores.class)
@Tag("I19")
@Tag("S106")
class TogetherImagesTest {
    private static final int BLOCK = Store.BLOCK_BYTES;
    private static final int OBJECTS = 2;
    private static final int STEPS = 12;

    @TempDir
    static Path directory;

    @BeforeAll
    static void register() {
        FilePath.register(new RecordedFile.Recording());
    }

    /// What the caller was told of an object.
    /// @param begun changes of both disks when what led to it began
    /// @param told changes when it had been done
    /// @param content what is known of the object since then; null: it was retired
    /// @param present which blocks of it were written and answered
    private record Acknowledged(
            int begun, int told, @Nullable Content content, BitSet present) {
        boolean knows(@Nullable Content found) {
            return content == null ? found == null : content.equals(found);
        }

        boolean takesFrom(Acknowledged before) {
            return content == null || !content.equals(before.content);
        }
    }

    private static final class Life {
        final Random random;
        final MemoryDisk disk = MemoryDisk.recording();
        final RecordedFile file = RecordedFile.Recording.begin(disk::changes);
        final List<List<Acknowledged>> known = new ArrayList<>();
        final int first;
        final int last;
        private final Map<Cookie, Content> origin = new HashMap<>();
        private int begun;

        Life(long seed) throws Exception {
            random = new Random(seed);
            String url = "jdbc:h2:" + RecordedFile.SCHEME + ":memFS:/together" + seed + "/journal;TRACE_LEVEL_FILE=0"
                    + H2File.SETTINGS;
            try (var held = DriverManager.getConnection(url)) {
                Schema.H2.update(held, "the recorded file");
                first = changes();
                try (var store = disk.store(random::nextLong);
                        var objects = new Objects(setup(url), this::drawn, store)) {
                    for (int object = 0; object < OBJECTS; object++) {
                        known.add(new ArrayList<>(List.of(new Acknowledged(0, first, null, new BitSet()))));
                        begun = changes();
                        acquire(objects, object);
                    }
                    for (int step = 0; step < STEPS; step++) {
                        step(store, objects, random.nextInt(OBJECTS));
                    }
                    last = changes();
                }
            }
            FilePath.get("memFS:/together" + seed + "/journal.mv.db").delete();
        }

        private static ActorSystemSetup setup(String url) throws IOException {
            try (var elsewhere = Journal.open(Journal.Kind.H2, directory.resolve("elsewhere"))) {
                return ActorSystemSetup.create(BootstrapSetup.create(elsewhere
                        .config()
                        .withValue(
                                "akka-persistence-jdbc.shared-databases.slick.db.url",
                                ConfigValueFactory.fromAnyRef(url))));
            }
        }

        /// A version is what it was until the origin has another one.
        private Content drawn(Cookie cookie) {
            return origin.computeIfAbsent(
                    cookie, _ -> new Content(1 + random.nextInt(6 * BLOCK), "v" + random.nextInt(100)));
        }

        private int changes() {
            return disk.changes() + file.changes();
        }

        private void acquire(Objects objects, int object) {
            var acquired = objects.acquire(cookie(object)).join();
            assertEquals(Errno.OK, acquired.errno());
            boolean kept = last(object).knows(acquired.content());
            acknowledge(object, acquired.content(), kept ? last(object).present : new BitSet());
        }

        private void step(Store store, Objects objects, int object) throws IOException {
            begun = changes();
            switch (random.nextInt(6)) {
                case 0 -> {
                    origin.remove(cookie(object));
                    objects.release(cookie(object), false).join();
                    acquire(objects, object);
                }
                case 1 -> {
                    objects.release(cookie(object), true).join();
                    acknowledge(object, null, new BitSet());
                    begun = changes();
                    acquire(objects, object);
                }
                case 2 -> {
                    objects.release(cookie(object), false).join();
                    acquire(objects, object);
                }
                default -> write(store.file(cookie(object)), object);
            }
        }

        private void write(BackingFile backing, int object) throws IOException {
            var content = origin.get(cookie(object));
            int blocks = (int) Math.ceilDiv(content.sizeBytes(), (long) BLOCK);
            int from = random.nextInt(blocks);
            int limit = from + 1 + random.nextInt(blocks - from);
            byte[] all = bytes(object, content);
            int end = Math.min(all.length, limit * BLOCK);
            assertTrue(backing.write(
                    (long) from * BLOCK,
                    ByteBuffer.wrap(all, from * BLOCK, end - from * BLOCK),
                    BackingFile.WritePermit.ALWAYS));
            var present = (BitSet) last(object).present.clone();
            present.set(from, limit);
            acknowledge(object, content, present);
        }

        private void acknowledge(int object, @Nullable Content content, BitSet present) {
            known.get(object).add(new Acknowledged(begun, changes(), content, present));
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
        byte[] bytes = new byte[(int) content.sizeBytes()];
        new Random(object * 31L + content.hashCode()).nextBytes(bytes);
        return bytes;
    }

    /// What is left when the life ends after some changes, in the midst of the next one.
    /// @param disk changes of the store's disk among them
    /// @param file changes of the journal's file
    private record Cut(int disk, int file, int diskSectors, int fileSectors) {
        static Cut of(Life life, int changes) {
            var times = life.file.times();
            int file = 0;
            while (file < times.size() && file + times.get(file) < changes) {
                file++;
            }
            int disk = changes - file;
            boolean journalIsNext = file < times.size() && times.get(file) <= disk;
            return journalIsNext
                    ? new Cut(disk, file, 0, life.random.nextInt(life.file.sectors(file)))
                    : new Cut(disk, file, life.random.nextInt(life.disk.sectors(disk)), 0);
        }
    }

    private interface Check {
        void of(Life life, int changes, Cut cut) throws Exception;
    }

    private static void images(long firstSeed, int count, Check check) throws Exception {
        int made = 0;
        for (long seed = firstSeed; made < count; seed++) {
            var life = new Life(seed);
            for (int changes = life.first; changes < life.last; changes++, made++) {
                try {
                    check.of(life, changes, Cut.of(life, changes));
                } catch (Exception | AssertionError failed) {
                    throw new AssertionError("life " + seed + ", cut at change " + changes, failed);
                }
            }
        }
    }

    private static void afterKill(Life life, int changes, Cut cut) throws Exception {
        var known = journal(life.file.image(cut.file, cut.fileSectors, () -> true));
        var image = life.disk.image(Reach.before(cut.disk, cut.diskSectors), false);
        try (Store store = image.store(life.random::nextLong)) {
            for (int object = 0; object < OBJECTS; object++) {
                Acknowledged last = life.known.get(object).getFirst();
                Acknowledged next = null;
                for (var each : life.known.get(object)) {
                    if (each.told <= changes) {
                        last = each;
                    } else {
                        next = each.begun <= changes ? each : null;
                        break;
                    }
                }
                var content = known.get(cookie(object));
                if (next == null || !next.knows(content)) {
                    assertEquals(last.content, content, "acknowledged, and not known");
                }
                if (content != null) {
                    var present = served(store, object, content);
                    var missing = (BitSet) last.present.clone();
                    missing.andNot(present);
                    boolean taking = next != null && next.takesFrom(last);
                    assertTrue(taking || missing.isEmpty(), () -> "acknowledged and lost: " + missing);
                }
            }
        }
    }

    /// The journal synced, as PostgreSQL's does, what it acknowledged; the store synced nothing.
    private static void afterPowerLoss(Life life, int changes, Cut cut) throws Exception {
        var known = journal(life.file.image(cut.file, cut.fileSectors, () -> true));
        int odds = 2 << life.random.nextInt(8);
        var reach = Reach.before(cut.disk, cut.diskSectors).thinned(() -> life.random.nextInt(odds) != 0);
        try (Store store = life.disk.image(reach, life.random.nextBoolean()).store(life.random::nextLong)) {
            for (int object = 0; object < OBJECTS; object++) {
                var content = known.get(cookie(object));
                if (content != null) {
                    served(store, object, content);
                }
            }
        }
    }

    /// What the journal knows, as the next process would find it.
    private static Map<Cookie, Content> journal(byte[] image) throws IOException {
        var file = H2File.file(directory);
        Files.createDirectories(file.getParent());
        Files.write(file, image);
        var report = assertInstanceOf(JournalReport.Read.class, JournalInspector.inspect(directory));
        assertEquals(List.of(), report.problems());
        var known = new HashMap<Cookie, Content>();
        for (var each : report.objects()) {
            if (each.content() != null) {
                known.put(each.cookie(), each.content());
            }
        }
        return known;
    }

    /// Reads all that is there, each byte of which has to be right.
    /// @return the blocks that are there
    private static BitSet served(Store store, int object, Content content) throws IOException {
        BackingFile file = store.file(cookie(object));
        file.attach(content.sizeBytes(), content.validator());
        byte[] right = bytes(object, content);
        var present = new BitSet();
        for (int block = 0; block * BLOCK < right.length; block++) {
            int from = block * BLOCK;
            var target = ByteBuffer.allocate(Math.min(BLOCK, right.length - from));
            if (file.read(from, target) > 0) {
                assertArrayEquals(Arrays.copyOfRange(right, from, from + target.capacity()), target.array());
                present.set(block);
            }
        }
        return present;
    }

    @Test
    void images_of_dead_processes_have_what_was_acknowledged() throws Exception {
        images(1, 200, TogetherImagesTest::afterKill);
    }

    @Test
    void images_of_machines_without_power_have_no_wrong_byte() throws Exception {
        images(1, 200, TogetherImagesTest::afterPowerLoss);
    }

    @Test
    @Tag("long")
    void ten_thousand_images_of_either_kind() throws Exception {
        images(1_000_000, 10_000, TogetherImagesTest::afterKill);
        images(2_000_000, 10_000, TogetherImagesTest::afterPowerLoss);
    }
}
