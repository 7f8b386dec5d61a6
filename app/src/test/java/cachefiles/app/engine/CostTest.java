package cachefiles.app.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.daemon.core.SupervisorCore.Handles;
import cachefiles.daemon.fetch.MemoryOrigin;
import cachefiles.kernel.actor.DeviceObserver;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Faults.Victim;
import cachefiles.kernel.uapi.Key;
import cachefiles.persistence.journal.JournalFaults;
import cachefiles.persistence.store.FileStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What a crash, and an open object, cost.
@DisplayNameGeneration(ReplaceUnderscores.class)
class CostTest {
    private static final int BYTES = 1 << 20;

    /// What was said and done since the start.
    /// @param turns of the device that changed something or told somebody
    private record Counts(long turns, long events, long tells, long objectSteps, long journaled, long handles) {
        Counts minus(Counts before) {
            return new Counts(
                    turns - before.turns,
                    events - before.events,
                    tells - before.tells,
                    objectSteps - before.objectSteps,
                    journaled - before.journaled,
                    handles - before.handles);
        }
    }

    /// A cache with so many open objects, one worker, and one reader who waits.
    private static final class Opened implements AutoCloseable {
        private final MemoryOrigin memory = new MemoryOrigin();
        private final Held held = new Held(memory);
        private final AtomicLong journaled = new AtomicLong();
        private final AtomicLong turns = new AtomicLong();
        final Rig rig;
        final List<CachedObject> objects = new ArrayList<>();

        Opened(Path directory, int count, Handles handles) throws Exception {
            JournalFaults counting = (moment, _) -> {
                if (moment == JournalFaults.Moment.WRITING) {
                    journaled.incrementAndGet();
                }
                return CompletableFuture.completedFuture(null);
            };
            rig = Rig.over(directory, held, options -> {
                var ledger = options.deviceObserver;
                DeviceObserver both = (after, command, decision) -> {
                    ledger.stepped(after, command, decision);
                    if (!decision.events().isEmpty()) {
                        turns.incrementAndGet();
                    }
                };
                return options.workers(1)
                        .handles(handles)
                        .journalFaults(counting)
                        .observers(both, options.objectObserver, options.daemonObserver);
            });
            var volume = rig.cache.acquireVolume(Rig.VOLUME);
            var acquired = new ArrayList<CompletableFuture<CachedObject>>();
            for (int i = 0; i < count; i++) {
                var key = Key.of(Blobs.name(i));
                memory.put(new Cookie(Key.of(Rig.VOLUME), key), BYTES);
                acquired.add(volume.acquireAsync(key));
            }
            for (var each : acquired) {
                objects.add(Eventually.of(each));
            }
        }

        Counts counts() {
            var ledger = rig.ledger;
            return new Counts(
                    turns.get(),
                    ledger.events(),
                    ledger.tells(),
                    rig.objectSteps.get(),
                    journaled.get(),
                    ledger.handles());
        }

        /// What it costs that the daemon dies over one READ.
        Counts costOfOneCrash() throws Exception {
            var hold = held.hold();
            var read = objects.getFirst().readAsync(0, ByteBuffer.allocate(1));
            Eventually.holds("the fetch", () -> held.waiting() == 1 && rig.isQuiet());
            var before = counts();
            held.pass();
            rig.crash(Victim.DAEMON, null);
            Eventually.of(read.bytes());
            hold.complete(false);
            Eventually.holds("quiet", rig::isQuiet);
            return counts().minus(before);
        }

        @Override
        public void close() throws IOException {
            rig.close();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Handles.class,
            names = {"LOST", "KEPT"})
    @Tag("T18")
    @Tag("S74")
    void a_crash_of_the_daemon_costs_as_much_with_10_000_open_objects_as_with_100(
            Handles handles, @TempDir Path directory) throws Exception {
        Counts few;
        try (var opened = new Opened(directory.resolve("few"), 100, handles)) {
            few = opened.costOfOneCrash();
        }
        try (var opened = new Opened(directory.resolve("many"), 10_000, handles)) {
            assertEquals(few, opened.costOfOneCrash());
            System.out.println("a daemon's death over one READ, handles " + handles + ": " + few);
        }
        assertEquals(0, few.journaled());
        assertTrue(few.turns() < 20 && few.tells() < 10 && few.objectSteps() < 10, few::toString);
    }

    @Test
    @Tag("S111")
    void ten_thousand_open_objects_need_some_hundred_descriptors(@TempDir Path directory) throws Exception {
        try (var opened = new Opened(directory, 10_000, Handles.LOST)) {
            long open = descriptors();
            for (int i = 0; i < 1_000; i++) {
                opened.objects.get(i * 10).read(0, ByteBuffer.allocate(1));
            }
            long used = descriptors();
            System.out.println("descriptors with 10,000 open objects: " + open + ", after reads of 1,000: " + used);
            assertTrue(used < 600, () -> used + " descriptors");
            assertTrue(used - open <= FileStore.DEFAULT_OPEN_FILES, () -> used - open + " more");
        }
    }

    private static long descriptors() throws IOException {
        try (var files = Files.list(Path.of("/proc/self/fd"))) {
            return files.count();
        }
    }
}
