package cachefiles.app.check.explore;

import cachefiles.daemon.core.DaemonCommand;
import cachefiles.daemon.core.DaemonCore;
import cachefiles.daemon.core.DaemonEvent;
import cachefiles.daemon.core.DaemonState;
import cachefiles.daemon.core.DaemonState.Work;
import cachefiles.daemon.core.SupervisorCore.Command;
import cachefiles.daemon.core.SupervisorState;
import cachefiles.kernel.device.DeviceState;
import cachefiles.kernel.device.Pending;
import cachefiles.kernel.device.Slot;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceCall;
import cachefiles.kernel.uapi.DeviceReply;
import cachefiles.kernel.uapi.Handle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What has been read of a world so far. Queues, table and workers are filled from several sections.
final class Parts {
    private final Model model;
    final byte[] left = new byte[Fault.values().length];
    final Site[] sites;
    final Reader[] readers;
    /// Readers read so far.
    int seen;

    // The device.
    boolean dead;
    boolean gaveUp;
    /// Each object's in the order they were enqueued.
    final List<Pending> table = new ArrayList<>();
    final Map<Cookie, Slot> slots = new HashMap<>();

    // The daemon.
    long daemon;
    int origin;
    boolean progressed;
    boolean readable;
    final Work[] works;
    final byte[] filled;
    /// Workers with a name, and those without that have their work by now.
    int busy;
    final Map<Handle, Content> opened = new LinkedHashMap<>();
    final List<Handle> unconfirmed = new ArrayList<>();

    SupervisorState supervisor = SupervisorState.FRESH;
    final Map<Handle, Content> held = new HashMap<>();
    /// Starts with what is held, which is known at the end.
    boolean[] withHeld = {};

    boolean polled;
    boolean deviceUpDue;
    DeviceCall[] fromDaemon = {};
    DeviceReply[] toDaemon = {};
    DeviceCall[] fromSupervisor = {};
    DeviceReply[] deviceToSupervisor = {};
    Command[] daemonToSupervisor = {};
    DaemonCommand[] supervisorToDaemon = {};

    /// Workers of whose question nothing is on its way, and workers whose work is for nothing.
    int lost;
    int forNothing;

    Parts(Model model) {
        this.model = model;
        this.sites = new Site[model.bounds.objects()];
        this.readers = new Reader[model.bounds.readers()];
        this.works = new Work[model.bounds.workers()];
        this.filled = new byte[works.length];
        Arrays.fill(works, new Work.Asleep());
    }

    /// Puts them together, when all is read.
    World world(StateReader in) {
        for (; forNothing > 0; forNothing--) {
            var handle = in.deadHandle();
            works[busy++] = new Work.Filling(in.freshId(), handle, model.contents[0], Model.range(0, 1), 1);
        }
        for (int worker = busy; lost > 0; worker++, lost--) {
            works[worker] = new Work.Fetching();
        }
        var world = new World(model, device(in), daemon(), supervisor, sites, readers, left);
        System.arraycopy(filled, 0, world.filled, 0, filled.length);
        world.origin = origin;
        world.held = held;
        world.polled = polled;
        world.deviceUpDue = deviceUpDue;
        world.fromDaemon = listOf(fromDaemon);
        world.toDaemon = listOf(toDaemon);
        world.fromSupervisor = listOf(fromSupervisor);
        world.deviceToSupervisor = listOf(deviceToSupervisor);
        world.daemonToSupervisor = listOf(daemonToSupervisor);
        for (int place = 0; place < supervisorToDaemon.length; place++) {
            if (withHeld[place]) {
                var start = (DaemonCommand.Start) supervisorToDaemon[place];
                supervisorToDaemon[place] = new DaemonCommand.Start(start.incarnation(), held);
            }
        }
        world.supervisorToDaemon = listOf(supervisorToDaemon);
        return world;
    }

    private static <T> List<T> listOf(T[] items) {
        return items.length == 0 ? List.of() : Arrays.asList(items);
    }

    private DeviceState device(StateReader in) {
        return DeviceState.of(
                model.limits,
                dead,
                gaveUp,
                in.incarnationNow(),
                in.floor(),
                in.cursor(),
                in.nextId(),
                in.lastHandle(),
                table,
                slots);
    }

    private DaemonState daemon() {
        var state = new DaemonState(works.length);
        if (daemon < 0) {
            return state;
        }
        DaemonCore.evolve(state, new DaemonEvent.Started(daemon, Map.of()));
        for (int worker = 0; worker < works.length; worker++) {
            DaemonCore.evolve(state, new DaemonEvent.WorkerTurned(worker, works[worker]));
        }
        for (var entry : opened.entrySet()) {
            var handle = entry.getKey();
            DaemonCore.evolve(state, new DaemonEvent.Opened(handle, entry.getValue()));
            if (!unconfirmed.contains(handle)) {
                DaemonCore.evolve(state, new DaemonEvent.Confirmed(handle));
            }
        }
        if (progressed) {
            DaemonCore.evolve(state, new DaemonEvent.Progressed());
        }
        if (readable) {
            DaemonCore.evolve(state, new DaemonEvent.Polled(true));
        }
        return state;
    }
}
