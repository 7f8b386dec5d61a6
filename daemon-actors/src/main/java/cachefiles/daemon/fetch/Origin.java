package cachefiles.daemon.fetch;

import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceException;
import java.nio.ByteBuffer;

/// Where bytes come from. Only the daemon reads it. Methods may block; safe for use by several threads.
public interface Origin {
    /// @throws DeviceException `ENOENT` no such content, `EISDIR`, `EACCES`, `EOPNOTSUPP` its versions cannot be told
    /// apart,
    ///     `ETIMEDOUT`, `EINTR` this thread was interrupted, `EIO`
    Content find(Cookie cookie) throws DeviceException;

    /// Fills `target` from `offset` on, whole: content that ends before, or is not the version of `expected`, is an
    /// error.
    /// @param expected what [#find] said when the object was opened
    /// @throws DeviceException `ESTALE` another version than expected, `ENOENT` vanished, `ETIMEDOUT`, `EINTR` this
    /// thread
    ///     was interrupted, `EIO`
    void fetch(Cookie cookie, Content expected, long offset, ByteBuffer target) throws DeviceException;

    /// Whether no method ever waits, for a disk or a network say: then it takes no threads of its own to call them.
    default boolean isImmediate() {
        return false;
    }

    /// How long it lately took to begin an answer; 0 if it does not say. As much more may be asked for at a time.
    default long answerMillis() {
        return 0;
    }
}
