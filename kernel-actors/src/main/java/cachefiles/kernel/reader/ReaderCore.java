package cachefiles.kernel.reader;

import static cachefiles.kernel.uapi.Errno.EINTR;
import static cachefiles.kernel.uapi.Errno.EIO;
import static cachefiles.kernel.uapi.Errno.ETIMEDOUT;
import static cachefiles.kernel.uapi.Errno.OK;

import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Range;

/// One read of a range, slice by slice: present bytes are served at once; at a hole it waits for one READ and looks
/// again.
///
///     Looking, LookingAgain ──bytes, more wanted──▶ Looking ──hole──▶ Waiting ──READ ended──▶ LookingAgain
///     Looking ──nothing left, error, cancel, deadline──▶ Done      Waiting ──error, cancel, deadline──▶ Done
///     LookingAgain ──nothing left, still a hole, error, cancel, deadline──▶ Done
///
/// Linux: `io.c cachefiles_do_prepare_read` (S117, S88).
public final class ReaderCore {
    private ReaderCore() {}

    /// Where a read stands.
    public sealed interface State {
        /// Next it looks at the backing file.
        /// @param again whether a READ for this very place has just ended
        record Looking(boolean again) implements State {}

        /// A READ is asked for.
        record Waiting() implements State {}

        /// It has ended, once (I1).
        record Done(Errno errno) implements State {}
    }

    public sealed interface Command {
        /// The look found bytes; they are copied. `left` says whether more are wanted.
        record SawBytes(boolean left) implements Command {}

        /// The look found a hole at the first byte wanted.
        record SawHole(Range hole) implements Command {}

        /// The backing file could not be read, or must not be.
        record LookFailed(Errno errno) implements Command {}

        /// What it waited for has ended.
        record Ended(Errno errno) implements Command {}

        /// Nobody takes its ask: the object serves nobody any more (S116), or the caller must not wait.
        record Refused(Errno errno) implements Command {}

        /// The reader gave up (S89).
        record Cancel() implements Command {}

        /// It waited as long as it may (G14, I15).
        record DeadlinePassed() implements Command {}
    }

    public sealed interface Action {
        /// Look at the backing file.
        record Look() implements Action {}

        /// Ask the gate for this range.
        record Ask(Range hole) implements Action {}

        /// Tell the gate that nobody waits any more.
        record Leave() implements Action {}

        /// Tell the caller.
        record Complete(Errno errno) implements Action {}
    }

    /// The next state and what to do. A command that comes too late changes nothing.
    public record Step(State next, Action... actions) {}

    public static final State START = new State.Looking(false);

    public static Step step(State state, Command command) {
        return switch (state) {
            case State.Looking looking ->
                switch (command) {
                    case Command.SawBytes(var left) -> left ? new Step(START, new Action.Look()) : done(OK);
                    case Command.SawHole(var hole) ->
                        looking.again() ? done(EIO) : new Step(new State.Waiting(), new Action.Ask(hole));
                    case Command.LookFailed(var errno) -> done(errno);
                    case Command.Cancel _ -> done(EINTR);
                    case Command.DeadlinePassed _ -> done(ETIMEDOUT);
                    case Command.Ended _, Command.Refused _ -> new Step(state);
                };
            case State.Waiting _ ->
                switch (command) {
                    case Command.Ended(var errno) ->
                        errno.isOk() ? new Step(new State.Looking(true), new Action.Look()) : done(errno);
                    case Command.Refused(var errno) -> done(errno);
                    case Command.Cancel _ -> left(EINTR);
                    case Command.DeadlinePassed _ -> left(ETIMEDOUT);
                    case Command.SawBytes _, Command.SawHole _, Command.LookFailed _ -> new Step(state);
                };
            case State.Done _ -> new Step(state);
        };
    }

    private static Step done(Errno errno) {
        return new Step(new State.Done(errno), new Action.Complete(errno));
    }

    private static Step left(Errno errno) {
        return new Step(new State.Done(errno), new Action.Leave(), new Action.Complete(errno));
    }
}
