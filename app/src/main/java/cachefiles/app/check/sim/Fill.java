package cachefiles.app.check.sim;

import cachefiles.app.check.sim.Blob.Cause;
import cachefiles.app.check.sim.Coverage.Count;
import cachefiles.app.check.sim.Crash.Moment;
import cachefiles.app.check.sim.Crash.Victim;
import cachefiles.daemon.core.DaemonCommand;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.MsgId;
import cachefiles.kernel.uapi.Range;

/// A worker at a READ (`cachefiles.daemon.actor.Filler`): it seeks a hole, fetches, writes, publishes, each a step of
/// its own, and seeks the next. It outlives the daemon that it works for.
final class Fill {
    private static final long ATTACH_MICROS = 10_000_000;
    private static final long RETRY_MICROS = 5_000;
    private static final int CHUNK_BLOCKS = 2;

    private final World world;
    private final Daemon daemon;
    private final Fence.Fd fd;
    private final Blob blob;
    private final Content content;
    private final long limit;
    private final long incarnation;
    private final int worker;
    private final MsgId msgId;
    private final boolean withoutData;
    private long position;
    private int first;
    private int last;
    private long attachDeadline;

    Fill(
            World world,
            Daemon daemon,
            Fence.Fd fd,
            Content content,
            Range range,
            long incarnation,
            int worker,
            MsgId msgId) {
        this.world = world;
        this.daemon = daemon;
        this.fd = fd;
        this.blob = fd.blob();
        this.content = content;
        this.position = range.offset();
        this.limit = Math.min(range.limit(), content.sizeBytes());
        this.incarnation = incarnation;
        this.worker = worker;
        this.msgId = msgId;
        this.withoutData = world.strikes(Fault.NO_DATA);
    }

    void start() {
        if (withoutData) {
            world.coverage.add(Fault.NO_DATA);
            blob.spend(Cause.NO_DATA);
            world.clock.after(world.work(), () -> end(Errno.OK));
        } else {
            next(this::seek);
        }
    }

    private void next(Runnable step) {
        world.clock.after(world.work(), () -> {
            if (!dies()) {
                step.run();
            }
        });
    }

    private boolean dies() {
        var moment = world.fate(Victim.WORKER);
        if (moment == null) {
            return false;
        }
        release();
        died(moment);
        return true;
    }

    private void died(Moment moment) {
        world.landed(Victim.WORKER, moment);
        blob.spend(Cause.WORKER_DIED);
        world.trace.line(world.clock.now(), blob, "worker", worker, "dies at", position);
        daemon.hear(new DaemonCommand.WorkerDied(incarnation, worker));
    }

    private void end(Errno errno) {
        if (!errno.isOk()) {
            world.trace.line(
                    world.clock.now(),
                    fd.handle(),
                    "not filled",
                    errno,
                    "attached",
                    fd.isAttached(),
                    "admitted",
                    fd.admitted());
        }
        release();
        daemon.hear(new DaemonCommand.Filled(incarnation, worker, msgId, errno));
    }

    private void release() {
        if (last > first) {
            blob.file.unlock(first, last);
            last = first;
        }
    }

    /// Goes on with `then` once the descriptor may be used; ends if it may not (`HandleFile.admit`).
    private void admitted(Runnable then) {
        if (!fd.admitted()) {
            world.count(Count.REFUSED_WRITES);
            end(Errno.EBADF);
        } else if (fd.isAttached()) {
            then.run();
        } else {
            if (attachDeadline == 0) {
                attachDeadline = world.clock.now() + ATTACH_MICROS;
            }
            if (fd.gate().accepted && world.clock.now() < attachDeadline) {
                world.clock.after(RETRY_MICROS, () -> admitted(then));
            } else {
                world.trace.line(world.clock.now(), fd, "not attached");
                end(Errno.ENOBUFS);
            }
        }
    }

    private void seek() {
        admitted(() -> {
            var hole = position < limit ? blob.file.hole(position, limit).orElse(null) : null;
            if (hole == null) {
                end(Errno.OK);
                return;
            }
            first = (int) (hole.offset() / BlobFile.BLOCK_BYTES);
            int end = Math.min((int) Math.ceilDiv(hole.limit(), (long) BlobFile.BLOCK_BYTES), first + CHUNK_BLOCKS);
            last = first;
            next(() -> fetched(end));
        });
    }

    private void fetched(int end) {
        if (blob.originFails) {
            blob.spend(Cause.ORIGIN);
            end(Errno.EIO);
        } else if (!blob.origin.equals(content)) {
            end(Errno.ESTALE);
        } else {
            for (int block = first; block < end; block++) {
                world.count(Count.ORIGIN_BLOCKS);
                blob.fetched(block, BlobFile.versionOf(content), world);
            }
            next(() -> admitted(() -> write(end)));
        }
    }

    private void write(int end) {
        if (blob.storeFails) {
            blob.spend(Cause.STORE);
            end(world.chance.oneIn(2) ? Errno.EIO : Errno.ENOBUFS);
        } else if (!fd.isAttached()) {
            refused();
        } else if (!blob.file.lock(first, end)) {
            world.clock.after(RETRY_MICROS, () -> write(end)); // two writes to one block do not overlap
        } else {
            last = end;
            next(this::publish);
        }
    }

    private void publish() {
        if (!fd.admitted()) {
            refused();
            return;
        }
        world.require(
                fd.incarnation() == world.device.state().incarnation(), "I4, G10: a predecessor's write counts", fd);
        world.trace.line(world.clock.now(), blob, "published", first, last, content.validator());
        blob.file.publish(first, last, BlobFile.versionOf(content));
        position = (long) last * BlobFile.BLOCK_BYTES;
        release();
        next(this::seek);
    }

    private void refused() {
        world.count(Count.REFUSED_WRITES);
        end(Errno.EBADF);
    }
}
