package cachefiles.app.check.explore;

import cachefiles.app.check.Violation;
import cachefiles.daemon.core.DaemonCommand;
import cachefiles.daemon.core.DaemonState.Work;
import cachefiles.kernel.device.DeviceCommand;
import cachefiles.kernel.device.Notice;
import cachefiles.kernel.device.Pending;
import cachefiles.kernel.object.ObjectCommand;
import cachefiles.kernel.object.ObjectState;
import cachefiles.kernel.reader.ReaderCore;
import cachefiles.kernel.uapi.DeviceCall;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Handle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/// What can happen next. A move is a number: its kind, whom it is about, and where within it somebody fails.
@SuppressWarnings("EnumOrdinal") // for no longer than one exploration
final class Moves {
    /// What is fair happens by itself, sooner or later; the rest is somebody's fault.
    enum Kind {
        ACQUIRE(null),
        LOOK(null),
        LATE_ASK(null),
        ASK(null),
        WOKEN(null),
        NOTICE(null),
        COMMAND(null),
        SUBMISSION(null),
        ATTACH(null),
        ATTACHED(null),
        TIMER(null),
        CALL(null),
        REPLY(null),
        SUPERVISOR_CALL(null),
        SUPERVISOR_HEARS(null),
        SUPERVISOR_NOTICES(null),
        BEGIN(null),
        WORK(null),
        DEVICE_UP(null),
        CRASH(Fault.CRASH),
        PROCESS_CRASH(Fault.PROCESS_CRASH),
        OBJECT_CRASH(Fault.OBJECT_CRASH),
        DEVICE_CRASH(Fault.DEVICE_CRASH),
        SUPERVISOR_CRASH(Fault.SUPERVISOR_CRASH),
        WORKER_DEATH(Fault.WORKER_DEATH),
        CLOSE(Fault.CLOSE),
        RESTORE(Fault.RESTORE),
        DROP(Fault.DROP),
        RETIRE(Fault.RETIRE),
        CANCEL(Fault.CANCEL),
        DEADLINE(Fault.DEADLINE),
        OPEN_ERROR(Fault.OPEN_ERROR),
        READ_ERROR(Fault.READ_ERROR),
        NO_DATA(Fault.NO_DATA),
        REFUSAL(Fault.REFUSAL),
        DUPLICATE(Fault.DUPLICATE),
        DEVICE_CLOSE(Fault.DEVICE_CLOSE),
        REST(Fault.REST);

        final @Nullable Fault fault;

        Kind(@Nullable Fault fault) {
            this.fault = fault;
        }
    }

    private static final Kind[] KINDS = Kind.values();
    private static final int ABOUT = 8;
    private static final int FAILS = 16;

    private int[] moves = new int[64];
    private int count;

    static Kind kind(int move) {
        return KINDS[move & 0xff];
    }

    private static int about(int move) {
        return move >>> ABOUT & 0xff;
    }

    /// The same move, with somebody failing at a point within it.
    static int failing(int move, int point) {
        return move | point + 1 << FAILS;
    }

    /// The same move, with nobody failing within it.
    static int whole(int move) {
        return move & (1 << FAILS) - 1;
    }

    static boolean isFair(int move) {
        return kind(move).fault == null && move >>> FAILS == 0;
    }

    int count() {
        return count;
    }

    int get(int at) {
        return moves[at];
    }

    private static int move(Kind kind, int about) {
        return kind.ordinal() | about << ABOUT;
    }

    private void add(Kind kind, int about) {
        if (count == moves.length) {
            moves = Arrays.copyOf(moves, 2 * count);
        }
        moves[count++] = move(kind, about);
    }

    private void add(Kind kind, int about, boolean possible) {
        if (possible) {
            add(kind, about);
        }
    }

    /// All that can happen in `world`, in a fixed order.
    Moves of(World world) {
        count = 0;
        fair(world);
        faults(world);
        return this;
    }

