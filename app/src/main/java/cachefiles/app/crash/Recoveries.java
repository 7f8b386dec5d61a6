package cachefiles.app.crash;

import cachefiles.daemon.actor.DaemonObserver;
import cachefiles.kernel.actor.DeviceObserver;
import cachefiles.kernel.device.DeviceAction;
import cachefiles.kernel.device.DeviceCommand;
import cachefiles.kernel.device.DeviceEvent;
import cachefiles.kernel.device.DeviceState;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Decision;
import cachefiles.kernel.uapi.DeviceCall;
import cachefiles.kernel.uapi.Faults;
import cachefiles.kernel.uapi.MsgId;
import cachefiles.kernel.uapi.Phase;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Follows a cache through the crashes of its daemon: when it died, when its requests were restored, and when the last
/// of those that it had held was handed out again, or ended.
public final class Recoveries implements DeviceObserver, DaemonObserver, Faults {
    /// Who is told. Called on the threads of device and daemon.
    public interface Listener {
        /// @param last what was going on
        void down(Phase last);

        /// @param requests that the dead daemon had held
        void restored(int requests);

        void over();
    }

    private final Faults faults;
    private final Listener listener;
    private final Set<MsgId> delivered = new HashSet<>();
    private final Set<MsgId> toHandOut = new HashSet<>();
    private boolean down;
    private volatile Phase last = Phase.STARTING;

    /// @param faults who else is to hear of phases
    public Recoveries(Faults faults, Listener listener) {
        this.faults = faults;
        this.listener = listener;
    }

    @Override
    public void at(Phase phase, Victim here, @Nullable Cookie cookie) {
        last = phase;
        faults.at(phase, here, cookie);
    }

    @Override
    public void daemonSignalled(String signal) {
        synchronized (this) {
            down = true;
            toHandOut.clear();
        }
        listener.down(last);
    }

    @Override
    public synchronized void stepped(
            DeviceState after, DeviceCommand command, Decision<DeviceEvent, DeviceAction> decision) {
        for (var event : decision.events()) {
            follow(event);
        }
        if (command instanceof DeviceCommand.Call(DeviceCall.Restore _)) {
            restored();
        }
    }

    private void follow(DeviceEvent event) {
        if (event instanceof DeviceEvent.Delivered(var id, _)) {
            delivered.add(id);
            handedOut(id);
        } else if (event instanceof DeviceEvent.Ended(var id)) {
            delivered.remove(id);
            handedOut(id);
        } else if (event instanceof DeviceEvent.Died) {
            delivered.clear();
            toHandOut.clear();
        }
    }

    private void restored() {
        if (down) {
            down = false;
            toHandOut.addAll(delivered);
            listener.restored(toHandOut.size());
            if (toHandOut.isEmpty()) {
                listener.over();
            }
        }
    }

    private void handedOut(MsgId id) {
        if (toHandOut.remove(id) && toHandOut.isEmpty()) {
            listener.over();
        }
    }
}
