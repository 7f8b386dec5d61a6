package cachefiles.persistence.journal;

import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a look into a stopped journal found.
public sealed interface JournalReport {
    /// There is no journal in the directory.
    record Absent() implements JournalReport {}

    /// A process uses it.
    /// @param holder as `process 4711`
    record InUse(String holder) implements JournalReport {}

    /// Nothing of it can be read.
    /// @param why what is wrong and what to do
    record Unreadable(String why) implements JournalReport {}

    /// It lies in a database that cannot be reached now, or not with what the environment says.
    /// @param why what is wrong and what to do
    record Unreachable(String why) implements JournalReport {}

    /// @param objects what is known of each, sorted
    /// @param problems what could not be read, a line each; of these objects nothing is known here
    record Read(List<Known> objects, List<String> problems) implements JournalReport {}

    /// One object.
    /// @param content null if it was retired
    record Known(Cookie cookie, @Nullable Content content) {}
}
