package cachefiles.app.check.explore;

import cachefiles.app.check.Violation;
import cachefiles.daemon.core.DaemonCommand;
import cachefiles.daemon.core.DaemonState;
import cachefiles.daemon.core.DaemonState.Work;
import cachefiles.daemon.core.SupervisorCore.Command;
import cachefiles.kernel.device.DeviceCommand;
import cachefiles.kernel.device.DeviceState;
import cachefiles.kernel.device.Notice;
import cachefiles.kernel.device.Pending;
import cachefiles.kernel.device.Slot;
import cachefiles.kernel.object.ObjectCommand;
import cachefiles.kernel.object.ObjectState;
import cachefiles.kernel.reader.ReaderCore;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceCall;
import cachefiles.kernel.uapi.DeviceReply;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Handle;
import cachefiles.kernel.uapi.MsgId;
import cachefiles.kernel.uapi.Range;
import cachefiles.kernel.uapi.Request;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes a world as bytes, so that two worlds that behave alike have the same bytes:
///
/// - ids have no end, so they get names. Requests in the table are named by their order, which decides who is handed
///   out next; all other ids are only ever compared for being the same, and are named by appearance.
/// - of a handle's incarnation it matters whether it is below the floor, and nothing else: a handle of an old
///   incarnation is not the same as a closed one, for that is what the fence is about.
/// - everything that concerns an object stands in the object's section, with its place in the table and in the queues.
///   Objects are the same but for that: sections are sorted. So are readers within a section, and workers.
///
/// [Decoder] reads it. Not safe for several threads.
@SuppressWarnings("EnumOrdinal") // for no longer than one exploration
final class Encoder {
    private final Model model;
    private final Bytes out = new Bytes();
    private final Bytes[] sections;
    private final Names incarnations = new Names();
    private final Names handles = new Names();
    private final Names asks = new Names();
    private final Names stale = new Names();
    private final Names workers = new Names();
    private final Names table = new Names();
    private Bytes section = out;
    private World world;
    private DeviceState device;
    private List<DeviceCall> fromDaemon = List.of();

    @SuppressWarnings("NullAway") // the world is given with each call
    Encoder(Model model) {
        this.model = model;
        this.sections = new Bytes[model.bounds.objects()];
        Arrays.setAll(sections, _ -> new Bytes());
    }

    byte[] encode(World given) {
        world = given;
        device = given.device();
        fromDaemon = model.trusts ? stillMatters(given.fromDaemon) : given.fromDaemon;
        table.clear();
        for (Pending request : device.table()) {
            table.of(Integer.toUnsignedLong(request.id().value()));
        }
        nameIncarnations();
        nameWorkers();
        out.clear();
        section = out;
        globals();
        for (int number = 0; number < sections.length; number++) {
            section = sections[number];
            section.clear();
            object(number);
        }
        if (model.reduced) {
            Arrays.sort(sections, Bytes::compareTo);
        }
        for (Bytes each : sections) {
            out.put(each);
        }
        return out.toArray();
    }

    /// Without the answers to what has ended, and the closing of what is closed: nobody will ever heed them, for ids do
    /// not come again.
    private List<DeviceCall> stillMatters(List<DeviceCall> calls) {
        for (DeviceCall call : calls) {
            if (isOver(call)) {
                var rest = new ArrayList<>(calls);
                rest.removeIf(this::isOver);
                return rest;
            }
        }
        return calls;
    }

    private boolean isOver(DeviceCall call) {
        return switch (call) {
            case DeviceCall.Cread cread -> device.request(cread.msgId()) == null;
            case DeviceCall.Copen copen -> device.request(copen.msgId()) == null && !device.isLive(copen.handle());
            case DeviceCall.CloseHandle close -> !device.isLive(close.handle());
            default -> false;
        };
    }

    /// Whether all that comes of a worker's work is that it will be free again: its handle is dead, or what it was to
    /// fetch is there and the request has ended.
    private boolean isForNothing(int worker) {
        if (!model.trusts || workers.find(worker) >= 0) {
            return false;
        }
        return switch (world.daemon().worker(worker)) {
            case Work.LookingUp looking -> !device.isLive(looking.handle());
            case Work.Filling filling ->
                !device.isLive(filling.handle())
                        || device.request(filling.msgId()) == null && isPresent(worker, filling);
            case Work.Asleep _, Work.Fetching _ -> false;
        };
    }

