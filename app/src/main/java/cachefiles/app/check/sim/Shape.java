package cachefiles.app.check.sim;

import cachefiles.daemon.core.SupervisorCore.Handles;
import cachefiles.daemon.core.SupervisorCore.Policy;
import cachefiles.kernel.device.DeviceLimits;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// What kind of system a seed builds, and which faults it knows. A seed that has few kinds of fault shows what another
/// would excuse by the rest.
/// @param synced whether the journal keeps over a loss of power all that it acknowledged, as PostgreSQL does and H2 not
/// @param backOff whether Akka waits before it restarts the daemon
/// @param window of each gate
/// @param bound of each gate
/// @param gapMicros at most, from one thing that is done from outside to the next
/// @param workMicros at most, that a job takes
/// @param odds of a fault where one may strike: one in so many
record Shape(
        Set<Fault> faults,
        int odds,
        int objects,
        int blocks,
        int workers,
        Policy policy,
        boolean backOff,
        boolean synced,
        DeviceLimits limits,
        int window,
        int bound,
        int gapMicros,
        int workMicros) {
    static Shape drawn(Options options, Chance chance) {
        var faults = EnumSet.noneOf(Fault.class);
        int share = chance.between(1, 6);
        boolean quiet = chance.oneIn(16);
        for (Fault fault : Fault.values()) {
            boolean drawn = chance.oneIn(share) && !quiet;
            if (drawn && options.faults().contains(fault) && options.crash() == null) {
                faults.add(fault);
            }
        }
        var handles = faults.contains(Fault.DEVICE_LOST) && chance.oneIn(2)
                ? Handles.DEVICE_LOST
                : chance.of(List.of(Handles.LOST, Handles.LOST, Handles.KEPT));
        var limits = chance.oneIn(4)
                ? new DeviceLimits(chance.between(4, 8), chance.between(1, 3), chance.between(1, 4), 1)
                : new DeviceLimits(1 << 10, 1 << 10, 8, chance.between(1, 64));
        return new Shape(
                faults,
                chance.of(List.of(8, 20, 60, 300)),
                chance.between(1, 3),
                chance.between(1, 16),
                chance.between(1, 4),
                new Policy(handles, faults.contains(Fault.GAVE_UP) ? chance.between(1, 4) : 1 << 30),
                chance.oneIn(3),
                chance.oneIn(2),
                limits,
                chance.oneIn(2) ? 64 : chance.between(1, 3),
                chance.oneIn(4) ? chance.between(2, 6) : 1 << 20,
                chance.of(List.of(60, 300, 1_500)),
                chance.of(List.of(60, 500, 3_000)));
    }

    /// Whether anything is ever read back from a disk.
    boolean restarts() {
        return faults.contains(Fault.PROCESS_CRASH) || faults.contains(Fault.POWER_LOSS);
    }
}
