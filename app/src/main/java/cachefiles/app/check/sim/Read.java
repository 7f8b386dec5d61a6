package cachefiles.app.check.sim;

import cachefiles.app.check.sim.Coverage.Count;
import cachefiles.kernel.reader.ReaderCore;
import cachefiles.kernel.reader.ReaderCore.Action;
import cachefiles.kernel.reader.ReaderCore.Command;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Errno;

/// One read: the shell of [ReaderCore] (`cachefiles.kernel.actor.ReadOperation`). It compares what it gets with what
/// the reader was promised.
final class Read {
    private static final int MAX_LOOKS = 100;

    private final World world;
    private final User user;
    private final Gate gate;
    private final Content promised;
    private final int version;
    private final long start;
    private final long limit;
    private final int readBytes;
    private ReaderCore.State state = ReaderCore.START;
    private long position;
    private long wait = -1;
    private int looks;
    private boolean waited;
    private Errno gaveUp = Errno.OK; // how it may end by its reader's will

    Read(World world, User user, Content promised, long offset, long limit, int readBytes) {
        this.world = world;
        this.user = user;
        this.gate = user.blob.gate;
        this.promised = promised;
        this.version = BlobFile.versionOf(promised);
        this.start = offset;
        this.position = offset;
        this.limit = Math.max(offset, Math.min(promised.sizeBytes(), limit));
        this.readBytes = readBytes;
    }

    void start() {
        run(new Action.Look());
    }

    void cancel() {
        gaveUp = Errno.EINTR;
        apply(new Command.Cancel());
    }

    void deadlinePassed() {
        gaveUp = Errno.ETIMEDOUT;
        apply(new Command.DeadlinePassed());
    }

    void ended(Errno errno) {
        looks = 0;
        apply(new Command.Ended(errno));
    }

    /// Whether `errno` is what its own reader has brought about: nobody else's cancellation and deadline end it.
    boolean gaveUp(Errno errno) {
        return !errno.isOk() && errno == gaveUp;
    }

    boolean isDone() {
        return state instanceof ReaderCore.State.Done;
    }

    private void apply(Command command) {
        var step = ReaderCore.step(state, command);
        world.trace.line(world.clock.now(), this, state, "→", step.next(), "why", command);
        state = step.next();
        for (Action action : step.actions()) {
            run(action);
        }
    }

    private void run(Action action) {
        switch (action) {
            case Action.Look _ -> apply(look());
            case Action.Ask(var hole) -> {
                waited = true;
                wait = gate.await(hole, this);
            }
            case Action.Leave _ -> gate.leave(wait);
            case Action.Complete(var errno) -> complete(errno);
        }
    }

    private void complete(Errno errno) {
        world.require(isDone(), "I1: a read ends once", this);
        world.require(
                !errno.isOk() || position == limit || user.abandons(this), "I20: a read that succeeds is whole", this);
        world.count(Count.READS);
        if (!errno.isOk()) {
            world.count(Count.READ_ERRORS);
        } else if (!waited) {
            world.count(Count.HITS);
        }
        user.ended(this, errno);
    }

    private Command look() {
        world.require(looks++ < MAX_LOOKS, "a read looks, and looks, and never waits", this);
        if (gate.isWithdrawn()) {
            return new Command.LookFailed(Errno.EIO);
        }
        if (position == limit) {
            return new Command.SawBytes(false);
        }
        long before = position;
        for (int seen = 1; position < limit && seen != 0; ) {
            seen = gate.blob.file.versionAt(position);
            if (seen != 0) {
                world.require(seen == version || user.abandons(this), "I20, S127: wrong bytes", this, "of v" + seen);
                position =
                        Math.min(limit, position / BlobFile.BLOCK_BYTES * BlobFile.BLOCK_BYTES + BlobFile.BLOCK_BYTES);
            }
        }
        if (position > before) {
            looks = 0;
            return new Command.SawBytes(position < limit);
        }
        return gate.blob
                .file
                .hole(position, Math.min(limit, position + readBytes))
                .<Command>map(Command.SawHole::new)
                .orElseGet(() -> new Command.SawBytes(position < limit));
    }

    @Override
    public String toString() {
        return user.blob + "[" + start + ".." + limit + " " + promised.validator() + " at " + position + "]";
    }
}
