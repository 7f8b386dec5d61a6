package cachefiles.kernel.device;

import static cachefiles.kernel.device.DeviceBench.BLOB;
import static cachefiles.kernel.device.DeviceBench.CONTENT;
import static cachefiles.kernel.device.DeviceBench.FIRST;
import static cachefiles.kernel.uapi.Errno.EBADFD;
import static cachefiles.kernel.uapi.Errno.EFAULT;
import static cachefiles.kernel.uapi.Errno.EINVAL;
import static cachefiles.kernel.uapi.Errno.EIO;
import static cachefiles.kernel.uapi.Errno.EMFILE;
import static cachefiles.kernel.uapi.Errno.ESTALE;
import static cachefiles.kernel.uapi.Errno.OK;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.kernel.device.DeviceCommand.ObjectUp;
import cachefiles.kernel.device.DeviceCommand.RetryReopen;
import cachefiles.kernel.device.DeviceCommand.SubmitClose;
import cachefiles.kernel.device.Notice.CloseEnded;
import cachefiles.kernel.device.Notice.OpenEnded;
import cachefiles.kernel.device.Notice.ReadEnded;
import cachefiles.kernel.device.Notice.Reopen;
import cachefiles.kernel.uapi.Codec;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceCall;
import cachefiles.kernel.uapi.DeviceCall.Copen;
import cachefiles.kernel.uapi.DeviceCall.Cread;
import cachefiles.kernel.uapi.DeviceCall.Fetch;
import cachefiles.kernel.uapi.DeviceCall.Refuse;
import cachefiles.kernel.uapi.Handle;
import cachefiles.kernel.uapi.MsgId;
import cachefiles.kernel.uapi.ObjectId;
import cachefiles.kernel.uapi.Opcode;
import cachefiles.kernel.uapi.Range;
import cachefiles.kernel.uapi.Request;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What a table of cells does not show well: several steps, several objects, and what does not happen.
@DisplayNameGeneration(ReplaceUnderscores.class)
class DeviceCoreTest {
    private static final Cookie OTHER = Cookie.of("v", "other");
    private static final Range SECOND = new Range(4096, 4096);
    private static final Range THIRD = new Range(8192, 4096);

    // Choice and cursor.

    @Test
    @Tag("S26")
    @Tag("S27")
    @Tag("S28")
    @Tag("B17")
    void the_scan_goes_on_behind_what_was_delivered_last_and_wraps() {
        var bench = new DeviceBench().opened(BLOB); // #0
        bench.read(BLOB, FIRST, 1).read(BLOB, SECOND, 2).read(BLOB, THIRD, 3);
        assertEquals("READ#1 h1@1", bench.fetch().handedOut());
        assertEquals("READ#2 h1@1", bench.fetch().handedOut());
        bench.restore();
        assertEquals("READ#3 h1@1", bench.fetch().handedOut());
        assertEquals("READ#1 h1@1", bench.fetch().handedOut());
        assertEquals("READ#2 h1@1", bench.fetch().handedOut());
        assertEquals("nothing", bench.fetch().handedOut());
    }

    @Test
    @Tag("I13")
    @Tag("B17")
    void of_n_deliverable_requests_each_is_delivered_within_n_fetches_though_lower_ids_keep_coming() {
        var bench = new DeviceBench().opened(BLOB);
        bench.read(BLOB, new Range(40960, 4096), 100);
        var last = bench.idOf(BLOB, Opcode.READ);
        bench.state.nextMsgId = MsgId.FIRST; // the stream is below the one that waits
        for (int tag = 0; tag < 6; tag++) {
            bench.read(BLOB, new Range(tag * 4096L, 4096), tag);
        }
        int deliverable = 7;
        for (int fetches = 1; fetches <= deliverable; fetches++) {
            if (bench.fetch().handedOut().startsWith("READ" + last)) {
                return;
            }
            bench.restore(); // what was delivered is deliverable again, below the cursor
        }
        throw new AssertionError("starved " + last);
    }

