package cachefiles.kernel.actor;

import cachefiles.kernel.reader.ReaderCore;
import cachefiles.kernel.reader.ReaderCore.Action;
import cachefiles.kernel.reader.ReaderCore.Command;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Range;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.ObjIntConsumer;

/// One read: the shell of [ReaderCore]. A hit is served on the caller's thread and passes no mailbox.
public final class ReadOperation implements Gate.Waiter {
    /// Where a read goes on after a wait: not in the caller's stack.
    public interface Resume extends Executor {
        /// The read has met a hole.
        /// @return whether it may wait; else it ends with `EAGAIN`
        boolean mayWait();
    }

    private final Gate gate;
    private final Ahead ahead;
    private final ByteBuffer target;
    private final long start;
    private final long limit;
    private final int readBytes;
    private final Resume resume;
    private final ObjIntConsumer<Errno> done;
    private ReaderCore.State state = ReaderCore.START;
    private long position;
    private long wait = -1;

    /// @param ahead is told what the read meets
    /// @param offset bytes, 0 or more
    /// @param target is filled from `offset` on, as far as the object goes
    /// @param sizeBytes of the object
    /// @param readBytes the most that one READ asks for
    /// @param resume asked before a wait, and where the read goes on after it
    /// @param done gets the outcome and the bytes copied, once
    public ReadOperation(
            Gate gate,
            Ahead ahead,
            long offset,
            ByteBuffer target,
            long sizeBytes,
            int readBytes,
            Resume resume,
            ObjIntConsumer<Errno> done) {
        this.gate = gate;
        this.ahead = ahead;
        this.target = target;
        this.start = offset;
        this.position = offset;
        this.limit = Math.max(offset, Math.min(sizeBytes, offset + target.remaining()));
        this.readBytes = readBytes;
        this.resume = resume;
        this.done = done;
    }

    /// Serves what is present, and waits if it must. To be called once.
    public synchronized void start() {
        run(new Action.Look());
    }

    public synchronized void cancel() {
        apply(new Command.Cancel());
    }

    public synchronized void deadlinePassed() {
        apply(new Command.DeadlinePassed());
    }

    @Override
    public void wakeUp(Errno errno) {
        resume.execute(() -> ended(errno));
    }

    private synchronized void ended(Errno errno) {
        apply(new Command.Ended(errno));
    }

    private void apply(Command command) {
        var step = ReaderCore.step(state, command);
        state = step.next();
        gate.observer().stepped(gate.cookie(), this, command, step);
        for (Action action : step.actions()) {
            run(action);
        }
    }

    private void run(Action action) {
        switch (action) {
            case Action.Look _ -> apply(look());
            case Action.Ask(var hole) -> ask(hole);
            case Action.Leave _ -> gate.leave(wait);
            case Action.Complete(var errno) -> done.accept(errno, (int) (position - start));
        }
    }

    private void ask(Range hole) {
        if (!resume.mayWait()) {
            apply(new Command.Refused(Errno.EAGAIN));
            return;
        }
        wait = gate.await(hole, this);
        if (wait < 0) {
            apply(new Command.Refused(Objects.requireNonNull(gate.refusal())));
        } else {
            ahead.missed(Range.between(start, limit), hole);
        }
    }

    private Command look() {
        var refusal = gate.refusal();
        if (refusal != null) {
            return new Command.LookFailed(refusal);
        }
        if (position == limit) {
            return new Command.SawBytes(false);
        }
        try {
            int copied = gate.file().read(position, target);
            if (copied > 0) {
                position += copied;
                ahead.passed(position - copied, position);
                return new Command.SawBytes(position < limit);
            }
            return gate.file()
                    .hole(position, Math.min(limit, position + readBytes))
                    .<Command>map(Command.SawHole::new)
                    .orElseGet(() -> new Command.SawBytes(position < limit)); // it has just been filled
        } catch (IOException failed) {
            gate.failed(failed);
            return new Command.LookFailed(Errno.EIO);
        }
    }
}
