package cachefiles.app.check.explore;

import cachefiles.app.check.explore.Move.Kind;
import cachefiles.daemon.core.DaemonState.Work;
import cachefiles.kernel.device.Pending;
import cachefiles.kernel.uapi.DeviceCall;
import java.util.Arrays;

/// The moves that can be made in a world, in a fixed order.
final class Moves {
    private int[] moves = new int[64];
    private int count;

    int count() {
        return count;
    }

    int get(int at) {
        return moves[at];
    }

    private void add(Kind kind, int about) {
        if (count == moves.length) {
            moves = Arrays.copyOf(moves, 2 * count);
        }
        moves[count++] = Move.of(kind, about);
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

    private void fair(World world) {
        for (int number = 0; number < world.sites(); number++) {
            var site = world.site(number);
            add(Kind.ACQUIRE, number, site.user == Site.User.OUT);
            add(Kind.NOTICE, number, !site.fromDevice.isEmpty() && !site.down);
            add(Kind.COMMAND, number, !site.fromGate.isEmpty() && !site.down);
            add(Kind.SUBMISSION, number, !site.toDevice.isEmpty());
            add(Kind.ATTACH, number, site.attaching);
            add(Kind.ATTACHED, number, site.attachedSaid && !site.down);
            add(Kind.RECOVER, number, site.down);
            add(Kind.TIMER, number, site.timer != 0);
        }
        for (int number = 0; number < world.readers.length; number++) {
            var reader = world.readers[number];
            boolean looks = reader.isLooking() && world.site(reader.site()).user == Site.User.IN;
            add(Kind.LOOK, number, looks);
            add(Kind.LATE_ASK, number, looks && world.model.asksAtOnce && world.isPresent(reader));
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
        add(Kind.DEVICE_OPEN, 0, world.has(Fault.DEVICE_OPEN) && canBeOpened(world));
        add(Kind.CHANGE, 0, world.has(Fault.CHANGE));
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
            add(Kind.OBJECT_CRASH, number, world.has(Fault.OBJECT_CRASH) && site.user != Site.User.OUT && !site.down);
            add(Kind.REACQUIRE, number, world.has(Fault.REACQUIRE) && isLeft(world, number));
            add(Kind.DROP, number, world.has(Fault.DROP) && inUse);
            add(Kind.RETIRE, number, world.has(Fault.RETIRE) && inUse);
            add(
                    Kind.REST,
                    number,
                    world.has(Fault.REST)
                            && site.user == Site.User.IN
                            && !site.down
                            && site.gate().isIdle());
        }
        for (int number = 0; number < world.readers.length; number++) {
            var reader = world.readers[number];
            boolean ended = reader.isDone() && world.site(reader.site()).user == Site.User.IN;
            add(Kind.REREAD, number, world.has(Fault.REREAD) && ended);
            boolean begun = reader.isWaiting() && reader.asks() == 0;
            add(Kind.CANCEL, number, world.has(Fault.CANCEL) && begun);
            add(Kind.DEADLINE, number, world.has(Fault.DEADLINE) && begun);
        }
        for (int worker = 0; worker < world.daemon().workers(); worker++) {
            boolean opens = world.daemon().worker(worker) instanceof Work.LookingUp(_, var handle, _, _)
                    && world.isAdmitted(handle);
            boolean fills =
                    world.daemon().worker(worker) instanceof Work.Filling filling && world.isAdmitted(filling.handle());
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

    /// The cache unbinds, and can be bound anew, when all objects are withdrawn and all their handles closed.
    private static boolean canBeOpened(World world) {
        boolean used = false;
        for (int number = 0; number < world.sites(); number++) {
            var user = world.site(number).user;
            used |= user != Site.User.OUT && user != Site.User.GONE;
        }
        return world.device().isDead() && world.device().liveHandles() == 0 && !used;
    }

    /// Whether the object is out of use, and all its readers know.
    private static boolean isLeft(World world, int number) {
        for (Reader reader : world.readers) {
            if (reader.site() == number && !reader.isDone()) {
                return false;
            }
        }
        return world.site(number).user == Site.User.GONE;
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
                        && (!world.isAdmitted(filling.handle())
                                || world.site(world.model.object(
                                                filling.handle().cookie()))
                                        .attached);
            case Work.Asleep _, Work.Fetching _ -> false;
        };
    }
}
