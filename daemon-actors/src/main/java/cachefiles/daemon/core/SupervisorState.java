package cachefiles.daemon.core;

/// What outlives a daemon (S11).
/// @param phase what the supervisor is at
/// @param life of the daemon that is up, counted from 1; 0 before the first
/// @param incarnation that the device gave for it; -1 while it is not known
/// @param fruitless restarts since a daemon completed a request
/// @param restarts in all
public record SupervisorState(Phase phase, int life, long incarnation, int fruitless, int restarts) {
    public enum Phase {
        /// No daemon has come up yet.
        STARTING,
        /// The device was asked for an incarnation.
        TAKING_OVER,
        /// The device was told to restore.
        RESTORING,
        /// A daemon is at work.
        RUNNING,
        /// The device is being closed and opened anew: there is no fail-over.
        REOPENING_DEVICE,
        /// Too many restarts without one completed request, or the daemon has stopped for good.
        GIVEN_UP
    }

    public static final SupervisorState FRESH = new SupervisorState(Phase.STARTING, 0, -1, 0, 0);

    SupervisorState in(Phase next) {
        return new SupervisorState(next, life, incarnation, fruitless, restarts);
    }

    SupervisorState withIncarnation(long given) {
        return new SupervisorState(phase, life, given, fruitless, restarts);
    }

    SupervisorState withFruitless(int count) {
        return new SupervisorState(phase, life, incarnation, count, restarts);
    }

    SupervisorState daemonUp() {
        boolean again = life > 0;
        return new SupervisorState(
                phase, life + 1, -1, again ? fruitless + 1 : fruitless, again ? restarts + 1 : restarts);
    }
}
