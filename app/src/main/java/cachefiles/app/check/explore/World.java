package cachefiles.app.check.explore;

import cachefiles.daemon.core.DaemonCommand;
import cachefiles.daemon.core.DaemonState;
import cachefiles.daemon.core.SupervisorCore.Command;
import cachefiles.daemon.core.SupervisorState;
import cachefiles.kernel.device.DeviceState;
import cachefiles.kernel.reader.ReaderCore;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.DeviceCall;
import cachefiles.kernel.uapi.DeviceReply;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Handle;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// One state of everything: the cores' states, what is on its way between the actors, the files, and what is left of
/// each fault's budget. [Step] changes it.
///
/// Copies share what neither has changed: sites, device and daemon are copied when the first change comes.
@SuppressWarnings("EnumOrdinal") // for no longer than one exploration
final class World {
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
    /// Which of the contents the origin has.
    int origin;
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
        origin = other.origin;
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

    DeviceState deviceToChange() {
        if (!ownsDevice) {
            device = device.copy();
            ownsDevice = true;
        }
        return device;
    }

    DaemonState daemonToChange() {
        if (!ownsDaemon) {
            daemon = daemon.copy();
            ownsDaemon = true;
        }
        return daemon;
    }

    void renewDevice(DeviceState fresh) {
        device = fresh;
        ownsDevice = true;
    }

    void renewDaemon(DaemonState fresh) {
        daemon = fresh;
        ownsDaemon = true;
    }

    /// Whether the daemon may write through `handle`. The fence is the device's word (S61, G10).
    boolean isAdmitted(Handle handle) {
        return daemon.incarnation() == device.incarnation() && device.isLive(handle);
    }

    /// Whether all that `reader` still wants is there.
    boolean isPresent(Reader reader) {
        return sites[reader.site()].isPresent(reader.position(), reader.limit());
    }

    /// Who uses an object may see errors from now on: of its content nothing more can be fetched.
    void changeOrigin() {
        origin++;
        for (int number = 0; number < sites.length; number++) {
            siteToChange(number).causes |= Site.OPEN_FAILED | Site.READ_FAILED;
        }
    }

    boolean has(Fault fault) {
        return left[fault.ordinal()] > 0;
    }

    void spend(Fault fault) {
        left[fault.ordinal()]--;
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
        world.origin = origin;
        System.arraycopy(left, 0, world.left, 0, left.length);
        world.spend(Fault.PROCESS_CRASH);
        return world;
    }
}
