package cachefiles.app.check.explore;

import cachefiles.app.check.Fd;
import cachefiles.app.check.Invariants;
import cachefiles.daemon.core.DaemonAction;
import cachefiles.daemon.core.DaemonCommand;
import cachefiles.daemon.core.DaemonCore;
import cachefiles.daemon.core.DaemonEvent;
import cachefiles.daemon.core.DaemonState;
import cachefiles.daemon.core.SupervisorCore;
import cachefiles.daemon.core.SupervisorCore.Command;
import cachefiles.daemon.core.SupervisorState;
import cachefiles.kernel.device.DeviceAction;
import cachefiles.kernel.device.DeviceCommand;
import cachefiles.kernel.device.DeviceCore;
import cachefiles.kernel.device.DeviceState;
import cachefiles.kernel.device.Notice;
import cachefiles.kernel.object.ObjectAction;
import cachefiles.kernel.object.ObjectCommand;
import cachefiles.kernel.object.ObjectCore;
import cachefiles.kernel.object.ObjectEvent;
import cachefiles.kernel.object.ObjectState;
import cachefiles.kernel.reader.GateCore;
import cachefiles.kernel.reader.ReaderCore;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.DeviceCall;
import cachefiles.kernel.uapi.DeviceReply;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Handle;
import cachefiles.kernel.uapi.Range;
import cachefiles.kernel.uapi.Request;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One state of everything, and the turns of its actors. Every decision in it is made by the shipped cores; what is
/// modelled here are the shells, the mailboxes and the files.
///
/// What one actor sends another is taken in the order it was sent, and no other order holds. A message is taken in the
/// step that sends it where nothing can come between (`reduced`, docs/verification.md): object to device, gate to
/// object, device to daemon and supervisor, supervisor to daemon; unless it is one of several.
@SuppressWarnings("EnumOrdinal") // for no longer than one exploration
final class World {
    /// Who speaks to the device. An operator is anybody of whom nobody waits for the answer.
    enum Caller {
        OBJECT,
        DAEMON,
        SUPERVISOR,
        OPERATOR
    }

    /// Who fails at a point within a step.
    enum Victim {
        OBJECT(Fault.OBJECT_CRASH),
        DEVICE(Fault.DEVICE_CRASH),
        DAEMON(Fault.CRASH),
        SUPERVISOR(Fault.SUPERVISOR_CRASH);

        final Fault fault;

        Victim(Fault fault) {
            this.fault = fault;
        }
    }

    private static final Victim[] NOBODY = {};

    final Model model;
    private DeviceState device;
    private boolean ownsDevice;
    private DaemonState daemon;
    private boolean ownsDaemon;
    SupervisorState supervisor;
    private final Site[] sites;
    private int ownedSites;
    final Reader[] readers;
    /// Of each worker that fills: the blocks of its range that it is done with.
    final byte[] filled;
    /// What is left of each fault's budget.
    final byte[] left;
    /// What the supervisor holds over a daemon's death (Q7).
    Map<Handle, Content> held = Map.of();
    /// Whether a daemon has taken the device over since it was opened, and so hears that it is readable.
    boolean polled;
    /// That the device is there, without requests, is on its way to all gates and to the supervisor.
    boolean deviceUpDue;
    List<DeviceCall> fromDaemon = List.of();
    List<DeviceReply> toDaemon = List.of();
    List<DeviceCall> fromSupervisor = List.of();
    List<DeviceReply> deviceToSupervisor = List.of();
    List<Command> daemonToSupervisor = List.of();
    List<DaemonCommand> supervisorToDaemon = List.of();

    // Of the step under way.
    private @Nullable ArrayDeque<Runnable> next;
    /// Where in this step somebody fails; -1 = nowhere.
    int failAt = -1;
    /// Whether the next delivery is refused (S33).
    boolean refuse;
    private int points;
    private Victim[] victims = NOBODY;

    @Nullable
    Log log;

    /// Hears what happens in a step, in words.
    interface Log {
        /// @param from who sent it, or the actor itself
        /// @param outcome what became of it
        void happened(String from, String to, Object message, Object outcome);
    }

