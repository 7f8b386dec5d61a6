package cachefiles.app.load;

import cachefiles.app.load.plan.Synthetic;
import cachefiles.daemon.fetch.Origin;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceException;
import cachefiles.kernel.uapi.Errno;
import java.nio.ByteBuffer;

/// An origin that keeps nothing: [Synthetic].
public final class SyntheticOrigin implements Origin {
    private static final String VALIDATOR = "1";

    private final Synthetic synthetic;
    private final long latencyMillis;

    /// @param latencyMillis how long it thinks before each answer
    public SyntheticOrigin(Synthetic synthetic, long latencyMillis) {
        this.synthetic = synthetic;
        this.latencyMillis = latencyMillis;
    }

    @Override
    public Content find(Cookie cookie) throws DeviceException {
        int object = synthetic.object(cookie.key().text());
        if (object < 0) {
            throw new DeviceException(Errno.ENOENT, cookie.toString());
        }
        think(cookie);
        return new Content(synthetic.sizeBytes(object), VALIDATOR);
    }

    @Override
    public void fetch(Cookie cookie, Content expected, long offset, ByteBuffer target) throws DeviceException {
        int object = synthetic.object(cookie.key().text());
        if (object < 0 || offset + target.remaining() > expected.sizeBytes()) {
            throw new DeviceException(Errno.ESTALE, cookie.toString());
        }
        think(cookie);
        Synthetic.fill(object, offset, target);
    }

    private void think(Cookie cookie) throws DeviceException {
        try {
            Thread.sleep(latencyMillis);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new DeviceException(Errno.EINTR, cookie.toString());
        }
    }

    @Override
    public boolean isImmediate() {
        return latencyMillis == 0;
    }
}
