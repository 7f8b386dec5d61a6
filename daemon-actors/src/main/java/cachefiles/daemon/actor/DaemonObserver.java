package cachefiles.daemon.actor;

import akka.actor.typed.ActorRef;
import cachefiles.daemon.core.SupervisorCore;
import cachefiles.daemon.core.SupervisorState;

/// Sees the life of daemon and supervisor, each on its own thread.
public interface DaemonObserver {
    DaemonObserver NONE = new DaemonObserver() {};

    /// A daemon was spawned; a restart keeps the reference.
    default void daemonSpawned(ActorRef<DaemonActor.Command> daemon) {}

    /// Akka's signal to the daemon: `PreRestart` or `PostStop`.
    default void daemonSignalled(String signal) {}

    /// A step of the supervisor.
    default void supervised(SupervisorState after, SupervisorCore.Command command) {}
}