    @Test
    @Tag("S29")
    @Tag("S40")
    void a_scan_that_starts_a_reopen_may_deliver_another_objects_request() {
        var bench = new DeviceBench().opened(BLOB).opened(OTHER).close(BLOB);
        bench.read(BLOB, FIRST, 1).read(OTHER, FIRST, 2).fetch();
        assertEquals("READ#3 h2@1", bench.handedOut());
        assertEquals(List.of(new Reopen()), bench.told(BLOB));
    }

    @Test
    @Tag("S27")
    @Tag("I12")
    void a_scan_starts_a_bounded_number_of_reopens_and_wakes_the_daemon_for_the_rest() {
        var bench = new DeviceBench(new DeviceLimits(16, 16, 3, 2));
        var objects = new ArrayList<Cookie>();
        for (int i = 0; i < 5; i++) {
            objects.add(Cookie.of("v", "object" + i));
            bench.opened(objects.get(i));
        }
        objects.forEach(object -> bench.close(object).read(object, FIRST, 1));
        assertEquals("Reopen, Reopen, nothing, Wake", bench.fetch().said());
        assertEquals("Reopen, Reopen, nothing, Wake", bench.fetch().said());
        assertEquals("Reopen, nothing", bench.fetch().said());
    }

    // Delivery and its failures.

    @Test
    @Tag("S30")
    void a_buffer_too_small_leaves_the_request_and_the_cursor_where_they_are() {
        var bench = new DeviceBench().lookUp(BLOB).lookUp(OTHER);
        bench.call(new Fetch(1, 0, Codec.HEADER_BYTES));
        assertEquals("refused EMSGSIZE", bench.handedOut());
        assertEquals(MsgId.FIRST, bench.state.cursor());
        assertEquals(0, bench.state.lastObjectId());
        assertEquals("OPEN#0 h1@1", bench.fetch().handedOut());
    }

    @Test
    @Tag("S30")
    void a_buffer_as_long_as_the_message_is_enough() {
        var bench = new DeviceBench().opened(BLOB).read(BLOB, FIRST, 1);
        int length = Codec.lengthOf(new Request.Read(new MsgId(1), new ObjectId(1), FIRST));
        assertEquals("refused EMSGSIZE", bench.call(new Fetch(1, 0, length - 1)).handedOut());
        assertEquals("READ#1 h1@1", bench.call(new Fetch(1, 0, length)).handedOut());
    }

    @Test
    @Tag("S30")
    @Tag("S33")
    void a_buffer_too_small_does_not_cost_an_open_its_life_though_handles_have_run_out() {
        var bench = new DeviceBench(new DeviceLimits(16, 1, 3, 2)).opened(OTHER).lookUp(BLOB);
        assertEquals(
                "refused EMSGSIZE",
                bench.call(new Fetch(1, 0, Codec.HEADER_BYTES)).handedOut());
        assertEquals("-, OPEN#1 NEW", bench.show(BLOB));
    }

    @Test
    @Tag("S33")
    @Tag("S94")
    void without_a_handle_to_be_had_the_open_fails_and_the_next_works_when_one_is_free() {
        var bench = new DeviceBench(new DeviceLimits(16, 1, 3, 2))
                .opened(OTHER)
                .lookUp(BLOB)
                .fetch();
        assertEquals("refused EMFILE", bench.handedOut());
        assertEquals(List.of(new OpenEnded(EMFILE, null)), bench.told(BLOB));
        bench.close(OTHER).lookUp(BLOB);
        assertEquals("OPEN#2 h2@1", bench.fetch().handedOut());
    }

    @Test
    @Tag("S33")
    @Tag("S94")
    @Tag("S130")
    void a_reopen_without_a_handle_to_be_had_leaves_the_read_in_the_table() {
        var bench = new DeviceBench(new DeviceLimits(16, 1, 3, 2)).opened(BLOB).close(BLOB);
        bench.read(BLOB, FIRST, 7).fetch().opened(OTHER).reopen(BLOB).fetch();
        assertEquals("refused EMFILE", bench.handedOut());
        assertEquals("CLOSE try 1, READ#1 NEW", bench.show(BLOB));
        assertEquals("RetryAfter(1), nothing", bench.fetch().said());
    }

