package cachefiles.app.check.explore;

import cachefiles.kernel.uapi.MsgId;
import org.jspecify.annotations.Nullable;

/// The message ids that the table's requests get when a state is read, by their places.
///
/// Rising, requests have 0, 1, 2 and so on, and the next id comes behind all others.
///
/// Wrapping around, those that stand before the next id have 0, 1, 2 and so on, and those behind it the last ids there
/// are; the next id that is tried is 0, so that all of the former are in its way. If none stands behind it, it is the
/// last of all ids instead, and those in use are in the way of the one after it. Between two ids there may be as many
/// as there are, so states that differ in the gaps are one.
/// @param requests in the table
/// @param before how many of them stand before the next id
/// @param next the id that is tried first for the next request; null = one behind all that there are
/// @param cursor null = as `next`
record Ids(
        int requests,
        int before,
        @Nullable MsgId next,
        @Nullable MsgId cursor) {
    /// Ids from here on are in nobody's way.
    static final int FAR = 1 << 20;

    private static final MsgId LAST = new MsgId(-1);

    /// @param cursor how many stand before it
    static Ids rising(int requests, int cursor) {
        return new Ids(requests, requests, null, cursor < requests ? new MsgId(cursor) : null);
    }

    /// @param cursor how many stand before it
    /// @param ahead whether it stands behind the next id, if as many stand before that
    static Ids wrapping(int requests, int cursor, int before, boolean ahead) {
        boolean last = before == requests && !ahead;
        var next = last ? LAST : MsgId.FIRST;
        var ids = new Ids(requests, before, next, LAST);
        if (cursor == requests) {
            return ids;
        }
        return new Ids(requests, before, next, cursor == before && !ahead ? new MsgId(before) : ids.at(cursor));
    }

    /// The id of the request in this place.
    MsgId at(int place) {
        return new MsgId(place < before ? place : place - requests - 1); // of the last ids, LAST is left free
    }
}
