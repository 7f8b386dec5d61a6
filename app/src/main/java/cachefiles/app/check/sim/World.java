package cachefiles.app.check.sim;

import cachefiles.app.check.Violation;
import cachefiles.app.check.sim.Clock.Channel;
import cachefiles.app.check.sim.Coverage.Count;
import cachefiles.app.check.sim.Crash.Moment;
import cachefiles.app.check.sim.Crash.Victim;
import cachefiles.kernel.object.ObjectEvent;
import cachefiles.kernel.uapi.DeviceCall;
import cachefiles.persistence.store.MemoryDisk;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// All there is: what outlives the process (blobs with origin, file and journal; the device's generation), and what
/// does not. It says how long things take and who fails when.
final class World {
    private static final Moment[] MOMENTS = Moment.values();

    final Options options;
    final Chance chance;
    final Shape shape;
    final Clock clock = new Clock();
    final Coverage coverage = new Coverage();
    final Trace trace;
    final List<Blob> blobs = new ArrayList<>();
    private final List<Blob> commits = new ArrayList<>();
    private MemoryDisk disk = MemoryDisk.recording();
    private int generation;
    private boolean healed;
    private boolean reopening;
    private final Channel cacheFromDevice = new Channel();
    private final Channel deviceFromCache = new Channel();
    private @Nullable Crash forced;
    Device device;
    Supervisor supervisor;
    Keeper keeper;

    @SuppressWarnings("NullAway") // boot() makes the actors
    World(Options options, Trace trace) {
        this.options = options;
        this.trace = trace;
        this.chance = new Chance(options.seed());
        this.shape = Shape.drawn(options, chance);
        this.forced = options.crash();
        for (int number = 0; number < shape.objects(); number++) {
            blobs.add(new Blob(number, sizeBytes()));
        }
        boot();
    }

    private long sizeBytes() {
        int blocks = chance.between(1, shape.blocks());
        return (long) blocks * BlobFile.BLOCK_BYTES - (chance.oneIn(2) ? 0 : chance.below(BlobFile.BLOCK_BYTES));
    }

    /// A process starts on what its predecessor left.
    private void boot() {
        keeper = new Keeper(this);
        for (Blob blob : blobs) {
            blob.use++;
            blob.toDevice = new Channel();
            blob.gate = new Gate(this, blob, shape.window(), shape.bound());
            blob.user = new User(this, blob);
        }
        if (shape.restarts() || options.crash() != null) {
            var store = disk.store(chance::next);
            blobs.forEach(blob -> blob.file.on(store));
        }
        reopening = false;
        supervisor = new Supervisor(this);
        device = new Device(this);
    }

    /// All that is in memory or on its way is gone.
    void crashProcess(boolean powerFails) {
        landed(Victim.PROCESS, Moment.TAKEN);
        trace.line(clock.now(), "process", powerFails ? "loses power" : "dies");
        clock.clear();
        if (powerFails) {
            coverage.add(Fault.POWER_LOSS);
            int odds = chance.between(2, 40);
            disk = disk.image((_, _) -> !chance.oneIn(odds), chance.oneIn(2));
            loseEvents();
        } else {
            disk = disk.image();
        }
        boolean rots = strikes(Fault.BIT_ROT);
        if (rots) {
            coverage.add(Fault.BIT_ROT);
            var blob = chance.of(blobs);
            disk.damage(blob.cookie, chance.below(shape.blocks() * BlobFile.BLOCK_BYTES));
        }
        for (Blob blob : blobs) {
            blob.file.restarted(powerFails || rots, this);
        }
        boot();
    }

    void stored(Blob blob, ObjectEvent.Journaled event) {
        blob.journal.add(event);
        commits.add(blob);
        count(Count.EVENTS_STORED);
    }

    /// Those stored last, in the order in which they were: a journal is read up to the first that is not whole.
    private void loseEvents() {
        for (int lost = shape.synced() ? 0 : chance.below(8); lost > 0 && !commits.isEmpty(); lost--) {
            commits.removeLast().journal.removeLast();
            count(Count.EVENTS_LOST);
        }
    }

    int nextGeneration() {
        return generation++;
    }

    /// The device has no requests: whoever wants something of it says so again.
    void deviceUp() {
        send(cacheFromDevice, () -> {
            for (Blob blob : blobs) {
                blob.gate.deviceUp();
            }
            supervisor.send(supervisor.fromCache, () -> supervisor.deviceUp());
        });
    }

    /// The device is closed; when nothing is in use any more it is opened anew (`CacheActor`, Q6).
    void loseDevice() {
        reopening = true;
        send(deviceFromCache, () -> device.fromDaemon(new DeviceCall.Close(), _ -> {}));
        blobs.forEach(blob -> blob.user.loseDevice());
        reopenIfUnused();
    }

    /// Whether the cache takes nothing into use for now.
    boolean isReopening() {
        return reopening;
    }

    void reopenIfUnused() {
        if (reopening && blobs.stream().allMatch(blob -> blob.user.isOut())) {
            reopening = false;
            send(deviceFromCache, () -> device.open());
        }
    }

    /// Faults stop, and what is broken works again.
    void heal() {
        healed = true;
        for (Blob blob : blobs) {
            blob.originFails = false;
            blob.storeFails = false;
        }
    }

    boolean isHealed() {
        return healed;
    }

    /// Whether `fault` may strike in this run.
    boolean has(Fault fault) {
        return !healed && shape.faults().contains(fault);
    }

    /// Whether it strikes here.
    boolean strikes(Fault fault) {
        return has(fault) && chance.oneIn(shape.odds());
    }

    /// When in its step `victim` fails, or null if it does not.
    @Nullable
    Moment fate(Victim victim) {
        if (forced != null && forced.victim() == victim && trace.steps() >= forced.step()) {
            var moment = forced.moment();
            forced = null;
            return moment;
        }
        boolean seldom = victim != Victim.PROCESS || chance.oneIn(4); // it takes all the others with it
        return seldom && strikes(victim.fault) ? MOMENTS[chance.below(MOMENTS.length)] : null;
    }

    void landed(Victim victim, Moment moment) {
        coverage.add(victim.fault);
        coverage.add(victim, moment);
    }

    /// How many of `actions` are performed before the crash.
    int performed(@Nullable Moment moment, int actions) {
        return moment == null ? actions : moment == Moment.DECIDED || actions < 2 ? 0 : chance.between(1, actions - 1);
    }

    void change(Blob blob) {
        blob.change(chance.oneIn(2) ? blob.origin.sizeBytes() : sizeBytes());
    }

    /// Microseconds that a message is on its way.
    long hop() {
        return slow() ? chance.between(100, 50_000) : chance.between(1, 50);
    }

    /// Microseconds that a job takes: a file, the journal, the origin.
    long work() {
        return slow() ? chance.between(1_000, 5_000_000) : chance.between(1, shape.workMicros());
    }

    private boolean slow() {
        if (!strikes(Fault.SLOW)) {
            return false;
        }
        coverage.add(Fault.SLOW);
        return true;
    }

    void send(Channel channel, Runnable what) {
        clock.send(channel, hop(), what);
    }

    void count(Count what) {
        coverage.add(what);
    }

    void require(boolean holds, String rule, Object... about) {
        if (!holds) {
            throw new Violation(rule + ": " + List.of(about));
        }
    }
}