    @Test
    @Tag("S34")
    void a_message_that_the_daemon_could_not_take_ends_with_its_error_and_its_handle() {
        var bench = new DeviceBench().lookUp(BLOB).fetch();
        var handle = bench.handle(BLOB);
        bench.call(new Refuse(1, MsgId.FIRST, handle, EFAULT));
        assertEquals(List.of(new OpenEnded(EFAULT, null)), bench.told(BLOB));
        assertFalse(bench.state.isLive(handle));
        bench.opened(OTHER).read(OTHER, FIRST, 3).fetch();
        bench.call(new Refuse(1, bench.idOf(OTHER, Opcode.READ), bench.handle(OTHER), EFAULT));
        assertEquals(List.of(new ReadEnded(3, EFAULT)), bench.told(OTHER));
        assertTrue(bench.state.isLive(bench.handle(OTHER)));
    }

    @Test
    @Tag("S35")
    @Tag("S37")
    void a_close_ends_by_being_handed_out_and_can_be_answered_by_nobody() {
        var bench = new DeviceBench().opened(BLOB).tell(new SubmitClose(BLOB)).fetch();
        assertEquals("CLOSE#1 h1@1", bench.handedOut());
        assertEquals(List.of(new CloseEnded()), bench.told(BLOB));
        assertEquals(
                EINVAL,
                bench.call(new Cread(1, new MsgId(1), bench.handle(BLOB), OK)).answer());
        assertEquals(
                EINVAL,
                bench.call(new Refuse(1, new MsgId(1), bench.handle(BLOB), EFAULT))
                        .answer());
    }

    @Test
    @Tag("S36")
    @Tag("S90")
    @Tag("S102")
    @Tag("B1")
    @Tag("B9")
    @Tag("I2")
    void a_device_that_dies_ends_each_request_and_admits_none() {
        var bench = new DeviceBench().opened(BLOB).opened(OTHER).tell(new SubmitClose(OTHER));
        bench.read(BLOB, FIRST, 1).fetch().lookUp(Cookie.of("v", "third"));
        bench.call(new DeviceCall.Close());
        assertEquals("OpenEnded(EIO), ok", bench.said().replaceAll("ReadEnded\\(1 EIO\\), |CloseEnded, ", ""));
        assertEquals(0, bench.state.table().size());
        assertFalse(bench.state.isReadable());
        assertEquals("nothing", bench.fetch().handedOut());
        assertEquals("ReadEnded(9 EIO)", bench.read(BLOB, SECOND, 9).said());
        assertEquals("OpenEnded(EIO)", bench.lookUp(BLOB).said());
        assertEquals("CloseEnded", bench.tell(new SubmitClose(BLOB)).said());
    }

    @Test
    @Tag("S44")
    void what_is_written_to_a_device_that_is_dead_fails_with_EIO_whoever_writes_it() {
        var bench = new DeviceBench().opened(BLOB).lookUp(OTHER).fetch();
        bench.call(new DeviceCall.Close());
        assertEquals("EIO", bench.copen(OTHER).said());
        assertEquals(
                "EIO",
                bench.call(new DeviceCall.Copen(0, bench.idOf(OTHER, Opcode.OPEN), bench.handle(OTHER), 1, ""))
                        .said());
        assertEquals("EIO", bench.call(new DeviceCall.Restore()).said());
        assertEquals("EINVAL", bench.cread(BLOB, OK).said(), "no write, but an ioctl: S78");
    }

    // Ids.

    @Test
    @Tag("S82")
    @Tag("I10")
    @Tag("B14")
    void message_ids_go_up_to_the_last_and_wrap_around_those_in_use() {
        var bench = new DeviceBench().opened(BLOB).read(BLOB, FIRST, 1); // #1 stays in use
        bench.state.nextMsgId = new MsgId(-1);
        bench.read(BLOB, SECOND, 2).read(BLOB, THIRD, 3).read(BLOB, new Range(12288, 4096), 4);
        assertEquals(
                List.of("#1", "#4294967295", "#0", "#2"),
                bench.state.requestsOf(BLOB).stream()
                        .map(read -> read.id().toString())
                        .toList());
    }

