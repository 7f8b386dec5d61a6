package cachefiles.app.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.kernel.device.DeviceAction;
import cachefiles.kernel.device.DeviceCommand;
import cachefiles.kernel.device.DeviceCore;
import cachefiles.kernel.device.DeviceEvent;
import cachefiles.kernel.device.DeviceLimits;
import cachefiles.kernel.device.DeviceState;
import cachefiles.kernel.device.Pending;
import cachefiles.kernel.uapi.Codec;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Decision;
import cachefiles.kernel.uapi.DeviceCall;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Handle;
import cachefiles.kernel.uapi.MsgId;
import cachefiles.kernel.uapi.ObjectId;
import cachefiles.kernel.uapi.Range;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Random commands to the device, sensible or not; the invariants hold after each. A failure names its seed.
@DisplayNameGeneration(ReplaceUnderscores.class)
class DeviceWalkTest {
    private static final int SEEDS = 150;
    private static final int STEPS = 300;
    private static final List<Cookie> COOKIES = List.of(Cookie.of("v", "a"), Cookie.of("v", "b"), Cookie.of("v", "c"));
    private static final Content CONTENT = new Content(65536, "v1");

    @Test
    @Tag("I1")
    @Tag("I2")
    @Tag("I4")
    @Tag("I5")
    @Tag("I10")
    @Tag("I11")
    @Tag("I12")
    @Tag("I14")
    @Tag("I17")
    @Tag("I18")
    void the_invariants_hold_after_any_commands_in_any_order() {
        for (int seed = 0; seed < SEEDS; seed++) {
            walk(seed);
        }
    }

    private static void walk(int seed) {
        var random = new Random(seed);
        var device = new DeviceState(new DeviceLimits(8, 3, 2, 2), 0);
        var ids = new HashSet<MsgId>();
        var handles = new HashSet<ObjectId>();
        for (int step = 0; step < STEPS; step++) {
            var command = draw(random, device);
            var watch = new Invariants.Step(device, command);
            var before = DeviceCore.decide(device, command);
            var decision = DeviceCore.step(device, command);
            var where = "seed " + seed + ", step " + step + ": " + command;
            assertEquals(before.events(), decision.events(), "decide only reads: " + where);
            try {
                watch.after(device, decision, true);
                Invariants.ofDevice(device, true);
            } catch (Violation violation) {
                throw new AssertionError(where, violation);
            }
            fresh(decision, ids, handles, where);
            if (device.isDead() || random.nextInt(200) == 0) {
                return;
            }
        }
    }

    /// I10: no id comes twice.
    private static void fresh(
            Decision<DeviceEvent, DeviceAction> decision, Set<MsgId> ids, Set<ObjectId> handles, String where) {
        for (DeviceEvent event : decision.events()) {
            switch (event) {
                case DeviceEvent.Enqueued(var request) -> assertTrue(ids.add(request.id()), "I10: " + where);
                case DeviceEvent.HandleMade(var handle) -> assertTrue(handles.add(handle.id()), "I10: " + where);
                default -> {}
            }
        }
    }

    private static DeviceCommand draw(Random random, DeviceState device) {
        var cookie = COOKIES.get(random.nextInt(COOKIES.size()));
        var range = new Range(random.nextInt(3) * 4096L, 4096);
        long incarnation = device.incarnation() - (random.nextInt(8) == 0 ? 1 : 0);
        var request = drawRequest(random, device);
        var id = request == null ? new MsgId(random.nextInt(20)) : request.id();
        var out = request == null || request.out() == null
                ? new Handle(cookie, new ObjectId(random.nextInt(5)), incarnation)
                : request.out();
        return switch (random.nextInt(28)) {
            case 0, 1 -> new DeviceCommand.SubmitOpen(cookie, null);
            case 2, 3, 4 -> new DeviceCommand.SubmitOpen(cookie, CONTENT);
            case 5, 6, 7 -> new DeviceCommand.SubmitRead(cookie, range, random.nextInt(4), CONTENT);
            case 8 -> new DeviceCommand.SubmitClose(cookie);
            case 9 -> new DeviceCommand.CancelRead(cookie, random.nextInt(4));
            case 10 -> new DeviceCommand.Drop(cookie);
            case 11 -> random.nextBoolean() ? new DeviceCommand.AskRest(cookie) : new DeviceCommand.ObjectUp(cookie);
            case 12 -> new DeviceCommand.RetryReopen(cookie, random.nextInt(3));
            case 13, 14, 15, 16, 17 ->
                call(new DeviceCall.Fetch(incarnation, 0, random.nextInt(9) == 0 ? 20 : Codec.MAX_BYTES));
            case 18, 19, 20 ->
                call(new DeviceCall.Copen(incarnation, id, out, 65536, random.nextInt(5) == 0 ? "v2" : "v1"));
            case 21 -> call(new DeviceCall.Copen(incarnation, id, out, -random.nextInt(5000), ""));
            case 22, 23 -> call(new DeviceCall.Cread(incarnation, id, out, Errno.OK));
            case 24 -> call(new DeviceCall.Refuse(incarnation, id, out, Errno.EFAULT));
            case 25 -> call(new DeviceCall.CloseHandle(incarnation, out));
            case 26 ->
                call(random.nextBoolean() ? new DeviceCall.Restore() : new DeviceCall.TakeOver(random.nextBoolean()));
            default ->
                call(
                        switch (random.nextInt(12)) {
                            case 0 -> new DeviceCall.GiveUp();
                            case 1 -> new DeviceCall.Close();
                            default -> new DeviceCall.Restore();
                        });
        };
    }

    private static @Nullable Pending drawRequest(Random random, DeviceState device) {
        var table = List.copyOf(device.table());
        return table.isEmpty() ? null : table.get(random.nextInt(table.size()));
    }

    private static DeviceCommand call(DeviceCall call) {
        return new DeviceCommand.Call(call);
    }
}
