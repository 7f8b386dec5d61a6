package cachefiles.kernel.extent;

import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Errno;
import java.io.IOException;

/// Keeps the bytes of all objects of one cache.
public interface Store extends AutoCloseable {
    /// Bytes of a block: what is present or absent as a whole, and carries one checksum.
    int BLOCK_BYTES = 4096;

    /// The file of `cookie`, marked as in use (S111). Costs no I/O; it is the same instance until
    /// [BackingFile#release].
    BackingFile file(Cookie cookie);

    /// Whether a file may be culled: `OK`, `EBUSY` in use, `ENOENT` none of that name (S113).
    Errno inUse(Cookie cookie);

    /// Removes a file that is not in use: `OK`, or as [#inUse], or `EIO` (S114).
    Errno cull(Cookie cookie);

    /// Measures the file system under the cache (S115): one system call, a few microseconds on a local disk.
    FreeSpace space() throws IOException;

    @Override
    void close() throws IOException;
}