    private boolean isPresent(int worker, Work.Filling filling) {
        var blocks = world.site(model.object(filling.handle().cookie())).blocks;
        int first = (int) (filling.range().offset() / Model.BLOCK_BYTES);
        int limit = (int) Math.min(blocks.length, filling.range().limit() / Model.BLOCK_BYTES);
        for (int block = first + world.filled[worker]; block < limit; block++) {
            if (blocks[block] == Site.HOLE) {
                return false;
            }
        }
        return true;
    }

    private void nameIncarnations() {
        incarnations.clear();
        incarnations.of(device.incarnation());
        incarnation(world.daemon().incarnation());
        incarnation(world.supervisor.incarnation());
        for (DeviceCall call : fromDaemon) {
            incarnations.of(((DeviceCall.FromDaemon) call).incarnation());
        }
        for (DeviceReply reply : world.toDaemon) {
            switch (reply) {
                case DeviceReply.Message message -> incarnations.of(message.incarnation());
                case DeviceReply.Nothing nothing -> incarnations.of(nothing.incarnation());
                case DeviceReply.Refused refused -> incarnations.of(refused.incarnation());
                case DeviceReply.Done(DeviceCall.FromDaemon call, _) -> incarnations.of(call.incarnation());
                default -> {}
            }
        }
        for (DeviceReply reply : world.deviceToSupervisor) {
            if (reply instanceof DeviceReply.TookOver(var incarnation)) {
                incarnations.of(incarnation);
            }
        }
        for (DaemonCommand command : world.supervisorToDaemon) {
            incarnations.of(((DaemonCommand.Start) command).incarnation());
        }
        incarnations.sort();
    }

    private void incarnation(long value) {
        if (value >= 0) {
            incarnations.of(value);
        }
    }

    /// Workers that wait for the device come first, in the order of their questions.
    private void nameWorkers() {
        workers.clear();
        if (!model.reduced) {
            for (int worker = 0; worker < world.daemon().workers(); worker++) {
                workers.of(worker);
            }
            return;
        }
        for (DeviceCall call : fromDaemon) {
            if (call instanceof DeviceCall.Fetch fetch) {
                workers.of(fetch.worker());
            }
        }
        for (DeviceReply reply : world.toDaemon) {
            switch (reply) {
                case DeviceReply.Message message -> workers.of(message.worker());
                case DeviceReply.Nothing nothing -> workers.of(nothing.worker());
                case DeviceReply.Refused refused -> workers.of(refused.worker());
                default -> {}
            }
        }
    }

    private void globals() {
        for (Fault fault : model.faults) {
            out.put(world.left[fault.ordinal()]);
        }
        out.put(workers.count());
        for (int name = 0; name < workers.count(); name++) {
            out.put(world.daemon().worker((int) workers.value(name)) instanceof Work.Fetching);
        }
        out.put((device.isDead() ? 1 : 0)
                | (device.hasGivenUp() ? 2 : 0)
                | (device.floor() == device.incarnation() ? 4 : 0)
                | (world.polled ? 8 : 0)
                | (world.deviceUpDue ? 16 : 0)
                | (model.countsProgress && world.daemon().hasMadeProgress() ? 32 : 0)
                | (world.daemon().isReadable() ? 64 : 0));
        putIncarnation(device.incarnation());
        putIncarnation(world.daemon().incarnation());
        putIncarnation(world.supervisor.incarnation());
        out.put(world.supervisor.phase().ordinal());
        out.put(world.supervisor.life() > 0);
        out.put(model.countsProgress ? world.supervisor.fruitless() : 0);
        out.put(table.count());
        int cursor = 0;
        for (Pending request : device.table()) {
            cursor += request.id().compareTo(device.cursor()) < 0 ? 1 : 0;
        }
        out.put(cursor);
        out.put(fromDaemon.size());
        for (DeviceCall call : fromDaemon) {
            if (call instanceof DeviceCall.Fetch fetch) {
                out.put(1 + workers.of(fetch.worker()));
                putIncarnation(fetch.incarnation());
            } else {
                out.put(0);
            }
        }
        out.put(world.toDaemon.size());
        for (DeviceReply reply : world.toDaemon) {
            globalReply(reply);
        }
        supervisorsMail();
        int lost = 0; // fetches of which nothing is on its way
        for (int worker = 0; worker < world.daemon().workers(); worker++) {
            boolean fetches = world.daemon().worker(worker) instanceof Work.Fetching;
            lost += fetches && workers.find(worker) < 0 ? 1 : 0;
        }
        out.put(lost);
        int forNothing = 0;
        for (int worker = 0; worker < world.daemon().workers(); worker++) {
            forNothing += isForNothing(worker) ? 1 : 0;
        }
        out.put(forNothing);
    }

