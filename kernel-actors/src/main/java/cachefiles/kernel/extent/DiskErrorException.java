package cachefiles.kernel.extent;

import java.io.IOException;

/// The disk failed us: the kernel's `EIO`. One such error ends the service of the whole cache (S116).
public final class DiskErrorException extends IOException {
    public DiskErrorException(String message) {
        super(message);
    }

    public DiskErrorException(String message, Throwable cause) {
        super(message, cause);
    }
}
