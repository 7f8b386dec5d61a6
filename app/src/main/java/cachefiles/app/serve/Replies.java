package cachefiles.app.serve;

import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Range;
import java.util.List;

/// What a request for an object is answered with. Pure.
final class Replies {
    /// The header fields of a request that decide; empty where it has none.
    record Asked(String ifMatch, String ifNoneMatch, String ifRange, String range) {}

    sealed interface Reply {
        /// 200
        record Whole() implements Reply {}

        /// 206, of one range or of several
        record Partial(List<Range> ranges) implements Reply {}

        /// 304
        record NotModified() implements Reply {}

        /// 412
        record Failed() implements Reply {}

        /// 416
        record Unsatisfiable() implements Reply {}
    }

    private Replies() {}

    /// @param tag of the object; empty if it has none
    /// @param sizeBytes of the object
    static Reply of(Asked asked, String tag, long sizeBytes) {
        if (!asked.ifMatch.isEmpty() && !EntityTags.named(asked.ifMatch, tag, true)) {
            return new Reply.Failed();
        }
        if (!asked.ifNoneMatch.isEmpty() && EntityTags.named(asked.ifNoneMatch, tag, false)) {
            return new Reply.NotModified();
        }
        boolean outdated = !asked.ifRange.isEmpty() && (tag.isEmpty() || !EntityTags.named(asked.ifRange, tag, true));
        if (asked.range.isEmpty() || outdated) {
            return new Reply.Whole();
        }
        return RangeHeader.ranges(asked.range, sizeBytes)
                .<Reply>map(ranges -> ranges.isEmpty() ? new Reply.Unsatisfiable() : new Reply.Partial(ranges))
                .orElseGet(Reply.Whole::new);
    }

    /// The status with which a failed look-up or read is answered.
    static int status(Errno errno) {
        return switch (errno) {
            case ENOENT, EISDIR, ENOTDIR -> 404;
            case EACCES, EPERM -> 403;
            default -> 503;
        };
    }
}