    private void globalReply(DeviceReply reply) {
        switch (reply) {
            case DeviceReply.Nothing(var incarnation, var worker) -> {
                out.put(1);
                out.put(workers.of(worker));
                putIncarnation(incarnation);
            }
            case DeviceReply.Refused(var incarnation, var worker, var errno) -> {
                out.put(2);
                out.put(workers.of(worker));
                putIncarnation(incarnation);
                out.put(errno.ordinal());
            }
            case DeviceReply.Readable _ -> out.put(3);
            case DeviceReply.Done(DeviceCall.Fetch _, _) -> throw new IllegalStateException("answered otherwise");
            default -> out.put(0);
        }
    }

    private void supervisorsMail() {
        out.put(world.fromSupervisor.size());
        for (DeviceCall call : world.fromSupervisor) {
            out.put(
                    switch (call) {
                        case DeviceCall.TakeOver(var keep) -> keep ? 0 : 1;
                        case DeviceCall.Restore _ -> 2;
                        default -> 3;
                    });
        }
        out.put(world.deviceToSupervisor.size());
        for (DeviceReply reply : world.deviceToSupervisor) {
            if (reply instanceof DeviceReply.TookOver(var incarnation)) {
                out.put(1);
                putIncarnation(incarnation);
            } else {
                out.put(0);
            }
        }
        out.put(world.daemonToSupervisor.size());
        for (Command command : world.daemonToSupervisor) {
            out.put(command instanceof Command.DaemonUp ? 1 : command instanceof Command.Progress ? 2 : 0);
        }
        out.put(world.supervisorToDaemon.size());
        for (DaemonCommand command : world.supervisorToDaemon) {
            putIncarnation(((DaemonCommand.Start) command).incarnation());
            out.put(((DaemonCommand.Start) command).kept().isEmpty());
        }
    }

    private void putIncarnation(long value) {
        out.put(value < 0 ? 0 : 1 + incarnations.find(value));
    }

    // One object's section.

    private void object(int number) {
        var site = world.site(number);
        handles.clear();
        asks.clear();
        stale.clear();
        section.put(site.user.ordinal());
        boolean over = model.reduced && isOver(number, site);
        section.put(over);
        if (over) {
            readers(number);
            return;
        }
        section.put((site.withdrawn ? 1 : 0)
                | (site.attached ? 2 : 0)
                | (site.attaching ? 4 : 0)
                | (site.attachedSaid ? 8 : 0)
                | (site.journaled != null ? 16 : 0)
                | site.causes << 5);
        section.put(site.timer);
        for (byte block : site.blocks) { // of an object out of use nobody reads them
            section.put(model.reduced && site.withdrawn ? Site.HOLE : block);
        }
        gate(site);
        objectState(site.object);
        var cookie = model.cookies[number];
        slot(cookie);
        requests(cookie);
        mail(site);
        calls(number);
        works(number);
        openedAndHeld(number);
        readers(number);
    }

    /// Whether nothing will ever happen to the object again.
    private boolean isOver(int number, Site site) {
        return site.user == Site.User.GONE
                && site.object instanceof ObjectState.Idle
                && site.gate().isIdle()
                && site.fromDevice.isEmpty()
                && site.fromGate.isEmpty()
                && site.toDevice.isEmpty()
                && device.requestsOf(model.cookies[number]).isEmpty()
                && !device.hasSlot(model.cookies[number])
                && world.toDaemon.isEmpty()
                && world.daemonToSupervisor.isEmpty();
    }

    private void gate(Site site) {
        section.put(site.gate().wish().ordinal());
        var known = site.gate().asks();
        section.put(known.size());
        for (var ask : known) {
            asks.of(ask.ask());
            range(ask.range());
            section.put(ask.sent());
        }
    }

