package cachefiles.kernel.device;

import static cachefiles.kernel.uapi.Errno.EINVAL;
import static cachefiles.kernel.uapi.Errno.OK;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.kernel.uapi.DeviceCall;
import cachefiles.kernel.uapi.Opcode;
import cachefiles.kernel.uapi.Range;
import cachefiles.kernel.uapi.Request;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// A request from its enqueueing to its end, and the handle it goes out under.
@DisplayNameGeneration(ReplaceUnderscores.class)
class RequestLifeTest {
    private static final Range SECOND = new Range(4096, 4096);

    private final DeviceBench bench = new DeviceBench();

    @Test
    @Tag("S7")
    @Tag("S84")
    void a_slot_has_no_id_then_that_of_the_live_handle_then_minus_one() {
        assertEquals(0, bench.state.slot(DeviceBench.BLOB).handle());
        bench.opened(DeviceBench.BLOB);
        assertEquals(1, bench.state.slot(DeviceBench.BLOB).handle());
        bench.close(DeviceBench.BLOB);
        assertEquals(-1, bench.state.slot(DeviceBench.BLOB).handle());
        assertEquals(Slot.State.CLOSE, bench.state.effective(DeviceBench.BLOB));
    }

    @Test
    @Tag("S8")
    @Tag("S67")
    @Tag("I1")
    void a_request_is_in_the_table_until_it_ends_and_delivery_takes_its_mark_alone() {
        bench.opened(DeviceBench.BLOB).read(DeviceBench.BLOB, DeviceBench.FIRST, 7);
        var id = bench.idOf(DeviceBench.BLOB, Opcode.READ);
        assertTrue(bench.state.request(id).isNew());
        bench.fetch();
        assertFalse(bench.state.request(id).isNew());
        assertEquals(7, bench.state.request(id).tag());
        bench.cread(DeviceBench.BLOB, OK);
        assertNull(bench.state.request(id));
        var again = new DeviceCall.Cread(bench.state.incarnation(), id, bench.handle(DeviceBench.BLOB), OK);
        assertEquals(EINVAL, bench.call(again).answer());
    }

    @Test
    @Tag("S9")
    @Tag("S4")
    void a_handle_carries_its_incarnation_and_pins_the_cache_until_it_is_closed() {
        bench.lookUp(DeviceBench.BLOB).fetch();
        assertEquals(1, bench.state.liveHandles());
        assertEquals(bench.state.incarnation(), bench.handle(DeviceBench.BLOB).incarnation());
        bench.close(DeviceBench.BLOB);
        assertEquals(0, bench.state.liveHandles());
    }

    @Test
    @Tag("S20")
    @Tag("S32")
    @Tag("G8")
    void the_descriptor_number_is_that_of_the_delivery_and_a_second_one_brings_the_same() {
        bench.lookUp(DeviceBench.BLOB).fetch();
        var first = delivered();
        bench.restore().fetch();
        assertEquals(first, delivered());
        bench.takeOver(false).restore().fetch();
        assertNotEquals(first.fd(), delivered().fd());
        assertEquals(delivered().objectId().value(), delivered().fd());
        assertEquals(first.msgId(), delivered().msgId());
    }

    private Request.Open delivered() {
        for (DeviceAction action : bench.actions()) {
            if (action instanceof DeviceAction.Deliver(_, Request.Open open, _)) {
                return open;
            }
        }
        throw new AssertionError("no OPEN: " + bench.actions());
    }

    @Test
    @Tag("S23")
    @Tag("S25")
    @Tag("S26")
    void a_fetch_that_finds_nothing_says_so_at_once() {
        assertEquals("nothing", bench.fetch().handedOut());
        bench.opened(DeviceBench.BLOB);
        assertEquals("nothing", bench.fetch().handedOut());
    }

    @Test
    @Tag("S31")
    @Tag("B7")
    @Tag("I19")
    void the_descriptor_is_handed_out_after_the_slot_names_it() {
        bench.lookUp(DeviceBench.BLOB).fetch();
        assertInstanceOf(DeviceEvent.Delivered.class, bench.events().getFirst());
        assertTrue(bench.state.isLive(bench.handle(DeviceBench.BLOB)));
        assertInstanceOf(DeviceAction.Deliver.class, bench.actions().getFirst());
    }

    @Test
    @Tag("S83")
    void what_was_asked_first_goes_out_first() {
        bench.opened(DeviceBench.BLOB).read(DeviceBench.BLOB, SECOND, 1).read(DeviceBench.BLOB, DeviceBench.FIRST, 2);
        assertEquals("READ#1 h1@1", bench.fetch().handedOut());
        assertEquals("READ#2 h1@1", bench.fetch().handedOut());
    }

    @Test
    @Tag("S123")
    @Tag("S99")
    void a_reopen_is_asked_of_the_object_and_not_made_by_the_daemons_fetch() {
        bench.opened(DeviceBench.BLOB).close(DeviceBench.BLOB).read(DeviceBench.BLOB, DeviceBench.FIRST, 1);
        bench.fetch();
        assertEquals(List.of(new Notice.Reopen()), bench.told(DeviceBench.BLOB));
        assertEquals(1, bench.state.requestsOf(DeviceBench.BLOB).size());
        assertEquals("OPEN#2 h2@1", bench.reopen(DeviceBench.BLOB).fetch().handedOut());
    }
}
