package cachefiles.app.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;

import cachefiles.kernel.uapi.Range;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class RepliesTest {
    /// Of an object of 100 bytes: `offset+length` of each range, `none` if nothing asked for is there, `all` if the
    /// header is ignored.
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    bytes=0-0            | 0+1
                    bytes=0-             | 0+100
                    bytes=10-19          | 10+10
                    bytes=90-1000        | 90+10
                    bytes=-5             | 95+5
                    bytes=-1000          | 0+100
                    BYTES = 1-2 , 4-     | 1+2 4+96
                    bytes=0-1,200-,5-5   | 0+2 5+1
                    bytes=100-           | none
                    bytes=200-300        | none
                    bytes=-0             | none
                    bytes=5-4            | all
                    bytes=               | all
                    bytes=a-b            | all
                    bytes=0-1,x          | all
                    bytes=1-2-3          | all
                    bytes=0-99,0-        | all
                    seconds=1-2          | all
                    bytes 1-2            | all
                    bytes=9999999999999999999999- | all
                    """)
    void ranges_are_read_as_rfc_9110_has_them(String header, String expected) {
        assertEquals(expected, text(RangeHeader.ranges(header, 100)));
    }

    @Test
    void of_nothing_there_is_no_first_byte_and_its_end_is_all_of_it() {
        assertEquals("none", text(RangeHeader.ranges("bytes=0-", 0)));
        assertEquals("all", text(RangeHeader.ranges("bytes=-1", 0)));
    }

    @Test
    void more_ranges_than_anybody_needs_are_ignored() {
        assertEquals("all", text(RangeHeader.ranges("bytes=0-0" + ",0-0".repeat(RangeHeader.MOST_RANGES), 100)));
    }

    private static String text(Optional<List<Range>> ranges) {
        return ranges.map(all -> all.isEmpty()
                        ? "none"
                        : String.join(
                                " ",
                                all.stream()
                                        .map(range -> range.offset() + "+" + range.length())
                                        .toList()))
                .orElse("all");
    }

    /// The object has the tag `"v2"` and 100 bytes.
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', textBlock = """
                    # If-Match  | If-None-Match  | If-Range | Range      | reply
                                |                |          |            | Whole
                                |                |          | bytes=0-9  | Partial
                                |                |          | bytes=100- | Unsatisfiable
                    "v2"        |                |          |            | Whole
                    "v1", "v2"  |                |          | bytes=0-9  | Partial
                    *           |                |          |            | Whole
                    "v1"        |                |          |            | Failed
                    W/"v2"      |                |          |            | Failed
                    "v1"        | "v2"           |          |            | Failed
                                | "v2"           |          |            | NotModified
                                | W/"v2"         |          |            | NotModified
                                | *              |          | bytes=0-9  | NotModified
                                | "v1"           |          | bytes=0-9  | Partial
                                |                | "v2"     | bytes=0-9  | Partial
                                |                | "v1"     | bytes=0-9  | Whole
                                |                | W/"v2"   | bytes=0-9  | Whole
                                |                | "v1"     | bytes=100- | Whole
                    """)
    void conditions_come_before_ranges(
            @Nullable String ifMatch,
            @Nullable String ifNoneMatch,
            @Nullable String ifRange,
            @Nullable String range,
            String expected) {
        var asked = new Replies.Asked(filled(ifMatch), filled(ifNoneMatch), filled(ifRange), filled(range));
        assertEquals(expected, Replies.of(asked, "\"v2\"", 100).getClass().getSimpleName());
    }

    private static String filled(@Nullable String cell) {
        return cell == null ? "" : cell;
    }

    @Test
    void an_object_without_a_tag_is_never_the_one_that_was_meant() {
        assertEquals(
                new Replies.Reply.Whole(), Replies.of(new Replies.Asked("", "\"\"", "\"\"", "bytes=0-9"), "", 100));
        assertEquals(new Replies.Reply.Failed(), Replies.of(new Replies.Asked("\"\"", "", "", ""), "", 100));
    }

    @Test
    void a_tag_is_the_origins_own_if_it_is_a_strong_one_and_weak_if_the_origins_is() {
        assertEquals("\"abc\"", EntityTags.of("\"abc\"", 5));
        assertEquals("", EntityTags.of("", 5));
        String tag = EntityTags.of("mtime 17", 5);
        assertEquals(26, tag.length());
        assertEquals(tag, EntityTags.of("mtime 17", 5));
        assertEquals(false, tag.equals(EntityTags.of("mtime 17", 6)));
        assertEquals(true, EntityTags.isWeak(EntityTags.of("W/\"abc\" Thu, 01 Jan 1970 00:00:00 GMT", 5)));
        assertEquals(false, EntityTags.of("\"a\"b\"", 5).equals("\"a\"b\""));
    }
}
