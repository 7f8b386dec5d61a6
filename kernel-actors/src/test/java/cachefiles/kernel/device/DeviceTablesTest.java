package cachefiles.kernel.device;

import static cachefiles.kernel.device.DeviceBench.BLOB;
import static cachefiles.kernel.device.DeviceBench.FIRST;
import static cachefiles.kernel.uapi.Errno.EFAULT;
import static cachefiles.kernel.uapi.Errno.EIO;
import static cachefiles.kernel.uapi.Errno.OK;
import static org.junit.jupiter.api.Assertions.assertEquals;

import cachefiles.kernel.device.DeviceCommand.AskRest;
import cachefiles.kernel.device.DeviceCommand.CancelRead;
import cachefiles.kernel.device.DeviceCommand.Drop;
import cachefiles.kernel.device.DeviceCommand.ObjectUp;
import cachefiles.kernel.device.DeviceCommand.RetryReopen;
import cachefiles.kernel.device.DeviceCommand.SubmitClose;
import cachefiles.kernel.uapi.Codec;
import cachefiles.kernel.uapi.DeviceCall;
import cachefiles.kernel.uapi.Opcode;
import cachefiles.kernel.uapi.Range;
import cachefiles.testing.Diagram;
import cachefiles.testing.StateTable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Every state of a slot and its requests × every command and call. The state is told as [DeviceBench#show] does.
@DisplayNameGeneration(ReplaceUnderscores.class)
class DeviceTablesTest {
    /// The slot and what is in the table for it, each reached by what leads there.
    private static Map<String, DeviceBench> states() {
        var states = new LinkedHashMap<String, DeviceBench>();
        states.put("fresh", new DeviceBench());
        states.put("OPEN queued", new DeviceBench().lookUp(BLOB));
        states.put("OPEN out", new DeviceBench().lookUp(BLOB).fetch());
        states.put("OPEN out, restored", new DeviceBench().lookUp(BLOB).fetch().restore());
        states.put(
                "OPEN out, handle closed",
                new DeviceBench().lookUp(BLOB).fetch().close(BLOB));
        states.put(
                "OPEN out, daemon died", new DeviceBench().lookUp(BLOB).fetch().takeOver(false));
        states.put(
                "OPEN out, handle kept", new DeviceBench().lookUp(BLOB).fetch().takeOver(true));
        states.put("open", open());
        states.put("open, READ queued", open().read(BLOB, FIRST, 7));
        states.put("open, READ out", open().read(BLOB, FIRST, 7).fetch());
        states.put(
                "open, READ out, daemon died",
                open().read(BLOB, FIRST, 7).fetch().takeOver(false));
        states.put(
                "open, READ out, handle kept",
                open().read(BLOB, FIRST, 7).fetch().takeOver(true));
        states.put("open, CLOSE queued", open().tell(new SubmitClose(BLOB)));
        states.put("closed", open().close(BLOB));
        states.put("closed, READ queued", open().close(BLOB).read(BLOB, FIRST, 7));
        states.put("reopening, OPEN asked for", asked());
        states.put("reopening, OPEN queued", asked().reopen(BLOB));
        states.put("reopening, OPEN out", asked().reopen(BLOB).fetch());
        states.put(
                "reopening, OPEN out, daemon died", asked().reopen(BLOB).fetch().takeOver(false));
        states.put("a try failed", asked().reopen(BLOB).fetch().copen(BLOB, -EIO.number(), ""));
        states.put("resting", resting());
        states.put("last try failed", failedThrice());
        states.put("given up", open().call(new DeviceCall.GiveUp()));
        states.put("dead", open().call(new DeviceCall.Close()));
        return states;
    }

    private static DeviceBench open() {
        return new DeviceBench().opened(BLOB);
    }

    private static DeviceBench asked() {
        return open().close(BLOB).read(BLOB, FIRST, 7).fetch();
    }

    private static DeviceBench resting() {
        return asked().reopen(BLOB).fetch().copen(BLOB, -EIO.number(), "").fetch();
    }

    private static DeviceBench failedThrice() {
        var bench = asked().reopen(BLOB).fetch().copen(BLOB, -EIO.number(), "");
        for (int attempt = 1; attempt < 3; attempt++) {
            bench.fetch().tell(new RetryReopen(BLOB, attempt)).reopen(BLOB).fetch();
            bench.copen(BLOB, -EIO.number(), "");
        }
        return bench;
    }

    /// Every command. An answer names the object's own request and handle, unless it says otherwise.
    private static Map<String, Consumer<DeviceBench>> commands() {
        var commands = new LinkedHashMap<String, Consumer<DeviceBench>>();
        commands.put("SubmitOpen, look-up", bench -> bench.lookUp(BLOB));
        commands.put("SubmitOpen, reopen", bench -> bench.reopen(BLOB));
        commands.put("SubmitRead", bench -> bench.read(BLOB, new Range(8192, 4096), 8));
        commands.put("SubmitRead again", bench -> bench.read(BLOB, FIRST, 9));
        commands.put("SubmitClose", bench -> bench.tell(new SubmitClose(BLOB)));
        commands.put("CancelRead", bench -> bench.tell(new CancelRead(BLOB, 7)));
        commands.put("Drop", bench -> bench.tell(new Drop(BLOB)));
        commands.put("ObjectUp", bench -> bench.tell(new ObjectUp(BLOB)));
        commands.put("AskRest", bench -> bench.tell(new AskRest(BLOB)));
        commands.put("RetryReopen", bench -> bench.tell(new RetryReopen(BLOB, 1)));
        commands.put("RetryReopen, late", bench -> bench.tell(new RetryReopen(BLOB, 0)));
        commands.put("Fetch", DeviceBench::fetch);
        commands.put(
                "Fetch, no room",
                bench -> bench.call(new DeviceCall.Fetch(bench.state.incarnation(), 0, Codec.HEADER_BYTES - 1)));
        commands.put("Fetch, fenced", bench -> bench.call(new DeviceCall.Fetch(0, 0, Codec.MAX_BYTES)));
        commands.put("Copen", bench -> bench.copen(BLOB));
        commands.put("Copen, size 0", bench -> bench.copen(BLOB, 0, ""));
        commands.put("Copen, other size", bench -> bench.copen(BLOB, 1, "v1"));
        commands.put("Copen, other version", bench -> bench.copen(BLOB, 65536, "v2"));
        commands.put("Copen, error", bench -> bench.copen(BLOB, -5, ""));
        commands.put("Copen, no error number", bench -> bench.copen(BLOB, -5000, ""));
        commands.put(
                "Copen, fenced",
                bench -> bench.call(new DeviceCall.Copen(0, bench.idOf(BLOB, Opcode.OPEN), bench.handle(BLOB), 1, "")));
        commands.put(
                "Copen of a READ",
                bench -> bench.call(new DeviceCall.Copen(
                        bench.state.incarnation(), bench.idOf(BLOB, Opcode.READ), bench.handle(BLOB), 1, "")));
        commands.put("Cread", bench -> bench.cread(BLOB, OK));
        commands.put("Cread, error", bench -> bench.cread(BLOB, EIO));
        commands.put(
                "Cread of an OPEN",
                bench -> bench.call(new DeviceCall.Cread(
                        bench.state.incarnation(), bench.idOf(BLOB, Opcode.OPEN), bench.handle(BLOB), OK)));
        commands.put(
                "Refuse the OPEN",
                bench -> bench.call(new DeviceCall.Refuse(
                        bench.state.incarnation(), bench.idOf(BLOB, Opcode.OPEN), bench.handle(BLOB), EFAULT)));
        commands.put(
                "Refuse the READ",
                bench -> bench.call(new DeviceCall.Refuse(
                        bench.state.incarnation(), bench.idOf(BLOB, Opcode.READ), bench.handle(BLOB), EFAULT)));
        commands.put("CloseHandle", bench -> bench.close(BLOB));
        commands.put("CloseHandle, fenced", bench -> bench.call(new DeviceCall.CloseHandle(0, bench.handle(BLOB))));
        commands.put("TakeOver", bench -> bench.takeOver(false));
        commands.put("TakeOver, handles kept", bench -> bench.takeOver(true));
        commands.put("Restore", DeviceBench::restore);
        commands.put("GiveUp", bench -> bench.call(new DeviceCall.GiveUp()));
        commands.put("Close", bench -> bench.call(new DeviceCall.Close()));
        return commands;
    }

    @Test
    @Tag("S27")
    @Tag("S30")
    @Tag("S38")
    @Tag("S42")
    @Tag("S60")
    @Tag("S66")
    @Tag("S68")
    @Tag("S69")
    @Tag("S70")
    @Tag("S71")
    @Tag("S72")
    @Tag("S73")
    @Tag("S74")
    @Tag("S78")
    @Tag("S85")
    @Tag("S86")
    @Tag("S87")
    @Tag("I4")
    void every_command_in_every_state_of_a_slot() {
        new StateTable(DeviceTablesTest.class, "device.table").check(states(), commands(), (state, command) -> {
            var before = state.show(BLOB);
            var bench = new DeviceBench(state.state.copy());
            command.accept(bench);
            assertEquals(before, state.show(BLOB), "a copy shares nothing");
            var after = bench.show(BLOB);
            return (after.equals(before) ? "same" : after) + (bench.said().isEmpty() ? "" : "; " + bench.said());
        });
    }

    @Test
    void a_device_that_is_told_what_another_knows_does_what_that_does() {
        states().forEach((state, known) -> commands().forEach((command, say) -> {
            var from = known.state;
            var told = new DeviceBench(DeviceState.of(
                    from.limits(),
                    from.isDead(),
                    from.hasGivenUp(),
                    from.incarnation(),
                    from.floor(),
                    from.cursor(),
                    from.nextMsgId(),
                    from.lastObjectId(),
                    List.copyOf(from.table()),
                    from.slots()));
            var bench = new DeviceBench(from.copy());
            assertEquals(bench.state.liveHandles(), told.state.liveHandles(), state);
            say.accept(bench);
            say.accept(told);
            assertEquals(bench.said(), told.said(), command + " while " + state);
            assertEquals(bench.show(BLOB), told.show(BLOB), command + " while " + state);
            assertEquals(bench.state.lastObjectId(), told.state.lastObjectId(), command + " while " + state);
            assertEquals(bench.state.floor(), told.state.floor(), command + " while " + state);
        }));
    }

    @Test
    @Tag("S99")
    void the_diagram_of_a_slot_shows_the_moves_that_the_device_makes() {
        var moves = new TreeSet<String>();
        for (DeviceBench state : states().values()) {
            for (Consumer<DeviceBench> command : commands().values()) {
                var bench = new DeviceBench(state.state.copy());
                var from = bench.state.effective(BLOB);
                command.accept(bench);
                var to = bench.state.effective(BLOB);
                if (from != to && bench.state.hasSlot(BLOB)) {
                    moves.add(from + " -> " + to);
                }
            }
        }
        assertEquals(String.join("\n", Diagram.movesIn(Slot.class)), String.join("\n", moves));
    }
}
