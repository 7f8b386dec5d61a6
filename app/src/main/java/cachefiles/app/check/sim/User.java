package cachefiles.app.check.sim;

import cachefiles.app.check.sim.Blob.Cause;
import cachefiles.app.check.sim.Clock.Channel;
import cachefiles.app.check.sim.Coverage.Count;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Errno;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Who uses one object: looks it up, reads it, releases it, looks it up again.
final class User {
    private enum Stage {
        OUT,
        ACQUIRING,
        IN,
        RELEASING
    }

    private final World world;
    final Blob blob;
    private final Channel toCache = new Channel();
    private Stage stage = Stage.OUT;
    private @Nullable Content content;
    private final List<Read> reads = new ArrayList<>();
    private final Set<Read> abandoned = new HashSet<>(); // read on after the release: only their end is checked

    User(World world, Blob blob) {
        this.world = world;
        this.blob = blob;
    }

    /// Does one thing that a user may do now.
    void act() {
        switch (stage) {
            case OUT -> acquire();
            case ACQUIRING -> {
                if (world.strikes(Fault.RELEASED_IN_USE)) {
                    world.coverage.add(Fault.RELEASED_IN_USE);
                    release(false);
                }
            }
            case IN -> {
                if (!reads.isEmpty() && world.strikes(Fault.READ_CANCELLED)) {
                    world.coverage.add(Fault.READ_CANCELLED);
                    world.chance.of(reads).cancel();
                } else if (world.chance.oneIn(12)) {
                    leave();
                } else {
                    read();
                }
            }
            case RELEASING -> {}
        }
    }

    private void leave() {
        if (!reads.isEmpty()) {
            if (!world.strikes(Fault.RELEASED_IN_USE)) {
                return;
            }
            world.coverage.add(Fault.RELEASED_IN_USE);
        }
        boolean retire = world.has(Fault.RETIRED) && world.chance.oneIn(3);
        if (retire) {
            world.coverage.add(Fault.RETIRED);
        }
        release(retire);
    }

    void acquire() {
        if (world.isReopening()) {
            return;
        }
        blob.gate = new Gate(world, blob, world.shape.window(), world.shape.bound());
        stage = Stage.ACQUIRING;
        blob.forgive();
        world.trace.line(world.clock.now(), blob, "user acquires");
        blob.gate.acquire();
    }

    void loseDevice() {
        blob.spend(Cause.DEVICE_GONE);
        if (stage == Stage.ACQUIRING || stage == Stage.IN) {
            release(false);
        }
    }

    void release(boolean retire) {
        stage = Stage.RELEASING;
        content = null;
        abandoned.addAll(reads);
        world.trace.line(world.clock.now(), blob, "user releases", retire);
        blob.gate.release(retire);
    }

    void read() {
        var promised = Objects.requireNonNull(content);
        if (reads.size() < 8) {
            long offset = world.chance.below((int) promised.sizeBytes() + 1);
            long limit = offset + 1 + world.chance.below((int) promised.sizeBytes());
            read(promised, offset, limit);
        }
    }

    void readAll() {
        var promised = Objects.requireNonNull(content);
        read(promised, 0, promised.sizeBytes());
    }

    private void read(Content promised, long offset, long limit) {
        int readBytes = BlobFile.BLOCK_BYTES * world.chance.between(1, 4);
        var read = new Read(world, this, promised, offset, limit, readBytes);
        reads.add(read);
        if (world.strikes(Fault.DEADLINE)) {
            world.clock.after(world.chance.between(100, 100_000), () -> {
                if (!world.isHealed() && !read.isDone()) {
                    world.coverage.add(Fault.DEADLINE);
                    read.deadlinePassed();
                }
            });
        }
        read.start();
    }

    void acquired(Errno errno, @Nullable Content found) {
        if (stage != Stage.ACQUIRING) {
            return;
        }
        world.trace.line(world.clock.now(), blob, "user acquired", errno);
        if (errno.isOk()) {
            world.count(Count.ACQUIRED);
            stage = Stage.IN;
            content = found;
            world.require(
                    found != null && found.equals(blob.recovered().known()),
                    "journal first: acknowledged but not stored",
                    blob,
                    String.valueOf(found));
        } else {
            world.count(Count.ACQUIRE_ERRORS);
            requireCause(errno, this);
            world.send(
                    toCache,
                    () -> { // S107: an object that could not be looked up is withdrawn
                        if (stage == Stage.ACQUIRING) {
                            release(false);
                        }
                    });
        }
    }

    void released() {
        var gate = blob.gate;
        world.send(toCache, () -> {
            world.require(stage == Stage.RELEASING && gate == blob.gate, "released, though nobody asked", blob);
            gate.rest();
            blob.file.release();
            blob.use++;
            stage = Stage.OUT;
            world.reopenIfUnused();
        });
    }

    void ended(Read read, Errno errno) {
        boolean left = abandoned.remove(read);
        world.require(reads.remove(read), "I1: a read ends once", read);
        if (!left && !errno.isOk() && !read.gaveUp(errno)) {
            requireCause(errno, read);
        }
        world.require(errno != Errno.ETIMEDOUT || !world.isHealed(), "I15: a read waited for its deadline", read);
    }

    private void requireCause(Errno errno, Object whose) {
        world.require(
                blob.excuses(errno, world.shape.limits().reopenAttempts()),
                "S130: an error without a cause",
                errno,
                whose,
                blob.causes());
    }

    boolean abandons(Read read) {
        return abandoned.contains(read);
    }

    boolean isOut() {
        return stage == Stage.OUT;
    }

    boolean isIn() {
        return stage == Stage.IN;
    }

    boolean waits() {
        return stage == Stage.ACQUIRING || stage == Stage.RELEASING || !reads.isEmpty();
    }

    @Nullable
    Content content() {
        return content;
    }

    List<Read> reads() {
        return reads;
    }

    @Override
    public String toString() {
        return "user of " + blob + " " + stage;
    }
}