    /// Before anything has begun, but that a daemon has come up and says so.
    World(Model model) {
        this.model = model;
        var bounds = model.bounds;
        this.device = new DeviceState(model.limits, 0);
        this.daemon = new DaemonState(bounds.workers());
        this.ownsDevice = true;
        this.ownsDaemon = true;
        this.supervisor = SupervisorState.FRESH;
        this.sites = new Site[bounds.objects()];
        Arrays.setAll(sites, _ -> new Site(bounds.blocks()));
        this.ownedSites = -1;
        this.readers = new Reader[bounds.readers()];
        for (int number = 0; number < readers.length; number++) {
            int turn = number / bounds.objects();
            readers[number] = Reader.fresh(number % bounds.objects(), turn % bounds.blocks(), bounds.blocks());
        }
        this.filled = new byte[bounds.workers()];
        this.left = new byte[Fault.values().length];
        bounds.faults().forEach((fault, count) -> left[fault.ordinal()] = count.byteValue());
        this.daemonToSupervisor = List.of(new Command.DaemonUp());
    }

    /// A state as it was.
    World(
            Model model,
            DeviceState device,
            DaemonState daemon,
            SupervisorState supervisor,
            Site[] sites,
            Reader[] readers,
            byte[] left) {
        this.model = model;
        this.device = device;
        this.daemon = daemon;
        this.supervisor = supervisor;
        this.sites = sites;
        this.ownsDevice = true;
        this.ownsDaemon = true;
        this.ownedSites = -1;
        this.readers = readers;
        this.filled = new byte[daemon.workers()];
        this.left = left;
    }

    private World(World other) {
        model = other.model;
        device = other.device;
        daemon = other.daemon;
        supervisor = other.supervisor;
        sites = other.sites.clone();
        readers = other.readers.clone();
        filled = other.filled.clone();
        left = other.left.clone();
        held = other.held;
        polled = other.polled;
        deviceUpDue = other.deviceUpDue;
        fromDaemon = other.fromDaemon;
        toDaemon = other.toDaemon;
        fromSupervisor = other.fromSupervisor;
        deviceToSupervisor = other.deviceToSupervisor;
        daemonToSupervisor = other.daemonToSupervisor;
        supervisorToDaemon = other.supervisorToDaemon;
    }

    /// A copy that shares what neither changes.
    World copy() {
        return new World(this);
    }

    DeviceState device() {
        return device;
    }

    DaemonState daemon() {
        return daemon;
    }

    int sites() {
        return sites.length;
    }

    Site site(int number) {
        return sites[number];
    }

    Site siteToChange(int number) {
        if ((ownedSites & 1 << number) == 0) {
            sites[number] = sites[number].copy();
            ownedSites |= 1 << number;
        }
        return sites[number];
    }

    private DeviceState deviceToChange() {
        if (!ownsDevice) {
            device = device.copy();
            ownsDevice = true;
        }
        return device;
    }

    private DaemonState daemonToChange() {
        if (!ownsDaemon) {
            daemon = daemon.copy();
            ownsDaemon = true;
        }
        return daemon;
    }

    boolean has(Fault fault) {
        return left[fault.ordinal()] > 0;
    }

    void spend(Fault fault) {
        left[fault.ordinal()]--;
    }

    private void say(String actor, String what) {
        if (log != null) {
            log.happened(actor, actor, what, "");
        }
    }

    private void say(String from, String to, Object message, Object outcome) {
        if (log != null) {
            log.happened(from, to, message, outcome);
        }
    }

    // Steps and the points within them where somebody may fail.

    /// All that has to follow at once.
    void settle() {
        if (next != null) {
            for (var turn = next.poll(); turn != null; turn = next.poll()) {
                turn.run();
            }
        }
    }

    private void later(Runnable turn) {
        if (next == null) {
            next = new ArrayDeque<>(4);
        }
        next.add(turn);
    }

    /// Points passed in the step that was made last.
    int points() {
        return points;
    }

    Victim victimAt(int point) {
        return victims[point];
    }