    @Test
    @Tag("S84")
    @Tag("I10")
    void object_ids_go_up_to_the_last_and_wrap_around_those_in_use() {
        var bench = new DeviceBench().opened(BLOB); // h1
        bench.state.lastObjectId = Integer.MAX_VALUE - 1;
        assertEquals("OPEN#1 h2147483647@1", bench.lookUp(OTHER).fetch().handedOut());
        assertEquals(
                "OPEN#2 h2@1", bench.lookUp(Cookie.of("v", "third")).fetch().handedOut());
    }

    @Test
    @Tag("S74")
    @Tag("S82")
    @Tag("S84")
    @Tag("I10")
    void a_redelivery_keeps_the_message_id_and_brings_a_new_object_id() {
        var bench = new DeviceBench().lookUp(BLOB);
        assertEquals("OPEN#0 h1@1", bench.fetch().handedOut());
        bench.takeOver(false).restore();
        assertEquals("OPEN#0 h2@2", bench.fetch().handedOut());
    }

    @Test
    @Tag("I10")
    @Tag("B14")
    void a_later_generation_of_the_device_repeats_no_incarnation_and_no_id_of_late() {
        var before = new DeviceBench().opened(BLOB).read(BLOB, FIRST, 1);
        var after = new DeviceBench(new DeviceState(DeviceLimits.DEFAULT, 1))
                .takeOver(false)
                .opened(BLOB);
        assertTrue(after.state.incarnation() > before.state.incarnation());
        assertNotEquals(before.handle(BLOB).id(), after.handle(BLOB).id());
        assertEquals(
                "ESTALE",
                after.call(new Cread(1, new MsgId(1), before.handle(BLOB), OK)).said());
    }

    // Limits of the table.

    @Test
    @Tag("S82")
    @Tag("S128")
    void a_full_table_refuses_further_requests() {
        var bench = new DeviceBench(new DeviceLimits(2, 4, 3, 2)).opened(BLOB);
        bench.read(BLOB, FIRST, 1).read(BLOB, SECOND, 2);
        assertEquals("ReadEnded(3 EBUSY)", bench.read(BLOB, THIRD, 3).said());
        assertEquals("OpenEnded(EBUSY)", bench.lookUp(OTHER).said());
        assertEquals("CloseEnded", bench.tell(new SubmitClose(BLOB)).said());
        assertEquals(2, bench.state.table().size());
    }

    @Test
    @Tag("S130")
    @Tag("S92")
    void a_table_full_of_reads_of_closed_objects_has_room_for_the_opens_they_wait_for() {
        var bench = new DeviceBench(new DeviceLimits(2, 4, 3, 2)).opened(BLOB).opened(OTHER);
        bench.read(BLOB, FIRST, 1).read(OTHER, FIRST, 2).fetch().fetch();
        bench.takeOver(false).restore().fetch(); // two reopens
        bench.reopen(BLOB).reopen(OTHER).fetch().fetch().copen(BLOB).copen(OTHER);
        assertEquals("READ#2 h3@2", bench.fetch().handedOut());
        assertEquals("READ#3 h4@2", bench.fetch().handedOut());
    }

    // Whose answer counts.

