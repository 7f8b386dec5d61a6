package cachefiles.kernel.device;

import static cachefiles.kernel.device.DeviceBench.BLOB;
import static cachefiles.kernel.device.DeviceBench.FIRST;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.fail;

import cachefiles.kernel.device.DeviceCommand.Drop;
import cachefiles.kernel.device.DeviceCommand.SubmitClose;
import cachefiles.kernel.object.ObjectCommand;
import cachefiles.kernel.object.ObjectCore;
import cachefiles.kernel.object.ObjectState;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceCall;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Handle;
import cachefiles.kernel.uapi.ObjectId;
import cachefiles.kernel.uapi.Opcode;
import cachefiles.testing.Brief;
import cachefiles.testing.ModuleFolder;
import cachefiles.testing.StateTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The kernel's own table of states, S91 to S102, cell by cell against the device. What the kernel does is read from
/// `docs/reference`; where the device ends in another state, [#BETTER] must say why.
///
/// DROPPING is a state of the object; the device has no slot then.
@DisplayNameGeneration(ReplaceUnderscores.class)
class KernelStatesTest {
    private static final Path REFERENCE =
            ModuleFolder.of(KernelStatesTest.class).resolve("../docs/reference/ondemand-semantics.md");
    private static final Pattern STATE =
            Pattern.compile("(?:CLOSE|OPEN|REOPENING|DROPPING)(?:, id(?:>0| -1| 0))?(?! request)");

    private static final Map<String, String> BETTER = Map.of(
            "S94 CLOSE, id 0", "a slot remembers its failed open until the object drops it",
            "S95 CLOSE, id>0", "G15: a failed open takes its handle along",
            "S95 REOPENING, id>0", "G4: an error answer ends the attempt",
            "S97 REOPENING, id>0", "the OPEN goes out again at once: the attempt goes on (I7)",
            "S95 REOPENING, id -1", "G3: refused and reported; the OPEN stays and goes out again",
            "S96 REOPENING, id -1", "G3: as S95",
            "S101 CLOSE, id 0", "the slot is forgotten whatever it holds",
            "S99 CLOSE, id>0", "the OPEN that is out is the attempt: the READ waits for it");

    /// A row: what happens, and to what it happens in each column.
    private record Row(
            String rule, Map<String, Supplier<DeviceBench>> starts, Function<DeviceBench, DeviceBench> event) {}

    private static DeviceBench fresh() {
        return new DeviceBench(new DeviceLimits(16, 1, 3, 2));
    }

    private static DeviceBench asked() {
        return fresh().opened(BLOB).close(BLOB).read(BLOB, FIRST, 7).fetch();
    }

    private static Map<String, Supplier<DeviceBench>> columns() {
        var columns = new LinkedHashMap<String, Supplier<DeviceBench>>();
        columns.put("CLOSE, id 0", KernelStatesTest::fresh);
        columns.put("CLOSE, id>0", () -> fresh().lookUp(BLOB).fetch());
        columns.put("CLOSE, id -1", () -> fresh().opened(BLOB).close(BLOB));
        columns.put("REOPENING, id -1", KernelStatesTest::asked);
        columns.put("REOPENING, id>0", () -> asked().reopen(BLOB).fetch());
        columns.put("OPEN, id>0", () -> fresh().opened(BLOB));
        columns.put("DROPPING", () -> fresh());
        return columns;
    }

    /// The same, with an OPEN in the table where there can be one.
    private static Map<String, Supplier<DeviceBench>> withOpen(boolean handedOut) {
        var columns = columns();
        columns.put("CLOSE, id 0", () -> fresh().lookUp(BLOB));
        columns.put(
                "CLOSE, id -1",
                handedOut
                        ? () -> fresh().lookUp(BLOB).fetch().close(BLOB)
                        : () -> fresh().opened(BLOB).close(BLOB).lookUp(BLOB));
        columns.put(
                "REOPENING, id -1",
                handedOut ? () -> asked().reopen(BLOB).fetch().close(BLOB) : () -> asked().reopen(BLOB));
        columns.put("CLOSE, id>0", () -> fresh().lookUp(BLOB).fetch().restore());
        columns.put("REOPENING, id>0", () -> asked().reopen(BLOB).fetch().restore());
        return columns;
    }

    private static List<Row> rows() {
        return List.of(
                new Row(
                        "S91",
                        columns(),
                        bench -> bench.state.slot(BLOB).hidesReads() ? bench.reopen(BLOB) : bench.lookUp(BLOB)),
                new Row(
                        "S92",
                        columns(),
                        bench -> bench.call(new DeviceCall.GiveUp()).reopen(BLOB)),
                new Row("S93", withOpen(false), DeviceBench::fetch),
                new Row("S94", withOpen(false), bench -> full(bench).fetch()),
                new Row("S95", withOpen(true), bench -> bench.copen(BLOB, -5, "")),
                new Row("S96", withOpen(true), bench -> bench.copen(BLOB)),
                new Row("S97", columns(), bench -> bench.close(BLOB)),
                new Row("S98", columns(), bench -> bench.read(BLOB, FIRST, 8)),
                new Row("S99", columns(), bench -> bench.read(BLOB, FIRST, 8).fetch()),
                new Row("S100", columns(), DeviceBench::restore),
                new Row(
                        "S101",
                        columns(),
                        bench -> bench.tell(new SubmitClose(BLOB)).state.requestsOf(BLOB).stream()
                                        .anyMatch(request -> request.opcode() == Opcode.CLOSE)
                                ? bench
                                : bench.tell(new Drop(BLOB))),
                new Row("S102", columns(), bench -> bench.call(new DeviceCall.Close())));
    }

