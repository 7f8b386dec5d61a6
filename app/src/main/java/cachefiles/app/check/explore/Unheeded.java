package cachefiles.app.check.explore;

import cachefiles.daemon.core.DaemonState.Work;
import cachefiles.kernel.device.DeviceState;
import cachefiles.kernel.object.ObjectState;
import cachefiles.kernel.uapi.DeviceCall;
import java.util.ArrayList;
import java.util.List;

/// What of a world nothing will ever come of, whatever happens: worlds that differ in it alone behave alike.
final class Unheeded {
    private Unheeded() {}

    /// Without the answers to what has ended, and the closing of what is closed: nobody will ever heed them, for ids do
    /// not come again.
    static List<DeviceCall> without(DeviceState device, List<DeviceCall> calls) {
        for (DeviceCall call : calls) {
            if (isOver(device, call)) {
                var rest = new ArrayList<>(calls);
                rest.removeIf(each -> isOver(device, each));
                return rest;
            }
        }
        return calls;
    }

    private static boolean isOver(DeviceState device, DeviceCall call) {
        return switch (call) {
            case DeviceCall.Cread cread -> device.request(cread.msgId()) == null;
            case DeviceCall.Copen copen -> device.request(copen.msgId()) == null && !device.isLive(copen.handle());
            case DeviceCall.CloseHandle close -> !device.isLive(close.handle());
            default -> false;
        };
    }

    /// Whether all that comes of a worker's work is that it will be free again: its handle is dead, or what it was to
    /// fetch is there and the request has ended.
    static boolean isForNothing(World world, int worker) {
        var device = world.device();
        return switch (world.daemon().worker(worker)) {
            case Work.LookingUp looking -> !device.isLive(looking.handle());
            case Work.Filling filling ->
                !device.isLive(filling.handle())
                        || device.request(filling.msgId()) == null && isPresent(world, worker, filling);
            case Work.Asleep _, Work.Fetching _ -> false;
        };
    }

    private static boolean isPresent(World world, int worker, Work.Filling filling) {
        var site = world.site(world.model.object(filling.handle().cookie()));
        int first = (int) (filling.range().offset() / Model.BLOCK_BYTES);
        int limit = (int) Math.min(site.blocks.length, filling.range().limit() / Model.BLOCK_BYTES);
        return site.isPresent(first + world.filled[worker], limit);
    }

    /// Whether nothing will ever happen to the object again.
    static boolean isOver(World world, int number) {
        var site = world.site(number);
        var cookie = world.model.cookies[number];
        return !world.model.reuses
                && site.user == Site.User.GONE
                && site.object instanceof ObjectState.Idle
                && !site.down
                && site.gate().isIdle()
                && site.fromDevice.isEmpty()
                && site.fromGate.isEmpty()
                && site.toDevice.isEmpty()
                && world.device().requestsOf(cookie).isEmpty()
                && !world.device().hasSlot(cookie)
                && world.toDaemon.isEmpty()
                && world.daemonToSupervisor.isEmpty();
    }
}