    @Test
    @Tag("S66")
    @Tag("S78")
    @Tag("B4")
    @Tag("B14")
    @Tag("G9")
    @Tag("I4")
    void an_answer_counts_for_a_request_of_its_kind_that_was_handed_out_under_its_handle() {
        var bench = new DeviceBench().opened(BLOB).opened(OTHER).read(BLOB, FIRST, 1);
        var mine = bench.handle(BLOB);
        var foreign = bench.handle(OTHER);
        var read = bench.idOf(BLOB, Opcode.READ);
        assertEquals(EINVAL, bench.call(new Cread(1, read, mine, OK)).answer(), "not handed out");
        bench.fetch();
        assertEquals(EBADFD, bench.call(new Cread(1, read, foreign, OK)).answer(), "another object's");
        assertEquals(EINVAL, bench.call(new Copen(1, read, mine, 1, "")).answer(), "no OPEN");
        assertEquals(ESTALE, bench.call(new Cread(0, read, mine, OK)).answer(), "a predecessor's");
        assertEquals(OK, bench.call(new Cread(1, read, mine, OK)).answer());
        assertEquals(EINVAL, bench.call(new Cread(1, read, mine, OK)).answer(), "twice");
    }

    @Test
    @Tag("B14")
    @Tag("I10")
    void a_late_copen_finds_no_newer_open_under_its_id() {
        var bench = new DeviceBench().lookUp(BLOB).fetch();
        var late = new Copen(1, MsgId.FIRST, bench.handle(BLOB), 17, "");
        bench.copen(BLOB, -1, "").lookUp(OTHER).fetch();
        assertEquals(EINVAL, bench.call(late).answer());
        assertEquals("CLOSE h2@1, OPEN#1 out h2", bench.show(OTHER));
    }

    @Test
    @Tag("S70")
    @Tag("S69")
    @Tag("B19")
    @Tag("I20")
    void an_error_number_that_there_is_not_is_reported() {
        var bench = new DeviceBench();
        assertEquals(OK, bench.lookUp(BLOB).fetch().copen(BLOB, -4095, "").answer());
        assertEquals(EINVAL, bench.lookUp(BLOB).fetch().copen(BLOB, -4096, "").answer());
        assertEquals(List.of(new OpenEnded(EINVAL, null)), bench.told(BLOB));
    }

    @Test
    @Tag("G10")
    @Tag("I4")
    void a_fetch_of_a_predecessor_swallows_nothing() {
        var bench = new DeviceBench().opened(BLOB).read(BLOB, FIRST, 1).takeOver(true);
        assertEquals("nothing", bench.call(new Fetch(1, 0, Codec.MAX_BYTES)).said());
        assertEquals("READ#1 h1@1", bench.fetch().handedOut());
    }

    // Handles.

    @Test
    @Tag("B5")
    @Tag("I6")
    @Tag("G3")
    void closing_and_accepting_in_both_orders_leave_no_open_slot_without_a_handle() {
        var bench = new DeviceBench().lookUp(BLOB).fetch();
        var first = bench.handle(BLOB);
        bench.close(BLOB);
        assertEquals(EBADFD, bench.call(new Copen(1, MsgId.FIRST, first, 1, "")).answer());
        assertEquals("CLOSE try 1, OPEN#0 NEW out h1", bench.show(BLOB));
        bench.fetch().copen(BLOB).close(BLOB);
        assertEquals("CLOSE try 1", bench.show(BLOB));
    }

    @Test
    @Tag("B6")
    @Tag("G8")
    @Tag("S76")
    @Tag("I5")
    @Tag("I18")
    void a_second_delivery_of_an_open_brings_the_same_handle_and_fails_nobody() {
        var bench = new DeviceBench().lookUp(BLOB).fetch().restore();
        assertEquals("OPEN#0 h1@1", bench.fetch().handedOut());
        assertEquals(1, bench.state.liveHandles());
        assertEquals(OK, bench.copen(BLOB).answer());
        assertEquals(
                EINVAL,
                bench.call(new Copen(1, MsgId.FIRST, bench.handle(BLOB), 1, "")).answer());
        assertEquals("OPEN h1@1", bench.show(BLOB));
    }

    @Test
    @Tag("I5")
    void a_handle_made_for_an_object_that_was_open_before_the_crash_does_not_open_it() {
        var bench = new DeviceBench().opened(BLOB).takeOver(false).lookUp(BLOB).fetch();
        assertEquals("CLOSE h2@2, OPEN#1 out h2", bench.show(BLOB));
        bench.read(BLOB, FIRST, 1);
        assertEquals("nothing", bench.fetch().said(), "no reopen: an OPEN is there");
        assertEquals("OPEN h2@2 try 1, READ#2 NEW", bench.copen(BLOB).show(BLOB));
    }