    /// The one handle that may be had is another object's.
    private static DeviceBench full(DeviceBench bench) {
        var other = Cookie.of("v", "other");
        bench.tell(new DeviceCommand.SubmitOpen(other, null));
        DeviceCore.evolve(bench.state, new DeviceEvent.HandleMade(new Handle(other, new ObjectId(99), 1)));
        return bench;
    }

    @Test
    @Tag("S91")
    @Tag("S92")
    @Tag("S93")
    @Tag("S94")
    @Tag("S95")
    @Tag("S96")
    @Tag("S97")
    @Tag("S98")
    @Tag("S99")
    @Tag("S100")
    @Tag("S101")
    @Tag("S102")
    void each_cell_of_the_kernels_table_ends_in_its_state_or_says_why_not() throws IOException {
        var kernel = kernelsCells();
        var columns = columns().keySet();
        var unexplained = new ArrayList<String>();
        var rows = new LinkedHashMap<String, Row>();
        rows().forEach(row -> rows.put(row.rule(), row));
        var names = new LinkedHashMap<String, String>();
        columns.forEach(column -> names.put(column, column));
        new StateTable(KernelStatesTest.class, "kernel-states.table").check(rows, names, (row, column) -> {
            var told = Objects.requireNonNull(kernel.get(row.rule() + " " + column));
            if (told.equals("-")) {
                return "-";
            }
            if (column.equals("DROPPING")) {
                return dropping(row) + "   [kernel: " + told + "]";
            }
            var bench = Objects.requireNonNull(row.starts().get(column)).get();
            var before = stateOf(bench);
            row.event().apply(bench);
            var after = stateOf(bench);
            var wanted = STATE.matcher(told);
            boolean agrees = wanted.lookingAt()
                    ? after.startsWith(wanted.group().replace("DROPPING", "gone"))
                    : after.equals(before);
            var why = BETTER.get(row.rule() + " " + column);
            if (agrees == (why != null)) {
                unexplained.add(row.rule() + " " + column + ": " + before + " -> " + after + ", kernel: " + told);
            }
            return (after.equals(before) ? "same" : after) + (bench.said().isEmpty() ? "" : "; " + bench.said())
                    + "   [kernel: " + told + (why == null ? "" : "; better: " + why) + "]";
        });
        if (!unexplained.isEmpty()) {
            fail("differs without a reason, or has a reason without a difference:\n" + String.join("\n", unexplained));
        }
    }

    /// What the object does not let through the device need not refuse.
    private static String dropping(Row row) {
        var object = new ObjectState.Dropping(DeviceBench.CONTENT, false, Errno.OK);
        ObjectCommand command = switch (row.rule()) {
            case "S91" -> new ObjectCommand.Heard(new Notice.Reopen());
            case "S92" -> new ObjectCommand.Heard(new Notice.OpenEnded(Errno.EIO, null));
            case "S98" -> new ObjectCommand.Read(1, FIRST);
            default -> null;
        };
        if (command != null) {
            var decision = ObjectCore.decide(BLOB, object, command);
            assertEquals(List.of(), decision.events());
            return "same; " + Brief.of(decision.actions());
        }
        var bench = fresh().opened(BLOB).tell(new Drop(BLOB));
        row.event().apply(bench);
        assertFalse(bench.state.hasSlot(BLOB));
        return "same; " + bench.said();
    }

    private static String stateOf(DeviceBench bench) {
        if (!bench.state.hasSlot(BLOB) && bench.state.requestsOf(BLOB).isEmpty() && bench.dropped()) {
            return "gone";
        }
        var slot = bench.state.slot(BLOB);
        var id = slot.handle() > 0 ? ">0" : slot.handle() == 0 ? " 0" : " -1";
        return bench.state.effective(BLOB) + ", id" + id;
    }

    /// Rule and column -> the kernel's cell.
    private static Map<String, String> kernelsCells() throws IOException {
        var cells = new LinkedHashMap<String, String>();
        var columns = List.copyOf(columns().keySet());
        for (String line : Files.readAllLines(REFERENCE)) {
            var row = Arrays.stream(line.split("\\|")).map(String::strip).toList();
            if (row.size() == 10 && row.get(1).matches("S\\d+")) {
                for (int i = 0; i < columns.size(); i++) {
                    cells.put(row.get(1) + " " + columns.get(i), row.get(i + 3).replace("*", ""));
                }
            }
        }
        assertEquals(12 * 7, cells.size());
        return cells;
    }
}
