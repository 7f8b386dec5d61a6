package cachefiles.app.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import cachefiles.daemon.core.SupervisorState;
import cachefiles.kernel.uapi.AnonymousFd;
import cachefiles.kernel.uapi.DeviceException;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Faults.Victim;
import cachefiles.kernel.uapi.Opcode;
import cachefiles.kernel.uapi.Range;
import cachefiles.kernel.uapi.Request;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Upstream's faulty daemons on the real device: whatever one does wrong, nothing breaks but its own requests, and the
/// engine's own daemon, which takes over after it, serves.
@DisplayNameGeneration(ReplaceUnderscores.class)
class FaultyDaemonTest {
    private static final int PAGE = 4096;
    private static final int BYTES = 2 * PAGE;
    /// What a refused OPEN says: `copen <id>,-1`.
    private static final Errno REFUSED = Errno.EPERM;

    @TempDir
    Path directory;

    private Blobs blobs;
    private Rig rig;
    private Volume volume;

    @BeforeEach
    void open() throws Exception {
        blobs = Blobs.make(directory.resolve("origin"), 1, BYTES);
        rig = Rig.over(directory.resolve("cache"), blobs, options -> options.readBytes(PAGE));
        volume = rig.cache.acquireVolume(Rig.VOLUME);
        Eventually.holds(
                "the engine's own daemon, which is to be there first",
                () -> rig.cache.supervised().phase() == SupervisorState.Phase.RUNNING);
    }

    @AfterEach
    void close() throws Exception {
        rig.close();
        blobs.close();
    }

    private class Faulty extends OwnDaemon {
        Faulty() {
            super(rig.cache.device(), blobs.directory());
        }
    }

    @Test
    @Tag("T04")
    @Tag("S61")
    @Tag("G11")
    void a_write_before_the_open_is_answered_finds_no_file() throws Exception {
        var told = new CopyOnWriteArrayList<Errno>();
        var writer = new Faulty() {
            @Override
            void open(Request.Open request, AnonymousFd fd) {
                var early = assertThrows(DeviceException.class, () -> fd.write(ByteBuffer.allocate(32), 0));
                told.add(early.errno());
                copen(request, fd, -1);
            }
        };
        try (var _ = writer.start()) {
            assertErrno(REFUSED, () -> volume.acquire(Blobs.name(0)));
            assertEquals(List.of(Errno.ENOBUFS), told);
        }
        assertAGoodDaemonServes();
    }

    /// @param well bit 0: OPEN, bit 1: READ, bit 2: CLOSE are handled well
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7})
    @Tag("T05")
    @Tag("T02")
    @Tag("S70")
    @Tag("S88")
    void whatever_a_daemon_does_wrong_a_good_one_serves_after_it(int well) throws Exception {
        var faulty = new Faulty() {
            @Override
            void open(Request.Open request, AnonymousFd fd) throws DeviceException {
                if ((well & 1) == 0) {
                    copen(request, fd, -1);
                } else {
                    super.open(request, fd);
                }
            }

            @Override
            void read(Request.Read request, AnonymousFd fd) throws DeviceException {
                if ((well & 2) == 0) {
                    cread(request, fd);
                } else {
                    super.read(request, fd);
                }
            }

            @Override
            void close(Request.Close request, AnonymousFd fd) {
                if ((well & 4) != 0) {
                    super.close(request, fd);
                }
            }
        };
        try (var _ = faulty.start()) {
            if ((well & 1) == 0) {
                assertErrno(REFUSED, () -> volume.acquire(Blobs.name(0)));
            } else {
                var object = volume.acquire(Blobs.name(0));
                if ((well & 2) == 0) {
                    assertErrno(Errno.EIO, () -> object.read(0, ByteBuffer.allocate(BYTES)));
                } else {
                    blobs.assertReads(0, object);
                }
                object.retire();
                Eventually.holds("a CLOSE", () -> rig.ledger.delivered(Opcode.CLOSE) == 1);
            }
        }
        assertAGoodDaemonServes();
    }

    @Test
    @Tag("T07")
    @Tag("S88")
    void a_read_that_is_completed_without_data_fails_once_and_the_object_stays_open() throws Exception {
        var stores = new AtomicBoolean();
        var daemon = new Faulty() {
            @Override
            void read(Request.Read request, AnonymousFd fd) throws DeviceException {
                if (stores.get()) {
                    fill(request, fd);
                }
                cread(request, fd);
            }
        };
        try (var _ = daemon.start()) {
            var object = volume.acquire(Blobs.name(0));
            for (int attempt = 1; attempt <= 2; attempt++) {
                assertErrno(Errno.EIO, () -> object.read(0, ByteBuffer.allocate(PAGE)));
                assertEquals(attempt, rig.ledger.delivered(Opcode.READ));
            }
            stores.set(true);
            blobs.assertReads(0, object);
            assertEquals(1, rig.ledger.delivered(Opcode.OPEN));
            object.close();
            Eventually.holds("a CLOSE", () -> rig.ledger.delivered(Opcode.CLOSE) == 1);
        }
        assertAGoodDaemonServes();
    }

    @Test
    @Tag("T10")
    @Tag("S63")
    void a_descriptor_tells_where_data_and_holes_are() throws Exception {
        long size = blobs.size(0);
        var holes = new CopyOnWriteArrayList<List<Range>>();
        var daemon = new Faulty() {
            @Override
            void read(Request.Read request, AnonymousFd fd) throws DeviceException {
                fill(request, fd);
                holes.add(List.of(fd.nextHole(0, size)));
                cread(request, fd);
            }
        };
        try (var _ = daemon.start()) {
            blobs.assertReads(0, volume.acquire(Blobs.name(0)));
        }
        assertEquals(List.of(List.of(Range.between(PAGE, size)), List.of()), holes);
    }

    @Test
    @Tag("T12")
    @Tag("I10")
    void a_read_that_a_daemon_swallows_waits_for_its_successor() throws Exception {
        var swallowed = new CopyOnWriteArrayList<Request.Read>();
        var daemon = new Faulty() {
            @Override
            void read(Request.Read request, AnonymousFd fd) {
                swallowed.add(request);
            }
        };
        try (var _ = daemon.start()) {
            var object = volume.acquire(Blobs.name(0));
            var target = ByteBuffer.allocate(PAGE);
            var read = object.readAsync(0, target);
            Eventually.holds("the READ is out", () -> swallowed.size() == 1);
            rig.crash(Victim.DAEMON, null); // the engine's own: its successor takes over
            assertEquals(PAGE, Eventually.of(read.bytes()));
            var right = ByteBuffer.allocate(PAGE);
            object.read(0, right);
            assertArrayEquals(right.array(), target.array());
            blobs.assertReads(0, object);
        }
    }

    private void assertAGoodDaemonServes() throws Exception {
        rig.crash(Victim.DAEMON, null);
        var object = volume.acquire(Blobs.name(0));
        blobs.assertReads(0, object);
        object.close();
    }

    private static void assertErrno(Errno expected, Executable what) {
        assertEquals(expected, assertThrows(DeviceException.class, what).errno());
    }
}
