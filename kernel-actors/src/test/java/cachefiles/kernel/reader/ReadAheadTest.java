package cachefiles.kernel.reader;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.kernel.uapi.Range;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
@Tag("S117")
class ReadAheadTest {
    private static final int BLOCK = 4096;
    private static final int PIECE = 16 * BLOCK;
    private static final long MOST = 64L * BLOCK;
    private static final long SIZE = 1L << 30;

    private final ReadAhead ahead = new ReadAhead(MOST, PIECE, SIZE);
    private final List<Range> asked = new ArrayList<>();

    /// A read that misses at its beginning, and asks for its blocks, a piece at most.
    private List<Range> miss(long offset, long length) {
        long holeStart = offset / BLOCK * BLOCK;
        long limit = Math.min(offset + length, holeStart + PIECE);
        ahead.missed(new Range(offset, length), Range.between(holeStart, Math.ceilDiv(limit, (long) BLOCK) * BLOCK));
        var more = due(ahead);
        asked.addAll(more);
        return more;
    }

    /// All that is to be asked for, if any number of bytes may be under way.
    private static List<Range> due(ReadAhead ahead) {
        var due = new ArrayList<Range>();
        for (var next = ahead.next(Long.MAX_VALUE); next.isPresent(); next = ahead.next(Long.MAX_VALUE)) {
            due.add(next.get());
        }
        return due;
    }

    /// A read of present bytes.
    private List<Range> hit(long offset, long length) {
        var seen = new Range(offset, length);
        for (long mark : ahead.marks()) {
            if (seen.contains(mark)) {
                ahead.passed(seen);
            }
        }
        return due(ahead);
    }

    private static List<Range> blocks(int... offsetsAndLengths) {
        var ranges = new ArrayList<Range>();
        for (int i = 0; i < offsetsAndLengths.length; i += 2) {
            ranges.add(new Range((long) offsetsAndLengths[i] * BLOCK, (long) offsetsAndLengths[i + 1] * BLOCK));
        }
        return ranges;
    }

    @Test
    void one_read_has_nothing_asked_ahead() {
        assertEquals(List.of(), miss(0, BLOCK));
        assertEquals(List.of(), miss(0, BLOCK));
        assertEquals(0, ahead.marks().length);
    }

    @Test
    void reading_on_asks_ahead_and_more_each_time_that_the_mark_is_passed() {
        miss(0, BLOCK);
        assertEquals(blocks(2, 4), miss(BLOCK, BLOCK));
        assertEquals(List.of(), hit(2 * BLOCK, BLOCK));
        assertEquals(blocks(6, 6), hit(3 * BLOCK, BLOCK));
        assertEquals(blocks(12, 4, 16, 9), hit(8 * BLOCK, BLOCK));
    }

    @Test
    void the_window_has_a_bound_and_asks_end_on_edges_of_pieces() {
        miss(0, BLOCK);
        long last = 0;
        for (int block = 1; block < 1000; block++) {
            var more = block == 1 ? miss((long) block * BLOCK, BLOCK) : hit((long) block * BLOCK, BLOCK);
            for (Range range : more) {
                assertTrue(range.length() <= PIECE);
                assertEquals(range.offset() / PIECE, (range.limit() - 1) / PIECE, "within a piece");
                last = range.limit();
            }
            assertTrue(last - (block + 1L) * BLOCK <= MOST, "not further ahead than allowed");
            assertTrue(last > (block + 1L) * BLOCK, "always ahead");
        }
    }

    @Test
    void reads_that_begin_within_a_block_go_on_too() {
        miss(0, 1000);
        assertEquals(List.of(new Range(2 * BLOCK, 808)), miss(4000, 1000));
    }

    @Test
    void the_rest_of_a_long_read_is_asked_for_at_once_and_nothing_beyond_it() {
        assertEquals(blocks(16, 16, 32, 8), miss(0, 40L * BLOCK));
        assertEquals(List.of(), hit(0, 39L * BLOCK));
    }

    @Test
    void of_a_very_long_read_as_much_is_asked_for_as_may_be_ahead() {
        assertEquals(blocks(16, 16, 32, 16, 48, 16), miss(0, 200L * BLOCK));
        assertEquals(List.of(), hit(0, 16L * BLOCK));
        assertEquals(blocks(64, 16, 80, 16, 96, 1), hit(16L * BLOCK, 17L * BLOCK));
    }

    @Test
    void nothing_is_asked_for_behind_the_end() {
        var small = new ReadAhead(MOST, PIECE, 3L * BLOCK + 10);
        small.missed(new Range(0, BLOCK), new Range(0, BLOCK));
        small.missed(new Range(BLOCK, BLOCK), new Range(BLOCK, BLOCK));
        assertEquals(List.of(new Range(2L * BLOCK, BLOCK + 10)), due(small));
        assertEquals(0, small.marks().length);
    }

