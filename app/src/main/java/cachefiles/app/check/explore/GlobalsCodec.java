package cachefiles.app.check.explore;

import cachefiles.app.check.Invariants;
import cachefiles.daemon.core.DaemonCommand;
import cachefiles.daemon.core.DaemonState.Work;
import cachefiles.daemon.core.SupervisorCore.Command;
import cachefiles.daemon.core.SupervisorState;
import cachefiles.kernel.device.Pending;
import cachefiles.kernel.uapi.DeviceCall;
import cachefiles.kernel.uapi.DeviceReply;
import cachefiles.kernel.uapi.Errno;
import java.util.Map;

/// What is of no single object: budgets first ([Model] looks at them there), the actors' own state, and of their queues
/// how long they are, with what names no object. [CallsCodec] has the rest.
@SuppressWarnings("EnumOrdinal") // for no longer than one exploration
final class GlobalsCodec {
    private static final int DEAD = 1;
    private static final int GAVE_UP = 2;
    private static final int FLOOR_RAISED = 4;
    private static final int POLLED = 8;
    private static final int DEVICE_UP_DUE = 16;
    private static final int PROGRESSED = 32;
    private static final int READABLE = 64;
    private static final SupervisorState.Phase[] PHASES = SupervisorState.Phase.values();

    private GlobalsCodec() {}

    static void write(StateWriter out) {
        budgets(out);
        namedWorkers(out);
        actors(out);
        supervisor(out);
        table(out);
        daemonsQueues(out);
        supervisorsQueues(out);
        namelessWorkers(out);
    }

    static void read(StateReader in, Parts parts) {
        budgets(in, parts);
        namedWorkers(in, parts);
        actors(in, parts);
        supervisor(in, parts);
        table(in);
        daemonsQueues(in, parts);
        supervisorsQueues(in, parts);
        namelessWorkers(in, parts);
    }

    private static void budgets(StateWriter out) {
        for (Fault fault : out.model.faults) {
            out.put(out.world.left[fault.ordinal()]);
        }
    }

    private static void budgets(StateReader in, Parts parts) {
        for (Fault fault : in.model.faults) {
            parts.left[fault.ordinal()] = (byte) in.get();
        }
    }

    /// Those that wait for the device: by name, and so in the order of their questions.
    private static void namedWorkers(StateWriter out) {
        out.put(out.workers.count());
        for (int name = 0; name < out.workers.count(); name++) {
            out.put(out.world.daemon().worker((int) out.workers.value(name)) instanceof Work.Fetching);
        }
    }

    private static void namedWorkers(StateReader in, Parts parts) {
        parts.busy = in.get();
        for (int worker = 0; worker < parts.busy; worker++) {
            parts.works[worker] = in.flag() ? new Work.Fetching() : new Work.Asleep();
        }
    }

    private static void actors(StateWriter out) {
        var world = out.world;
        var device = out.device;
        out.put((device.isDead() ? DEAD : 0)
                | (device.hasGivenUp() ? GAVE_UP : 0)
                | (device.floor() == device.incarnation() ? FLOOR_RAISED : 0)
                | (world.polled ? POLLED : 0)
                | (world.deviceUpDue ? DEVICE_UP_DUE : 0)
                | (out.model.countsProgress && world.daemon().hasMadeProgress() ? PROGRESSED : 0)
                | (world.daemon().isReadable() ? READABLE : 0));
        out.incarnation(device.incarnation());
        out.incarnation(world.daemon().incarnation());
        out.version(world.origin);
    }

    private static void actors(StateReader in, Parts parts) {
        int flags = in.get();
        parts.dead = (flags & DEAD) != 0;
        parts.gaveUp = (flags & GAVE_UP) != 0;
        parts.polled = (flags & POLLED) != 0;
        parts.deviceUpDue = (flags & DEVICE_UP_DUE) != 0;
        parts.progressed = (flags & PROGRESSED) != 0;
        parts.readable = (flags & READABLE) != 0;
        in.deviceIs(in.incarnation(), (flags & FLOOR_RAISED) != 0);
        parts.daemon = in.incarnation();
        parts.origin = in.version();
    }

    private static void supervisor(StateWriter out) {
        var supervisor = out.world.supervisor;
        out.incarnation(supervisor.incarnation());
        out.put(supervisor.phase());
        out.put(supervisor.life() > 0);
        out.put(out.model.countsProgress ? supervisor.fruitless() : 0);
    }

    private static void supervisor(StateReader in, Parts parts) {
        long incarnation = in.incarnation();
        var phase = in.oneOf(PHASES);
        int life = in.flag() ? 1 : 0;
        parts.supervisor = new SupervisorState(phase, life, incarnation, in.get(), 0);
    }

    /// How long it is, who is handed out next, and, if ids wrap around, between whom the next id will be given.
    private static void table(StateWriter out) {
        int requests = 0;
        int cursor = 0;
        for (Pending request : out.device.table()) {
            requests++;
            cursor += request.id().compareTo(out.device.cursor()) < 0 ? 1 : 0;
        }
        out.put(requests);
        out.put(cursor);
        if (out.model.wraps) {
            ring(out, cursor);
        }
    }

