package cachefiles.app.check.explore;

import cachefiles.app.check.Fd;
import cachefiles.daemon.core.DaemonCommand;
import cachefiles.daemon.core.DaemonCore;
import cachefiles.daemon.core.DaemonEvent;
import cachefiles.daemon.core.DaemonState;
import cachefiles.daemon.core.DaemonState.Work;
import cachefiles.daemon.core.SupervisorCore.Command;
import cachefiles.daemon.core.SupervisorState;
import cachefiles.kernel.device.DeviceCommand;
import cachefiles.kernel.device.DeviceState;
import cachefiles.kernel.device.Notice;
import cachefiles.kernel.device.Pending;
import cachefiles.kernel.device.Slot;
import cachefiles.kernel.object.ObjectCommand;
import cachefiles.kernel.object.ObjectState;
import cachefiles.kernel.reader.GateCore;
import cachefiles.kernel.reader.ReaderCore;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceCall;
import cachefiles.kernel.uapi.DeviceReply;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Handle;
import cachefiles.kernel.uapi.MsgId;
import cachefiles.kernel.uapi.ObjectId;
import cachefiles.kernel.uapi.Opcode;
import cachefiles.kernel.uapi.Range;
import cachefiles.kernel.uapi.Request;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Reads what [Encoder] wrote. Names become ids: requests of the table from 0 on, all others above them; a handle of an
/// old incarnation gets one below the floor. Not safe for several threads.
@SuppressWarnings("EnumOrdinal") // for no longer than one exploration
final class Decoder {
    private static final ReaderCore.State DONE = new ReaderCore.State.Done(Errno.OK);
    private static final Errno[] ERRNOS = Errno.values();
    private static final Opcode[] OPCODES = Opcode.values();
    private static final int MOST_NAMES = 32;

    private final Model model;
    private Bytes in = new Bytes();
    private Cookie cookie;
    private long incarnation;
    private long floor;
    private int tableSize;
    private int staleBase;
    private int stale;
    private int handleBase;
    private int handles;
    private int asks;
    private final long[] incarnations = new long[MOST_NAMES];
    private final Pending[] table = new Pending[MOST_NAMES];
    private final Work[] works;
    private final byte[] filled;
    private int nextWorker;

    @SuppressWarnings("NullAway") // the cookie is the section's
    Decoder(Model model) {
        this.model = model;
        this.works = new Work[model.bounds.workers()];
        this.filled = new byte[works.length];
        for (int name = 0; name < incarnations.length; name++) {
            incarnations[name] = name + 1L;
        }
    }

