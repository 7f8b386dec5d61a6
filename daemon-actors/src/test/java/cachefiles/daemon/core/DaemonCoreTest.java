package cachefiles.daemon.core;

import static cachefiles.kernel.uapi.Errno.EBADFD;
import static cachefiles.kernel.uapi.Errno.EINVAL;
import static cachefiles.kernel.uapi.Errno.ESTALE;
import static cachefiles.kernel.uapi.Errno.OK;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.daemon.core.DaemonEvent.Opened;
import cachefiles.daemon.core.DaemonEvent.WorkerTurned;
import cachefiles.daemon.core.DaemonState.Work;
import cachefiles.kernel.uapi.Codec;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceCall;
import cachefiles.kernel.uapi.DeviceCall.Copen;
import cachefiles.kernel.uapi.DeviceReply;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Handle;
import cachefiles.kernel.uapi.MsgId;
import cachefiles.kernel.uapi.ObjectId;
import cachefiles.kernel.uapi.Range;
import cachefiles.kernel.uapi.Request;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class DaemonCoreTest {
    private static final Content CONTENT = new Content(65536, "v1");
    private static final Handle HANDLE = new Handle(Cookie.of("v", "blob"), new ObjectId(1), 3);

    private final DaemonState state = new DaemonState(1);

    private List<DaemonAction> tell(DaemonCommand command) {
        return step(state, command);
    }

    private List<DaemonAction> answered(Errno errno) {
        return tell(new DaemonCommand.FromDevice(
                new DeviceReply.Done(new Copen(3, MsgId.FIRST, HANDLE, 65536, "v1"), errno)));
    }

    @Test
    @Tag("G3")
    @Tag("G13")
    @Tag("D4")
    void a_refused_open_is_forgotten_whatever_the_reason() {
        for (Errno errno : List.of(EBADFD, ESTALE, EINVAL)) {
            DaemonCore.evolve(state, new Opened(HANDLE, CONTENT));
            assertEquals(List.of(new DaemonAction.Discard(HANDLE)), answered(errno));
            assertEquals(Map.of(), state.opened());
        }
    }

    @Test
    @Tag("S76")
    @Tag("I18")
    void the_refusal_of_a_second_answer_forgets_nothing() {
        DaemonCore.evolve(state, new Opened(HANDLE, CONTENT));
        answered(OK);
        assertEquals(List.of(), answered(EINVAL));
        assertEquals(Map.of(HANDLE, CONTENT), state.opened());
    }

    /// Its READs are filled by what is remembered: were the answer another, they would be completed without data.
    @Test
    @Tag("Q7")
    @Tag("S130")
    void an_open_that_comes_again_with_a_kept_descriptor_is_answered_with_what_is_remembered_of_it() {
        tell(new DaemonCommand.Start(4, Map.of(HANDLE, CONTENT)));
        DaemonCore.evolve(state, new WorkerTurned(0, new Work.LookingUp(MsgId.FIRST, HANDLE, HANDLE.cookie(), 1)));
        var said = tell(new DaemonCommand.LookedUp(4, 0, MsgId.FIRST, OK, new Content(4096, "v2")));
        assertEquals(new DaemonAction.Say(new Copen(4, MsgId.FIRST, HANDLE, 65536, "v1")), said.getFirst());
        assertEquals(Map.of(HANDLE, CONTENT), state.opened());
    }

    /// An OPEN was handed out twice, its first answer accepted, a READ served, and the descriptor closed. When the
    /// second look-up ends, the READ's worker must not find the descriptor open again.
    @Test
    @Tag("S76")
    @Tag("I18")
    void a_second_answer_does_not_bring_a_closed_descriptor_back() {
        var two = new DaemonState(2);
        DaemonCore.evolve(two, new DaemonEvent.Started(3, Map.of()));
        DaemonCore.evolve(two, new WorkerTurned(0, new Work.LookingUp(MsgId.FIRST, HANDLE, HANDLE.cookie(), 1)));
        DaemonCore.evolve(
                two, new WorkerTurned(1, new Work.Filling(new MsgId(1), HANDLE, CONTENT, new Range(0, 4096), 1)));
        var looked = DaemonCore.decide(two, new DaemonCommand.LookedUp(3, 0, MsgId.FIRST, OK, CONTENT));
        looked.events().forEach(event -> DaemonCore.evolve(two, event));
        assertEquals(Map.of(), two.opened());
        assertFalse(looked.actions().contains(new DaemonAction.Keep(HANDLE, CONTENT)));
        assertEquals(
                List.of(new DaemonAction.Say(new DeviceCall.Fetch(3, 1, Codec.MAX_BYTES))),
                DaemonCore.decide(two, new DaemonCommand.WorkerDied(3, 1)).actions());
    }

    @Test
    @Tag("Q5")
    @Tag("I18")
    void a_daemon_that_begins_again_knows_only_what_was_kept_for_it() {
        tell(new DaemonCommand.Start(3, Map.of()));
        DaemonCore.evolve(state, new Opened(HANDLE, CONTENT));
        tell(new DaemonCommand.Start(4, Map.of()));
        assertEquals(Map.of(), state.opened());
    }

    /// A successor's first step costs the same for 8 workers and for 100,000.
    @Test
    @Tag("S40")
    void of_many_workers_one_reads_at_first() {
        var many = new DaemonState(100_000);
        var decision = DaemonCore.decide(many, new DaemonCommand.Start(3, Map.of()));
        assertEquals(List.of(new DaemonAction.Say(new DeviceCall.Fetch(3, 0, Codec.MAX_BYTES))), decision.actions());
        assertEquals(2, decision.events().size());
    }

    @Test
    @Tag("S38")
    @Tag("S40")
    void a_worker_that_has_answered_reads_again_only_while_the_device_is_readable() {
        tell(new DaemonCommand.Start(3, Map.of(HANDLE, CONTENT)));
        assertEquals(List.of(), fetchesAfterRead(false));
        tell(new DaemonCommand.FromDevice(new DeviceReply.Readable()));
        assertEquals(List.of(FETCH), fetchesAfterRead(true));
        assertEquals(List.of(), fetchesAfterRead(false));
    }

    private static final DaemonAction FETCH = new DaemonAction.Say(new DeviceCall.Fetch(3, 0, Codec.MAX_BYTES));

    private List<DaemonAction> fetchesAfterRead(boolean more) {
        var read = new Request.Read(MsgId.FIRST, HANDLE.id(), new Range(0, 4096));
        tell(new DaemonCommand.FromDevice(new DeviceReply.Message(3, 0, read, DaemonTablesTest.fd(HANDLE), more)));
        return tell(new DaemonCommand.Filled(3, 0, MsgId.FIRST, OK)).stream()
                .filter(FETCH::equals)
                .toList();
    }

    @Test
    @Tag("S40")
    void a_message_with_more_behind_it_wakes_one_worker_that_sleeps() {
        var two = new DaemonState(2);
        step(two, new DaemonCommand.Start(3, Map.of(HANDLE, CONTENT)));
        var read = new Request.Read(MsgId.FIRST, HANDLE.id(), new Range(0, 4096));
        var other = new DaemonAction.Say(new DeviceCall.Fetch(3, 1, Codec.MAX_BYTES));
        for (boolean more : List.of(false, true)) {
            var message = new DeviceReply.Message(3, 0, read, DaemonTablesTest.fd(HANDLE), more);
            assertEquals(more, step(two, new DaemonCommand.FromDevice(message)).contains(other), "more: " + more);
        }
    }

    @Test
    void of_many_workers_one_alone_reads_after_a_start_whatever_the_others_did() {
        var two = new DaemonState(2);
        assertEquals(2, two.workers());
        assertFalse(two.isRunning());
        step(two, new DaemonCommand.Start(0, Map.of()));
        assertEquals(0, two.incarnation());
        assertTrue(two.isRunning());
        DaemonCore.evolve(two, new WorkerTurned(1, new Work.Fetching()));
        step(two, new DaemonCommand.Start(4, Map.of()));
        assertEquals(List.of(new Work.Fetching(), new Work.Asleep()), List.of(two.worker(0), two.worker(1)));
    }

    @Test
    @Tag("I4")
    void a_fill_that_ended_for_the_read_before_is_no_answer_to_the_read_of_now() {
        tell(new DaemonCommand.Start(3, Map.of(HANDLE, CONTENT)));
        var now = new MsgId(1);
        DaemonCore.evolve(state, new WorkerTurned(0, new Work.Filling(now, HANDLE, CONTENT, new Range(0, 4096), 1)));
        assertEquals(List.of(), tell(new DaemonCommand.Filled(3, 0, MsgId.FIRST, OK)));
        var cread = new DaemonAction.Say(new DeviceCall.Cread(3, now, HANDLE, OK));
        assertEquals(cread, tell(new DaemonCommand.Filled(3, 0, now, OK)).getFirst());
    }

    @Test
    void what_the_device_says_to_a_supervisor_is_nothing_to_a_daemon() {
        tell(new DaemonCommand.Start(3, Map.of()));
        assertEquals(List.of(), tell(new DaemonCommand.FromDevice(new DeviceReply.TookOver(4))));
        assertEquals(3, state.incarnation());
    }

    private static List<DaemonAction> step(DaemonState state, DaemonCommand command) {
        var decision = DaemonCore.decide(state, command);
        decision.events().forEach(event -> DaemonCore.evolve(state, event));
        return decision.actions();
    }
}
