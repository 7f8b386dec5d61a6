package cachefiles.app.check.explore;

import cachefiles.app.check.Fd;
import cachefiles.daemon.core.SupervisorCore.Command;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceCall;
import cachefiles.kernel.uapi.DeviceReply;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Handle;
import cachefiles.kernel.uapi.Opcode;
import cachefiles.kernel.uapi.Request;
import java.util.Objects;

/// What of the three queues with mail of several objects is one object's, each with its place in the queue, from 1 on.
final class CallsCodec {
    private static final int END = 0;

    private CallsCodec() {}

    static void write(StateWriter out, Cookie cookie) {
        int place = 0;
        for (DeviceCall call : out.fromDaemon) {
            place++;
            if (!(call instanceof DeviceCall.Fetch) && handleOf(call).cookie().equals(cookie)) {
                out.put(place);
                call(out, call);
            }
        }
        out.put(END);
        place = 0;
        for (DeviceReply reply : out.world.toDaemon) {
            reply(out, cookie, reply, ++place);
        }
        out.put(END);
        place = 0;
        for (Command command : out.world.daemonToSupervisor) {
            toSupervisor(out, cookie, command, ++place);
        }
        out.put(END);
    }

    static void read(StateReader in, Parts parts) {
        for (int place = in.get(); place != END; place = in.get()) {
            parts.fromDaemon[place - 1] = call(in);
        }
        for (int place = in.get(); place != END; place = in.get()) {
            parts.toDaemon[place - 1] = reply(in);
        }
        for (int place = in.get(); place != END; place = in.get()) {
            parts.daemonToSupervisor[place - 1] = toSupervisor(in);
        }
    }

    private static Handle handleOf(DeviceCall call) {
        return switch (call) {
            case DeviceCall.Copen copen -> copen.handle();
            case DeviceCall.Cread cread -> cread.handle();
            case DeviceCall.CloseHandle close -> close.handle();
            case DeviceCall.Refuse refuse -> refuse.handle();
            default -> throw new IllegalStateException("of no object: " + call);
        };
    }

    private static void call(StateWriter out, DeviceCall call) {
        switch (call) {
            case DeviceCall.Copen(var incarnation, var msgId, var handle, var size, var validator) -> {
                out.put(0);
                out.incarnation(incarnation);
                out.msgId(msgId);
                out.handle(handle);
                out.put(size < 0 ? Errno.of((int) -size) : Errno.OK);
                out.version(size < 0 ? out.model.contents[0] : new Content(size, validator));
            }
            case DeviceCall.Cread(var incarnation, var msgId, var handle, var errno) -> {
                out.put(1);
                out.incarnation(incarnation);
                out.msgId(msgId);
                out.handle(handle);
                out.put(errno);
            }
            case DeviceCall.CloseHandle(var incarnation, var handle) -> {
                out.put(2);
                out.incarnation(incarnation);
                out.handle(handle);
            }
            default -> throw new IllegalStateException("not a daemon's: " + call);
        }
    }

    private static DeviceCall call(StateReader in) {
        int what = in.get();
        long by = in.incarnation();
        return switch (what) {
            case 0 -> {
                var id = in.msgId();
                var handle = in.handle();
                var errno = in.errno();
                var content = in.contentOfVersion();
                yield errno.isOk()
                        ? new DeviceCall.Copen(by, id, handle, content.sizeBytes(), content.validator())
                        : new DeviceCall.Copen(by, id, handle, -errno.number(), "");
            }
            case 1 -> new DeviceCall.Cread(by, in.msgId(), in.handle(), in.errno());
            default -> new DeviceCall.CloseHandle(by, in.handle());
        };
    }

    private static void reply(StateWriter out, Cookie cookie, DeviceReply reply, int place) {
        if (reply instanceof DeviceReply.Message message
                && message.fd().handle().cookie().equals(cookie)) {
            out.put(place);
            out.put(0);
            message(out, message);
        } else if (reply instanceof DeviceReply.Done(var call, var errno)
                && handleOf(call).cookie().equals(cookie)) {
            out.put(place);
            out.put(1);
            call(out, call);
            out.put(errno);
        }
    }

    private static DeviceReply reply(StateReader in) {
        return in.flag() ? new DeviceReply.Done(call(in), in.errno()) : message(in);
    }

    private static void message(StateWriter out, DeviceReply.Message message) {
        out.put(out.workers.of(message.worker()) << 1 | (message.more() ? 1 : 0));
        out.incarnation(message.incarnation());
        out.put(message.request().opcode());
        out.msgId(message.request().msgId());
        if (message.request() instanceof Request.Read read) {
            out.range(read.range());
        }
        out.handle(message.fd().handle());
    }

    private static DeviceReply message(StateReader in) {
        int worker = in.get();
        boolean more = (worker & 1) != 0;
        worker >>= 1;
        long by = in.incarnation();
        var opcode = in.opcode();
        var id = in.msgId();
        var range = opcode == Opcode.READ ? in.range() : null;
        var handle = in.handle();
        var request = switch (opcode) {
            case OPEN ->
                new Request.Open(id, handle.id(), in.cookie(), handle.id().value());
            case READ -> new Request.Read(id, handle.id(), Objects.requireNonNull(range));
            case CLOSE -> new Request.Close(id, handle.id());
        };
        return new DeviceReply.Message(by, worker, request, new Fd(handle, by), more);
    }

    private static void toSupervisor(StateWriter out, Cookie cookie, Command command, int place) {
        if (command instanceof Command.Keep(var handle, var content)
                && handle.cookie().equals(cookie)) {
            out.put(place);
            out.put(0);
            out.handle(handle);
            out.version(content);
        } else if (command instanceof Command.Discard(var handle)
                && handle.cookie().equals(cookie)) {
            out.put(place);
            out.put(1);
            out.handle(handle);
        }
    }

    private static Command toSupervisor(StateReader in) {
        return in.flag() ? new Command.Discard(in.handle()) : new Command.Keep(in.handle(), in.contentOfVersion());
    }
}
