package cachefiles.app.check;

import cachefiles.kernel.reader.ReaderCore;
import cachefiles.kernel.uapi.Cookie;

/// One read, and how far it is.
record Reading(Cookie cookie, long start, long position, long limit, ReaderCore.State state) {
    Reading at(long next) {
        return new Reading(cookie, start, next, limit, state);
    }

    Reading in(ReaderCore.State next) {
        return new Reading(cookie, start, position, limit, next);
    }
}