    /// Whether `victim` fails here.
    private boolean failsHere(Victim victim) {
        if (!has(victim.fault)) {
            return false;
        }
        if (points == victims.length) {
            victims = Arrays.copyOf(victims, points + 8);
        }
        victims[points] = victim;
        return points++ == failAt;
    }

    // The object, its gate and its readers.

    void objectTurn(int number, ObjectCommand command) {
        var site = siteToChange(number);
        if (failsHere(Victim.OBJECT)) {
            failObject(number);
            return;
        }
        var before = site.object;
        var decision = ObjectCore.decide(model.cookies[number], before, command);
        for (ObjectEvent event : decision.events()) {
            site.object = ObjectCore.evolve(site.object, event);
            if (event instanceof ObjectEvent.Journaled) {
                site.journaled = site.object.known();
            }
        }
        if (log != null) {
            var from = switch (command) {
                case ObjectCommand.Heard _ -> "device";
                case ObjectCommand.Attached _ -> "file";
                default -> "gate";
            };
            say(from, "object " + model.cookies[number], command, site.object);
        }
        Invariants.moved(before, site.object);
        var actions = decision.actions();
        int submissions = 0;
        for (ObjectAction action : actions) {
            submissions += action instanceof ObjectAction.Submit ? 1 : 0;
        }
        for (int done = 0; done < actions.size(); done++) {
            if (failsHere(Victim.OBJECT)) {
                failObject(number);
                return;
            }
            perform(number, site, actions.get(done), submissions == 1);
        }
    }

    private void perform(int number, Site site, ObjectAction action, boolean alone) {
        switch (action) {
            case ObjectAction.Submit(var command) -> {
                if (model.reduced && alone && site.toDevice.isEmpty()) {
                    later(() -> deviceTurn(command, Caller.OBJECT));
                } else {
                    site.toDevice = Site.plus(site.toDevice, command);
                }
            }
            case ObjectAction.Attach _ -> site.attaching = true;
            case ObjectAction.Clear _ -> site.blocks = new byte[site.blocks.length];
            case ObjectAction.Acquired(var errno, var content) ->
                gateDid(number, site.gateToChange().acquired(errno, content));
            case ObjectAction.ReadDone(var ask, var errno) ->
                gateDid(number, site.gateToChange().readDone(ask, errno));
            case ObjectAction.Released _ -> gateDid(number, site.gateToChange().released());
            case ObjectAction.Leave _ -> {
                if (site.gate().isIdle()) {
                    site.object = new ObjectState.Idle(site.journaled);
                }
            }
        }
    }

    /// The object's actor comes back with what is journaled; what was said to it before is void, but by the device.
    void failObject(int number) {
        var site = siteToChange(number);
        spend(Fault.OBJECT_CRASH);
        say("object " + model.cookies[number], "FAILS");
        site.object = new ObjectState.Idle(site.journaled);
        site.fromGate = List.of();
        site.attaching = false;
        site.attachedSaid = false;
        gateDid(number, site.gateToChange().objectUp(true));
    }

    void gateDid(int number, List<GateCore.Action> actions) {
        var site = siteToChange(number);
        int commands = 0;
        for (GateCore.Action action : actions) {
            commands += action instanceof GateCore.Action.Send ? 1 : 0;
        }
        for (GateCore.Action action : actions) {
            switch (action) {
                case GateCore.Action.Send(var command) -> {
                    if (model.reduced && commands == 1 && site.fromGate.isEmpty()) {
                        later(() -> objectTurn(number, command));
                    } else {
                        site.fromGate = Site.plus(site.fromGate, command);
                    }
                }
                case GateCore.Action.Wakeup(var reader, var errno) ->
                    readers[(int) reader] = readers[(int) reader].woken(errno);
                case GateCore.Action.Acquired(var errno, _) -> acquired(number, site, errno);
                case GateCore.Action.Released _ -> released(number, site);
            }
        }
    }

    private void acquired(int number, Site site, Errno errno) {
        say("user of " + model.cookies[number], "acquired: " + errno);
        if (site.user != Site.User.ACQUIRING) {
            return;
        }
        if (errno.isOk()) {
            Invariants.require(
                    site.journaled != null && site.journaled.equals(site.object.known()),
                    "journal first: acknowledged, but not stored");
            site.user = Site.User.IN;
        } else {
            Checks.cause(this, number, errno);
            site.user = Site.User.GONE;
            endReaders(number);
        }
    }