    /// Moves that lead to the same, whether they are made before or after whatever else can be made: they are made at
    /// once (docs/verification.md tells why, for each).
    /// @return one of them; -1 = there is none
    private static int forced(World world) {
        boolean processLives = !world.has(Fault.PROCESS_CRASH);
        for (int number = 0; processLives && number < world.readers.length; number++) {
            if (world.readers[number].wake() != null && ends(world, world.readers[number])) {
                return move(Kind.WOKEN, number);
            }
        }
        if (!world.has(Fault.OBJECT_CRASH)) {
            for (int number = 0; number < world.sites(); number++) {
                var site = world.site(number);
                boolean stays = !world.has(Fault.DROP) && !world.has(Fault.RETIRE) && !world.has(Fault.DEVICE_CRASH);
                boolean alone = site.fromDevice.isEmpty() && site.fromGate.isEmpty();
                if (site.attaching) {
                    return move(Kind.ATTACH, number);
                }
                if (!site.fromDevice.isEmpty() && isLocal(world, number, site)) {
                    return move(Kind.NOTICE, number);
                }
                if (site.attachedSaid && stays && processLives && alone) {
                    return move(Kind.ATTACHED, number);
                }
            }
        }
        boolean noticed = !world.model.countsProgress
                && !world.has(Fault.SUPERVISOR_CRASH)
                && !world.has(Fault.DEVICE_CRASH)
                && !world.deviceUpDue
                && !world.daemonToSupervisor.isEmpty();
        return noticed ? move(Kind.SUPERVISOR_NOTICES, 0) : -1;
    }

    private static boolean ends(World world, Reader reader) {
        var wake = reader.wake();
        return wake != null && !wake.isOk() || isPresent(world, reader) || reader.limit() - reader.position() == 1;
    }

    private static boolean isPresent(World world, Reader reader) {
        for (int block = reader.position(); block < reader.limit(); block++) {
            if (world.site(reader.site()).blocks[block] == Site.HOLE) {
                return false;
            }
        }
        return true;
    }

    /// Whether what the object hears next stays between it and its readers, none of whom is about to ask.
    private static boolean isLocal(World world, int number, Site site) {
        if (site.fromDevice.getFirst() instanceof Notice.ReadEnded(var tag, _) && !waitsFor(site, tag)) {
            return true; // it will be ignored, whenever it is heard
        }
        boolean ends = switch (site.fromDevice.getFirst()) {
            case Notice.ReadEnded _ -> true;
            case Notice.OpenEnded(var errno, _) -> errno.isOk() && !world.has(Fault.DROP) && !world.has(Fault.RETIRE);
            case Notice.DropDone _ -> !world.has(Fault.PROCESS_CRASH);
            default -> false;
        };
        if (!ends || !site.fromGate.isEmpty() || site.attachedSaid || world.has(Fault.DEVICE_CRASH)) {
            return false;
        }
        for (Reader reader : world.readers) {
            if (reader.site() == number
                    && (reader.asks() != 0
                            || reader.wake() != null
                            || reader.isLooking() && site.user == Site.User.IN)) {
                return false;
            }
        }
        return true;
    }

    private static boolean waitsFor(Site site, long tag) {
        if (site.object instanceof ObjectState.Ready ready) {
            for (var read : ready.reads()) {
                if (read.tag() == tag) {
                    return true;
                }
            }
        }
        return false;
    }

