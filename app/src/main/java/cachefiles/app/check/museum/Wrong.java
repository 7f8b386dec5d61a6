package cachefiles.app.check.museum;

import cachefiles.kernel.device.DeviceState;
import cachefiles.kernel.device.Pending;
import cachefiles.kernel.uapi.Cookie;
import java.util.List;

/// What a mutant calls instead of what it should.
public final class Wrong {
    private Wrong() {}

    /// All requests, whosesoever they are.
    public static List<Pending> requestsOfAll(DeviceState state, Cookie cookie) {
        return List.copyOf(state.table());
    }
}