    private void released(int number, Site site) {
        say("user of " + model.cookies[number], "released");
        Invariants.require(site.user == Site.User.RELEASING, "released, though nobody asked");
        site.user = Site.User.GONE;
        site.attached = false;
        site.attaching = false;
        site.attachedSaid = false;
        endReaders(number);
    }

    /// Reads that have not begun do not begin; the others have been told by the gate.
    private void endReaders(int number) {
        for (int reader = 0; reader < readers.length; reader++) {
            if (readers[reader].site() == number && readers[reader].isLooking()) {
                readers[reader] = readers[reader].in(new ReaderCore.State.Done(Errno.EIO));
            }
        }
    }

    void readerTurn(int number, ReaderCore.Command command) {
        var step = ReaderCore.step(readers[number].state(), command);
        readers[number] = readers[number].in(step.next());
        say("reader " + number, "reader " + number, command, step.next());
        int at = readers[number].site();
        for (ReaderCore.Action action : step.actions()) {
            switch (action) {
                case ReaderCore.Action.Look _ -> look(number);
                case ReaderCore.Action.Ask(var hole) -> {
                    readers[number] = readers[number].asks((int) (hole.limit() / Model.BLOCK_BYTES));
                    if (model.asksAtOnce) {
                        ask(number);
                    }
                }
                case ReaderCore.Action.Leave _ ->
                    gateDid(at, siteToChange(at).gateToChange().leave(number));
                case ReaderCore.Action.Complete(var errno) -> completed(number, errno);
            }
        }
    }

    private void completed(int number, Errno errno) {
        if (!errno.isOk() && errno != Errno.EINTR && errno != Errno.ETIMEDOUT) {
            Checks.cause(this, readers[number].site(), errno);
        }
    }

    /// Serves what is present, up to the next hole (S117).
    void look(int number) {
        var reader = readers[number];
        var site = sites[reader.site()];
        if (site.withdrawn) {
            readerTurn(number, new ReaderCore.Command.LookFailed(Errno.EIO));
            return;
        }
        int end = reader.position();
        while (end < reader.limit() && site.blocks[end] != Site.HOLE) {
            Invariants.require(site.blocks[end] == Site.RIGHT, "a byte that is not the origin's is read");
            end++;
        }
        if (end > reader.position()) {
            readers[number] = reader.at(end);
            readerTurn(number, new ReaderCore.Command.SawBytes(end < reader.limit()));
        } else {
            readerTurn(number, new ReaderCore.Command.SawHole(hole(site, end, reader.limit())));
        }
    }

    /// The look was before the hole was filled, and the question comes after.
    void lookedBefore(int number) {
        var reader = readers[number];
        readerTurn(number, new ReaderCore.Command.SawHole(range(reader.position(), reader.limit())));
    }

    private static Range hole(Site site, int from, int limit) {
        int end = from;
        while (end < limit && site.blocks[end] == Site.HOLE) {
            end++;
        }
        return range(from, end);
    }

    static Range range(int from, int end) {
        return Range.between((long) from * Model.BLOCK_BYTES, (long) end * Model.BLOCK_BYTES);
    }

    /// The hole that the reader saw is asked for, filled meanwhile or not.
    void ask(int number) {
        var reader = readers[number];
        readers[number] = reader.asked();
        var site = siteToChange(reader.site());
        if (site.withdrawn) {
            readers[number] = readers[number].woken(Errno.EIO);
        } else {
            gateDid(reader.site(), site.gateToChange().await(number, range(reader.position(), reader.asks())));
        }
    }

    // The device.

