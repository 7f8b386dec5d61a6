package cachefiles.app.engine;

import akka.actor.typed.ActorRef;
import cachefiles.app.check.trace.Recorder;
import cachefiles.daemon.actor.DaemonActor;
import cachefiles.daemon.actor.DaemonObserver;
import cachefiles.daemon.core.DaemonAction;
import cachefiles.daemon.core.DaemonCommand;
import cachefiles.daemon.core.DaemonEvent;
import cachefiles.daemon.core.DaemonState;
import cachefiles.daemon.core.SupervisorCore;
import cachefiles.kernel.actor.CacheObserver;
import cachefiles.kernel.actor.DeviceObserver;
import cachefiles.kernel.actor.ObjectObserver;
import cachefiles.kernel.cache.CacheAction;
import cachefiles.kernel.cache.CacheCommand;
import cachefiles.kernel.cache.CacheEvent;
import cachefiles.kernel.cache.CacheState;
import cachefiles.kernel.device.DeviceAction;
import cachefiles.kernel.device.DeviceCommand;
import cachefiles.kernel.device.DeviceEvent;
import cachefiles.kernel.device.DeviceState;
import cachefiles.kernel.object.ObjectAction;
import cachefiles.kernel.object.ObjectCommand;
import cachefiles.kernel.object.ObjectEvent;
import cachefiles.kernel.object.ObjectState;
import cachefiles.kernel.reader.GateCore;
import cachefiles.kernel.reader.ReaderCore;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Decision;
import cachefiles.kernel.uapi.DeviceCall;
import java.util.List;

/// Has a [Recorder] take down all steps, before the observers of the caller see them.
public final class Tracing {
    private Tracing() {}

    public static CacheObserver cache(Recorder recorder, CacheObserver other) {
        return new CacheObserver() {
            @Override
            public void stepped(CacheState after, CacheCommand command, Decision<CacheEvent, CacheAction> decision) {
                recorder.stepped(after, command, decision);
                other.stepped(after, command, decision);
            }

            @Override
            public void stepped(
                    Cookie cookie, GateCore after, GateCore.Command command, List<GateCore.Action> actions) {
                recorder.stepped(cookie, after, command, actions);
                other.stepped(cookie, after, command, actions);
            }

            @Override
            public void stepped(Cookie cookie, Object read, ReaderCore.Command command, ReaderCore.Step step) {
                recorder.stepped(cookie, read, command, step);
                other.stepped(cookie, read, command, step);
            }
        };
    }

    public static DeviceObserver device(Recorder recorder, DeviceObserver other) {
        return new DeviceObserver() {
            @Override
            public void written(DeviceCall call) {
                if (call instanceof DeviceCall.Copen) { // else it is an action of the cache
                    recorder.outside(call);
                }
                other.written(call);
            }

            @Override
            public void stepped(
                    DeviceState after, DeviceCommand command, Decision<DeviceEvent, DeviceAction> decision) {
                recorder.stepped(after, command, decision);
                other.stepped(after, command, decision);
            }
        };
    }

    public static ObjectObserver object(Recorder recorder, ObjectObserver other) {
        return new ObjectObserver() {
            @Override
            public void recovered(Cookie cookie, ObjectState state) {
                recorder.begins(cookie, state);
                other.recovered(cookie, state);
            }

            @Override
            public void stepped(
                    Cookie cookie,
                    ObjectState after,
                    ObjectCommand command,
                    Decision<ObjectEvent, ObjectAction> decision) {
                recorder.stepped(cookie, after, command, decision);
                other.stepped(cookie, after, command, decision);
            }
        };
    }

    public static DaemonObserver daemon(Recorder recorder, DaemonObserver other) {
        return new DaemonObserver() {
            @Override
            public void daemonSpawned(ActorRef<DaemonActor.Command> daemon) {
                other.daemonSpawned(daemon);
            }

            @Override
            public void daemonSignalled(String signal) {
                recorder.remark("daemon " + signal);
                other.daemonSignalled(signal);
            }

            @Override
            public void stepped(
                    DaemonState after, DaemonCommand command, Decision<DaemonEvent, DaemonAction> decision) {
                recorder.stepped(after, command, decision);
                other.stepped(after, command, decision);
            }

            @Override
            public void supervisorStarted(SupervisorCore.Policy policy) {
                recorder.begins(policy);
                other.supervisorStarted(policy);
            }

            @Override
            public void supervised(SupervisorCore.Command command, SupervisorCore.Step step) {
                recorder.stepped(step.next(), command, step.actions());
                other.supervised(command, step);
            }
        };
    }
}
