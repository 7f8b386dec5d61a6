package cachefiles.app.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import cachefiles.daemon.core.SupervisorCore.Handles;
import cachefiles.daemon.fetch.DirectoryOrigin;
import cachefiles.kernel.uapi.Faults.Victim;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A half-dead predecessor: its worker is still at the origin when the successor is at work, and comes back with
/// garbage.
@DisplayNameGeneration(ReplaceUnderscores.class)
class FencingTest {
    private static final int BYTES = 64 * 1024;

    @ParameterizedTest
    @EnumSource(
            value = Handles.class,
            names = {"LOST", "KEPT"})
    @Tag("I4")
    @Tag("G10")
    void what_a_predecessor_writes_after_its_successor_has_served_changes_nothing(
            Handles handles, @TempDir Path directory) throws Exception {
        try (var blobs = Blobs.make(directory.resolve("origin"), 1, BYTES)) {
            var held = new Held(DirectoryOrigin.of(blobs.directory()));
            try (var rig = Rig.over(directory.resolve("cache"), held, options -> options.handles(handles))) {
                var object = rig.cache.acquireVolume(Rig.VOLUME).acquire(Blobs.name(0));
                var predecessor = held.hold();
                var target = ByteBuffer.allocate(BYTES);
                var read = object.readAsync(0, target);
                Eventually.holds("the predecessor at the origin", () -> held.waiting() == 1);
                held.pass();
                rig.crash(Victim.DAEMON, null);
                assertEquals(0, blobs.wrong(0, 0, BYTES, target, Eventually.of(read.bytes())), "wrong bytes");
                predecessor.complete(true);
                Eventually.holds("the predecessor is back", () -> held.waiting() == 0 && rig.isQuiet());
                blobs.assertReads(0, 0, BYTES, object);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Handles.class,
            names = {"LOST", "KEPT"})
    @Tag("I4")
    @Tag("G10")
    @Tag("I19")
    void what_a_predecessor_writes_before_its_successor_has_is_not_there(Handles handles, @TempDir Path directory)
            throws Exception {
        try (var blobs = Blobs.make(directory.resolve("origin"), 1, BYTES)) {
            var held = new Held(DirectoryOrigin.of(blobs.directory()));
            try (var rig = Rig.over(directory.resolve("cache"), held, options -> options.handles(handles))) {
                var object = rig.cache.acquireVolume(Rig.VOLUME).acquire(Blobs.name(0));
                var predecessor = held.hold();
                var target = ByteBuffer.allocate(BYTES);
                var read = object.readAsync(0, target);
                Eventually.holds("the predecessor at the origin", () -> held.waiting() == 1);
                var successor = held.hold();
                rig.crash(Victim.DAEMON, null);
                Eventually.holds("the successor at the origin", () -> held.waiting() == 2);
                predecessor.complete(true);
                Eventually.holds("the predecessor is back", () -> held.waiting() == 1 && rig.isQuiet());
                assertEquals(0, object.presentBytes());
                assertFalse(read.bytes().isDone());
                held.pass();
                successor.complete(false);
                assertEquals(0, blobs.wrong(0, 0, BYTES, target, Eventually.of(read.bytes())), "wrong bytes");
            }
        }
    }

    /// A process that is killed takes its threads along; a thread that hangs at the origin cannot be.
    @Test
    @Tag("T12")
    @Tag("I15")
    void all_workers_of_several_predecessors_may_hang_at_the_origin_and_their_successor_serves(@TempDir Path directory)
            throws Exception {
        try (var blobs = Blobs.make(directory.resolve("origin"), 1, BYTES)) {
            var held = new Held(DirectoryOrigin.of(blobs.directory()));
            try (var rig = Rig.over(
                    directory.resolve("cache"),
                    held,
                    options -> options.workers(2).readBytes(4096).handles(Handles.KEPT))) {
                var object = rig.cache.acquireVolume(Rig.VOLUME).acquire(Blobs.name(0));
                var hung = new ArrayList<CompletableFuture<Boolean>>();
                hung.add(held.hold());
                var target = ByteBuffer.allocate(4096);
                var read = object.readAsync(0, target);
                var other = object.readAsync(8192, ByteBuffer.allocate(4096));
                for (int life = 1; life <= 3; life++) {
                    int all = 2 * life;
                    Eventually.holds("both workers of life " + life + " at the origin", () -> held.waiting() == all);
                    if (life == 3) {
                        held.pass();
                    } else {
                        hung.add(held.hold());
                    }
                    rig.crash(Victim.DAEMON, null);
                }
                assertEquals(0, blobs.wrong(0, 0, 4096, target, Eventually.of(read.bytes())), "wrong bytes");
                assertEquals(4096, Eventually.of(other.bytes()));
                hung.forEach(each -> each.complete(true));
                Eventually.holds("all are back", () -> held.waiting() == 0 && rig.isQuiet());
                blobs.assertReads(0, 0, 4096, object);
            }
        }
    }
}
