package cachefiles.app.check.trace;

import cachefiles.daemon.core.DaemonCommand;
import cachefiles.daemon.core.DaemonCore;
import cachefiles.daemon.core.DaemonState;
import cachefiles.daemon.core.SupervisorCore;
import cachefiles.daemon.core.SupervisorState;
import cachefiles.kernel.cache.CacheCommand;
import cachefiles.kernel.cache.CacheCore;
import cachefiles.kernel.cache.CacheState;
import cachefiles.kernel.device.DeviceCommand;
import cachefiles.kernel.device.DeviceCore;
import cachefiles.kernel.device.DeviceState;
import cachefiles.kernel.object.ObjectCommand;
import cachefiles.kernel.object.ObjectCore;
import cachefiles.kernel.object.ObjectEvent;
import cachefiles.kernel.object.ObjectState;
import cachefiles.kernel.reader.GateCore;
import cachefiles.kernel.reader.ReaderCore;
import cachefiles.kernel.uapi.Cookie;
import java.util.List;
import java.util.Objects;

/// A life of an actor, lived once more by its core alone.
sealed interface Replay {
    /// What a core decided on a message.
    record Decided(List<?> events, List<?> actions) {}

    /// Has the core take the message, and fold in what it decides.
    /// @throws RuntimeException the core cannot take it in its state
    Decided take(Object message);

    /// What there is to see of the state.
    String state();

    /// @param start of the actor's kind
    static Replay of(Actor actor, Actor.Start start) {
        return switch (start) {
            case Actor.Start.Cache _ -> new OfCache(new CacheState());
            case Actor.Start.Gate(var window, var bound) -> new OfGate(new GateCore(window, bound));
            case Actor.Start.Reader _ -> new OfReader();
            case Actor.Start.Device(var limits, var generation) -> new OfDevice(new DeviceState(limits, generation));
            case Actor.Start.Object(var state) -> new OfObject(Objects.requireNonNull(actor.object()), state);
            case Actor.Start.Daemon(var workers) -> new OfDaemon(new DaemonState(workers));
            case Actor.Start.Supervisor(var policy) -> new OfSupervisor(policy);
        };
    }

    record OfCache(CacheState now) implements Replay {
        @Override
        public Decided take(Object message) {
            var decision = CacheCore.decide(now, (CacheCommand) message);
            decision.events().forEach(event -> CacheCore.evolve(now, event));
            return new Decided(decision.events(), decision.actions());
        }

        @Override
        public String state() {
            return Printed.state(now);
        }
    }

    record OfGate(GateCore now) implements Replay {
        @Override
        public Decided take(Object message) {
            return new Decided(List.of(), now.step((GateCore.Command) message));
        }

        @Override
        public String state() {
            return Printed.state(now);
        }
    }

    final class OfReader implements Replay {
        private ReaderCore.State now = ReaderCore.START;

        @Override
        public Decided take(Object message) {
            var step = ReaderCore.step(now, (ReaderCore.Command) message);
            now = step.next();
            return new Decided(List.of(), List.of(step.actions()));
        }

        @Override
        public String state() {
            return Printed.brief(now);
        }
    }

    record OfDevice(DeviceState now) implements Replay {
        @Override
        public Decided take(Object message) {
            var decision = DeviceCore.step(now, (DeviceCommand) message);
            return new Decided(decision.events(), decision.actions());
        }

        @Override
        public String state() {
            return Printed.state(now);
        }
    }

    final class OfObject implements Replay {
        private final Cookie cookie;
        private ObjectState now;

        OfObject(Cookie cookie, ObjectState now) {
            this.cookie = cookie;
            this.now = now;
        }

        @Override
        public Decided take(Object message) {
            var decision = ObjectCore.decide(cookie, now, (ObjectCommand) message);
            for (ObjectEvent event : decision.events()) {
                now = ObjectCore.evolve(now, event);
            }
            return new Decided(decision.events(), decision.actions());
        }

        @Override
        public String state() {
            return Printed.state(now);
        }
    }

    record OfDaemon(DaemonState now) implements Replay {
        @Override
        public Decided take(Object message) {
            var decision = DaemonCore.decide(now, (DaemonCommand) message);
            decision.events().forEach(event -> DaemonCore.evolve(now, event));
            return new Decided(decision.events(), decision.actions());
        }

        @Override
        public String state() {
            return Printed.state(now);
        }
    }

    final class OfSupervisor implements Replay {
        private final SupervisorCore.Policy policy;
        private SupervisorState now = SupervisorState.FRESH;

        OfSupervisor(SupervisorCore.Policy policy) {
            this.policy = policy;
        }

        @Override
        public Decided take(Object message) {
            var step = SupervisorCore.step(policy, now, (SupervisorCore.Command) message);
            now = step.next();
            return new Decided(List.of(), step.actions());
        }

        @Override
        public String state() {
            return Printed.state(now);
        }
    }
}