    private void fair(World world) {
        for (int number = 0; number < world.sites(); number++) {
            var site = world.site(number);
            add(Kind.ACQUIRE, number, site.user == Site.User.OUT);
            add(Kind.NOTICE, number, !site.fromDevice.isEmpty());
            add(Kind.COMMAND, number, !site.fromGate.isEmpty());
            add(Kind.SUBMISSION, number, !site.toDevice.isEmpty());
            add(Kind.ATTACH, number, site.attaching);
            add(Kind.ATTACHED, number, site.attachedSaid);
            add(Kind.TIMER, number, site.timer != 0);
        }
        for (int number = 0; number < world.readers.length; number++) {
            var reader = world.readers[number];
            boolean looks = reader.isLooking() && world.site(reader.site()).user == Site.User.IN;
            add(Kind.LOOK, number, looks);
            add(Kind.LATE_ASK, number, looks && world.model.asksAtOnce && isPresent(world, reader));
            add(Kind.ASK, number, reader.asks() != 0);
            add(Kind.WOKEN, number, reader.wake() != null);
        }
        add(Kind.CALL, 0, !world.fromDaemon.isEmpty());
        add(Kind.REPLY, 0, !world.toDaemon.isEmpty());
        add(Kind.SUPERVISOR_CALL, 0, !world.fromSupervisor.isEmpty());
        add(Kind.SUPERVISOR_HEARS, 0, !world.deviceToSupervisor.isEmpty());
        add(Kind.SUPERVISOR_NOTICES, 0, !world.daemonToSupervisor.isEmpty());
        add(Kind.BEGIN, 0, !world.supervisorToDaemon.isEmpty());
        add(Kind.DEVICE_UP, 0, world.deviceUpDue);
        for (int worker = 0; worker < world.daemon().workers(); worker++) {
            add(Kind.WORK, worker, canWork(world, worker));
        }
    }

    private void faults(World world) {
        if (world.has(Fault.CRASH)) {
            add(Kind.CRASH, 0);
        }
        if (world.has(Fault.PROCESS_CRASH)) {
            add(Kind.PROCESS_CRASH, 0);
        }
        if (world.has(Fault.DEVICE_CRASH)) {
            add(Kind.DEVICE_CRASH, 0);
        }
        if (world.has(Fault.SUPERVISOR_CRASH)) {
            add(Kind.SUPERVISOR_CRASH, 0);
        }
        add(Kind.RESTORE, 0, world.has(Fault.RESTORE) && isAnythingOut(world)); // else it changes nothing (I18)
        if (world.has(Fault.DEVICE_CLOSE)) {
            add(Kind.DEVICE_CLOSE, 0);
        }
        boolean called = !world.fromDaemon.isEmpty();
        add(
                Kind.REFUSAL,
                0,
                world.has(Fault.REFUSAL) && called && world.fromDaemon.getFirst() instanceof DeviceCall.Fetch);
        add(
                Kind.DUPLICATE,
                0,
                world.has(Fault.DUPLICATE) && called && !(world.fromDaemon.getFirst() instanceof DeviceCall.Fetch));
        for (int number = 0; number < world.sites(); number++) {
            var site = world.site(number);
            boolean inUse = site.user == Site.User.IN || site.user == Site.User.ACQUIRING;
            add(Kind.OBJECT_CRASH, number, world.has(Fault.OBJECT_CRASH) && site.user != Site.User.OUT);
            add(Kind.DROP, number, world.has(Fault.DROP) && inUse);
            add(Kind.RETIRE, number, world.has(Fault.RETIRE) && inUse);
            add(
                    Kind.REST,
                    number,
                    world.has(Fault.REST)
                            && site.user == Site.User.IN
                            && site.gate().isIdle());
        }
        for (int number = 0; number < world.readers.length; number++) {
            var reader = world.readers[number];
            boolean begun = reader.isWaiting() && reader.asks() == 0;
            add(Kind.CANCEL, number, world.has(Fault.CANCEL) && begun);
            add(Kind.DEADLINE, number, world.has(Fault.DEADLINE) && begun);
        }
        for (int worker = 0; worker < world.daemon().workers(); worker++) {
            boolean opens = world.daemon().worker(worker) instanceof Work.LookingUp(_, var handle, _, _)
                    && isAdmitted(world, handle);
            boolean fills = world.daemon().worker(worker) instanceof Work.Filling filling
                    && isAdmitted(world, filling.handle());
            add(Kind.WORKER_DEATH, worker, world.has(Fault.WORKER_DEATH) && (opens || fills));
            add(Kind.OPEN_ERROR, worker, world.has(Fault.OPEN_ERROR) && opens);
            add(Kind.READ_ERROR, worker, world.has(Fault.READ_ERROR) && fills);
            add(Kind.NO_DATA, worker, world.has(Fault.NO_DATA) && fills);
        }
        if (world.has(Fault.CLOSE)) {
            for (int handle = 0; handle < world.daemon().opened().size(); handle++) {
                add(Kind.CLOSE, handle);
            }
        }
    }

