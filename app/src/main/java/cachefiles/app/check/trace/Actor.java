package cachefiles.app.check.trace;

import cachefiles.daemon.core.DaemonAction;
import cachefiles.daemon.core.DaemonCommand;
import cachefiles.daemon.core.DaemonEvent;
import cachefiles.daemon.core.SupervisorCore;
import cachefiles.kernel.cache.CacheAction;
import cachefiles.kernel.cache.CacheCommand;
import cachefiles.kernel.cache.CacheEvent;
import cachefiles.kernel.device.DeviceAction;
import cachefiles.kernel.device.DeviceCommand;
import cachefiles.kernel.device.DeviceEvent;
import cachefiles.kernel.device.DeviceLimits;
import cachefiles.kernel.object.ObjectAction;
import cachefiles.kernel.object.ObjectCommand;
import cachefiles.kernel.object.ObjectEvent;
import cachefiles.kernel.object.ObjectState;
import cachefiles.kernel.reader.GateCore;
import cachefiles.kernel.reader.ReaderCore;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.KeyText;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// One life of an actor.
/// @param life counted from 1, for each kind and object anew
/// @param object which, if it is one, or is of one
public record Actor(Kind kind, int life, @Nullable Cookie object) {
    /// What its life begins with: all that a replay needs besides the messages.
    public sealed interface Start {
        /// @param generation of the device, from 0
        record Device(DeviceLimits limits, int generation) implements Start {}

        /// @param state made of what the journal knows
        record Object(ObjectState state) implements Start {}

        record Daemon(int workers) implements Start {}

        record Cache() implements Start {}

        record Reader() implements Start {}

        /// @param window commands outstanding at most
        /// @param bound waiters at most
        record Gate(int window, int bound) implements Start {}

        record Supervisor(SupervisorCore.Policy policy) implements Start {}
    }

    /// Whose steps a trace has.
    public enum Kind {
        CACHE(Start.Cache.class, CacheCommand.class, CacheEvent.class, CacheAction.class),
        /// It has no events, as the supervisor.
        GATE(Start.Gate.class, GateCore.Command.class, GateCore.Command.class, GateCore.Action.class),
        /// One life is one read.
        READER(Start.Reader.class, ReaderCore.Command.class, ReaderCore.Command.class, ReaderCore.Action.class),
        DEVICE(Start.Device.class, DeviceCommand.class, DeviceEvent.class, DeviceAction.class),
        OBJECT(Start.Object.class, ObjectCommand.class, ObjectEvent.class, ObjectAction.class),
        DAEMON(Start.Daemon.class, DaemonCommand.class, DaemonEvent.class, DaemonAction.class),
        /// It has no events: its state is told whole.
        SUPERVISOR(
                Start.Supervisor.class,
                SupervisorCore.Command.class,
                SupervisorCore.Command.class,
                SupervisorCore.Action.class);

        final Class<? extends Start> start;
        final Class<?> command;
        final Class<?> event;
        final Class<?> action;

        Kind(Class<? extends Start> start, Class<?> command, Class<?> event, Class<?> action) {
            this.start = start;
            this.command = command;
            this.event = event;
            this.action = action;
        }

        /// Whether there is one for each object.
        boolean isOfObject() {
            return this == GATE || this == READER || this == OBJECT;
        }

        /// In lower case.
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// Without its life: `device`, `object lib/modules`.
    public String name() {
        return object == null ? kind.word() : kind.word() + " " + KeyText.of(object.key());
    }

    @Override
    public String toString() {
        return name() + ", life " + life;
    }
}