    World decode(byte[] bytes) {
        in = new Bytes(bytes);
        var left = new byte[Fault.values().length];
        for (Fault fault : model.faults) {
            left[fault.ordinal()] = (byte) in.get();
        }
        Arrays.fill(works, new Work.Asleep());
        Arrays.fill(filled, (byte) 0);
        nextWorker = in.get();
        for (int worker = 0; worker < nextWorker; worker++) {
            works[worker] = in.flag() ? new Work.Fetching() : new Work.Asleep();
        }
        int flags = in.get();
        incarnation = getIncarnation();
        floor = (flags & 4) != 0 ? incarnation : 0;
        long daemons = getIncarnation();
        long supervisors = getIncarnation();
        var phase = SupervisorState.Phase.values()[in.get()];
        boolean up = in.flag();
        int fruitless = in.get();
        var supervisor = new SupervisorState(phase, up ? 1 : 0, supervisors, fruitless, 0);
        tableSize = in.get();
        int cursor = in.get();
        var fromDaemon = new DeviceCall[in.get()];
        for (int place = 0; place < fromDaemon.length; place++) {
            int worker = in.get() - 1;
            if (worker >= 0) {
                fromDaemon[place] = new DeviceCall.Fetch(getIncarnation(), worker, 1 << 20);
            }
        }
        var toDaemon = new DeviceReply[in.get()];
        for (int place = 0; place < toDaemon.length; place++) {
            toDaemon[place] = globalReply();
        }
        var fromSupervisor = supervisorsCalls();
        var toSupervisor = new DeviceReply[in.get()];
        for (int place = 0; place < toSupervisor.length; place++) {
            toSupervisor[place] = in.flag()
                    ? new DeviceReply.TookOver(getIncarnation())
                    : new DeviceReply.Done(new DeviceCall.Restore(), Errno.OK);
        }
        var notices = new Command[in.get()];
        for (int place = 0; place < notices.length; place++) {
            int what = in.get();
            notices[place] = what == 1 ? new Command.DaemonUp() : new Command.Progress();
        }
        var begins = new DaemonCommand[in.get()];
        var withKept = new boolean[begins.length];
        for (int place = 0; place < begins.length; place++) {
            begins[place] = new DaemonCommand.Start(getIncarnation(), Map.of());
            withKept[place] = !in.flag();
        }
        int lost = in.get();
        int forNothing = in.get();
        staleBase = tableSize;
        handleBase = 1;
        var sites = new Site[model.bounds.objects()];
        var readers = new Reader[model.bounds.readers()];
        var slots = new HashMap<Cookie, Slot>();
        var opened = new ArrayList<Handle>();
        var unconfirmed = new ArrayList<Handle>();
        var held = new HashMap<Handle, Content>();
        int seen = 0;
        for (int number = 0; number < sites.length; number++) {
            cookie = model.cookies[number];
            stale = 0;
            handles = 0;
            asks = 0;
            var user = Site.User.values()[in.get()];
            if (in.flag()) {
                sites[number] = new Site(model.bounds.blocks());
                sites[number].user = user;
                sites[number].withdrawn = true;
                seen = readers(number, readers, seen, List.of());
                continue;
            }
            var site = site(user);
            sites[number] = site;
            var gate = gate();
            var wish = (GateCore.Wish) gate.removeFirst();
            site.object = objectState();
            slot(slots);
            requests();
            mail(site);
            calls(fromDaemon, toDaemon, notices);
            works();
            openedAndHeld(opened, unconfirmed, held);
            seen = readers(number, readers, seen, gate);
            site.renewGate(GateCore.of(Site.WINDOW, Site.WINDOW, asks(gate), asks, wish));
            staleBase += stale;
            handleBase += handles;
        }
        for (; forNothing > 0; forNothing--) {
            var handle = new Handle(model.cookies[0], new ObjectId(handleBase++), floor - 1);
            var id = new MsgId(staleBase++);
            works[nextWorker++] = new Work.Filling(id, handle, model.content, Model.range(0, 1), 1);
        }
        for (int worker = nextWorker; lost > 0; worker++, lost--) {
            works[worker] = new Work.Fetching();
        }
        var device = DeviceState.of(
                model.limits,
                (flags & 1) != 0,
                (flags & 2) != 0,
                incarnation,
                floor,
                new MsgId(cursor < tableSize ? cursor : staleBase),
                new MsgId(staleBase),
                handleBase - 1,
                Arrays.asList(table).subList(0, tableSize),
                slots);
        var world =
                new World(model, device, daemon(daemons, opened, unconfirmed, flags), supervisor, sites, readers, left);
        System.arraycopy(filled, 0, world.filled, 0, filled.length);
        world.held = held;
        world.polled = (flags & 8) != 0;
        world.deviceUpDue = (flags & 16) != 0;
        world.fromDaemon = listOf(fromDaemon);
        world.toDaemon = listOf(toDaemon);
        world.fromSupervisor = fromSupervisor;
        world.deviceToSupervisor = listOf(toSupervisor);
        world.daemonToSupervisor = listOf(notices);
        for (int place = 0; place < begins.length; place++) {
            if (withKept[place]) {
                begins[place] = new DaemonCommand.Start(((DaemonCommand.Start) begins[place]).incarnation(), held);
            }
        }
        world.supervisorToDaemon = listOf(begins);
        return world;
    }

    private static <T> List<T> listOf(T[] items) {
        return items.length == 0 ? List.of() : Arrays.asList(items);
    }

