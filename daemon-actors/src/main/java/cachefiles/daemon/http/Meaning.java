package cachefiles.daemon.http;

import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Errno;

/// What an answer means for whoever asked.
public sealed interface Meaning {
    /// There is such an object.
    record Found(Content content) implements Meaning {}

    /// The body has what was asked for, or the beginning of it.
    /// @param skipBytes of the body that come before it
    /// @param takeBytes 1 or more, unless it is a page: of that as many as there are
    /// @param goesOn whether the body may go on behind them: then it is not read to its end
    record Body(long skipBytes, long takeBytes, boolean goesOn) implements Meaning {}

    /// It is elsewhere.
    record Moved(String location) implements Meaning {}

    /// The server says too little of the object when asked by `HEAD`.
    record AskByGet() implements Meaning {}

    /// It failed in a way that may pass.
    /// @param pauseMillis that the server wants to be left alone; 0 if it says nothing
    record Later(Errno errno, long pauseMillis, String why) implements Meaning {}

    /// It failed.
    record Never(Errno errno, String why) implements Meaning {}
}
