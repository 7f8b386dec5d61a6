package cachefiles.daemon.actor;

import cachefiles.daemon.fetch.Origin;
import cachefiles.kernel.uapi.AnonymousFd;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceException;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Faults;
import cachefiles.kernel.uapi.Phase;
import cachefiles.kernel.uapi.Range;

/// The blocking part of a worker: what a READ asks for goes from the origin through the handle to the file. Bytes that
/// a predecessor has stored are not fetched again.
final class Filler {
    private final Origin origin;
    private final Faults faults;
    private final Chunks chunks;

    Filler(Origin origin, Faults faults, Chunks chunks) {
        this.origin = origin;
        this.faults = faults;
        this.chunks = chunks;
    }

    /// @return `OK` when all of `range` is present, as far as the object goes; else why not
    Errno fill(AnonymousFd fd, Content content, Range range) {
        var cookie = fd.handle().cookie();
        try {
            long position = range.offset();
            long limit = Math.min(range.limit(), content.sizeBytes());
            while (position < limit) {
                var holes = fd.nextHole(position, limit);
                if (holes.length == 0) {
                    break;
                }
                position = copy(fd, cookie, content, holes[0]);
            }
            faults.at(Phase.WRITTEN, Faults.Victim.WORKER, cookie);
            return Errno.OK;
        } catch (DeviceException failed) {
            return failed.errno();
        }
    }

    /// @return up to where: a hole may be larger than what there is to copy through
    private long copy(AnonymousFd fd, Cookie cookie, Content content, Range hole) throws DeviceException {
        var buffer = chunks.take(hole.length());
        try {
            faults.at(Phase.FETCHING, Faults.Victim.WORKER, cookie);
            origin.fetch(cookie, content, hole.offset(), buffer);
            faults.at(Phase.FETCHED, Faults.Victim.WORKER, cookie);
            return hole.offset() + fd.write(buffer.flip(), hole.offset());
        } finally {
            chunks.giveBack(buffer);
        }
    }
}
