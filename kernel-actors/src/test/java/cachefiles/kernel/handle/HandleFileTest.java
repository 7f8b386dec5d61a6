package cachefiles.kernel.handle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import cachefiles.kernel.extent.BackingFile;
import cachefiles.kernel.uapi.AnonymousFd;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceException;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Handle;
import cachefiles.kernel.uapi.ObjectId;
import cachefiles.kernel.uapi.Range;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What a daemon can do with a descriptor, and when it no longer can.
@DisplayNameGeneration(ReplaceUnderscores.class)
class HandleFileTest {
    private static final Handle HANDLE = new Handle(Cookie.of("v", "blob"), new ObjectId(1), 1);

    private final Fence fence = new Fence(_ -> {});
    private final Fence.Gate gate = new Fence.Gate();
    private final File file = new File();
    private final HandleFile fd = new HandleFile(fence, gate, HANDLE, 1, file);

    HandleFileTest() {
        fence.raise(1, 1);
    }

    @Test
    @Tag("S58")
    void a_descriptor_can_be_written_and_searched_but_not_read() {
        var methods = new TreeSet<String>();
        Arrays.stream(AnonymousFd.class.getMethods()).map(Method::getName).forEach(methods::add);
        assertEquals(Set.of("handle", "heldBy", "incarnation", "nextHole", "write"), methods);
    }

    @Test
    @Tag("B25")
    @Tag("S62")
    @Tag("I20")
    void a_write_returns_the_bytes_that_were_given_not_whole_pages() throws DeviceException {
        assertEquals(100, fd.write(ByteBuffer.allocate(100), 0));
    }

    @Test
    @Tag("S61")
    @Tag("T04")
    void a_write_off_a_page_or_before_there_is_a_file_finds_no_buffer_space() {
        assertEquals(Errno.ENOBUFS, refused(() -> fd.write(ByteBuffer.allocate(100), 1)));
        file.attached = false;
        assertEquals(Errno.ENOBUFS, refused(() -> fd.write(ByteBuffer.allocate(100), 0)));
    }

    @Test
    @Tag("S63")
    @Tag("T10")
    void the_first_hole_lies_behind_the_first_data() throws DeviceException {
        fd.write(ByteBuffer.allocate(4096), 0);
        assertArrayEquals(new Range[] {new Range(4096, 4096)}, fd.nextHole(0, 8192));
    }

    @Test
    @Tag("G10")
    @Tag("I4")
    void a_predecessors_descriptor_is_dead_unless_it_was_handed_on() throws DeviceException {
        fence.raise(2, 1);
        assertEquals(Errno.EBADF, refused(() -> fd.write(ByteBuffer.allocate(100), 0)));
        assertEquals(100, fd.heldBy(2).write(ByteBuffer.allocate(100), 0));
        fence.revoke(gate);
        assertEquals(Errno.EBADF, refused(() -> fd.heldBy(2).nextHole(0, 4096)));
    }

    private interface Attempt {
        Object make() throws DeviceException;
    }

    private static Errno refused(Attempt attempt) {
        return assertThrows(DeviceException.class, attempt::make).errno();
    }

    /// A file that remembers how far it was written.
    private static final class File implements BackingFile {
        private boolean attached = true;
        private long written;

        @Override
        public boolean attach(long sizeBytes, String validator) {
            return true;
        }

        @Override
        public boolean attached() {
            return attached;
        }

        @Override
        public long sizeBytes() {
            return 1 << 20;
        }

        @Override
        public String validator() {
            return "v1";
        }

        @Override
        public int read(long offset, ByteBuffer target) {
            return 0;
        }

        @Override
        public Optional<Range> hole(long offset, long limit) {
            return written < limit ? Optional.of(Range.between(Math.max(offset, written), limit)) : Optional.empty();
        }

        @Override
        public boolean write(long offset, ByteBuffer source, WritePermit permit) {
            return permit.holds() && permit.whileHeld(() -> written = offset + source.remaining());
        }

        @Override
        public long presentBytes() {
            return written;
        }

        @Override
        public void clear() {}

        @Override
        public void release() {}
    }
}
