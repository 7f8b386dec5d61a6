package cachefiles.daemon.fetch;

import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceException;
import java.nio.ByteBuffer;

/// Where bytes come from. Only the daemon reads it. Methods may block; safe for use by several threads.
public interface Origin {
    /// What a look-up found.
    /// @param sizeBytes 0 or more
    /// @param validator changes when the content does; at most 255 characters, empty if the origin has none
    record Found(long sizeBytes, String validator) {}

    /// @throws DeviceException `ENOENT` no such content, `EISDIR`, `EACCES`, `EIO`
    Found find(Cookie cookie) throws DeviceException;

    /// Fills `target` from `offset` on, whole: content that ends before, or is not the version of `expected`, is an error.
    /// @param expected what [#find] said when the object was opened
    /// @throws DeviceException `ESTALE` another version than expected, `ENOENT` vanished, `EIO`
    void fetch(Cookie cookie, Found expected, long offset, ByteBuffer target) throws DeviceException;
}
