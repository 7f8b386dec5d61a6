package cachefiles.app.check.explore;

import cachefiles.app.check.explore.Move.Kind;
import cachefiles.kernel.device.Notice;
import cachefiles.kernel.object.ObjectState;

/// Moves that are made at once, in the step after which they can be made: they lead to the same, whether they are made
/// before or after whatever else can be made. docs/verification.md tells why, for each.
final class Forced {
    static final int NONE = -1;

    private Forced() {}

    /// @return one of those that can be made in `world`; [#NONE] if there is none
    static int of(World world) {
        boolean processLives = !world.has(Fault.PROCESS_CRASH);
        for (int number = 0; processLives && number < world.readers.length; number++) {
            if (world.readers[number].wake() != null && ends(world, world.readers[number])) {
                return Move.of(Kind.WOKEN, number);
            }
        }
        if (!world.has(Fault.OBJECT_CRASH) && !world.has(Fault.JOURNAL_FAILURE)) {
            for (int number = 0; number < world.sites(); number++) {
                var site = world.site(number);
                boolean stays = !world.has(Fault.DROP) && !world.has(Fault.RETIRE) && !world.has(Fault.DEVICE_CRASH);
                boolean alone = site.fromDevice.isEmpty() && site.fromGate.isEmpty();
                if (site.attaching) {
                    return Move.of(Kind.ATTACH, number);
                }
                if (!site.fromDevice.isEmpty() && !site.down && isLocal(world, number, site)) {
                    return Move.of(Kind.NOTICE, number);
                }
                if (site.attachedSaid && !site.down && stays && processLives && alone) {
                    return Move.of(Kind.ATTACHED, number);
                }
            }
        }
        boolean noticed = !world.model.countsProgress
                && !world.has(Fault.SUPERVISOR_CRASH)
                && !world.has(Fault.DEVICE_CRASH)
                && !world.deviceUpDue
                && !world.daemonToSupervisor.isEmpty();
        return noticed ? Move.of(Kind.SUPERVISOR_NOTICES, 0) : NONE;
    }

    private static boolean ends(World world, Reader reader) {
        var wake = reader.wake();
        return wake != null && !wake.isOk() || world.isPresent(reader) || reader.limit() - reader.position() == 1;
    }

    /// Whether what the object hears next stays between it and its readers, none of whom is about to ask.
    private static boolean isLocal(World world, int number, Site site) {
        if (site.fromDevice.getFirst() instanceof Notice.ReadEnded(var tag, _) && !waitsFor(site, tag)) {
            return true; // it will be ignored, whenever it is heard
        }
        boolean ends = switch (site.fromDevice.getFirst()) {
            case Notice.ReadEnded _ -> true;
            case Notice.OpenEnded(var errno, _) -> errno.isOk() && !world.has(Fault.DROP) && !world.has(Fault.RETIRE);
            case Notice.DropDone _ -> !world.has(Fault.PROCESS_CRASH);
            default -> false;
        };
        if (!ends || !site.fromGate.isEmpty() || site.attachedSaid || world.has(Fault.DEVICE_CRASH)) {
            return false;
        }
        for (Reader reader : world.readers) {
            if (reader.site() == number
                    && (reader.asks() != 0
                            || reader.wake() != null
                            || reader.isLooking() && site.user == Site.User.IN
                            || reader.isDone() && world.has(Fault.REREAD))) {
                return false;
            }
        }
        return true;
    }

    private static boolean waitsFor(Site site, long tag) {
        if (site.object instanceof ObjectState.Ready ready) {
            for (var read : ready.reads()) {
                if (read.tag() == tag) {
                    return true;
                }
            }
        }
        return false;
    }
}
