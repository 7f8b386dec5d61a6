package cachefiles.app.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import cachefiles.daemon.fetch.DirectoryOrigin;
import cachefiles.kernel.actor.CacheActor;
import cachefiles.kernel.uapi.DeviceException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Actors of idle objects leave memory (B33).
@DisplayNameGeneration(ReplaceUnderscores.class)
class PassivationTest {
    private static final int BYTES = 64 * 1024;
    private static final int OBJECTS = 50;

    private static int lookedAt(Rig rig) throws InterruptedException, ExecutionException {
        var count = new CompletableFuture<Integer>();
        rig.cache.actor().tell(new CacheActor.CountAwake(count::complete));
        return Eventually.of(count);
    }

    private static int inMemory(Rig rig) {
        try {
            return rig.cache.objectsInMemory();
        } catch (DeviceException failed) {
            throw new AssertionError(failed);
        }
    }

    private static CacheOptions hasty(CacheOptions options) {
        return options.passivateAfter(Duration.ofMillis(20));
    }

    @Test
    @Tag("B33")
    void idle_objects_leave_memory_and_come_back_on_demand(@TempDir Path directory) throws Exception {
        try (var blobs = Blobs.make(directory.resolve("origin"), OBJECTS, BYTES);
                var rig = Rig.over(directory.resolve("cache"), blobs, PassivationTest::hasty)) {
            var volume = rig.cache.acquireVolume(Rig.VOLUME);
            var objects = new ArrayList<CachedObject>();
            for (int i = 0; i < OBJECTS; i++) {
                objects.add(volume.acquire(Blobs.name(i)));
            }
            for (int offset = 0; offset < BYTES; offset += BYTES / 4) {
                Eventually.holds("none in memory", () -> inMemory(rig) == 0);
                for (int i = 0; i < OBJECTS; i++) {
                    var target = ByteBuffer.allocate(BYTES / 4);
                    int length = objects.get(i).read(offset, target);
                    assertEquals(0, blobs.wrong(i, offset, BYTES / 4, target, length), "wrong bytes");
                }
            }
            assertEquals(OBJECTS, rig.ledger.handles(), "they stayed open");
            Eventually.holds("none in memory", () -> inMemory(rig) == 0);
            assertEquals(0, lookedAt(rig), "gates that the next tick looks at");
            for (var object : objects) {
                object.close();
            }
            volume.release();
            Eventually.holds("none in memory", () -> inMemory(rig) == 0);
        }
    }

    @Test
    @Tag("B33")
    @Tag("I9")
    void an_object_that_somebody_waits_for_stays_through_crashes_too(@TempDir Path directory) throws Exception {
        try (var blobs = Blobs.make(directory.resolve("origin"), 2, BYTES)) {
            var held = new Held(DirectoryOrigin.of(blobs.directory()));
            try (var rig = Rig.over(directory.resolve("cache"), held, PassivationTest::hasty)) {
                var volume = rig.cache.acquireVolume(Rig.VOLUME);
                var waited = volume.acquire(Blobs.name(0));
                var other = volume.acquire(Blobs.name(1));
                var hold = held.hold();
                var target = ByteBuffer.allocate(4096);
                var read = waited.readAsync(0, target);
                Eventually.holds("the fetch", () -> held.waiting() == 1);
                for (int i = 0; i < 3; i++) { // the other one comes and goes meanwhile
                    Eventually.holds("one in memory", () -> inMemory(rig) == 1);
                    var cancelled = other.readAsync(0, ByteBuffer.allocate(1));
                    Eventually.holds("two in memory", () -> inMemory(rig) == 2);
                    cancelled.cancel().run();
                }
                rig.crash(cachefiles.kernel.uapi.Faults.Victim.OBJECT, waited.cookie());
                Eventually.holds("one in memory", () -> inMemory(rig) == 1);
                held.pass();
                hold.complete(false);
                assertEquals(0, blobs.wrong(0, 0, 4096, target, Eventually.of(read.bytes())), "wrong bytes");
                Eventually.holds("none in memory", () -> inMemory(rig) == 0);
            }
        }
    }
}