    private void range(Range range) {
        section.put((int) (range.offset() / Model.BLOCK_BYTES) << 4 | (int) (range.limit() / Model.BLOCK_BYTES));
    }

    private void ask(long ask) {
        section.put(asks.of(ask));
    }

    private void content(@Nullable Content content) {
        if (content != null && !content.equals(model.content)) {
            throw new Violation("a content that nobody gave: " + content);
        }
        section.put(content != null);
    }

    private void objectState(ObjectState state) {
        switch (state) {
            case ObjectState.Idle(var known) -> {
                section.put(0);
                content(known);
            }
            case ObjectState.Opening(var known) -> {
                section.put(1);
                content(known);
            }
            case ObjectState.Attaching(var known, var content, var releasing, var retiring) -> {
                section.put(2);
                content(known);
                content(content);
                section.put(releasing);
                section.put(retiring);
            }
            case ObjectState.Ready(var content, var reads, var askedRest) -> {
                section.put(3);
                content(content);
                section.put(askedRest);
                section.put(reads.size());
                for (var read : reads) {
                    range(read.range());
                    ask(read.tag());
                    section.put(read.asks().size());
                    read.asks().forEach(this::ask);
                }
            }
            case ObjectState.Closing(var known, var retiring) -> {
                section.put(4);
                content(known);
                section.put(retiring);
            }
            case ObjectState.Dropping(var known, var retiring, var failed) -> {
                section.put(5);
                content(known);
                section.put(retiring);
                section.put(failed.ordinal());
            }
        }
    }

    /// What a slot remembers of a handle that is dead changes nothing any more; nor do attempts that do not count.
    private void slot(Cookie cookie) {
        var slot = device.slot(cookie);
        var state = device.effective(cookie);
        boolean live = device.hasLiveHandle(slot);
        boolean current = slot.attempts() > 0 && slot.attemptsIn() == device.incarnation();
        int attempts = current || state == Slot.State.RESTING ? slot.attempts() : 0;
        var lastError = model.bounds.attempts() > 0 && attempts > 0 ? slot.lastError() : Errno.OK;
        boolean plain = state == Slot.State.CLOSE && !live && attempts == 0;
        section.put(!plain);
        if (plain) {
            return;
        }
        section.put(state.ordinal());
        section.put(live ? 1 + handles.of(slot.handle()) : 0);
        content(state == Slot.State.OPEN ? slot.content() : null);
        section.put(attempts);
        section.put(current);
        section.put(lastError.ordinal());
    }

    private void requests(Cookie cookie) {
        var requests = device.requestsOf(cookie);
        section.put(requests.size());
        for (Pending request : requests) {
            msgId(request.id());
            section.put(request.opcode().ordinal());
            if (request.range() != null) {
                range(request.range());
                ask(request.tag());
            }
            content(request.expected());
            section.put(request.isNew());
            var out = request.out();
            boolean matters = out != null && (!request.isNew() || device.isLive(out));
            section.put(matters);
            if (out != null && matters) {
                handle(out);
            }
        }
    }

    private void msgId(MsgId id) {
        long value = Integer.toUnsignedLong(id.value());
        int place = table.find(value);
        section.put(place >= 0 ? place : 128 + stale.of(value));
    }

    private void handle(Handle handle) {
        section.put(handles.of(handle.id().value()) << 1 | (handle.incarnation() >= device.floor() ? 1 : 0));
    }

