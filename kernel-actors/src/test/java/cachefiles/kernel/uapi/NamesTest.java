package cachefiles.kernel.uapi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Keys, cookies, ranges and words: what names something.
@DisplayNameGeneration(ReplaceUnderscores.class)
class NamesTest {
    @Test
    void a_range_has_bytes_begins_at_zero_or_behind_and_ends_before_the_largest_number() {
        for (long[] range : new long[][] {{-1, 1}, {0, 0}, {0, -1}, {Long.MAX_VALUE, 1}}) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> new Range(range[0], range[1]),
                    () -> range[0] + "+" + range[1]);
        }
        assertEquals(1, new Range(0, 1).limit());
        assertEquals(Long.MAX_VALUE, new Range(Long.MAX_VALUE - 1, 1).limit());
    }

    @Test
    void ranges_are_ordered_by_where_they_begin_and_then_by_their_length() {
        var ordered = List.of(new Range(0, 1), new Range(0, 2), new Range(1, 1));
        assertEquals(ordered, ordered.reversed().stream().sorted().toList());
        assertEquals(0, new Range(1, 2).compareTo(new Range(1, 2)));
    }

    @Test
    void a_key_has_1_to_255_bytes_and_is_its_bytes() {
        assertThrows(IllegalArgumentException.class, () -> Key.of(new byte[0]));
        assertThrows(IllegalArgumentException.class, () -> Key.of(new byte[256]));
        assertEquals(255, Key.of(new byte[255]).length());
        assertEquals(Key.of("a"), Key.of(new byte[] {'a'}));
        assertEquals(Key.of("a").hashCode(), Key.of(new byte[] {'a'}).hashCode());
        assertEquals("a", Key.of("a").toString());
        assertNotEquals(Key.of("Aa"), Key.of("BB"), "of one hash");
        Object text = "a";
        assertNotEquals(Key.of("a"), text);
    }

    @Test
    void a_cookie_is_its_volume_and_its_key() {
        assertEquals(Cookie.of("v", "a"), Cookie.of("v", "a"));
        assertEquals(
                31 * Key.of("v").hashCode() + Key.of("a").hashCode(),
                Cookie.of("v", "a").hashCode());
        assertNotEquals(Cookie.of("v", "a"), Cookie.of("a", "v"));
    }

    @Test
    @Tag("G13")
    void contents_agree_if_their_sizes_do_and_their_validators_as_far_as_they_are_known() {
        var known = new Content(5, "v1");
        var unknown = new Content(5, "");
        for (Content other : List.of(known, unknown)) {
            assertTrue(known.agreesWith(other) && other.agreesWith(known), other.toString());
            assertTrue(unknown.agreesWith(other) && other.agreesWith(unknown), other.toString());
            assertFalse(other.agreesWith(new Content(6, other.validator())), other.toString());
        }
        assertFalse(known.agreesWith(new Content(5, "v2")));
    }

    @Test
    void object_ids_are_ordered_as_they_are_given() {
        var ordered = List.of(new ObjectId(1), new ObjectId(2), new ObjectId(10));
        assertEquals(ordered, ordered.reversed().stream().sorted().toList());
    }

    @Test
    void a_failure_made_on_purpose_says_why_and_when() {
        var landed = new AtomicInteger();
        var crash = new Faults.Crash("a test", landed::incrementAndGet).now();
        assertEquals("a test", crash.getMessage());
        assertEquals(1, landed.get());
    }

    @Test
    void a_device_exception_carries_its_error() {
        assertEquals(Errno.EIO, new DeviceException(Errno.EIO, "read").errno());
    }

    @Test
    void an_error_says_in_words_what_it_means() {
        for (Errno errno : Errno.values()) {
            assertEquals(errno.text().strip().toLowerCase(Locale.ROOT), errno.text());
            assertEquals(false, errno.text().isEmpty(), errno.toString());
        }
    }

    @Test
    void a_phase_is_found_by_its_word() {
        assertEquals("open-queued", Phase.OPEN_QUEUED.word());
        for (Phase phase : Phase.values()) {
            assertEquals(phase, Phase.of(phase.word()));
        }
        assertThrows(IllegalArgumentException.class, () -> Phase.of("dust"));
    }
}