    private static boolean isAnythingOut(World world) {
        for (Pending request : world.device().table()) {
            if (!request.isNew()) {
                return true;
            }
        }
        return false;
    }

    private static boolean canWork(World world, int worker) {
        return switch (world.daemon().worker(worker)) {
            case Work.LookingUp _ -> true;
            case Work.Filling filling ->
                world.model.plant != Model.Plant.DEADLOCK
                        && (!isAdmitted(world, filling.handle())
                                || world.site(world.model.object(
                                                filling.handle().cookie()))
                                        .attached);
            case Work.Asleep _, Work.Fetching _ -> false;
        };
    }

    /// The fence is the device's word (S61, G10).
    private static boolean isAdmitted(World world, Handle handle) {
        return world.daemon().incarnation() == world.device().incarnation()
                && world.device().isLive(handle);
    }

    /// Makes `move`.
    /// @return the world after it: `world` itself, changed, but after a crash of the process
    /// @throws Violation if something does not hold in the step
    static World make(World world, int move) {
        world.failAt = (move >>> FAILS) - 1;
        var kind = kind(move);
        if (kind == Kind.PROCESS_CRASH) {
            return world.afterProcessCrash();
        }
        if (kind.fault != null && !isSpentWithin(kind)) {
            world.spend(kind.fault);
        }
        try {
            make(world, kind, about(move));
            world.settle();
            int next = world.model.reduced ? forced(world) : -1;
            while (next >= 0) {
                make(world, kind(next), about(next));
                world.settle();
                next = forced(world);
            }
        } catch (IllegalStateException | NullPointerException broken) {
            throw new Violation("a core or its shell breaks: " + broken);
        }
        return world;
    }

    /// The move in words.
    static String describe(World world, int move) {
        int about = about(move);
        var kind = kind(move);
        var object = about < world.sites() ? "" + world.model.cookies[about] : "";
        var text = switch (kind) {
            case ACQUIRE -> "object " + object + " is looked up";
            case LOOK -> "reader " + about + " looks";
            case LATE_ASK -> "reader " + about + " asks for a hole that it saw before it was filled";
            case ASK -> "reader " + about + " asks for the hole";
            case WOKEN -> "reader " + about + " wakes and looks again";
            case NOTICE -> "object " + object + " hears from the device";
            case COMMAND -> "object " + object + " hears from its gate";
            case SUBMISSION -> "the device hears from object " + object;
            case ATTACH -> "the file of " + object + " is attached";
            case ATTACHED -> "object " + object + " hears that its file is attached";
            case TIMER -> "the back-off of " + object + " is over";
            case CALL -> "the device hears from the daemon: " + world.fromDaemon.getFirst();
            case REPLY -> "the daemon hears from the device";
            case SUPERVISOR_CALL -> "the device hears from the supervisor";
            case SUPERVISOR_HEARS -> "the supervisor hears from the device";
            case SUPERVISOR_NOTICES -> "the supervisor hears from the daemon";
            case BEGIN -> "the daemon is told to begin";
            case WORK -> "worker " + about + " goes on";
            case DEVICE_UP -> "all hear that the device is there";
            case CRASH -> "the daemon fails";
            case PROCESS_CRASH -> "the process dies";
            case OBJECT_CRASH -> "the actor of " + object + " fails";
            case DEVICE_CRASH -> "the device's actor fails";
            case SUPERVISOR_CRASH -> "the supervisor fails";
            case WORKER_DEATH -> "worker " + about + " dies";
            case CLOSE -> "the daemon closes a descriptor";
            case RESTORE -> "somebody says restore";
            case DROP -> "object " + object + " is released";
            case RETIRE -> "object " + object + " is released for good";
            case CANCEL -> "reader " + about + " gives up";
            case DEADLINE -> "the deadline of reader " + about + " passes";
            case OPEN_ERROR -> "worker " + about + " is refused by the origin";
            case READ_ERROR -> "worker " + about + " fails to fetch";
            case NO_DATA -> "worker " + about + " answers without data";
            case REFUSAL -> "the daemon cannot take what it is handed";
            case DUPLICATE -> "the device hears, and will hear again: " + world.fromDaemon.getFirst();
            case DEVICE_CLOSE -> "the device is closed";
            case REST -> "object " + object + " is asked to leave memory";
        };
        int point = move >>> FAILS;
        return point == 0 ? text : text + ", and somebody fails over it, at point " + point;
    }

