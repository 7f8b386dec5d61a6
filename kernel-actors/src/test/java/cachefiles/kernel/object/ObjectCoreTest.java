package cachefiles.kernel.object;

import static cachefiles.kernel.uapi.Errno.EBUSY;
import static cachefiles.kernel.uapi.Errno.EINTR;
import static cachefiles.kernel.uapi.Errno.EIO;
import static cachefiles.kernel.uapi.Errno.OK;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import cachefiles.kernel.device.DeviceCommand;
import cachefiles.kernel.device.Notice;
import cachefiles.kernel.device.Slot;
import cachefiles.kernel.object.ObjectState.Idle;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Range;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ObjectCoreTest {
    private static final Cookie BLOB = Cookie.of("v", "blob");
    private static final Content CONTENT = new Content(65536, "v1");

    private ObjectState state = new Idle(null);
    private final List<ObjectEvent.Journaled> journal = new ArrayList<>();

    private List<ObjectAction> tell(ObjectCommand command) {
        var decision = ObjectCore.decide(BLOB, state, command);
        for (ObjectEvent event : decision.events()) {
            state = ObjectCore.evolve(state, event);
            if (event instanceof ObjectEvent.Journaled journaled) {
                journal.add(journaled);
            }
        }
        return decision.actions();
    }

    private List<ObjectAction> hear(Notice notice) {
        return tell(new ObjectCommand.Heard(notice));
    }

    private void ready() {
        tell(new ObjectCommand.Acquire());
        hear(new Notice.OpenEnded(OK, CONTENT));
        tell(new ObjectCommand.Attached(CONTENT, OK));
    }

    /// What a failure of the actor leaves.
    private ObjectState replayed() {
        ObjectState replayed = new Idle(null);
        for (ObjectEvent event : journal) {
            replayed = ObjectCore.evolve(replayed, event);
        }
        return replayed;
    }

    @Test
    @Tag("S118")
    void reads_that_overlap_are_one_read_each_byte() {
        ready();
        assertEquals(List.of(read(0, 8192, 0)), tell(new ObjectCommand.Read(0, new Range(0, 8192))));
        assertEquals(
                List.of(), tell(new ObjectCommand.Read(1, new Range(4096, 65536))), "waits for what covers its start");
        assertEquals(List.of(read(16384, 8192, 2)), tell(new ObjectCommand.Read(2, new Range(16384, 8192))));
        assertEquals(
                List.of(read(8192, 8192, 3)),
                tell(new ObjectCommand.Read(3, new Range(8192, 65536))),
                "ends where one begins");
        assertEquals(
                List.of(new ObjectAction.ReadDone(0, OK), new ObjectAction.ReadDone(1, OK)),
                hear(new Notice.ReadEnded(0, OK)));
    }

    @Test
    @Tag("Q10")
    @Tag("B10")
    @Tag("I1")
    void a_cancelled_ask_leaves_the_read_to_the_others_and_the_last_takes_it_along() {
        ready();
        tell(new ObjectCommand.Read(0, new Range(0, 8192)));
        tell(new ObjectCommand.Read(1, new Range(0, 8192)));
        assertEquals(List.of(new ObjectAction.ReadDone(0, EINTR)), tell(new ObjectCommand.CancelRead(0)));
        assertEquals(
                List.of(
                        new ObjectAction.Submit(new DeviceCommand.CancelRead(BLOB, 0)),
                        new ObjectAction.ReadDone(1, EINTR)),
                tell(new ObjectCommand.CancelRead(1)));
        assertEquals(List.of(), hear(new Notice.ReadEnded(0, OK)), "crossing");
    }

    @Test
    @Tag("S107")
    @Tag("B23")
    @Tag("I17")
    void a_failed_look_up_leaves_nothing_behind_and_the_next_one_works() {
        tell(new ObjectCommand.Acquire());
        hear(new Notice.OpenEnded(EIO, null));
        assertEquals(List.of(new ObjectAction.Acquired(EIO, null)), hear(new Notice.DropDone()));
        assertEquals(new Idle(null), state);
        ready();
        assertInstanceOf(ObjectState.Ready.class, state);
        assertEquals(CONTENT, state.known());
        assertEquals(1, journal.size());
    }

    @Test
    @Tag("I17")
    @Tag("S128")
    void a_look_up_that_meets_a_release_under_way_is_refused_and_never_forgotten() {
        tell(new ObjectCommand.Acquire());
        hear(new Notice.OpenEnded(OK, CONTENT));
        tell(new ObjectCommand.Release(false));
        assertEquals(List.of(new ObjectAction.Acquired(EBUSY, null)), tell(new ObjectCommand.Acquire()));
        tell(new ObjectCommand.Attached(CONTENT, OK));
        assertEquals(List.of(new ObjectAction.Acquired(EBUSY, null)), tell(new ObjectCommand.Acquire()));
    }

    @Test
    @Tag("S107")
    void the_content_is_journaled_once_and_forgotten_when_retired() {
        ready();
        tell(new ObjectCommand.Release(false));
        hear(new Notice.CloseEnded());
        hear(new Notice.DropDone());
        ready();
        assertEquals(List.of(new ObjectEvent.ContentKnown(CONTENT)), journal);
        tell(new ObjectCommand.Release(true));
        hear(new Notice.CloseEnded());
        hear(new Notice.DropDone());
        assertEquals(new ObjectEvent.Retired(), journal.getLast());
        assertEquals(new Idle(null), replayed());
    }

    @Test
    @Tag("I18")
    @Tag("I9")
    void an_object_that_fails_at_any_step_and_is_asked_again_comes_to_the_same_end() {
        List<ObjectCommand> life = List.of(
                new ObjectCommand.Acquire(),
                heard(new Notice.OpenEnded(OK, CONTENT)),
                new ObjectCommand.Attached(CONTENT, OK),
                new ObjectCommand.Read(0, new Range(0, 4096)),
                heard(new Notice.Reopen()),
                heard(new Notice.ReadEnded(0, OK)),
                new ObjectCommand.Release(false),
                heard(new Notice.CloseEnded()),
                heard(new Notice.DropDone()));
        for (int at = 0; at < life.size(); at++) {
            state = new Idle(null);
            journal.clear();
            for (int i = 0; i <= at; i++) {
                tell(life.get(i));
            }
            state = replayed();
            int again = at < 3 ? 0 : at < 6 ? 3 : at < 8 ? 6 : at; // what its gate says again, and all that follows
            for (int i = again; i < life.size(); i++) {
                tell(life.get(i));
            }
            assertEquals(new Idle(CONTENT), state, "failed after " + life.get(at));
            assertEquals(List.of(new ObjectEvent.ContentKnown(CONTENT)), journal);
        }
    }

    @Test
    @Tag("I18")
    void what_is_out_is_submitted_again_when_the_device_has_failed() {
        ready();
        tell(new ObjectCommand.Read(0, new Range(0, 4096)));
        tell(new ObjectCommand.Read(1, new Range(8192, 4096)));
        assertEquals(List.of(read(0, 4096, 0), read(8192, 4096, 1)), tell(new ObjectCommand.Resubmit()));
    }

    /// What the device told it last may have got lost with its memory: nobody but the device knows.
    @Test
    @Tag("I7")
    void an_actor_that_comes_back_after_a_failure_says_so_to_the_device() {
        assertEquals(
                List.of(new ObjectAction.Submit(new DeviceCommand.ObjectUp(BLOB))),
                ObjectCore.decide(BLOB, new ObjectState.Idle(CONTENT), new ObjectCommand.Resubmit())
                        .actions());
    }

    @Test
    @Tag("S101")
    void an_object_is_printed_in_the_kernels_words() {
        assertEquals("OPENING", ObjectCore.printed(new ObjectState.Opening(null), Slot.State.CLOSE));
        assertEquals("REOPENING", ObjectCore.printed(new Idle(CONTENT), Slot.State.RESTING));
        assertEquals("DROPPING", ObjectCore.printed(new ObjectState.Dropping(null, false, OK), Slot.State.CLOSE));
        assertEquals("OPEN", ObjectCore.printed(new ObjectState.Ready(CONTENT, List.of(), false), Slot.State.OPEN));
    }

    private static ObjectCommand heard(Notice notice) {
        return new ObjectCommand.Heard(notice);
    }

    private static ObjectAction read(long offset, long length, long tag) {
        return new ObjectAction.Submit(new DeviceCommand.SubmitRead(BLOB, new Range(offset, length), tag, CONTENT));
    }

    @Test
    @Tag("B30")
    @Tag("S107")
    void a_file_that_cannot_be_attached_ends_the_look_up_once_and_nobody_tries_again() {
        tell(new ObjectCommand.Acquire());
        hear(new Notice.OpenEnded(OK, CONTENT));
        assertEquals(
                List.of(new ObjectAction.Submit(new DeviceCommand.Drop(BLOB))),
                tell(new ObjectCommand.Attached(CONTENT, EIO)));
        assertEquals(List.of(new ObjectAction.Acquired(EIO, null)), hear(new Notice.DropDone()));
        assertEquals(new Idle(null), state);
    }

    @Test
    @Tag("S124")
    void an_object_that_goes_away_is_dropping_until_the_device_has_let_go_of_it() {
        ready();
        tell(new ObjectCommand.Release(false));
        hear(new Notice.CloseEnded());
        assertEquals("DROPPING", ObjectCore.printed(state, Slot.State.CLOSE));
        hear(new Notice.DropDone());
        assertEquals("CLOSE", ObjectCore.printed(state, Slot.State.CLOSE));
    }
}