    void deviceTurn(DeviceCommand command, Caller caller) {
        if (failsHere(Victim.DEVICE)) {
            failDevice();
            return;
        }
        var state = deviceToChange();
        var watch = new Invariants.Step(state, command);
        var decision = DeviceCore.step(state, command);
        if (log != null) {
            var from = switch (command) {
                case DeviceCommand.FromObject said -> "object " + said.cookie();
                case DeviceCommand.RetryReopen _ -> "device";
                case DeviceCommand.Call _ -> caller.name().toLowerCase(Locale.ROOT);
            };
            say(from, "device", command instanceof DeviceCommand.Call(var call) ? call : command, decision.events());
        }
        watch.after(state, decision, model.bounds.forged());
        var actions = decision.actions();
        int toDaemons = 0;
        for (DeviceAction action : actions) {
            toDaemons += action instanceof DeviceAction.Deliver
                            || action instanceof DeviceAction.Wake
                            || action instanceof DeviceAction.Reply(var reply) && !isHeardAnyTime(reply)
                    ? 1
                    : 0;
        }
        for (DeviceAction action : actions) {
            if (failsHere(Victim.DEVICE)) {
                failDevice();
                return;
            }
            perform(action, caller, toDaemons == 1);
        }
    }

    private void perform(DeviceAction action, Caller caller, boolean alone) {
        switch (action) {
            case DeviceAction.Tell(var cookie, var notice) -> {
                if (model.plant != Model.Plant.LOST_MESSAGE || !(notice instanceof Notice.ReadEnded)) {
                    var site = siteToChange(model.object(cookie));
                    site.fromDevice = Site.plus(site.fromDevice, notice);
                }
            }
            case DeviceAction.Reply(var reply) -> reply(reply, caller, alone);
            case DeviceAction.Deliver(var worker, var request, var handle) -> {
                long now = device.incarnation();
                var message = new DeviceReply.Message(now, worker, request, new Fd(handle, now), device.isReadable());
                if (refuse) {
                    refuse = false;
                    var refusal = new DeviceCall.Refuse(device.incarnation(), request.msgId(), handle, Errno.EFAULT);
                    failedOver(request, handle);
                    later(() -> deviceTurn(new DeviceCommand.Call(refusal), Caller.OPERATOR));
                    toDaemon(new DeviceReply.Refused(device.incarnation(), worker, Errno.EFAULT), false);
                } else {
                    toDaemon(message, alone);
                }
            }
            case DeviceAction.Wake _ -> {
                if (polled) {
                    toDaemon(new DeviceReply.Readable(), alone);
                }
            }
            case DeviceAction.RetryAfter(var cookie, var attempt) -> siteToChange(model.object(cookie)).timer = attempt;
            case DeviceAction.Revoke _, DeviceAction.Fence _ -> {} // in the same step, nobody having seen any of it
        }
    }

    private void failedOver(Request request, Handle handle) {
        siteToChange(model.object(handle.cookie())).causes |=
                request instanceof Request.Open ? Site.OPEN_FAILED : Site.READ_FAILED;
    }

    private void reply(DeviceReply reply, Caller caller, boolean alone) {
        switch (caller) {
            case DAEMON -> {
                if (!(reply instanceof DeviceReply.Done(DeviceCall.Cread _, _))) { // which its shell does not pass on
                    toDaemon(reply, alone);
                }
            }
            case SUPERVISOR -> {
                if (reply instanceof DeviceReply.Done(DeviceCall.GiveUp _, _)) {
                    return; // nor does the supervisor's
                }
                if (reply instanceof DeviceReply.TookOver) {
                    polled = true;
                }
                if (model.reduced) {
                    later(() -> heard(reply));
                } else {
                    deviceToSupervisor = Site.plus(deviceToSupervisor, reply);
                }
            }
            case OBJECT, OPERATOR -> {}
        }
    }

    /// What the daemon may hear sooner or later with the same effect: that an answer was accepted only ends a doubt
    /// about one handle, and what becomes of a CLOSE or a cread is nothing to it.
    private static boolean isHeardAnyTime(DeviceReply reply) {
        return reply instanceof DeviceReply.Done(var call, var errno)
                && (errno.isOk() || !(call instanceof DeviceCall.Copen));
    }

    private void toDaemon(DeviceReply reply, boolean alone) {
        if (model.reduced && (isHeardAnyTime(reply) || alone && toDaemon.isEmpty())) {
            later(() -> daemonTurn(new DaemonCommand.FromDevice(reply)));
        } else {
            toDaemon = Site.plus(toDaemon, reply);
        }
    }