    private long getIncarnation() {
        int name = in.get();
        return name == 0 ? -1 : incarnations[name - 1];
    }

    private @Nullable DeviceReply globalReply() {
        return switch (in.get()) {
            case 1 -> {
                int worker = in.get();
                yield new DeviceReply.Nothing(getIncarnation(), worker);
            }
            case 2 -> {
                int worker = in.get();
                yield new DeviceReply.Refused(getIncarnation(), worker, errno());
            }
            case 3 -> new DeviceReply.Readable();
            default -> null;
        };
    }

    private List<DeviceCall> supervisorsCalls() {
        var calls = new DeviceCall[in.get()];
        for (int place = 0; place < calls.length; place++) {
            calls[place] = switch (in.get()) {
                case 0 -> new DeviceCall.TakeOver(true);
                case 1 -> new DeviceCall.TakeOver(false);
                case 2 -> new DeviceCall.Restore();
                default -> new DeviceCall.GiveUp();
            };
        }
        return listOf(calls);
    }

    private Errno errno() {
        return ERRNOS[in.get()];
    }

    private @Nullable Content content() {
        return in.flag() ? model.content : null;
    }

    private Content mustContent() {
        return Objects.requireNonNull(content());
    }

    private Range range() {
        int both = in.get();
        return Model.range(both >> 4, both & 15);
    }

    private long ask() {
        int name = in.get();
        asks = Math.max(asks, name + 1);
        return name;
    }

    private MsgId msgId() {
        int name = in.get();
        if (name < 128) {
            return new MsgId(name);
        }
        stale = Math.max(stale, name - 127);
        return new MsgId(staleBase + name - 128);
    }

    private Handle handle() {
        int name = in.get();
        return handle(name >> 1, (name & 1) != 0);
    }

    private Handle handle(int name, boolean live) {
        handles = Math.max(handles, name + 1);
        return new Handle(cookie, new ObjectId(handleBase + name), live ? floor : floor - 1);
    }

    private Site site(Site.User user) {
        var site = new Site(model.bounds.blocks());
        site.user = user;
        int flags = in.get();
        site.withdrawn = (flags & 1) != 0;
        site.attached = (flags & 2) != 0;
        site.attaching = (flags & 4) != 0;
        site.attachedSaid = (flags & 8) != 0;
        site.journaled = (flags & 16) != 0 ? model.content : null;
        site.causes = flags >> 5;
        site.timer = in.get();
        for (int block = 0; block < site.blocks.length; block++) {
            site.blocks[block] = (byte) in.get();
        }
        return site;
    }

    /// The gate's wish, and then its asks, whose waiters are not known yet.
    private List<Object> gate() {
        var gate = new ArrayList<Object>(4);
        gate.add(GateCore.Wish.values()[in.get()]);
        int count = in.get();
        for (int name = 0; name < count; name++) {
            var range = range();
            gate.add(new GateCore.Ask(name, range, in.flag(), new ArrayList<>(2)));
        }
        asks = count;
        return gate;
    }

    private static List<GateCore.Ask> asks(List<Object> gate) {
        var asks = new ArrayList<GateCore.Ask>(gate.size());
        gate.forEach(ask -> asks.add((GateCore.Ask) ask));
        return asks;
    }

    private ObjectState objectState() {
        return switch (in.get()) {
            case 0 -> new ObjectState.Idle(content());
            case 1 -> new ObjectState.Opening(content());
            case 2 -> new ObjectState.Attaching(content(), mustContent(), in.flag(), in.flag());
            case 3 -> {
                var content = mustContent();
                boolean askedRest = in.flag();
                var reads = new ArrayList<ObjectState.Outstanding>(2);
                for (int count = in.get(); count > 0; count--) {
                    var range = range();
                    long tag = ask();
                    var waiting = new ArrayList<Long>(2);
                    for (int more = in.get(); more > 0; more--) {
                        waiting.add(ask());
                    }
                    reads.add(new ObjectState.Outstanding(range, tag, waiting));
                }
                yield new ObjectState.Ready(content, reads, askedRest);
            }
            case 4 -> new ObjectState.Closing(content(), in.flag());
            default -> new ObjectState.Dropping(content(), in.flag(), errno());
        };
    }

