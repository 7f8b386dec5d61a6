package cachefiles.daemon.actor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import cachefiles.daemon.fetch.MemoryOrigin;
import cachefiles.daemon.fetch.Origin;
import cachefiles.kernel.uapi.AnonymousFd;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceException;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Faults;
import cachefiles.kernel.uapi.Handle;
import cachefiles.kernel.uapi.ObjectId;
import cachefiles.kernel.uapi.Range;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class FillerTest {
    private static final Cookie COOKIE = Cookie.of("v", "object");
    private static final int BLOCK = Chunks.BLOCK_BYTES;
    private static final int CHUNK = Chunks.CHUNK_BYTES;

    /// Keeps what is written, in order: the first hole begins where that ends.
    private static final class Written implements AnonymousFd {
        private final ByteBuffer bytes;

        Written(long sizeBytes) {
            bytes = ByteBuffer.allocate((int) sizeBytes);
        }

        @Override
        public Handle handle() {
            return new Handle(COOKIE, new ObjectId(1), 1);
        }

        @Override
        public long incarnation() {
            return 1;
        }

        @Override
        public AnonymousFd heldBy(long incarnation) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int write(ByteBuffer source, long position) {
            assertEquals(bytes.position(), position);
            int length = source.remaining();
            bytes.put(source);
            return length;
        }

        @Override
        public Range[] nextHole(long position, long limit) {
            long start = Math.max(position, bytes.position());
            return start < limit ? new Range[] {Range.between(start, limit)} : new Range[0];
        }
    }

    /// Serves the first fetch of each worker only after as many others have begun: so many hang at the origin at once.
    private static final class Crowded implements Origin {
        private final MemoryOrigin origin = new MemoryOrigin();
        private final List<Integer> held = new ArrayList<>();
        private final int others;
        private final Content content;
        private final Filler filler = new Filler(this, Faults.NONE, new Chunks(2));

        Crowded(int others, long sizeBytes) {
            this.others = others;
            this.content = origin.put(COOKIE, sizeBytes);
        }

        void fillOne() {
            var written = new Written(content.sizeBytes());
            assertEquals(Errno.OK, filler.fill(written, content, new Range(0, content.sizeBytes())));
            var expected = ByteBuffer.allocate((int) content.sizeBytes());
            MemoryOrigin.fill(COOKIE, content, 0, expected);
            assertEquals(expected.flip(), written.bytes.flip());
        }

        @Override
        public Content find(Cookie cookie) throws DeviceException {
            return origin.find(cookie);
        }

        @Override
        public void fetch(Cookie cookie, Content expected, long offset, ByteBuffer target) throws DeviceException {
            if (offset == 0) {
                held.add(target.capacity());
                if (held.size() <= others) {
                    fillOne();
                }
            }
            origin.fetch(cookie, expected, offset, target);
        }
    }

    @Test
    @Tag("I15")
    void however_many_workers_wait_for_a_block_those_beyond_the_chunks_hold_a_block() {
        var crowded = new Crowded(999, BLOCK);
        crowded.fillOne();
        assertEquals(
                2L * CHUNK + 998L * BLOCK,
                crowded.held.stream().mapToLong(Integer::longValue).sum());
    }

    @Test
    @Tag("I15")
    void when_all_chunks_are_in_use_others_copy_block_by_block_and_wait_for_nobody() {
        var crowded = new Crowded(9, 3L * BLOCK + 1);
        crowded.fillOne();
        assertEquals(List.of(CHUNK, CHUNK, BLOCK, BLOCK, BLOCK, BLOCK, BLOCK, BLOCK, BLOCK, BLOCK), crowded.held);
    }

    @Test
    @Tag("I15")
    void a_chunk_that_was_given_back_serves_the_next() {
        var crowded = new Crowded(0, CHUNK + 1L);
        for (int i = 0; i < 5; i++) {
            crowded.fillOne();
        }
        assertEquals(List.of(CHUNK, CHUNK, CHUNK, CHUNK, CHUNK), crowded.held);
    }

    /// Chunks outlive daemons: a successor copies through what its predecessor left in them.
    @Test
    @Tag("I20")
    @Tag("D2")
    void what_a_chunk_held_before_is_not_stored_though_an_origin_gives_less_than_it_is_asked_for() {
        var chunks = new Chunks(1);
        var before = chunks.take(CHUNK);
        while (before.hasRemaining()) {
            before.put((byte) 'X');
        }
        chunks.giveBack(before);
        var origin = new MemoryOrigin();
        var content = origin.put(COOKIE, 3L * BLOCK);
        Origin sparing = new Origin() {
            @Override
            public Content find(Cookie cookie) throws DeviceException {
                return origin.find(cookie);
            }

            @Override
            public void fetch(Cookie cookie, Content expected, long offset, ByteBuffer target) throws DeviceException {
                origin.fetch(cookie, expected, offset, target.limit(Math.min(target.limit(), BLOCK)));
            }
        };
        var written = new Written(content.sizeBytes());
        assertEquals(
                Errno.OK, new Filler(sparing, Faults.NONE, chunks).fill(written, content, new Range(0, 3L * BLOCK)));
        var expected = ByteBuffer.allocate(3 * BLOCK);
        MemoryOrigin.fill(COOKIE, content, 0, expected);
        assertEquals(expected.flip(), written.bytes.flip());
    }
}
