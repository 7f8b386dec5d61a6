package cachefiles.kernel.device;

import static cachefiles.kernel.device.DeviceBench.BLOB;
import static cachefiles.kernel.device.DeviceBench.CONTENT;
import static cachefiles.kernel.device.DeviceBench.FIRST;
import static cachefiles.kernel.uapi.Errno.EFAULT;
import static cachefiles.kernel.uapi.Errno.EINVAL;
import static cachefiles.kernel.uapi.Errno.ESTALE;
import static cachefiles.kernel.uapi.Errno.OK;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import cachefiles.kernel.device.DeviceCommand.CancelRead;
import cachefiles.kernel.device.DeviceCommand.Drop;
import cachefiles.kernel.device.DeviceCommand.RetryReopen;
import cachefiles.kernel.device.DeviceCommand.SubmitClose;
import cachefiles.kernel.device.DeviceCommand.SubmitOpen;
import cachefiles.kernel.device.DeviceCommand.SubmitRead;
import cachefiles.kernel.device.Notice.DropDone;
import cachefiles.kernel.device.Notice.OpenEnded;
import cachefiles.kernel.device.Notice.ReadEnded;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.DeviceCall;
import cachefiles.kernel.uapi.DeviceCall.Copen;
import cachefiles.kernel.uapi.DeviceCall.Cread;
import cachefiles.kernel.uapi.MsgId;
import cachefiles.kernel.uapi.Opcode;
import cachefiles.kernel.uapi.Range;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Drops, cancellations, and what is said again after an object has failed.
@DisplayNameGeneration(ReplaceUnderscores.class)
class DeviceCoreAgainTest {
    private static final Range SECOND = new Range(4096, 4096);
    private static final Content OTHER_CONTENT = new Content(65536, "v2");
    // Drop and cancel.

    @Test
    @Tag("S101")
    @Tag("S108")
    @Tag("B11")
    @Tag("B12")
    @Tag("B13")
    @Tag("I9")
    @Tag("Q13")
    void a_drop_at_any_step_of_a_reopen_needs_no_daemon_and_leaves_nothing() {
        var steps = List.of(
                new DeviceBench().opened(BLOB).close(BLOB).read(BLOB, FIRST, 7),
                new DeviceBench().opened(BLOB).close(BLOB).read(BLOB, FIRST, 7).fetch(),
                DeviceBench.reopening(),
                DeviceBench.reopening().fetch(),
                DeviceBench.reopening().fetch().takeOver(false),
                DeviceBench.reopening().fetch().copen(BLOB),
                DeviceBench.reopening().fetch().copen(BLOB, -5, "").fetch());
        for (DeviceBench bench : steps) {
            var handle = bench.handle(BLOB);
            bench.tell(new Drop(BLOB));
            assertEquals(List.of(new DropDone()), bench.told(BLOB));
            assertEquals("-", bench.show(BLOB));
            assertFalse(bench.state.isLive(handle));
            assertEquals(0, bench.state.liveHandles());
            assertEquals("", bench.tell(new RetryReopen(BLOB, 1)).said(), "a timer that fires late");
            assertEquals(
                    EINVAL,
                    bench.call(new Copen(bench.state.incarnation(), new MsgId(2), handle, 1, ""))
                            .answer());
        }
    }

    @Test
    @Tag("S89")
    @Tag("S81")
    @Tag("B10")
    @Tag("Q10")
    @Tag("I1")
    void a_cancelled_read_is_gone_and_its_completion_comes_too_late() {
        var bench = new DeviceBench()
                .opened(BLOB)
                .read(BLOB, FIRST, 1)
                .read(BLOB, SECOND, 2)
                .fetch();
        var id = bench.idOf(BLOB, Opcode.READ);
        bench.tell(new CancelRead(BLOB, 1));
        assertEquals("", bench.said());
        assertEquals(
                EINVAL, bench.call(new Cread(1, id, bench.handle(BLOB), OK)).answer());
        assertEquals("READ#2 h1@1", bench.fetch().handedOut());
        assertEquals("", bench.tell(new CancelRead(BLOB, 1)).said(), "twice");
    }

