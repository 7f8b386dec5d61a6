package cachefiles.daemon.actor;

import akka.actor.typed.ActorRef;
import cachefiles.daemon.core.DaemonAction;
import cachefiles.daemon.core.DaemonCommand;
import cachefiles.daemon.core.DaemonEvent;
import cachefiles.daemon.core.DaemonState;
import cachefiles.daemon.core.SupervisorCore;
import cachefiles.kernel.uapi.Decision;

/// Sees the life of daemon and supervisor, each on its own thread.
public interface DaemonObserver {
    DaemonObserver NONE = new DaemonObserver() {};

    /// A daemon was spawned; a restart keeps the reference.
    default void daemonSpawned(ActorRef<DaemonActor.Command> daemon) {}

    /// Akka's signal to the daemon: `PreRestart` or `PostStop`.
    default void daemonSignalled(String signal) {}

    /// A step of the daemon.
    /// @param after the state with the events folded in; one for each life of a daemon, valid only during the call
    default void stepped(DaemonState after, DaemonCommand command, Decision<DaemonEvent, DaemonAction> decision) {}

    /// A supervisor begins, the first or a successor that knows nothing.
    default void supervisorStarted(SupervisorCore.Policy policy) {}

    /// A step of the supervisor.
    /// @param step the state that it led to, and what was done
    default void supervised(SupervisorCore.Command command, SupervisorCore.Step step) {}
}