    private static void ring(StateWriter out, int cursor) {
        var free = Invariants.freeId(out.device);
        int next = 0;
        for (Pending request : out.device.table()) {
            next += request.id().compareTo(free) < 0 ? 1 : 0;
        }
        out.put(next);
        out.put(next == cursor && free.compareTo(out.device.cursor()) < 0);
    }

    private static void table(StateReader in) {
        int requests = in.get();
        int cursor = in.get();
        if (in.model.wraps) {
            in.tableHas(requests, cursor, in.get(), in.flag());
        } else {
            in.tableHas(requests, cursor);
        }
    }

    private static void daemonsQueues(StateWriter out) {
        out.put(out.fromDaemon.size());
        for (DeviceCall call : out.fromDaemon) {
            if (call instanceof DeviceCall.Fetch fetch) {
                out.put(1 + out.workers.of(fetch.worker()));
                out.incarnation(fetch.incarnation());
            } else {
                out.put(0);
            }
        }
        out.put(out.world.toDaemon.size());
        for (DeviceReply reply : out.world.toDaemon) {
            switch (reply) {
                case DeviceReply.Nothing(var incarnation, var worker) -> {
                    out.put(1);
                    out.worker(worker);
                    out.incarnation(incarnation);
                }
                case DeviceReply.Refused(var incarnation, var worker, var errno) -> {
                    out.put(2);
                    out.worker(worker);
                    out.incarnation(incarnation);
                    out.put(errno);
                }
                case DeviceReply.Readable _ -> out.put(3);
                case DeviceReply.Done(DeviceCall.Fetch _, _) -> throw new IllegalStateException("answered otherwise");
                default -> out.put(0);
            }
        }
    }

    private static void daemonsQueues(StateReader in, Parts parts) {
        parts.fromDaemon = new DeviceCall[in.get()];
        for (int place = 0; place < parts.fromDaemon.length; place++) {
            int worker = in.get() - 1;
            if (worker >= 0) {
                parts.fromDaemon[place] = new DeviceCall.Fetch(in.incarnation(), worker, 1 << 20);
            }
        }
        parts.toDaemon = new DeviceReply[in.get()];
        for (int place = 0; place < parts.toDaemon.length; place++) {
            switch (in.get()) {
                case 1 -> {
                    int worker = in.worker();
                    parts.toDaemon[place] = new DeviceReply.Nothing(in.incarnation(), worker);
                }
                case 2 -> {
                    int worker = in.worker();
                    parts.toDaemon[place] = new DeviceReply.Refused(in.incarnation(), worker, in.errno());
                }
                case 3 -> parts.toDaemon[place] = new DeviceReply.Readable();
                default -> {}
            }
        }
    }

    private static void supervisorsQueues(StateWriter out) {
        var world = out.world;
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
                out.incarnation(incarnation);
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
            var start = (DaemonCommand.Start) command;
            out.incarnation(start.incarnation());
            out.put(start.kept().isEmpty());
        }
    }

    private static void supervisorsQueues(StateReader in, Parts parts) {
        parts.fromSupervisor = new DeviceCall[in.get()];
        for (int place = 0; place < parts.fromSupervisor.length; place++) {
            parts.fromSupervisor[place] = switch (in.get()) {
                case 0 -> new DeviceCall.TakeOver(true);
                case 1 -> new DeviceCall.TakeOver(false);
                case 2 -> new DeviceCall.Restore();
                default -> new DeviceCall.GiveUp();
            };
        }
        parts.deviceToSupervisor = new DeviceReply[in.get()];
        for (int place = 0; place < parts.deviceToSupervisor.length; place++) {
            parts.deviceToSupervisor[place] = in.flag()
                    ? new DeviceReply.TookOver(in.incarnation())
                    : new DeviceReply.Done(new DeviceCall.Restore(), Errno.OK);
        }
        parts.daemonToSupervisor = new Command[in.get()];
        for (int place = 0; place < parts.daemonToSupervisor.length; place++) {
            switch (in.get()) {
                case 1 -> parts.daemonToSupervisor[place] = new Command.DaemonUp();
                case 2 -> parts.daemonToSupervisor[place] = new Command.Progress();
                default -> {}
            }
        }
        parts.supervisorToDaemon = new DaemonCommand[in.get()];
        parts.withHeld = new boolean[parts.supervisorToDaemon.length];
        for (int place = 0; place < parts.supervisorToDaemon.length; place++) {
            parts.supervisorToDaemon[place] = new DaemonCommand.Start(in.incarnation(), Map.of());
            parts.withHeld[place] = !in.flag();
        }
    }

    /// How many fetch, and nothing of it is on its way; and how many work for nothing. Those at work for an object
    /// stand in its section; the rest sleep.
    private static void namelessWorkers(StateWriter out) {
        int lost = 0;
        int forNothing = 0;
        for (int worker = 0; worker < out.world.daemon().workers(); worker++) {
            boolean fetches = out.world.daemon().worker(worker) instanceof Work.Fetching;
            lost += fetches && out.workers.find(worker) < 0 ? 1 : 0;
            forNothing += WorkersCodec.isForNothing(out, worker) ? 1 : 0;
        }
        out.put(lost);
        out.put(forNothing);
    }

    private static void namelessWorkers(StateReader in, Parts parts) {
        parts.lost = in.get();
        parts.forNothing = in.get();
    }
}
