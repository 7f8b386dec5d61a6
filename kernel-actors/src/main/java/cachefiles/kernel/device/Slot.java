package cachefiles.kernel.device;

import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Handle;
import cachefiles.kernel.uapi.ObjectId;
import org.jspecify.annotations.Nullable;

/// The place of one object's handle, and with it the state that Linux keeps in `struct cachefiles_ondemand_info` (S7).
///
///     CLOSE ──READ scanned──▶ REOPENING ──copen──▶ OPEN ──handle closed──▶ CLOSE      CLOSE ──copen──▶ OPEN
///     CLOSE ──READ scanned again──▶ RESTING ──back-off over──▶ REOPENING ──copen error, delivery refused──▶ CLOSE
///
/// An OPEN slot whose handle a take-over has closed is not touched: it counts as CLOSE from then on
/// ([DeviceState#effective]). That is why a crash costs nothing per object. DROPPING is an object's state: the slot is
/// gone.
/// @param handle id of the handle made last; 0 = none yet, -1 = closed (S7)
/// @param incarnation that handle's
/// @param content what the daemon said when it accepted the OPEN; null before
/// @param attempts reopens begun since a READ was last completed
/// @param attemptsIn the incarnation these belong to: a daemon's death is no failed attempt
/// @param lastError of the last attempt
public record Slot(
        State state,
        int handle,
        long incarnation,
        @Nullable Content content,
        int attempts,
        long attemptsIn,
        Errno lastError) {
    public enum State {
        /// No handle that an answer could come through. READs that are scanned start a reopen.
        CLOSE,
        /// A reopen is on its way: asked for, in the table, or delivered. READs stay hidden.
        REOPENING,
        /// A reopen will be asked for when the back-off is over (G5). READs stay hidden.
        RESTING,
        /// The daemon accepted the OPEN and its handle is live. READs are deliverable.
        OPEN
    }

    /// What an object has that was never opened.
    public static final Slot EMPTY = new Slot(State.CLOSE, 0, 0, null, 0, 0, Errno.OK);

    /// An OPEN slot whose handle has died is CLOSE until the new handle's OPEN is accepted (I5).
    Slot handed(Handle made) {
        var unanswered = state == State.OPEN ? State.CLOSE : state;
        return new Slot(unanswered, made.id().value(), made.incarnation(), content, attempts, attemptsIn, lastError);
    }

    Slot opened(Content accepted) {
        return new Slot(State.OPEN, handle, incarnation, accepted, attempts, attemptsIn, Errno.OK);
    }

    Slot closed(Errno why) {
        return new Slot(State.CLOSE, -1, incarnation, content, attempts, attemptsIn, why);
    }

    /// The handle went while its OPEN was unanswered: the OPEN goes out again, as one more attempt.
    Slot closedUnanswered(long now) {
        return new Slot(state, -1, incarnation, content, attemptsSoFar(now) + 1, now, lastError);
    }

    Slot reopening(long now) {
        return new Slot(State.REOPENING, handle, incarnation, content, attemptsSoFar(now) + 1, now, lastError);
    }

    Slot resting() {
        return new Slot(State.RESTING, handle, incarnation, content, attempts, attemptsIn, lastError);
    }

    /// A READ was completed, or all of them were given up: the count of attempts begins anew.
    Slot settled() {
        return new Slot(state, handle, incarnation, content, 0, attemptsIn, Errno.OK);
    }

    /// Reopens begun in incarnation `now` since a READ was last completed.
    int attemptsSoFar(long now) {
        return attemptsIn == now ? attempts : 0;
    }

    boolean hidesReads() {
        return state == State.REOPENING || state == State.RESTING;
    }

    Handle handleOf(Cookie cookie) {
        return new Handle(cookie, new ObjectId(handle), incarnation);
    }
}