    @Test
    @Tag("S60")
    @Tag("B18")
    @Tag("I14")
    void closing_one_descriptor_touches_no_request_of_another_object() {
        var bench = new DeviceBench()
                .opened(BLOB)
                .opened(OTHER)
                .read(BLOB, FIRST, 1)
                .read(OTHER, FIRST, 2);
        bench.fetch().fetch();
        var before = bench.show(OTHER);
        bench.close(BLOB);
        assertEquals(before, bench.show(OTHER));
        assertEquals(List.of(), bench.told(OTHER));
    }

    @Test
    @Tag("G2")
    void a_queued_close_ends_with_its_handle() {
        var bench = new DeviceBench().opened(BLOB).tell(new SubmitClose(BLOB)).close(BLOB);
        assertEquals(List.of(new CloseEnded()), bench.told(BLOB));
        bench = new DeviceBench().opened(BLOB).tell(new SubmitClose(BLOB)).takeOver(false);
        assertEquals(List.of(new CloseEnded()), bench.told(BLOB));
        bench = new DeviceBench().opened(BLOB).tell(new SubmitClose(BLOB)).takeOver(true);
        assertEquals("CLOSE#1 h1@1", bench.fetch().handedOut());
    }

    @Test
    @Tag("G4")
    @Tag("G15")
    @Tag("G1")
    @Tag("S73")
    @Tag("B8")
    @Tag("I7")
    @Tag("I12")
    void an_error_answer_to_a_reopen_revokes_the_handle_and_wakes_the_daemon_for_the_next_try() {
        var bench = DeviceBench.reopening().fetch();
        var handle = bench.handle(BLOB);
        bench.copen(BLOB, -EIO.number(), "");
        assertTrue(bench.actions().contains(new DeviceAction.Revoke(handle)));
        assertTrue(bench.woke());
        assertEquals("CLOSE try 1, READ#1 NEW", bench.show(BLOB));
    }

    @Test
    @Tag("G13")
    void a_reopen_that_brings_another_content_is_refused_and_its_readers_hear_of_it() {
        for (Content other : List.of(new Content(1, "v1"), new Content(65536, "v2"))) {
            var bench = DeviceBench.reopening().fetch().copen(BLOB, other.sizeBytes(), other.validator());
            assertEquals(ESTALE, bench.answer());
            assertTrue(bench.told(BLOB).contains(new ReadEnded(7, ESTALE)));
        }
        assertEquals(
                OK,
                DeviceBench.reopening()
                        .fetch()
                        .copen(BLOB, CONTENT.sizeBytes(), "")
                        .answer(),
                "an unknown version agrees");
    }

    /// An object that loses its memory in a look-up may have two of them answered, with a change in between.
    @Test
    @Tag("G13")
    void a_read_of_other_content_than_the_descriptor_was_opened_for_is_refused_whichever_came_first() {
        var changed = new DeviceBench().lookUp(BLOB).fetch().copen(BLOB, 65536, "v2");
        assertEquals(
                List.of(new ReadEnded(7, ESTALE)), changed.read(BLOB, FIRST, 7).told(BLOB));

        var waiting =
                new DeviceBench().lookUp(BLOB).fetch().read(BLOB, FIRST, 7).copen(BLOB, 65536, "v2");
        assertTrue(waiting.told(BLOB).contains(new ReadEnded(7, ESTALE)));
        assertTrue(waiting.state.table().isEmpty());
    }

