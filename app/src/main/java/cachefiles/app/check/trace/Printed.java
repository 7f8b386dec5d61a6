package cachefiles.app.check.trace;

import cachefiles.daemon.core.DaemonCommand;
import cachefiles.daemon.core.DaemonState;
import cachefiles.daemon.core.SupervisorState;
import cachefiles.kernel.cache.CacheCommand;
import cachefiles.kernel.cache.CacheState;
import cachefiles.kernel.device.DeviceCommand;
import cachefiles.kernel.device.DeviceState;
import cachefiles.kernel.object.ObjectCommand;
import cachefiles.kernel.object.ObjectState;
import cachefiles.kernel.reader.GateCore;
import java.util.Locale;

/// States and messages in a few words. What has no bound, such as the device's table, is told by its size.
final class Printed {
    private Printed() {}

    static String state(CacheState state) {
        return state.life() + (state.onDemand() ? ", on demand" : "") + (state.culling() ? ", culling" : "")
                + (state.full() ? ", full" : "") + ", " + state.cookies() + " cookies";
    }

    static String state(GateCore gate) {
        return "wish " + gate.wish() + ", " + gate.waiters() + " waiters, " + gate.outstanding() + " outstanding"
                + (gate.isLost() ? ", lost" : "");
    }

    static String state(DeviceState state) {
        return (state.isDead() ? "DEAD " : "") + (state.hasGivenUp() ? "given up, " : "") + "incarnation "
                + state.incarnation() + ", handles from " + state.floor() + ", cursor " + state.cursor() + ", next "
                + state.nextMsgId() + ", last h" + state.lastObjectId() + ", "
                + state.table().size() + " requests, " + state.slots().size() + " slots, " + state.liveHandles()
                + " handles" + (state.isReadable() ? ", POLLIN" : "");
    }

    static String state(ObjectState state) {
        return brief(state);
    }

    static String state(DaemonState state) {
        int asleep = 0;
        int fetching = 0;
        for (int worker = 0; worker < state.workers(); worker++) {
            switch (state.worker(worker)) {
                case DaemonState.Work.Asleep _ -> asleep++;
                case DaemonState.Work.Fetching _ -> fetching++;
                case DaemonState.Work.LookingUp _, DaemonState.Work.Filling _ -> {}
            }
        }
        return "incarnation " + state.incarnation() + ", " + state.opened().size() + " opened, workers: " + asleep
                + " asleep, " + fetching + " fetching, " + (state.workers() - asleep - fetching) + " busy"
                + (state.hasMadeProgress() ? ", made progress" : "") + (state.isReadable() ? ", POLLIN" : "");
    }

    static String state(SupervisorState state) {
        return state.phase() + ", life " + state.life() + ", incarnation " + state.incarnation() + ", "
                + state.fruitless() + " fruitless of " + state.restarts() + " restarts";
    }

    /// Why an actor moves: its message, without what only carries it; `CloseHandle` is `close-handle`.
    static String why(Object message) {
        return switch (message) {
            case CacheCommand.Write(_, _, var text) -> word(text);
            case DeviceCommand.Call(var call) -> word(call);
            case ObjectCommand.Heard(var notice) -> word(notice);
            case DaemonCommand.FromDevice(var reply) -> word(reply);
            default -> word(message);
        };
    }

    static String word(Object message) {
        return message.getClass()
                .getSimpleName()
                .replaceAll("(?<=[a-z])(?=[A-Z])", "-")
                .toLowerCase(Locale.ROOT);
    }

    /// A record without the names of its components.
    static String brief(Object record) {
        return record.toString().replaceAll("(?<=[\\[ ])[a-zA-Z]+=", "");
    }
}
