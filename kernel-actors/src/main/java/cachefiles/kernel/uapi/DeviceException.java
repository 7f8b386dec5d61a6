package cachefiles.kernel.uapi;

/// An operation on the device or on a descriptor ended with an error number.
public final class DeviceException extends Exception {
    private static final long serialVersionUID = 1;

    private final Errno errno;

    public DeviceException(Errno errno, String what) {
        super(what + ": " + errno + " (" + errno.text() + ")");
        this.errno = errno;
    }

    public DeviceException(Errno errno, String what, Throwable cause) {
        this(errno, what);
        initCause(cause);
    }

    public Errno errno() {
        return errno;
    }
}