    @Test
    @Tag("G5")
    @Tag("I15")
    @Tag("T06")
    void a_descriptor_closed_after_every_copen_is_reopened_a_bounded_number_of_times_with_a_back_off() {
        var bench = new DeviceBench().opened(BLOB).close(BLOB).read(BLOB, FIRST, 7);
        assertEquals("Reopen, nothing", bench.fetch().said(), "the first at once");
        for (int attempt = 1; attempt < 3; attempt++) {
            bench.reopen(BLOB).fetch().copen(BLOB).close(BLOB);
            assertEquals("RetryAfter(" + attempt + "), nothing", bench.fetch().said());
            assertFalse(bench.state.isReadable(), "hidden while it rests");
            assertEquals("Reopen", bench.tell(new RetryReopen(BLOB, attempt)).said());
        }
        bench.reopen(BLOB).fetch().copen(BLOB).close(BLOB).fetch();
        assertEquals(List.of(new ReadEnded(7, EIO)), bench.told(BLOB));
        assertEquals("Reopen, nothing", bench.read(BLOB, FIRST, 8).fetch().said(), "the next read tries anew");
    }

    @Test
    @Tag("G5")
    @Tag("S73")
    void a_read_whose_object_could_not_be_reopened_fails_with_the_error_of_the_last_try() {
        var bench = DeviceBench.reopening().fetch().copen(BLOB, -EIO.number(), "");
        for (int attempt = 1; attempt < 3; attempt++) {
            bench.fetch().tell(new RetryReopen(BLOB, attempt)).reopen(BLOB).fetch();
            bench.copen(BLOB, -EFAULT.number(), "");
        }
        assertEquals(List.of(new ReadEnded(7, EFAULT)), bench.fetch().told(BLOB));
    }

    @Test
    @Tag("G5")
    void a_completed_read_or_a_new_daemon_begins_the_count_of_attempts_anew() {
        var bench = DeviceBench.reopening()
                .fetch()
                .copen(BLOB)
                .fetch()
                .cread(BLOB, OK)
                .close(BLOB)
                .read(BLOB, FIRST, 8);
        assertEquals("Reopen, nothing", bench.fetch().said());
        bench = DeviceBench.reopening().takeOver(false).restore().fetch().copen(BLOB, -EIO.number(), "");
        assertEquals("CLOSE, READ#1 NEW", bench.show(BLOB));
        assertEquals("Reopen, nothing", bench.fetch().said());
    }

    @Test
    @Tag("G5")
    void an_open_closed_before_every_answer_fails_after_a_bounded_number_of_deliveries() {
        var bench = new DeviceBench().lookUp(BLOB);
        for (int delivery = 0; delivery < 3; delivery++) {
            bench.fetch().close(BLOB);
            assertEquals(List.of(), bench.told(BLOB));
        }
        bench.fetch().close(BLOB);
        assertEquals(List.of(new OpenEnded(EBADFD, null)), bench.told(BLOB));
        assertEquals("CLOSE try 3", bench.show(BLOB));
        assertEquals(0, bench.state.liveHandles());
        assertFalse(bench.state.isReadable());
    }

    @Test
    @Tag("G5")
    @Tag("I9")
    void a_reopen_said_too_late_does_not_cut_the_back_off_short() {
        var bench =
                DeviceBench.reopening().fetch().copen(BLOB, -EIO.number(), "").fetch();
        assertEquals("RESTING try 1, READ#1 NEW", bench.show(BLOB));
        assertEquals("RESTING try 1, READ#1 NEW", bench.reopen(BLOB).show(BLOB));
    }

    @Test
    @Tag("I7")
    void a_reopen_whose_object_lost_its_memory_is_asked_for_again_with_the_next_read() {
        var bench =
                new DeviceBench().opened(BLOB).close(BLOB).read(BLOB, FIRST, 7).fetch();
        assertEquals("Reopen", bench.read(BLOB, FIRST, 7).said(), "said before, perhaps lost");
        assertEquals("Reopen", bench.tell(new ObjectUp(BLOB)).said(), "whoever it was said to has failed");
        bench.reopen(BLOB);
        assertEquals("", bench.read(BLOB, FIRST, 7).said(), "an OPEN is there");
    }

