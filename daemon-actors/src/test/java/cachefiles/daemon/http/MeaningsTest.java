package cachefiles.daemon.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Range;
import cachefiles.testing.StateTable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class MeaningsTest {
    private static final String DATE = "Sun, 22 Nov 2026 10:00:00 GMT";
    private static final String LATER = "Sun, 22 Nov 2026 10:00:07 GMT";

    private static Answer answer(int status, String... fields) {
        var map = new TreeMap<String, List<String>>(String.CASE_INSENSITIVE_ORDER);
        for (int i = 0; i < fields.length; i += 2) {
            map.put(fields[i], List.of(fields[i + 1]));
        }
        return new Answer(status, map);
    }

    private static Ask part(String validator) {
        return new Ask.Part(new Content(1000, validator), Range.between(100, 200));
    }

    private static String told(Ask ask, Answer answer) {
        return switch (Meanings.of(ask, answer, 1_795_341_600)) { // that is DATE
            case Meaning.Found(var content) -> "found " + content.sizeBytes() + " " + content.validator();
            case Meaning.Body(var skip, var take, var goesOn) ->
                "body: skip " + skip + ", take " + take + (goesOn ? ", and leave" : "");
            case Meaning.Moved(var location) -> "moved to " + location;
            case Meaning.AskByGet _ -> "ask by GET";
            case Meaning.Later(var errno, var pause, var why) ->
                "later" + (pause > 0 ? " in " + pause : "") + ": " + errno + " " + why;
            case Meaning.Never(var errno, var why) -> errno + " " + why;
        };
    }

    @Test
    @Tag("G13")
    void each_answer_to_each_question_means_what_the_table_says() {
        var asks = new LinkedHashMap<String, Ask>();
        asks.put("describe", new Ask.Describe());
        asks.put("probe", new Ask.Probe());
        asks.put("part of \"a\"", part("\"a\""));
        asks.put("part of W/\"a\"", part("W/\"a\""));
        asks.put("part of a date", part(DATE));
        asks.put("page", new Ask.Page(5000));
        new StateTable(MeaningsTest.class, "meanings.table").check(asks, answers(), MeaningsTest::told);
    }

    private static Map<String, Answer> answers() {
        var answers = new LinkedHashMap<String, Answer>();
        answers.put("200 whole", answer(200, "Content-Length", "1000", "ETag", "\"a\""));
        answers.put("200 whole, weak", answer(200, "Content-Length", "1000", "ETag", "W/\"a\""));
        answers.put("200 whole, dated", answer(200, "Content-Length", "1000", "Last-Modified", DATE));
        answers.put("200 of no version", answer(200, "Content-Length", "1000"));
        answers.put("200 of another version", answer(200, "Content-Length", "1000", "ETag", "\"b\""));
        answers.put("200 of another length", answer(200, "Content-Length", "999", "ETag", "\"a\""));
        answers.put("200 of any length", answer(200, "ETag", "\"a\""));
        answers.put("200 too large", answer(200, "Content-Length", "5001", "ETag", "\"a\""));
        answers.put("200 encoded", answer(200, "ETag", "\"a\"", "Content-Encoding", "gzip"));
        answers.put("206 as asked", ranged("100-199/1000", "100", "ETag", "\"a\""));
        answers.put(
                "206 as asked, identity",
                ranged("100-199/1000", "100", "ETag", "\"a\"", "Content-Encoding", "identity"));
        answers.put("206 as asked, weak", ranged("100-199/1000", "100", "ETag", "W/\"a\""));
        answers.put("206 as asked, dated", ranged("100-199/1000", "100", "Last-Modified", DATE));
        answers.put("206 of another date", ranged("100-199/1000", "100", "Last-Modified", LATER));
        answers.put("206 of no version", ranged("100-199/1000", "100"));
        answers.put("206 of another version", ranged("100-199/1000", "100", "ETag", "\"b\""));
        answers.put("206 of unknown size", ranged("100-199/*", "100", "ETag", "\"a\""));
        answers.put("206 of another size", ranged("100-199/999", "100", "ETag", "\"a\""));
        answers.put("206 fewer", ranged("100-149/1000", "50", "ETag", "\"a\""));
        answers.put("206 elsewhere", ranged("0-99/1000", "100", "ETag", "\"a\""));
        answers.put("206 more", ranged("100-200/1000", "101", "ETag", "\"a\""));
        answers.put("206 and fewer bytes", ranged("100-199/1000", "50", "ETag", "\"a\""));
        answers.put("206 without range", answer(206, "Content-Length", "100", "ETag", "\"a\""));
        answers.put("206 that cannot be", ranged("199-100/1000", "100", "ETag", "\"a\""));
        answers.put("206 encoded", ranged("100-199/1000", "100", "ETag", "\"a\"", "Content-Encoding", "br"));
        answers.put("204", answer(204));
        answers.put("302", answer(302, "Location", "/elsewhere"));
        answers.put("308 to nowhere", answer(308));
        answers.put("304", answer(304));
        answers.put("401", answer(401));
        answers.put("403", answer(403));
        answers.put("404", answer(404));
        answers.put("405", answer(405));
        answers.put("412", answer(412));
        answers.put("416", answer(416, "Content-Range", "bytes */1000", "ETag", "\"a\""));
        answers.put("416 of an empty object", answer(416, "Content-Range", "bytes */0", "ETag", "\"a\""));
        answers.put("416 of nothing", answer(416));
        answers.put("429 for 3 s", answer(429, "Retry-After", "3"));
        answers.put("500", answer(500));
        answers.put("501", answer(501));
        answers.put("503 until a date", answer(503, "Retry-After", LATER));
        answers.put("503 until its date", answer(503, "Retry-After", LATER, "Date", "Sun, 22 Nov 2026 10:00:05 GMT"));
        answers.put("503 for nonsense", answer(503, "Retry-After", "soon"));
        return answers;
    }

    private static Answer ranged(String range, String length, String... more) {
        var fields = new String[4 + more.length];
        fields[0] = "Content-Range";
        fields[1] = "bytes " + range;
        fields[2] = "Content-Length";
        fields[3] = length;
        System.arraycopy(more, 0, fields, 4, more.length);
        return answer(206, fields);
    }

    @Test
    void a_range_is_asked_for_on_condition_that_may_be_sent() {
        assertEquals("\"a\"", part("\"a\"").fields().get("If-Range"));
        assertEquals(DATE, part(DATE).fields().get("If-Range"));
        assertEquals("bytes=100-199", part("W/\"a\"").fields().get("Range"));
        assertEquals(null, part("W/\"a\"").fields().get("If-Range"));
    }

    @Test
    void a_field_that_came_twice_is_no_validator_but_both() {
        var twice = new Answer(200, Map.of("ETag", List.of("\"a\"", "\"b\"")));
        assertEquals("\"a\", \"b\"", Validators.of(twice));
        assertEquals("", Validators.of(answer(200, "ETag", "\"" + "x".repeat(255) + "\"")));
    }
}
