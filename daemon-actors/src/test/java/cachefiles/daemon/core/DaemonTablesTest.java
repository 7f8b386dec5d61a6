package cachefiles.daemon.core;

import static cachefiles.kernel.uapi.Errno.EBADFD;
import static cachefiles.kernel.uapi.Errno.EINVAL;
import static cachefiles.kernel.uapi.Errno.EIO;
import static cachefiles.kernel.uapi.Errno.EMFILE;
import static cachefiles.kernel.uapi.Errno.EMSGSIZE;
import static cachefiles.kernel.uapi.Errno.OK;
import static org.junit.jupiter.api.Assertions.assertEquals;

import cachefiles.daemon.core.DaemonCommand.CloseEarly;
import cachefiles.daemon.core.DaemonCommand.Filled;
import cachefiles.daemon.core.DaemonCommand.LookedUp;
import cachefiles.daemon.core.DaemonCommand.Start;
import cachefiles.daemon.core.DaemonCommand.WorkerDied;
import cachefiles.kernel.uapi.AnonymousFd;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceCall;
import cachefiles.kernel.uapi.DeviceReply;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Handle;
import cachefiles.kernel.uapi.MsgId;
import cachefiles.kernel.uapi.ObjectId;
import cachefiles.kernel.uapi.Range;
import cachefiles.kernel.uapi.Request;
import cachefiles.testing.Brief;
import cachefiles.testing.StateTable;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Every state of a worker × everything a daemon hears. The daemon has one worker, and h1 of blob open; `+h2` says
/// which others it has open.
@DisplayNameGeneration(ReplaceUnderscores.class)
class DaemonTablesTest {
    private static final Cookie BLOB = Cookie.of("v", "blob");
    private static final Content CONTENT = new Content(65536, "v1");
    private static final MsgId ID = new MsgId(5);
    private static final Handle H1 = handle(1);
    private static final Handle H2 = handle(2);
    private static final Range FIRST = new Range(0, 4096);

    private static Map<String, DaemonState> states() {
        var states = new LinkedHashMap<String, DaemonState>();
        states.put("not started", new DaemonState(1));
        states.put("fetching", started());
        states.put("asleep", after(started(), reply(new DeviceReply.Nothing(3, 0))));
        states.put("looking up", lookingUp());
        states.put("looking up, 3rd try", after(lookingUp(), new WorkerDied(3, 0), new WorkerDied(3, 0)));
        states.put("looking up what was answered", after(lookingUp(), found(), message(open())));
        states.put("filling", filling());
        states.put("filling, more there", after(started(), message(new Request.Read(ID, H1.id(), FIRST), true)));
        states.put("filling, 3rd try", after(filling(), new WorkerDied(3, 0), new WorkerDied(3, 0)));
        return states;
    }

    private static Map<String, DaemonCommand> commands() {
        var commands = new LinkedHashMap<String, DaemonCommand>();
        commands.put("Start", new Start(4, Map.of()));
        commands.put("Start, kept", new Start(4, Map.of(H2, CONTENT)));
        commands.put("OPEN", message(open()));
        commands.put("READ", message(new Request.Read(ID, H1.id(), FIRST)));
        commands.put("READ, more behind it", message(new Request.Read(ID, H1.id(), FIRST), true));
        commands.put("READ, unknown", message(new Request.Read(ID, H2.id(), FIRST)));
        commands.put("CLOSE", message(new Request.Close(ID, H1.id())));
        commands.put("CLOSE, unknown", message(new Request.Close(ID, H2.id())));
        commands.put(
                "READ for a predecessor",
                reply(new DeviceReply.Message(2, 0, new Request.Read(ID, H1.id(), FIRST), fd(H1), false)));
        commands.put("Nothing", reply(new DeviceReply.Nothing(3, 0)));
        commands.put("Nothing, to a predecessor", reply(new DeviceReply.Nothing(2, 0)));
        commands.put("Refused EMFILE", reply(new DeviceReply.Refused(3, 0, EMFILE)));
        commands.put("Refused EMSGSIZE", reply(new DeviceReply.Refused(3, 0, EMSGSIZE)));
        commands.put("Refused, a predecessor", reply(new DeviceReply.Refused(2, 0, EMFILE)));
        commands.put("Readable", reply(new DeviceReply.Readable()));
        commands.put("Done: copen of h1", done(H1, OK));
        commands.put("Done: copen of h2", done(H2, OK));
        commands.put("Done: copen of h2 refused", done(H2, EBADFD));
        commands.put("Done: copen of h1 again", done(H1, EINVAL));
        commands.put("Done: cread", reply(new DeviceReply.Done(new DeviceCall.Cread(3, ID, H1, OK), EINVAL)));
        commands.put("LookedUp", found());
        commands.put("LookedUp, failed", new LookedUp(3, 0, ID, EIO, null));
        commands.put("LookedUp, another", new LookedUp(3, 0, new MsgId(6), OK, CONTENT));
        commands.put("LookedUp, a predecessor", new LookedUp(2, 0, ID, OK, CONTENT));
        commands.put("Filled", new Filled(3, 0, ID, OK));
        commands.put("Filled, failed", new Filled(3, 0, ID, EIO));
        commands.put("Filled, a predecessor", new Filled(2, 0, ID, OK));
        commands.put("CloseEarly", new CloseEarly(H1));
        commands.put("CloseEarly, unknown", new CloseEarly(H2));
        commands.put("WorkerDied", new WorkerDied(3, 0));
        commands.put("WorkerDied, a predecessor", new WorkerDied(2, 0));
        return commands;
    }

