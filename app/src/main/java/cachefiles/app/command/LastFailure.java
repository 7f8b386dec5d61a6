package cachefiles.app.command;

import cachefiles.daemon.fetch.ForwardingOrigin;
import cachefiles.daemon.fetch.Origin;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceException;
import java.nio.ByteBuffer;
import java.util.Optional;

/// Remembers what an origin said when it last failed: the daemon answers with a bare number.
final class LastFailure extends ForwardingOrigin {
    private volatile Optional<DeviceException> last = Optional.empty();

    LastFailure(Origin origin) {
        super(origin);
    }

    /// Empty if it has not failed.
    Optional<DeviceException> last() {
        return last;
    }

    @Override
    public Content find(Cookie cookie) throws DeviceException {
        try {
            return super.find(cookie);
        } catch (DeviceException failed) {
            last = Optional.of(failed);
            throw failed;
        }
    }

    @Override
    public void fetch(Cookie cookie, Content expected, long offset, ByteBuffer target) throws DeviceException {
        try {
            super.fetch(cookie, expected, offset, target);
        } catch (DeviceException failed) {
            last = Optional.of(failed);
            throw failed;
        }
    }
}
