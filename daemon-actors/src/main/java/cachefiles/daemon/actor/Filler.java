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
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentLinkedQueue;

/// The blocking part of a worker: what a READ asks for goes from the origin through the handle to the file. Bytes that
/// a predecessor has stored are not fetched again.
final class Filler {
    private static final int CHUNK_BYTES = 1 << 20;

    private final Origin origin;
    private final Faults faults;
    private final ConcurrentLinkedQueue<ByteBuffer> buffers = new ConcurrentLinkedQueue<>(); // one a worker at most

    Filler(Origin origin, Faults faults) {
        this.origin = origin;
        this.faults = faults;
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
                long end = Math.min(holes[0].limit(), holes[0].offset() + CHUNK_BYTES);
                copy(fd, cookie, content, Range.between(holes[0].offset(), end));
                position = end;
            }
            faults.at(Phase.WRITTEN, Faults.Victim.WORKER, cookie);
            return Errno.OK;
        } catch (DeviceException failed) {
            return failed.errno();
        }
    }

    private void copy(AnonymousFd fd, Cookie cookie, Content content, Range hole) throws DeviceException {
        var idle = buffers.poll();
        var buffer = idle == null ? ByteBuffer.allocateDirect(CHUNK_BYTES) : idle;
        try {
            buffer.clear().limit((int) hole.length());
            faults.at(Phase.FETCHING, Faults.Victim.WORKER, cookie);
            origin.fetch(cookie, content, hole.offset(), buffer);
            faults.at(Phase.FETCHED, Faults.Victim.WORKER, cookie);
            fd.write(buffer.flip(), hole.offset());
        } finally {
            buffers.add(buffer);
        }
    }
}