    private static boolean isSpentWithin(Kind kind) {
        return switch (kind) {
            case CRASH, OBJECT_CRASH, DEVICE_CRASH, SUPERVISOR_CRASH -> true;
            default -> false;
        };
    }

    private static void make(World world, Kind kind, int about) {
        switch (kind) {
            case ACQUIRE -> {
                var site = world.siteToChange(about);
                site.user = Site.User.ACQUIRING;
                world.gateDid(about, site.gateToChange().acquire());
            }
            case LOOK -> world.look(about);
            case LATE_ASK -> world.lookedBefore(about);
            case ASK -> world.ask(about);
            case WOKEN -> {
                var errno = world.readers[about].wake();
                world.readers[about] = world.readers[about].heard();
                world.readerTurn(about, new ReaderCore.Command.Ended(errno == null ? Errno.OK : errno));
            }
            case NOTICE -> {
                var site = world.siteToChange(about);
                var notice = site.fromDevice.getFirst();
                site.fromDevice = Site.tail(site.fromDevice);
                world.objectTurn(about, new ObjectCommand.Heard(notice));
            }
            case COMMAND -> {
                var site = world.siteToChange(about);
                var command = site.fromGate.getFirst();
                site.fromGate = Site.tail(site.fromGate);
                world.objectTurn(about, command);
            }
            case SUBMISSION -> {
                var site = world.siteToChange(about);
                var command = site.toDevice.getFirst();
                site.toDevice = Site.tail(site.toDevice);
                world.deviceTurn(command, World.Caller.OBJECT);
            }
            case ATTACH -> {
                var site = world.siteToChange(about);
                site.attaching = false;
                site.attached = true;
                site.attachedSaid = true;
            }
            case ATTACHED -> {
                world.siteToChange(about).attachedSaid = false;
                world.objectTurn(about, new ObjectCommand.Attached(world.model.content, Errno.OK));
            }
            case TIMER -> {
                var site = world.siteToChange(about);
                int attempt = site.timer;
                site.timer = 0;
                world.deviceTurn(
                        new DeviceCommand.RetryReopen(world.model.cookies[about], attempt), World.Caller.OBJECT);
            }
            case CALL, REFUSAL, DUPLICATE -> {
                var call = world.fromDaemon.getFirst();
                if (kind != Kind.DUPLICATE) {
                    world.fromDaemon = Site.tail(world.fromDaemon);
                }
                world.refuse = kind == Kind.REFUSAL;
                world.deviceTurn(new DeviceCommand.Call(call), World.Caller.DAEMON);
            }
            case REPLY -> {
                var reply = world.toDaemon.getFirst();
                world.toDaemon = Site.tail(world.toDaemon);
                world.daemonTurn(new DaemonCommand.FromDevice(reply));
            }
            case SUPERVISOR_CALL -> {
                var call = world.fromSupervisor.getFirst();
                world.fromSupervisor = Site.tail(world.fromSupervisor);
                world.deviceTurn(new DeviceCommand.Call(call), World.Caller.SUPERVISOR);
            }
            case SUPERVISOR_HEARS -> {
                var reply = world.deviceToSupervisor.getFirst();
                world.deviceToSupervisor = Site.tail(world.deviceToSupervisor);
                world.heard(reply);
            }
            case SUPERVISOR_NOTICES -> {
                var command = world.daemonToSupervisor.getFirst();
                world.daemonToSupervisor = Site.tail(world.daemonToSupervisor);
                world.supervisorTurn(command);
            }
            case BEGIN -> {
                var command = world.supervisorToDaemon.getFirst();
                world.supervisorToDaemon = Site.tail(world.supervisorToDaemon);
                world.daemonTurn(command);
            }
            case WORK -> work(world, about, Errno.OK, true);
            case DEVICE_UP -> world.deviceUp();
            case CRASH -> world.failDaemon();
            case OBJECT_CRASH -> world.failObject(about);
            case DEVICE_CRASH -> world.failDevice();
            case SUPERVISOR_CRASH -> world.failSupervisor();
            case WORKER_DEATH -> {
                world.filled[about] = 0;
                world.daemonTurn(new DaemonCommand.WorkerDied(world.daemon().incarnation(), about));
            }
            case CLOSE -> world.daemonTurn(new DaemonCommand.CloseEarly(closed(world, about)));
            case RESTORE -> world.deviceTurn(new DeviceCommand.Call(new DeviceCall.Restore()), World.Caller.OPERATOR);
            case DEVICE_CLOSE ->
                world.deviceTurn(new DeviceCommand.Call(new DeviceCall.Close()), World.Caller.OPERATOR);
            case DROP, RETIRE -> {
                var site = world.siteToChange(about);
                site.user = Site.User.RELEASING;
                site.withdrawn = true;
                world.gateDid(about, site.gateToChange().release(kind == Kind.RETIRE));
            }
            case REST -> world.objectTurn(about, new ObjectCommand.Rest());
            case CANCEL -> world.readerTurn(about, new ReaderCore.Command.Cancel());
            case DEADLINE -> world.readerTurn(about, new ReaderCore.Command.DeadlinePassed());
            case OPEN_ERROR, READ_ERROR -> work(world, about, Errno.EIO, false);
            case NO_DATA -> work(world, about, Errno.OK, false);
            case PROCESS_CRASH -> throw new IllegalStateException();
        }
    }

