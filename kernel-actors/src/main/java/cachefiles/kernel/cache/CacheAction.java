package cachefiles.kernel.cache;

import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.TextCommand;

/// What the cache's shell is to do, in this order.
public sealed interface CacheAction {
    /// Answer whoever waits on `ticket`.
    record Complete(long ticket, Errno errno) implements CacheAction {}

    /// Check and take directory and tag, all or nothing: the errors of S55. Answered by
    /// [CacheCommand.DirectoryChecked].
    record CheckDirectory(String path, String tag) implements CacheAction {}

    /// Sync, then give back directory and tag (S110).
    record ReleaseDirectory(String path, String tag) implements CacheAction {}

    /// End every request with `errno` and admit no more (S86, I2).
    record FlushAll(Errno errno) implements CacheAction {}

    /// Refuse every new operation, hits included, with `ENOBUFS` (S116). Ends with [ReleaseDirectory].
    record RefuseOperations() implements CacheAction {}

    /// The culling flag has changed: wake whoever polls the device (S41, S42).
    record WakePollers() implements CacheAction {}

    /// From now on making and filling files fails with `ENOBUFS`, or works again (S61, S115). It works for a new cache.
    record SetFull(boolean full) implements CacheAction {}

    /// Have the device carry out `copen` or `restore`, and answer the ticket with its result.
    record PassOn(long ticket, TextCommand text) implements CacheAction {}

    /// Answer the ticket with what the store says of the file (S113); `ENOTDIR` if `directory` is none (S112).
    record CheckInUse(long ticket, String directory, String name) implements CacheAction {}

    /// Have the store remove the file, and answer the ticket (S114); `ENOTDIR` as above.
    record CullFile(long ticket, String directory, String name) implements CacheAction {}

    /// Make an object for `cookie` and look it up (S105). Answered by [CacheCommand.LookedUp], also with the error.
    /// @param mayCreate no room for a new file if false: `ENOBUFS` unless there is one (S115)
    record StartLookUp(Cookie cookie, boolean mayCreate) implements CacheAction {}

    /// Withdraw the object, whatever its look-up came to: its requests end, its in-use mark goes (S107, S108). Answered
    /// by [CacheCommand.Withdrawn].
    record Withdraw(Cookie cookie) implements CacheAction {}
}