    private void mail(Site site) {
        section.put(site.fromDevice.size());
        for (Notice notice : site.fromDevice) {
            switch (notice) {
                case Notice.OpenEnded(var errno, var content) -> {
                    section.put(0);
                    section.put(errno.ordinal());
                    content(content);
                }
                case Notice.ReadEnded(var tag, var errno) -> {
                    section.put(1);
                    ask(tag);
                    section.put(errno.ordinal());
                }
                case Notice.CloseEnded _ -> section.put(2);
                case Notice.Reopen _ -> section.put(3);
                case Notice.DropDone _ -> section.put(4);
                case Notice.MayRest(var yes) -> section.put(yes ? 6 : 5);
            }
        }
        section.put(site.fromGate.size());
        for (ObjectCommand command : site.fromGate) {
            switch (command) {
                case ObjectCommand.Acquire _ -> section.put(0);
                case ObjectCommand.Read(var ask, var range) -> {
                    section.put(1);
                    ask(ask);
                    range(range);
                }
                case ObjectCommand.CancelRead(var ask) -> {
                    section.put(2);
                    ask(ask);
                }
                case ObjectCommand.Release(var retire) -> section.put(retire ? 4 : 3);
                case ObjectCommand.Resubmit _ -> section.put(5);
                case ObjectCommand.Rest _, ObjectCommand.Attached _, ObjectCommand.Heard _ ->
                    throw new IllegalStateException("not of a gate: " + command);
            }
        }
        section.put(site.toDevice.size());
        for (DeviceCommand.FromObject command : site.toDevice) {
            switch (command) {
                case DeviceCommand.SubmitOpen(_, var expected) -> {
                    section.put(0);
                    content(expected);
                }
                case DeviceCommand.SubmitRead(_, var range, var tag, var promised) -> {
                    section.put(1);
                    range(range);
                    ask(tag);
                    content(promised);
                }
                case DeviceCommand.SubmitClose _ -> section.put(2);
                case DeviceCommand.CancelRead(_, var tag) -> {
                    section.put(3);
                    ask(tag);
                }
                case DeviceCommand.Drop _ -> section.put(4);
                case DeviceCommand.AskRest _ -> section.put(5);
                case DeviceCommand.ObjectUp _ -> section.put(6);
            }
        }
    }

