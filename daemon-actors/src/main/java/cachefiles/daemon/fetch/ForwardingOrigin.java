package cachefiles.daemon.fetch;

import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceException;
import java.nio.ByteBuffer;

/// Another origin, of which something is to be otherwise.
public abstract class ForwardingOrigin implements Origin {
    private final Origin origin;

    protected ForwardingOrigin(Origin origin) {
        this.origin = origin;
    }

    @Override
    public Content find(Cookie cookie) throws DeviceException {
        return origin.find(cookie);
    }

    @Override
    public void fetch(Cookie cookie, Content expected, long offset, ByteBuffer target) throws DeviceException {
        origin.fetch(cookie, expected, offset, target);
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