    private void slot(Map<Cookie, Slot> slots) {
        if (!in.flag()) {
            return;
        }
        var state = Slot.State.values()[in.get()];
        int name = in.get() - 1;
        var content = content();
        int attempts = in.get();
        long attemptsIn = in.flag() ? incarnation : -2;
        var lastError = errno();
        int id = name < 0 ? -1 : handle(name, true).id().value();
        slots.put(cookie, new Slot(state, id, floor, content, attempts, attemptsIn, lastError));
    }

    private void requests() {
        for (int count = in.get(); count > 0; count--) {
            var id = msgId();
            var opcode = OPCODES[in.get()];
            var range = opcode == Opcode.READ ? range() : null;
            long tag = range == null ? 0 : ask();
            var expected = content();
            boolean isNew = in.flag();
            var out = in.flag() ? handle() : null;
            table[id.value()] = new Pending(id, opcode, cookie, range, tag, expected, isNew, out);
        }
    }

    private void mail(Site site) {
        for (int count = in.get(); count > 0; count--) {
            site.fromDevice = Site.plus(site.fromDevice, notice());
        }
        for (int count = in.get(); count > 0; count--) {
            site.fromGate = Site.plus(
                    site.fromGate,
                    switch (in.get()) {
                        case 0 -> new ObjectCommand.Acquire();
                        case 1 -> new ObjectCommand.Read(ask(), range());
                        case 2 -> new ObjectCommand.CancelRead(ask());
                        case 3 -> new ObjectCommand.Release(false);
                        case 4 -> new ObjectCommand.Release(true);
                        default -> new ObjectCommand.Resubmit();
                    });
        }
        for (int count = in.get(); count > 0; count--) {
            site.toDevice = Site.plus(
                    site.toDevice,
                    switch (in.get()) {
                        case 0 -> new DeviceCommand.SubmitOpen(cookie, content());
                        case 1 -> new DeviceCommand.SubmitRead(cookie, range(), ask(), mustContent());
                        case 2 -> new DeviceCommand.SubmitClose(cookie);
                        case 3 -> new DeviceCommand.CancelRead(cookie, ask());
                        case 4 -> new DeviceCommand.Drop(cookie);
                        case 5 -> new DeviceCommand.AskRest(cookie);
                        default -> new DeviceCommand.ObjectUp(cookie);
                    });
        }
    }

    private Notice notice() {
        return switch (in.get()) {
            case 0 -> new Notice.OpenEnded(errno(), content());
            case 1 -> new Notice.ReadEnded(ask(), errno());
            case 2 -> new Notice.CloseEnded();
            case 3 -> new Notice.Reopen();
            case 4 -> new Notice.DropDone();
            case 5 -> new Notice.MayRest(false);
            default -> new Notice.MayRest(true);
        };
    }

    private void calls(DeviceCall[] fromDaemon, DeviceReply[] toDaemon, Command[] notices) {
        for (int place = in.get(); place > 0; place = in.get()) {
            fromDaemon[place - 1] = call();
        }
        for (int place = in.get(); place > 0; place = in.get()) {
            toDaemon[place - 1] = in.flag() ? new DeviceReply.Done(call(), errno()) : message();
        }
        for (int place = in.get(); place > 0; place = in.get()) {
            notices[place - 1] = in.flag() ? new Command.Discard(handle()) : new Command.Keep(handle(), model.content);
        }
    }

    private DeviceCall call() {
        int what = in.get();
        long by = getIncarnation();
        return switch (what) {
            case 0 -> {
                var id = msgId();
                var handle = handle();
                var errno = errno();
                yield errno.isOk()
                        ? new DeviceCall.Copen(by, id, handle, model.content.sizeBytes(), model.content.validator())
                        : new DeviceCall.Copen(by, id, handle, -errno.number(), "");
            }
            case 1 -> new DeviceCall.Cread(by, msgId(), handle(), errno());
            default -> new DeviceCall.CloseHandle(by, handle());
        };
    }