    @Test
    void without_a_window_nothing_is_asked_ahead() {
        var off = new ReadAhead(0, PIECE, SIZE);
        for (int i = 0; i < 10; i++) {
            off.missed(new Range((long) i * PIECE, 4 * PIECE), new Range((long) i * PIECE, PIECE));
            assertEquals(List.of(), due(off));
        }
    }

    @Test
    @Tag("I15")
    void so_much_is_under_way_and_no_more_until_some_of_it_has_ended() {
        ahead.missed(new Range(0, 60L * BLOCK), new Range(0, PIECE));
        long most = 2 * PIECE + BLOCK;
        assertEquals(
                blocks(16, 16, 32, 16),
                List.of(ahead.next(most).orElseThrow(), ahead.next(most).orElseThrow()));
        assertEquals(Optional.empty(), ahead.next(most));
        ahead.ended(PIECE - BLOCK);
        assertEquals(Optional.of(new Range(48L * BLOCK, 12L * BLOCK)), ahead.next(most));
        assertEquals(Optional.empty(), ahead.next(most));
    }

    @Test
    @Tag("I15")
    void what_may_be_under_way_is_used_to_its_last_byte() {
        ahead.missed(new Range(0, 60L * BLOCK), new Range(0, PIECE));
        assertEquals(Optional.of(new Range(PIECE, PIECE)), ahead.next(2 * PIECE));
        assertEquals(Optional.of(new Range(2 * PIECE, PIECE)), ahead.next(2 * PIECE));
        assertEquals(Optional.empty(), ahead.next(2 * PIECE));
    }

    @Test
    void one_piece_may_be_under_way_however_little_may() {
        ahead.missed(new Range(0, 60L * BLOCK), new Range(0, PIECE));
        assertEquals(Optional.of(new Range(PIECE, PIECE)), ahead.next(1));
        assertEquals(Optional.empty(), ahead.next(1));
    }

    @Test
    void several_who_read_in_order_are_told_apart() {
        for (int stream = 0; stream < ReadAhead.STREAMS; stream++) {
            miss(stream * (1L << 20), BLOCK);
        }
        for (int stream = 0; stream < ReadAhead.STREAMS; stream++) {
            long next = stream * (1L << 20) + BLOCK;
            assertEquals(List.of(new Range(next + BLOCK, 4 * BLOCK)), miss(next, BLOCK));
        }
        assertEquals(ReadAhead.STREAMS, ahead.marks().length);
    }

    @Test
    void a_mark_that_is_passed_is_that_of_its_own_stream() {
        long far = 1L << 20;
        for (long start : new long[] {0, far}) {
            miss(start, BLOCK);
            miss(start + BLOCK, BLOCK);
        }
        assertEquals(List.of(new Range(far + 6 * BLOCK, 6 * BLOCK)), hit(far + 3 * BLOCK, BLOCK));
        assertEquals(blocks(6, 6), hit(3 * BLOCK, BLOCK));
    }

    @Test
    void a_miss_before_the_mark_goes_on_and_leaves_the_window_and_one_that_touches_the_mark_doubles_it() {
        int toMark = 6 * BLOCK - 5 * BLOCK / 2 - 2 * BLOCK; // of 5 blocks that are ahead, the second half
        for (int touching = 0; touching <= 1; touching++) {
            var here = new ReadAhead(MOST, PIECE, SIZE);
            here.missed(new Range(0, BLOCK), new Range(0, BLOCK));
            here.missed(new Range(BLOCK, BLOCK), new Range(BLOCK, BLOCK));
            assertEquals(blocks(2, 4), due(here));
            var read = new Range(2 * BLOCK, toMark + touching);
            here.missed(read, new Range(2 * BLOCK, 2 * BLOCK));
            long window = (touching == 1 ? 8 : 4) * (long) BLOCK;
            assertEquals(List.of(Range.between(6 * BLOCK, read.limit() + window)), due(here));
        }
    }

    @Test
    void who_misses_the_same_again_takes_no_other_streams_place() {
        miss(1 << 20, BLOCK);
        for (int i = 0; i < ReadAhead.STREAMS; i++) {
            miss(0, BLOCK);
        }
        assertEquals(List.of(new Range((1 << 20) + 2 * BLOCK, 4 * BLOCK)), miss((1 << 20) + BLOCK, BLOCK));
    }

    @Test
    void reads_here_and_there_have_next_to_nothing_asked_ahead() {
        var random = new SplittableRandom(1);
        long wanted = 0;
        for (int i = 0; i < 10_000; i++) {
            int length = 4096 << random.nextInt(4);
            miss(random.nextLong(SIZE - length), length);
            wanted += length;
        }
        long more = asked.stream().mapToLong(Range::length).sum();
        assertTrue(more < wanted / 100, () -> more + " bytes more");
    }

    @Test
    void many_who_read_the_same_have_nothing_asked_ahead() {
        for (int i = 0; i < 64; i++) {
            assertEquals(List.of(), miss(1 << 20, PIECE));
        }
        assertArrayEquals(new long[0], ahead.marks());
    }
}
