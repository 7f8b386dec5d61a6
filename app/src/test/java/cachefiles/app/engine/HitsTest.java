package cachefiles.app.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.ActorSystem;
import cachefiles.daemon.actor.SupervisorActor;
import cachefiles.kernel.uapi.DeviceException;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Faults.Victim;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class HitsTest {
    private static final int BYTES = 64 * 1024;

    @Test
    @Tag("S117")
    @Tag("S118")
    void a_read_of_present_bytes_sends_no_message_and_needs_no_actor_at_all(@TempDir Path directory) throws Exception {
        try (var blobs = Blobs.make(directory.resolve("origin"), 1, BYTES);
                var rig = Rig.over(directory.resolve("cache"), blobs, options -> options)) {
            var object = rig.cache.acquireVolume(Rig.VOLUME).acquire(Blobs.name(0));
            readAll(blobs, object);
            Eventually.holds("the device is quiet", rig::isQuiet);
            long device = rig.ledger.steps();
            long objects = rig.objectSteps.get();
            for (int i = 0; i < 1_000; i++) {
                readAll(blobs, object);
            }
            assertEquals(device, rig.ledger.steps(), "messages to the device");
            assertEquals(objects, rig.objectSteps.get(), "messages to objects");

            var system = systemOf(rig.cache);
            system.terminate();
            system.getWhenTerminated().toCompletableFuture().get(1, TimeUnit.MINUTES);
            readAll(blobs, object);
            assertEquals(BYTES, rig.origin.fetchedBytes());
        }
    }

    @Test
    @Tag("S117")
    @Tag("I15")
    void hits_go_on_while_the_daemon_is_dead_and_misses_fail_at_once(@TempDir Path directory) throws Exception {
        try (var blobs = Blobs.make(directory.resolve("origin"), 2, BYTES);
                var rig = Rig.over(
                        directory.resolve("cache"),
                        blobs,
                        options -> options.strategy(SupervisorActor.Strategy.STOP))) {
            var volume = rig.cache.acquireVolume(Rig.VOLUME);
            var present = volume.acquire(Blobs.name(0));
            var missing = volume.acquire(Blobs.name(1));
            readAll(blobs, present);
            rig.crash(Victim.DAEMON, null);
            Eventually.holds("Akka's PostStop", () -> rig.ledger.stops() > 0 && rig.cache.hasGivenUp());

            readAll(blobs, present);
            var failed = assertThrows(DeviceException.class, () -> missing.read(0, ByteBuffer.allocate(1)));
            assertEquals(Errno.EIO, failed.errno());
            assertEquals(0, rig.ledger.restarts());

            rig.cache.startAgain();
            Eventually.holds("a daemon again", () -> !rig.cache.hasGivenUp());
            assertTrue(missing.read(0, ByteBuffer.allocate(1)) == 1);
        }
    }

    private static void readAll(Blobs blobs, CachedObject object) throws DeviceException {
        var all = ByteBuffer.allocate(BYTES);
        assertEquals(0, blobs.wrong(0, 0, BYTES, all, object.read(0, all)), "wrong bytes");
    }

    private static ActorSystem systemOf(Cache cache) throws ReflectiveOperationException {
        var field = Cache.class.getDeclaredField("system");
        field.setAccessible(true);
        return (ActorSystem) field.get(cache);
    }
}