    private DeviceReply message() {
        int worker = in.get();
        boolean more = (worker & 1) != 0;
        worker >>= 1;
        long by = getIncarnation();
        var opcode = OPCODES[in.get()];
        var id = msgId();
        var range = opcode == Opcode.READ ? range() : null;
        var handle = handle();
        var request = switch (opcode) {
            case OPEN -> new Request.Open(id, handle.id(), cookie, handle.id().value());
            case READ -> new Request.Read(id, handle.id(), Objects.requireNonNull(range));
            case CLOSE -> new Request.Close(id, handle.id());
        };
        return new DeviceReply.Message(by, worker, request, new Fd(handle, by), more);
    }

    private void works() {
        for (int count = in.get(); count > 0; count--) {
            int name = in.get() - 1;
            int worker = name < 0 ? nextWorker++ : name;
            int what = in.get();
            var id = msgId();
            var handle = handle();
            if (what < 16) {
                works[worker] = new Work.LookingUp(id, handle, cookie, what);
            } else {
                works[worker] = new Work.Filling(id, handle, model.content, range(), what & 15);
                filled[worker] = (byte) in.get();
            }
        }
    }

    private void openedAndHeld(List<Handle> opened, List<Handle> unconfirmed, Map<Handle, Content> held) {
        for (int count = in.get(); count > 0; count--) {
            int name = in.get();
            int flags = in.get();
            var handle = handle(name == 255 ? handles : name, (flags & 1) != 0);
            if ((flags & 2) != 0) {
                opened.add(handle);
            }
            if ((flags & 4) != 0) {
                unconfirmed.add(handle);
            }
            if ((flags & 8) != 0) {
                held.put(handle, model.content);
            }
        }
    }

    private int readers(int number, Reader[] readers, int seen, List<Object> gate) {
        int count = in.get();
        for (int turn = 0; turn < count; turn++) {
            int at = model.reduced ? seen + turn : number + turn * model.bounds.objects();
            int code = in.get() | in.get() << 8 | in.get() << 16 | in.get() << 24;
            readers[at] = reader(number, code);
            int ask = code >> 20 & 63;
            if (ask > 0) {
                ((GateCore.Ask) gate.get(ask - 1)).waiters().add((long) at);
            }
        }
        return seen + count;
    }

    private static Reader reader(int number, int code) {
        if ((code & 3) == 3) {
            return new Reader(number, 0, 1, 0, DONE, 0, null);
        }
        int wake = code >> 14 & 63;
        return new Reader(
                number,
                code >> 5 & 7,
                code >> 8 & 7,
                code >> 11 & 7,
                (code & 3) == 2 ? new ReaderCore.State.Waiting() : new ReaderCore.State.Looking((code & 3) == 1),
                code >> 2 & 7,
                wake == 0 ? null : ERRNOS[wake - 1]);
    }

    private DaemonState daemon(long given, List<Handle> opened, List<Handle> unconfirmed, int flags) {
        var daemon = new DaemonState(works.length);
        if (given < 0) {
            return daemon;
        }
        DaemonCore.evolve(daemon, new DaemonEvent.Started(given, Map.of()));
        for (int worker = 0; worker < works.length; worker++) {
            DaemonCore.evolve(daemon, new DaemonEvent.WorkerTurned(worker, works[worker]));
        }
        for (Handle handle : opened) {
            DaemonCore.evolve(daemon, new DaemonEvent.Opened(handle, model.content));
            if (!unconfirmed.contains(handle)) {
                DaemonCore.evolve(daemon, new DaemonEvent.Confirmed(handle));
            }
        }
        if ((flags & 32) != 0) {
            DaemonCore.evolve(daemon, new DaemonEvent.Progressed());
        }
        if ((flags & 64) != 0) {
            DaemonCore.evolve(daemon, new DaemonEvent.Polled(true));
        }
        return daemon;
    }
}