    // The object's failure: everything may be said twice.

    @Test
    @Tag("I1")
    @Tag("I18")
    void what_an_object_submits_again_has_the_effect_of_once() {
        var bench =
                new DeviceBench().lookUp(BLOB).lookUp(BLOB).fetch().lookUp(BLOB).copen(BLOB);
        bench.read(BLOB, FIRST, 1).read(BLOB, FIRST, 1).fetch().read(BLOB, FIRST, 1);
        assertEquals("OPEN h1@1, READ#1 out h1", bench.show(BLOB));
        bench.read(BLOB, FIRST, 5);
        assertEquals(List.of(new ReadEnded(5, OK)), bench.cread(BLOB, OK).told(BLOB), "taken over under the new tag");
        bench.tell(new SubmitClose(BLOB)).tell(new SubmitClose(BLOB));
        assertEquals("OPEN h1@1, CLOSE#2 NEW", bench.show(BLOB));
        assertEquals(List.of(new DropDone()), bench.tell(new Drop(BLOB)).told(BLOB));
        assertEquals(List.of(new DropDone()), bench.tell(new Drop(BLOB)).told(BLOB));
    }

    @Test
    @Tag("G13")
    @Tag("I1")
    void a_read_asked_again_for_other_content_than_the_descriptors_takes_its_predecessor_along() {
        var bench = new DeviceBench().opened(BLOB).read(BLOB, FIRST, 1).tell(ofOtherContent(2));
        assertEquals(List.of(new ReadEnded(2, ESTALE)), bench.told(BLOB));
        assertEquals("OPEN h1@1", bench.show(BLOB));
        assertEquals(
                List.of(new ReadEnded(3, ESTALE)), bench.tell(ofOtherContent(3)).told(BLOB), "nothing to take");
    }

    @Test
    @Tag("G13")
    @Tag("I1")
    void a_read_asked_again_for_other_content_while_the_object_is_closed_takes_its_predecessors_place() {
        var bench = new DeviceBench().opened(BLOB).close(BLOB).read(BLOB, FIRST, 1);
        assertEquals(List.of(), bench.tell(ofOtherContent(2)).told(BLOB));
        assertEquals("CLOSE, READ#2 NEW", bench.show(BLOB));
        bench.lookUp(BLOB).fetch().fetch().copen(BLOB, OTHER_CONTENT.sizeBytes(), OTHER_CONTENT.validator());
        assertEquals(List.of(new OpenEnded(OK, OTHER_CONTENT)), bench.told(BLOB));
        assertEquals("READ#2 h2@1", bench.fetch().handedOut());
    }

    private static SubmitRead ofOtherContent(long tag) {
        return new SubmitRead(BLOB, FIRST, tag, OTHER_CONTENT);
    }

    @Test
    @Tag("S81")
    @Tag("S89")
    void a_cancelled_read_that_has_ended_takes_no_open_along_that_has_no_tag() {
        var bench =
                new DeviceBench().opened(BLOB).close(BLOB).read(BLOB, FIRST, 7).fetch();
        bench.tell(new SubmitOpen(BLOB, CONTENT));
        assertEquals(List.of(), bench.tell(new CancelRead(BLOB, 0)).events());
        assertNotNull(bench.state.openOf(BLOB));
    }

    @Test
    @Tag("S34")
    @Tag("I4")
    void what_nobody_was_handed_cannot_be_refused() {
        var bench = new DeviceBench().opened(BLOB);
        var unknown = new DeviceCall.Refuse(bench.state.incarnation(), new MsgId(999), bench.handle(BLOB), EFAULT);
        assertEquals(List.of(), bench.call(unknown).events());
    }
}