    /// What of the three queues with mail of several objects is this one's, each with its place.
    private void calls(int number) {
        var cookie = model.cookies[number];
        int place = 0;
        for (DeviceCall call : fromDaemon) {
            place++;
            if (!(call instanceof DeviceCall.Fetch) && handleOf(call).cookie().equals(cookie)) {
                section.put(place);
                call(call);
            }
        }
        section.put(0);
        place = 0;
        for (DeviceReply reply : world.toDaemon) {
            place++;
            if (reply instanceof DeviceReply.Message message
                    && message.fd().handle().cookie().equals(cookie)) {
                section.put(place);
                section.put(0);
                section.put(workers.of(message.worker()) << 1 | (message.more() ? 1 : 0));
                section.put(1 + incarnations.find(message.incarnation()));
                section.put(message.request().opcode().ordinal());
                msgId(message.request().msgId());
                if (message.request() instanceof Request.Read read) {
                    range(read.range());
                }
                handle(message.fd().handle());
            } else if (reply instanceof DeviceReply.Done(var call, var errno)
                    && handleOf(call).cookie().equals(cookie)) {
                section.put(place);
                section.put(1);
                call(call);
                section.put(errno.ordinal());
            }
        }
        section.put(0);
        place = 0;
        for (Command command : world.daemonToSupervisor) {
            place++;
            if (command instanceof Command.Keep(var handle, _)
                    && handle.cookie().equals(cookie)) {
                section.put(place);
                section.put(0);
                handle(handle);
            } else if (command instanceof Command.Discard(var handle)
                    && handle.cookie().equals(cookie)) {
                section.put(place);
                section.put(1);
                handle(handle);
            }
        }
        section.put(0);
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

    private void call(DeviceCall call) {
        switch (call) {
            case DeviceCall.Copen(var incarnation, var msgId, var handle, var size, _) -> {
                section.put(0);
                section.put(1 + incarnations.find(incarnation));
                msgId(msgId);
                handle(handle);
                section.put(size < 0 ? Errno.of((int) -size).ordinal() : 0);
            }
            case DeviceCall.Cread(var incarnation, var msgId, var handle, var errno) -> {
                section.put(1);
                section.put(1 + incarnations.find(incarnation));
                msgId(msgId);
                handle(handle);
                section.put(errno.ordinal());
            }
            case DeviceCall.CloseHandle(var incarnation, var handle) -> {
                section.put(2);
                section.put(1 + incarnations.find(incarnation));
                handle(handle);
            }
            default -> throw new IllegalStateException("not a daemon's: " + call);
        }
    }

    private void works(int number) {
        var mine = new ArrayList<Integer>(world.daemon().workers());
        for (int worker = 0; worker < world.daemon().workers(); worker++) {
            var handle = handleAt(world.daemon(), worker);
            if (handle != null && handle.cookie().equals(model.cookies[number]) && !isForNothing(worker)) {
                mine.add(worker);
            }
        }
        if (model.reduced && mine.size() > 1) {
            mine.sort(Comparator.comparingLong(this::orderOfWork));
        }
        section.put(mine.size());
        for (int worker : mine) {
            section.put(1 + workers.find(worker));
            switch (world.daemon().worker(worker)) {
                case Work.LookingUp(var msgId, var handle, _, var tries) -> {
                    section.put(tries);
                    msgId(msgId);
                    handle(handle);
                }
                case Work.Filling(var msgId, var handle, _, var range, var tries) -> {
                    section.put(16 | tries);
                    msgId(msgId);
                    handle(handle);
                    range(range);
                    section.put(world.filled[worker]);
                }
                case Work.Asleep _, Work.Fetching _ -> throw new IllegalStateException("at work on nothing");
            }
        }
    }

    static @Nullable Handle handleAt(DaemonState daemon, int worker) {
        return switch (daemon.worker(worker)) {
            case Work.LookingUp looking -> looking.handle();
            case Work.Filling filling -> filling.handle();
            case Work.Asleep _, Work.Fetching _ -> null;
        };
    }

    /// Kind, progress, request: two workers on one object never have all of them in common.
    private long orderOfWork(int worker) {
        return switch (world.daemon().worker(worker)) {
            case Work.LookingUp looking -> order(0, looking.tries(), looking.msgId());
            case Work.Filling filling -> order(1 + world.filled[worker], filling.tries(), filling.msgId());
            case Work.Asleep _, Work.Fetching _ -> 0;
        };
    }

    private long order(int kind, int tries, MsgId id) {
        int place = table.find(Integer.toUnsignedLong(id.value()));
        return (long) kind << 56
                | (long) tries << 48
                | (place >= 0 ? place : 1L << 40 | Integer.toUnsignedLong(id.value()));
    }

    private void openedAndHeld(int number) {
        var cookie = model.cookies[number];
        var known = new ArrayList<Integer>(4);
        for (Handle handle : world.daemon().opened().keySet()) {
            boolean matters = device.isLive(handle) || handles.find(handle.id().value()) >= 0;
            if (handle.cookie().equals(cookie) && matters) {
                known.add(entry(handle));
            }
        }
        for (Handle handle : world.held.keySet()) {
            if (handle.cookie().equals(cookie)
                    && device.isLive(handle)
                    && world.daemon().opened(handle) == null) {
                known.add(entry(handle));
            }
        }
        known.sort(null);
        section.put(known.size());
        for (int entry : known) {
            section.put(entry >> 8); // one that nothing else names has no name to be written
            section.put(entry & 0xff);
        }
    }

    private int entry(Handle handle) {
        int name = handles.find(handle.id().value());
        return (name < 0 ? 255 : name) << 8
                | (handle.incarnation() >= device.floor() ? 1 : 0)
                | (world.daemon().opened(handle) != null ? 2 : 0)
                | (world.daemon().isUnconfirmed(handle) ? 4 : 0)
                | (world.held.containsKey(handle) ? 8 : 0);
    }

    private void readers(int number) {
        var codes = new int[world.readers.length];
        int count = 0;
        for (int reader = 0; reader < world.readers.length; reader++) {
            if (world.readers[reader].site() == number) {
                codes[count++] = code(reader, world.site(number));
            }
        }
        if (model.reduced) {
            Arrays.sort(codes, 0, count);
        }
        section.put(count);
        for (int at = 0; at < count; at++) {
            section.put(codes[at] & 0xff);
            section.put(codes[at] >> 8 & 0xff);
            section.put(codes[at] >> 16 & 0xff);
            section.put(codes[at] >> 24 & 0xff);
        }
    }

    private int code(int number, Site site) {
        var reader = world.readers[number];
        if (reader.isDone()) {
            return 3;
        }
        int state = reader.state() instanceof ReaderCore.State.Looking(var again) ? again ? 1 : 0 : 2;
        int ask = 0;
        if (reader.isWaiting() && reader.asks() == 0 && reader.wake() == null) {
            for (var each : site.gate().asks()) {
                if (each.waiters().contains((long) number)) {
                    ask = 1 + asks.of(each.ask());
                }
            }
        }
        int wake = reader.wake() == null ? 0 : 1 + reader.wake().ordinal();
        return state
                | reader.asks() << 2
                | reader.start() << 5
                | reader.limit() << 8
                | reader.position() << 11
                | wake << 14
                | ask << 20;
    }
}