    /// What the supervisor hears of the device.
    void heard(DeviceReply reply) {
        switch (reply) {
            case DeviceReply.TookOver(var incarnation) -> supervisorTurn(new Command.TookOver(incarnation));
            case DeviceReply.Done _ -> supervisorTurn(new Command.Restored());
            default -> throw new IllegalStateException(reply.toString());
        }
    }

    /// The device's actor comes back as a later generation that knows nothing.
    void failDevice() {
        spend(Fault.DEVICE_CRASH);
        say("device", "FAILS");
        device = new DeviceState(model.limits, (int) (device.incarnation() >>> 32) + 1);
        ownsDevice = true;
        polled = false;
        deviceUpDue = true;
        for (int number = 0; number < sites.length; number++) {
            if (sites[number].timer != 0) {
                siteToChange(number).timer = 0;
            }
        }
    }

    /// The cache hears that a device is there, and tells all gates and the supervisor.
    void deviceUp() {
        deviceUpDue = false;
        for (int number = 0; number < sites.length; number++) {
            var commands = sites[number].gate().deviceUp();
            if (!commands.isEmpty()) {
                var site = siteToChange(number);
                site.fromGate = Site.plus(site.fromGate, ((GateCore.Action.Send) commands.getFirst()).command());
            }
        }
        supervisorTurn(new Command.DeviceUp());
    }

    // The daemon's side.

    void daemonTurn(DaemonCommand command) {
        if ((model.keepsHandles || !model.reduced) && failsHere(Victim.DAEMON)) {
            failDaemon();
            return;
        }
        var state = daemonToChange();
        var decision = DaemonCore.decide(state, command);
        for (DaemonEvent event : decision.events()) {
            DaemonCore.evolve(state, event);
            if (event instanceof DaemonEvent.WorkerTurned(var worker, _)) {
                filled[worker] = 0;
            }
        }
        if (log != null) {
            var from = switch (command) {
                case DaemonCommand.Start _ -> "supervisor";
                case DaemonCommand.FromDevice _ -> "device";
                case DaemonCommand.CloseEarly _ -> "daemon";
                case DaemonCommand.LookedUp(_, var worker, _, _, _) -> "worker " + worker;
                case DaemonCommand.Filled(_, var worker, _, _) -> "worker " + worker;
                case DaemonCommand.WorkerDied(_, var worker) -> "worker " + worker;
            };
            say(from, "daemon", command, decision.events());
        }
        for (DaemonAction action : decision.actions()) {
            perform(action);
        }
        if (model.plant == Model.Plant.BUSY_LOOP
                && command instanceof DaemonCommand.FromDevice(DeviceReply.Nothing(_, var worker))) {
            perform(new DaemonAction.Say(new DeviceCall.Fetch(state.incarnation(), worker, 1 << 20)));
            DaemonCore.evolve(state, new DaemonEvent.WorkerTurned(worker, new DaemonState.Work.Fetching()));
        }
    }

    private void perform(DaemonAction action) {
        switch (action) {
            case DaemonAction.Say(var call) -> fromDaemon = Site.plus(fromDaemon, call);
            case DaemonAction.LookUp _, DaemonAction.Fill _ -> {} // the worker's state says it
            case DaemonAction.Keep(var handle, var content) -> {
                if (model.keepsHandles) {
                    daemonToSupervisor = Site.plus(daemonToSupervisor, new Command.Keep(handle, content));
                }
            }
            case DaemonAction.Discard(var handle) -> {
                if (model.keepsHandles) {
                    daemonToSupervisor = Site.plus(daemonToSupervisor, new Command.Discard(handle));
                }
            }
            case DaemonAction.ReportProgress _ -> {
                if (model.countsProgress) {
                    daemonToSupervisor = Site.plus(daemonToSupervisor, new Command.Progress());
                }
            }
        }
    }

    /// The daemon comes back with nothing. What it had said and was not heard of, was heard before it failed, or
    /// comes too late (I4).
    void failDaemon() {
        spend(Fault.CRASH);
        say("daemon", "FAILS");
        freshDaemon();
    }

