package cachefiles.app.command;

import cachefiles.daemon.fetch.Origin;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceException;
import java.nio.ByteBuffer;
import java.util.Optional;

/// Remembers what an origin said when it last failed: the daemon answers with a bare number.
final class LastFailure implements Origin {
    private final Origin origin;
    private volatile Optional<DeviceException> last = Optional.empty();

    LastFailure(Origin origin) {
        this.origin = origin;
    }

    /// Empty if it has not failed.
    Optional<DeviceException> last() {
        return last;
    }

    @Override
    public Content find(Cookie cookie) throws DeviceException {
        try {
            return origin.find(cookie);
        } catch (DeviceException failed) {
            last = Optional.of(failed);
            throw failed;
        }
    }

    @Override
    public void fetch(Cookie cookie, Content expected, long offset, ByteBuffer target) throws DeviceException {
        try {
            origin.fetch(cookie, expected, offset, target);
        } catch (DeviceException failed) {
            last = Optional.of(failed);
            throw failed;
        }
    }

    @Override
    public boolean isImmediate() {
        return origin.isImmediate();
    }

    @Override
    public long answerMillis() {
        return origin.answerMillis();
    }
}
