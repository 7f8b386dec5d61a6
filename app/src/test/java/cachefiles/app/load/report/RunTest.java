package cachefiles.app.load.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.app.load.plan.Recovery;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class RunTest {
    static final long MILLI = 1_000_000;

    /// A run of so many intervals, with a crash in the third.
    /// @param slower every read took that many times as long
    static List<Entry> entries(int intervals, double slower) {
        var entries = new ArrayList<Entry>();
        entries.add(new Entry.Head("test <&>", Map.of("objects", "10"), Map.of("java", "25")));
        entries.add(new Entry.Prepared("open", 10, 2_000_000));
        for (int i = 1; i <= intervals; i++) {
            var before = Latency.none();
            for (int read = 0; read < 100; read++) {
                long nanos = (long) (slower * MILLI * (1 + (read * 7 + i * 3) % 10));
                before.corrected().recordValue(nanos);
                before.real().recordValue(nanos / 2);
            }
            var latencies = new EnumMap<Recovery, Latency>(Recovery.class);
            latencies.put(i < 3 ? Recovery.BEFORE : Recovery.AFTER, before);
            if (i == 3) {
                var down = Latency.none();
                down.corrected().recordValue(300 * MILLI);
                latencies.put(Recovery.DOWN, down);
                entries.add(new Entry.Mark(2_500_000, Recovery.DOWN, "daemon, at fetching"));
                entries.add(new Entry.Mark(2_700_000, Recovery.RESTORING, "3 requests"));
                entries.add(new Entry.Mark(2_800_000, Recovery.AFTER, ""));
            }
            entries.add(new Entry.Interval(
                    i * 1_000_000L,
                    1_000_000,
                    latencies,
                    Latency.empty(),
                    100L * i,
                    i == 3 ? 101 : 100,
                    409_600,
                    0,
                    i == 3 ? Map.of("EIO", 2L) : Map.of(),
                    0,
                    Map.of("heap", 1L << 20, "state.OPEN", 5L + i, "state.CLOSE", 5L, "journal.written", 10L * i)));
        }
        entries.add(new Entry.End(intervals * 1_000_000L, "duration", 0, 1));
        return entries;
    }

    static String log(List<Entry> entries) {
        return entries.stream().map(each -> LogLine.of(each) + "\n").collect(Collectors.joining());
    }

    @Test
    void a_log_tells_what_was_written_and_makes_the_same_report() {
        var entries = entries(5, 1);
        var run = Run.parse(log(entries));
        assertEquals(501, run.reads());
        assertEquals(Map.of("EIO", 2L), run.errors());
        assertEquals(1, run.crashes());
        assertEquals(log(entries), log(List.copyOf(entriesOf(log(entries)))));
        assertEquals(Html.of(Run.of(entries)), Html.of(run));
        assertEquals(Exports.json(Run.of(entries)), Exports.json(run));
        assertEquals(300, run.latencies().get(Recovery.DOWN).corrected().getMaxValue() / (double) MILLI, 1);
    }

    private static List<Entry> entriesOf(String log) {
        return log.lines().map(LogLine::parse).toList();
    }

    @Test
    void a_log_that_was_cut_at_any_byte_still_makes_a_report() {
        String log = log(entries(4, 1));
        String last = "";
        for (int cut = 0; cut < log.length(); cut++) {
            boolean atEnd = cut == 0 || log.charAt(cut - 1) == '\n';
            if (!atEnd && cut % 37 != 0) {
                continue; // what is told changes at the end of a line alone: of the rest one cut in so many
            }
            var run = Run.parse(log.substring(0, cut));
            String page = Html.of(run);
            assertTrue(page.endsWith("</html>\n"));
            assertFalse(run.isConclusive());
            assertTrue(atEnd || page.equals(last), "cut at " + cut);
            last = page;
        }
    }

    @Test
    void what_is_no_log_is_told_with_its_line() {
        var wrong = assertThrows(IllegalArgumentException.class, () -> Run.parse("{\"load\":1}\nnonsense\n"));
        assertEquals("line 2: no JSON", wrong.getMessage());
        wrong = assertThrows(IllegalArgumentException.class, () -> Run.parse("{\"load\":2}\n"));
        assertEquals("line 1: no line of a load's log of version 1", wrong.getMessage());
    }

    @Test
    void a_report_loads_nothing_and_marks_the_crash_in_each_diagram_over_time() {
        String page = Html.of(Run.of(entries(5, 1)));
        assertFalse(page.matches("(?s).*(https?:|src=|href=|@import|url\\().*"), "nothing from outside");
        assertTrue(page.contains("test &lt;&amp;&gt;"));
        assertEquals(5, page.split("class=\"crash\"", -1).length - 1, "latency, throughput, states, memory, journal");
        assertTrue(page.contains("prefers-color-scheme: dark") && page.contains("@media print"));
    }

    @Test
    void csv_has_a_line_an_interval_and_hgrm_ends_at_the_whole_count() {
        var run = Run.of(entries(5, 1));
        var lines = Exports.csv(run).lines().toList();
        assertEquals(6, lines.size());
        assertTrue(lines.get(3).startsWith("3.000,101,409600,2,0,"), lines.get(3));
        assertTrue(Exports.hgrm(run).contains("Total count    =          501"), Exports.hgrm(run));
    }

    @ParameterizedTest
    @CsvSource({
        "p99<20ms, true",
        "p99<1ms, false",
        "real.p50<4ms, true",
        "down.max>250ms, true",
        "down.max<250ms, false",
        "errors=2, true",
        "errors=0, false",
        "wrong=0, true",
        "rate>50, true",
        "rate>500, false",
        "crashes>0, true",
        "late.max<1ms, true",
        "mean<10ms, true",
        "restoring.max<1us, true"
    })
    void what_is_required_holds_or_not(String text, boolean holds) {
        assertEquals(holds, Requirement.parse(text).isMet(Run.of(entries(5, 1))), text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"p99", "p99<5", "speed>3", "errors<2ms", "down.errors=0", "p99!5ms", "p123<1s"})
    void what_cannot_be_required_is_told(String text) {
        assertThrows(IllegalArgumentException.class, () -> Requirement.parse(text));
    }

    @Test
    void runs_alike_do_not_differ_and_a_slower_one_does() {
        var run = Run.of(entries(30, 1));
        assertFalse(Comparison.of(run, run).differs());
        assertFalse(Comparison.of(run, Run.of(entries(25, 1.02))).differs(), "2 % are not worth a word");
        var slower = Comparison.of(run, Run.of(entries(30, 1.3)));
        assertTrue(slower.differs());
        var names = slower.rows().stream().filter(Comparison.Row::differs).map(Comparison.Row::name);
        assertEquals(List.of("p50", "p90", "p99", "p99.9", "max"), names.toList());
        assertThrows(IllegalArgumentException.class, () -> Comparison.of(run, Run.of(entries(8, 1))));
    }

    @Test
    void chances_are_those_of_the_tables() {
        double[] low = {1, 2, 3, 4, 5, 6, 7, 8};
        double[] high = {9, 10, 11, 12, 13, 14, 15, 16};
        assertEquals(0.00094, Comparison.chance(low, high), 0.0001);
        assertEquals(1, Comparison.chance(low, low), 0.05);
        assertEquals(1, Comparison.chance(new double[] {1, 1}, new double[] {1, 1}));
    }

    @Test
    void warnings_say_when_the_generator_was_the_bottleneck() {
        var entries = new ArrayList<>(entries(3, 1));
        assertEquals(List.of(), Run.of(entries).warnings());
        var late = Latency.empty();
        late.recordValueWithCount(50 * MILLI, 1000);
        entries.add(4, new Entry.Interval(1, 1, Map.of(), late, 0, 0, 0, 0, Map.of(), 0, Map.of()));
        var warnings = Run.of(entries).warnings();
        assertTrue(warnings.getFirst().startsWith("the generator was the bottleneck"), warnings::toString);
        entries.removeLast();
        entries.add(new Entry.End(3_000_000, "interrupted", 7, 1));
        assertEquals(3, Run.of(entries).warnings().size());
    }
}