    private void freshDaemon() {
        stopDaemon();
        daemonToSupervisor = Site.plus(daemonToSupervisor, new Command.DaemonUp());
    }

    private void stopDaemon() {
        daemon = new DaemonState(model.bounds.workers());
        ownsDaemon = true;
        Arrays.fill(filled, (byte) 0);
        if (model.trusts) {
            fromDaemon = List.of();
            toDaemon = List.of();
        }
    }

    void supervisorTurn(Command command) {
        if (failsHere(Victim.SUPERVISOR)) {
            failSupervisor();
            return;
        }
        var step = SupervisorCore.step(model.policy, supervisor, command);
        supervisor = step.next();
        if (log != null) {
            var from = switch (command) {
                case Command.TookOver _, Command.Restored _ -> "device";
                case Command.DeviceUp _ -> "cache";
                case Command.StartAgain _ -> "operator";
                default -> "daemon";
            };
            say(from, "supervisor", command, supervisor.phase());
        }
        for (SupervisorCore.Action action : step.actions()) {
            if (failsHere(Victim.SUPERVISOR)) {
                failSupervisor();
                return;
            }
            perform(action);
        }
    }

    private void perform(SupervisorCore.Action action) {
        switch (action) {
            case SupervisorCore.Action.TakeOver(var keep) -> saySupervisor(new DeviceCall.TakeOver(keep));
            case SupervisorCore.Action.Restore _ -> saySupervisor(new DeviceCall.Restore());
            case SupervisorCore.Action.GiveUp _ -> saySupervisor(new DeviceCall.GiveUp());
            case SupervisorCore.Action.Begin(var incarnation, var withKept) -> {
                var start = new DaemonCommand.Start(incarnation, withKept ? held : Map.of());
                if (model.reduced || model.keepsHandles) {
                    later(() -> daemonTurn(start));
                } else {
                    supervisorToDaemon = Site.plus(supervisorToDaemon, start);
                }
            }
            case SupervisorCore.Action.Hold(var handle, var content) -> {
                var more = new HashMap<>(held);
                more.put(handle, content);
                held = more;
            }
            case SupervisorCore.Action.LetGo(var handle) -> {
                var less = new HashMap<>(held);
                less.remove(handle);
                held = less;
            }
            case SupervisorCore.Action.LetAllGo _ -> held = Map.of();
            case SupervisorCore.Action.SpawnDaemon _ -> freshDaemon();
            case SupervisorCore.Action.StopDaemon _ -> stopDaemon();
            case SupervisorCore.Action.LoseDevice _ -> throw new IllegalStateException("handles are lost or kept");
        }
    }

    private void saySupervisor(DeviceCall call) {
        fromSupervisor = Site.plus(fromSupervisor, call);
    }

    /// The supervisor comes back with nothing, and with another daemon. Akka keeps its mailbox; what its former daemon
    /// says in it is ignored, but for descriptors to be kept.
    void failSupervisor() {
        spend(Fault.SUPERVISOR_CRASH);
        say("supervisor", "FAILS");
        supervisor = SupervisorState.FRESH;
        held = Map.of();
        daemonToSupervisor = daemonToSupervisor.stream()
                .filter(Command.Keep.class::isInstance)
                .toList();
        supervisorToDaemon = List.of();
        freshDaemon();
    }

    /// All that is in memory is gone; readers begin again with the next process.
    World afterProcessCrash() {
        var world = new World(model);
        for (int number = 0; number < sites.length; number++) {
            world.sites[number] = sites[number].recovered();
            if (sites[number].user == Site.User.GONE) {
                world.sites[number].user = Site.User.GONE;
            }
        }
        for (int number = 0; number < readers.length; number++) {
            boolean over = readers[number].isDone() || sites[readers[number].site()].user == Site.User.GONE;
            world.readers[number] = over
                    ? readers[number].in(new ReaderCore.State.Done(Errno.EIO))
                    : Reader.fresh(readers[number].site(), readers[number].start(), readers[number].limit());
        }
        System.arraycopy(left, 0, world.left, 0, left.length);
        world.spend(Fault.PROCESS_CRASH);
        return world;
    }
}
