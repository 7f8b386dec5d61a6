package cachefiles.daemon.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
@Tag("I15")
class RetriesTest {
    private static final Retries.Bounds BOUNDS = new Retries.Bounds(20_000, 60_000);

    /// When a server that fails at once is asked, in milliseconds.
    private static List<Long> asked(Retries.Bounds bounds, long wished) {
        var times = new ArrayList<Long>(List.of(0L));
        var retries = Retries.begin(bounds, 0);
        for (long now = 0; ; ) {
            retries = retries.failed(false);
            long pause = retries.pauseMillis(now, wished, 1);
            if (pause < 0) {
                return times;
            }
            now += pause;
            times.add(now);
        }
    }

    @Test
    void it_is_asked_again_soon_and_then_about_three_times_a_second_and_not_for_ever() {
        var times = asked(BOUNDS, 0);
        assertEquals(List.of(0L, 50L, 150L, 350L, 700L, 1050L), times.subList(0, 6));
        assertTrue(times.getLast() < 20_000 && times.getLast() > 19_000, times::toString);
        assertEquals(60, times.size());
    }

    @Test
    void the_server_is_left_alone_as_long_as_it_wishes_if_that_is_within_the_bounds() {
        assertEquals(List.of(0L, 7_000L, 14_000L), asked(BOUNDS, 7_000));
        assertEquals(List.of(0L), asked(BOUNDS, 20_000));
    }

    @Test
    void what_comes_begins_a_new_outage_but_not_a_new_whole() {
        var retries = Retries.begin(BOUNDS, 0).failed(true).progressed(19_000).failed(true);
        assertEquals(50, retries.pauseMillis(19_000, 0, 1));
        assertEquals(1, retries.silences());
        assertEquals(-1, retries.progressed(59_990).failed(false).pauseMillis(59_990, 0, 1));
    }

    @Test
    void those_who_wait_do_not_all_ask_at_once() {
        var retries = Retries.begin(BOUNDS, 0).failed(false);
        assertEquals(37, retries.pauseMillis(0, 0, 0));
        assertEquals(43, retries.pauseMillis(0, 0, 0.5));
    }

    @Test
    void silence_of_a_server_that_was_quick_is_soon_taken_for_a_hang() {
        var quick = Pace.UNKNOWN.answered(5);
        assertEquals(2_000, quick.silenceMillis(0));
        assertEquals(400, quick.silenceMillis(1));
        assertEquals(400, quick.silenceMillis(12));
        assertEquals(800, quick.silenceMillis(13));
        assertEquals(6_400, quick.silenceMillis(100));
    }

    @Test
    void a_server_that_is_slow_or_unknown_is_waited_for() {
        assertEquals(10_000, Pace.UNKNOWN.silenceMillis(0));
        assertEquals(8_000, new Pace(1_000).silenceMillis(0));
        assertEquals(8_000, new Pace(1_000).silenceMillis(1));
        assertEquals(125, Pace.UNKNOWN.answered(0).answered(1_000).answerMillis());
    }
}
