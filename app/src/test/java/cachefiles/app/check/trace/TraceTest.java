package cachefiles.app.check.trace;

import static cachefiles.kernel.uapi.Errno.EIO;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.app.check.Scenario;
import cachefiles.app.check.Scenarios;
import cachefiles.app.check.explore.Drawing;
import cachefiles.kernel.reader.GateCore;
import cachefiles.kernel.reader.ReaderCore;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Range;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.Writer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class TraceTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    /// A cache is culled, then a daemon at work dies over and over: all kinds of actors take steps.
    private static final List<String> LINES = traced("q14-cull", "t18-1-lost");

    private static List<String> traced(String... scenarios) {
        var text = new StringWriter();
        try (var trace = new TraceWriter(text, () -> 0)) {
            for (String scenario : scenarios) {
                Scenario.parse(Objects.requireNonNull(Scenarios.text(scenario))).rewritten(trace.run(scenario));
            }
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
        return text.toString().lines().toList();
    }

    private static @Nullable Departure departure(List<String> lines) {
        var conformance = new Conformance();
        try {
            TraceFile.read(new BufferedReader(new StringReader(String.join("\n", lines))), conformance);
        } catch (IOException | TraceFile.DamagedException damaged) {
            throw new AssertionError(damaged);
        }
        return conformance.departure();
    }

    /// The first line that departs.
    private static long line(List<String> lines) {
        var departure = departure(lines);
        assertNotNull(departure, "nothing departs");
        return departure.line();
    }

    /// The lines with one of them changed.
    /// @param line counted from 1
    private static List<String> with(int line, Consumer<ObjectNode> change) {
        var lines = new ArrayList<>(LINES);
        var node = node(lines.get(line - 1));
        change.accept(node);
        lines.set(line - 1, node.toString());
        return lines;
    }

    /// The lines without one of them, as if it had never been written.
    private static List<String> without(int line) {
        var lines = new ArrayList<String>();
        for (String text : LINES) {
            var node = node(text);
            if (node.get("n").asInt() != line) {
                lines.add(node.put("n", lines.size() + 1).toString());
            }
        }
        return lines;
    }

    private static ObjectNode node(String line) {
        try {
            return (ObjectNode) JSON.readTree(line);
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
    }

    /// The first line of `actor` that has some of `field`.
    private static int first(String actor, String field) {
        for (int line = 1; line <= LINES.size(); line++) {
            var node = node(LINES.get(line - 1));
            if (node.path("actor").asText().equals(actor)
                    && !node.path(field).isEmpty()
                    && node.path("message").size() > 0) {
                return line;
            }
        }
        throw new AssertionError("no " + field + " of " + actor);
    }

    @Test
    void the_steps_of_every_scenario_are_steps_of_the_cores_and_what_is_said_is_heard() throws IOException {
        for (String name : Scenarios.names()) {
            var lines = traced(name);
            assertNull(departure(lines), name);
            for (String line : lines) {
                assertEquals(line, TraceFormat.written(TraceFormat.read(line)), name);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cache", "gate", "reader", "device", "object", "daemon", "supervisor"})
    void a_field_that_is_changed_is_named_with_its_line(String actor) {
        int turn = first(actor, "actions");
        assertEquals(
                turn,
                line(with(turn, line -> line.put("after", line.get("after").asText() + "!"))));
        assertEquals(turn, line(with(turn, line -> line.put("before", "something else"))));
        assertEquals(turn, line(with(turn, line -> line.put("why", "chance"))));
        assertEquals(turn, line(with(turn, line -> ((ArrayNode) line.get("actions")).remove(0))));
        assertEquals(
                turn,
                line(with(
                        turn,
                        line -> ((ArrayNode) line.get("actions"))
                                .add(line.get("actions").get(0)))));
        assertEquals(turn, line(with(turn, line -> line.put("life", 7))));
        assertEquals(turn, line(with(turn, line -> line.put("t", -1))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"cache", "device", "object", "daemon"})
    void an_event_that_is_taken_out_is_named_with_its_line(String actor) {
        int turn = first(actor, "events");
        assertEquals(turn, line(with(turn, line -> ((ArrayNode) line.get("events")).remove(0))));
    }

    @Test
    void a_line_that_is_gone_or_at_another_place_is_named() {
        for (int line = 1; line < LINES.size(); line++) {
            var gone = new ArrayList<>(LINES);
            gone.remove(line - 1);
            assertEquals(line, line(gone));
            var swapped = new ArrayList<>(LINES);
            swapped.set(line - 1, LINES.get(line));
            swapped.set(line, LINES.get(line - 1));
            assertEquals(line, line(swapped));
        }
    }

    /// But for the last word of an actor, which nobody can miss.
    @ParameterizedTest
    @ValueSource(strings = {"cache", "gate", "reader", "device", "object", "daemon", "supervisor"})
    void a_step_that_was_taken_and_not_written_is_missed(String actor) {
        int turn = first(actor, "actions");
        assertTrue(line(without(turn)) > 0);
    }

    @Test
    void what_nobody_has_said_is_named_where_it_is_heard() {
        var scenario = traced("q05-crash");
        int outside = 1
                + scenario.indexOf(scenario.stream()
                        .filter(line -> line.contains("\"outside\""))
                        .findFirst()
                        .orElseThrow());
        var lines = new ArrayList<>(scenario);
        lines.set(outside - 1, "{\"n\":" + outside + ",\"t\":0,\"remark\":\"silence\"}");
        var departure = departure(lines);
        assertNotNull(departure);
        assertTrue(departure.what().contains("which nobody has said"), departure::toString);
        assertTrue(lines.get((int) departure.line() - 1).contains("\"actor\":\"device\""), departure::toString);
    }

    /// Of two that end alike, the one whom nobody took does not hear what was said to the other.
    @Test
    void a_read_whose_ask_was_refused_heard_nobody() {
        assertNull(departure(refused(new ReaderCore.Command.Refused(EIO))));
        var departure = departure(refused(new ReaderCore.Command.Ended(EIO)));
        assertNotNull(departure);
        assertTrue(departure.what().contains("hears EIO, which nobody has said"), departure::toString);
    }

    /// Reads 1 and 2 wait when the object is released, which ends 2; read 3 comes later, and ends with `last`.
    private static List<String> refused(ReaderCore.Command last) {
        var text = new StringWriter();
        try (var trace = new TraceWriter(text, () -> 0)) {
            var run = trace.run("refused");
            var cookie = Cookie.of("erofs,trace", "blob");
            var gate = new GateCore(1, 8);
            Consumer<GateCore.Command> toGate = command -> run.stepped(cookie, gate, command, gate.step(command));
            var states = new HashMap<Object, ReaderCore.State>();
            BiConsumer<Object, ReaderCore.Command> toRead = (read, command) -> {
                var step = ReaderCore.step(states.getOrDefault(read, ReaderCore.START), command);
                states.put(read, step.next());
                run.stepped(cookie, read, command, step);
            };
            for (int read = 1; read <= 2; read++) {
                var hole = new Range(read * 4096L, 4096);
                toRead.accept("read " + read, new ReaderCore.Command.SawHole(hole));
                toGate.accept(new GateCore.Command.Await(read, hole, false));
            }
            toGate.accept(new GateCore.Command.Release(false));
            toRead.accept("read 3", new ReaderCore.Command.SawHole(new Range(0, 4096)));
            toRead.accept("read 3", last);
            toRead.accept("read 2", new ReaderCore.Command.Ended(EIO));
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
        return text.toString().lines().toList();
    }

    /// A step that changes nothing, and takes what was said before something else that is heard.
    @Test
    void what_is_lost_though_nobody_has_failed_is_named_where_it_is_said() {
        for (int line = 1; line <= LINES.size(); line++) {
            var node = node(LINES.get(line - 1));
            if (node.path("why").asText().equals("nothing")) {
                continue;
            }
            var departure = departure(without(line));
            if (departure != null && departure.what().contains("is said and not heard")) {
                assertTrue(departure.line() < line, departure::toString);
                return;
            }
        }
        throw new AssertionError("no step of the trace can be lost without another being wrong");
    }

    @Test
    void a_line_that_is_cut_or_no_line_of_a_trace_is_named_and_what_stands_before_it_is_read() {
        for (String broken : List.of(
                LINES.get(9).substring(0, LINES.get(9).length() / 2),
                "",
                "null",
                "{\"n\":10}",
                "{\"n\":10,\"t\":0,\"actor\":\"kernel\",\"life\":1}",
                LINES.get(9) + "}",
                LINES.get(9).replaceFirst("\"is\":\"\\w+\"", "\"is\":\"Nonsense\""),
                "{\"n\":10,\"t\":0,\"run\":\"later\",\"format\":2}")) {
            var lines = new ArrayList<>(LINES);
            lines.set(9, broken);
            var read = new ArrayList<Long>();
            var in = new BufferedReader(new StringReader(String.join("\n", lines)));
            var damaged = assertThrows(
                    TraceFile.DamagedException.class, () -> TraceFile.read(in, (at, _) -> read.add(at)), broken);
            assertTrue(damaged.getMessage().startsWith("line 10: "), damaged::getMessage);
            assertEquals(9, read.size());
        }
    }

    @Test
    void a_full_disk_ends_the_trace_and_not_the_run() {
        var full = new Writer() {
            @Override
            public void write(char[] text, int offset, int length) throws IOException {
                throw new IOException("No space left on device");
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        var trace = new TraceWriter(full);
        trace.run("on a full disk").remark("goes nowhere");
        assertNotNull(trace.failure());
        assertThrows(IOException.class, trace::close);
    }

    @Test
    void a_trace_is_drawn() throws Exception {
        var drawn = new Drawn();
        TraceFile.read(new BufferedReader(new StringReader(String.join("\n", LINES))), (_, line) -> drawn.add(line));
        var mermaid = Drawing.mermaid(drawn.trace());
        assertTrue(mermaid.startsWith("sequenceDiagram\n    participant "), mermaid);
        assertTrue(mermaid.contains("supervisor->>daemon: "), mermaid);
        assertTrue(Drawing.svg(drawn.trace()).startsWith("<svg "));
    }
}