    @Test
    @Tag("S40")
    @Tag("S80")
    @Tag("S81")
    @Tag("G2")
    @Tag("I4")
    @Tag("D3")
    @Tag("D1")
    void everything_a_daemon_hears_in_every_state_of_a_worker() {
        new StateTable(DaemonTablesTest.class, "daemon.table").check(states(), commands(), (state, command) -> {
            var before = show(state);
            var copy = state.copy();
            var decision = DaemonCore.decide(copy, command);
            assertEquals(before, show(copy), "decide only reads");
            decision.events().forEach(event -> DaemonCore.evolve(copy, event));
            assertEquals(before, show(state), "a copy shares nothing");
            var said = Brief.of(decision.actions()).replace("Content(65536 v1)", "v1");
            var after = show(copy);
            return (after.equals(before) ? "same" : after) + (said.isEmpty() ? "" : "; " + said);
        });
    }

    private static String show(DaemonState state) {
        var text = new StringBuilder(Brief.of(state.worker(0)).replace("Content(65536 v1)", "v1"));
        if (state.isReadable()) {
            text.append(" POLLIN");
        }
        if (state.opened(H1) == null) {
            text.append(" -h1");
        }
        if (state.opened(H2) != null) {
            text.append(" +h2").append(state.isUnconfirmed(H2) ? "?" : "");
        }
        return text.toString();
    }

    private static DaemonState started() {
        return after(new DaemonState(1), new Start(3, Map.of(H1, CONTENT)));
    }

    private static DaemonState lookingUp() {
        return after(started(), message(open()));
    }

    private static DaemonState filling() {
        return after(started(), message(new Request.Read(ID, H1.id(), FIRST)));
    }

    private static DaemonState after(DaemonState state, DaemonCommand... commands) {
        for (DaemonCommand command : commands) {
            DaemonCore.decide(state, command).events().forEach(event -> DaemonCore.evolve(state, event));
        }
        return state;
    }

    private static Request open() {
        return new Request.Open(ID, H2.id(), BLOB, 2);
    }

    private static LookedUp found() {
        return new LookedUp(3, 0, ID, OK, CONTENT);
    }

    private static DaemonCommand message(Request request) {
        return message(request, false);
    }

    private static DaemonCommand message(Request request, boolean more) {
        return reply(new DeviceReply.Message(
                3, 0, request, fd(handle(request.objectId().value())), more));
    }

    private static DaemonCommand done(Handle handle, Errno errno) {
        return reply(new DeviceReply.Done(new DeviceCall.Copen(3, ID, handle, 65536, "v1"), errno));
    }

    private static DaemonCommand reply(DeviceReply reply) {
        return new DaemonCommand.FromDevice(reply);
    }

    private static Handle handle(int id) {
        return new Handle(BLOB, new ObjectId(id), 3);
    }

    /// A descriptor that the core must not touch.
    static AnonymousFd fd(Handle handle) {
        return new AnonymousFd() {
            @Override
            public Handle handle() {
                return handle;
            }

            @Override
            public long incarnation() {
                return 3;
            }

            @Override
            public AnonymousFd heldBy(long incarnation) {
                throw new AssertionError();
            }

            @Override
            public int write(ByteBuffer source, long position) {
                throw new AssertionError();
            }

            @Override
            public Range[] nextHole(long position, long limit) {
                throw new AssertionError();
            }
        };
    }
}