    private static Handle closed(World world, int which) {
        var handles = new ArrayList<>(world.daemon().opened().keySet());
        handles.sort(Comparator.comparing(Handle::cookie).thenComparing(Handle::id));
        var handle = handles.get(which);
        world.siteToChange(world.model.object(handle.cookie())).causes |=
                world.model.bounds.attempts() > 0 ? Site.ATTEMPT_FAILED : 0;
        return handle;
    }

    /// A worker makes one step: looks up, stores one block, or reports.
    /// @param honestly whether it does what it was asked for; else it ends with `errno` at once
    private static void work(World world, int worker, Errno errno, boolean honestly) {
        long incarnation = world.daemon().incarnation();
        switch (world.daemon().worker(worker)) {
            case Work.LookingUp(var msgId, var handle, _, _) -> {
                if (!errno.isOk()) {
                    world.siteToChange(world.model.object(handle.cookie())).causes |= Site.OPEN_FAILED;
                }
                world.daemonTurn(new DaemonCommand.LookedUp(
                        incarnation, worker, msgId, errno, errno.isOk() ? world.model.content : null));
            }
            case Work.Filling(var msgId, var handle, _, var range, _) -> {
                int number = world.model.object(handle.cookie());
                var outcome = errno;
                if (!honestly) {
                    world.siteToChange(number).causes |= Site.READ_FAILED;
                } else if (!isAdmitted(world, handle)) {
                    outcome = Errno.EBADF;
                } else {
                    int first = (int) (range.offset() / Model.BLOCK_BYTES);
                    int limit = (int) Math.min(world.model.bounds.blocks(), range.limit() / Model.BLOCK_BYTES);
                    for (int block = first + world.filled[worker]; block < limit; block++) {
                        if (world.site(number).blocks[block] == Site.HOLE) {
                            boolean wrong = world.model.plant == Model.Plant.WRONG_BYTE;
                            world.siteToChange(number).store(block, wrong ? Site.WRONG : Site.RIGHT);
                            world.filled[worker] = (byte) (block + 1 - first);
                            return;
                        }
                    }
                }
                world.daemonTurn(new DaemonCommand.Filled(incarnation, worker, msgId, outcome));
            }
            case Work.Asleep _, Work.Fetching _ -> throw new IllegalStateException("no work");
        }
    }
}
