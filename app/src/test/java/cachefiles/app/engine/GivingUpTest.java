package cachefiles.app.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.daemon.actor.SupervisorActor.Strategy;
import cachefiles.daemon.fetch.DirectoryOrigin;
import cachefiles.kernel.uapi.DeviceException;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Faults;
import cachefiles.kernel.uapi.Faults.Victim;
import cachefiles.kernel.uapi.Phase;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class GivingUpTest {
    private static final int MOST = 12;

    @ParameterizedTest
    @EnumSource(
            value = Strategy.class,
            names = {"RESTART", "BACKOFF"})
    @Tag("I15")
    @Tag("S117")
    void a_daemon_that_never_comes_up_is_given_up_seen_to_be_and_started_again(
            Strategy strategy, @TempDir Path directory) throws Exception {
        var dies = new AtomicBoolean();
        Faults atStart = (phase, _, _) -> {
            if (phase == Phase.STARTING && dies.get()) {
                throw new Faults.InjectedCrash("made to fail whenever it starts");
            }
        };
        int bytes = 64 * 1024;
        try (var blobs = Blobs.make(directory.resolve("origin"), 2, bytes)) {
            var held = new Held(DirectoryOrigin.of(blobs.directory()));
            try (var rig = Rig.over(
                    directory.resolve("cache"),
                    held,
                    options -> options.faults(atStart).strategy(strategy).maxFruitlessRestarts(MOST))) {
                var volume = rig.cache.acquireVolume(Rig.VOLUME);
                var object = volume.acquire(Blobs.name(0));
                int half = bytes / 2;
                blobs.assertReads(0, 0, half, object);
                var hold = held.hold();
                var waits = object.readAsync(half, ByteBuffer.allocate(1));
                Eventually.holds("the fetch", () -> held.waiting() == 1);

                dies.set(true);
                rig.crash(Victim.DAEMON, null);
                Eventually.holds("giving up", rig.cache::hasGivenUp);
                assertTrue(rig.ledger.restarts() >= MOST, () -> rig.ledger.restarts() + " restarts");

                var ended = assertThrows(ExecutionException.class, () -> Eventually.of(waits.bytes()));
                assertEquals(Errno.EIO, ((DeviceException) ended.getCause()).errno());
                var missed = assertThrows(DeviceException.class, () -> object.read(half, ByteBuffer.allocate(1)));
                assertEquals(Errno.EIO, missed.errno());
                assertThrows(DeviceException.class, () -> volume.acquire(Blobs.name(1)));
                blobs.assertReads(0, 0, half, object);

                held.pass();
                hold.complete(false);
                dies.set(false);
                rig.cache.startAgain();
                Eventually.holds("a daemon again", () -> !rig.cache.hasGivenUp());
                Eventually.holds("bytes again", () -> reads(object, half));
                blobs.assertReads(0, 0, bytes, object);
                assertFalse(rig.cache.hasGivenUp());
            }
        }
    }

    private static boolean reads(CachedObject object, long offset) {
        try {
            return object.read(offset, ByteBuffer.allocate(1)) == 1;
        } catch (DeviceException _) {
            return false; // it is coming up
        }
    }
}
