package cachefiles.kernel.extent;

import java.io.IOException;

/// There is no room for more bytes (S61): the disk is full, or the share of it that we may use.
public final class NoSpaceException extends IOException {
    public NoSpaceException(String message) {
        super(message);
    }

    public NoSpaceException(String message, Throwable cause) {
        super(message, cause);
    }
}