    @Test
    @Tag("I7")
    void giving_up_during_a_reopen_leaves_nothing_that_waits_for_an_open_that_is_gone() {
        var bench = DeviceBench.reopening().fetch();
        var handle = bench.handle(BLOB);
        bench.call(new DeviceCall.GiveUp());
        assertEquals("GIVEN UP CLOSE try 1", bench.show(BLOB));
        assertFalse(bench.state.isLive(handle));
        assertEquals("ReadEnded(8 EIO)", bench.read(BLOB, FIRST, 8).said());
        bench.takeOver(false).restore();
        assertEquals("Reopen, nothing", bench.read(BLOB, FIRST, 9).fetch().said());
    }

    // Restore and take-over.

    @Test
    @Tag("S74")
    @Tag("S75")
    @Tag("S77")
    @Tag("S100")
    @Tag("I18")
    void restoring_twice_equals_once_and_changes_neither_ids_nor_slots_nor_cursor() {
        var bench = new DeviceBench()
                .opened(BLOB)
                .lookUp(OTHER)
                .read(BLOB, FIRST, 1)
                .fetch()
                .fetch();
        var cursor = bench.state.cursor();
        bench.restore();
        assertTrue(bench.woke());
        var once = bench.show(BLOB) + bench.show(OTHER);
        bench.restore();
        assertEquals(List.of(), bench.events());
        assertEquals(once, bench.show(BLOB) + bench.show(OTHER));
        assertEquals("OPEN h1@1, READ#2 NEW out h1", bench.show(BLOB));
        assertEquals(cursor, bench.state.cursor());
        assertEquals("ok", new DeviceBench().restore().said(), "an empty table too");
    }

    @Test
    @Tag("S76")
    @Tag("B2")
    @Tag("B3")
    @Tag("I3")
    @Tag("I18")
    void restore_between_any_two_steps_of_an_open_and_a_read_changes_no_outcome() {
        for (int at = 0; at < 5; at++) {
            var bench = new DeviceBench();
            List<Runnable> steps = List.of(
                    () -> bench.lookUp(BLOB),
                    bench::fetch,
                    () -> bench.copen(BLOB),
                    () -> bench.read(BLOB, FIRST, 1),
                    bench::fetch,
                    () -> bench.cread(BLOB, OK));
            for (int i = 0; i < steps.size(); i++) {
                steps.get(i).run();
                if (i == at) {
                    bench.restore();
                }
            }
            assertEquals(List.of(new ReadEnded(1, OK)), bench.told(BLOB), "restored after step " + at);
            assertEquals("OPEN h1@1", bench.show(BLOB));
        }
    }

    @Test
    @Tag("Q5")
    @Tag("I14")
    void a_take_over_costs_nothing_per_open_object() {
        for (int objects : new int[] {100, 10_000}) {
            var bench = new DeviceBench(DeviceLimits.DEFAULT);
            for (int i = 0; i < objects; i++) {
                bench.opened(Cookie.of("v", "object" + i));
            }
            bench.takeOver(false);
            assertEquals(1, bench.events().size());
            assertEquals(2, bench.actions().size());
            bench.restore();
            assertEquals(0, bench.events().size());
            assertEquals(0, bench.state.liveHandles());
        }
    }

    @Test
    @Tag("Q7")
    @Tag("S104")
    void kept_handles_stay_live_and_a_read_is_delivered_again_under_its_old_object_id() {
        var bench = new DeviceBench()
                .opened(BLOB)
                .read(BLOB, FIRST, 1)
                .fetch()
                .takeOver(true)
                .restore();
        assertEquals("READ#1 h1@1", bench.fetch().handedOut());
        assertEquals(OK, bench.cread(BLOB, OK).answer());
    }

    @Test
    void an_event_that_no_decision_can_have_led_to_is_an_error() {
        var state = new DeviceState(DeviceLimits.DEFAULT, 0);
        assertThrows(IllegalStateException.class, () -> DeviceCore.evolve(state, new DeviceEvent.Ended(new MsgId(3))));
    }

    @Test
    void a_handle_is_written_with_its_incarnation() {
        assertEquals("h3@7", new Handle(BLOB, new ObjectId(3), 7).toString());
    }
}
