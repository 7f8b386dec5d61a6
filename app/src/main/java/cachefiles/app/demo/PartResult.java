package cachefiles.app.demo;

import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Phase;
import java.util.Map;

/// The numbers of one part.
/// @param failover whether this is the part with fail-over
/// @param kills that landed
/// @param killsAtRandom those of them at random moments; each counts for the phase that was reached last
/// @param killsBegun crashes only so that a successor comes, for a kill that waits for it; not in `kills`
/// @param missed which kill had time and did not land; empty if there is none
/// @param repeatedBytes from the origin, beyond the first fetch of a range
/// @param readBytes of `objectBytes` that were read at least once
/// @param gaveUp whether the daemon was gone in the end
/// @param interrupted whether it was ended from outside
/// @param timeOver whether it ended because its time was over
/// @param stuck readers that did not come to an end
record PartResult(
        boolean failover,
        long kills,
        Map<Phase, Long> killsByPhase,
        long killsAtRandom,
        long killsBegun,
        String missed,
        long closes,
        long restarts,
        long reads,
        long readErrors,
        Map<Errno, Long> errors,
        long wrongBytes,
        long redelivered,
        long reopened,
        long reopenAttempts,
        long fenced,
        long originBytes,
        long objectBytes,
        long readBytes,
        int objects,
        long repeatedBytes,
        Stall stall,
        double seconds,
        boolean gaveUp,
        boolean interrupted,
        boolean timeOver,
        int stuck) {
    /// How long a read took, in milliseconds.
    record Stall(double p50, double p99, double max) {}
}
