package cachefiles.app.check.explore;

import cachefiles.kernel.reader.ReaderCore;
import cachefiles.kernel.uapi.Errno;
import org.jspecify.annotations.Nullable;

/// One read of blocks `start` to `limit`.
/// @param site of its object
/// @param position the next block it wants
/// @param asks the end of the hole that it saw and has not yet asked the gate for; 0 = none
/// @param wake what it waits for has ended thus, and it has not yet heard
record Reader(
        int site,
        int start,
        int limit,
        int position,
        ReaderCore.State state,
        int asks,
        @Nullable Errno wake) {
    static Reader fresh(int site, int start, int limit) {
        return new Reader(site, start, limit, start, ReaderCore.START, 0, null);
    }

    /// Another read of the same blocks.
    Reader again() {
        return fresh(site, start, limit);
    }

    Reader in(ReaderCore.State next) {
        return new Reader(site, start, limit, position, next, 0, null);
    }

    Reader at(int block) {
        return new Reader(site, start, limit, block, state, asks, wake);
    }

    Reader asks(int end) {
        return new Reader(site, start, limit, position, state, end, wake);
    }

    Reader asked() {
        return new Reader(site, start, limit, position, state, 0, wake);
    }

    Reader woken(Errno errno) {
        return new Reader(site, start, limit, position, state, asks, errno);
    }

    Reader heard() {
        return new Reader(site, start, limit, position, state, asks, null);
    }

    boolean isDone() {
        return state instanceof ReaderCore.State.Done;
    }

    boolean isLooking() {
        return state instanceof ReaderCore.State.Looking;
    }

    boolean isWaiting() {
        return state instanceof ReaderCore.State.Waiting;
    }
}
