package cachefiles.app.check.museum;

import cachefiles.kernel.device.DeviceState;
import cachefiles.kernel.device.Pending;
import cachefiles.kernel.device.Slot;
import cachefiles.kernel.reader.ReaderCore;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Errno;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What a mutant calls instead of what it should.
public final class Wrong {
    private Wrong() {}

    /// All requests, whosesoever they are.
    public static List<Pending> requestsOfAll(DeviceState state, Cookie cookie) {
        return List.copyOf(state.table());
    }

    /// A reader that waits on, whatever it is told.
    public static ReaderCore.Step stays(Errno errno) {
        return new ReaderCore.Step(new ReaderCore.State.Waiting());
    }

    /// A reader that is told of any failure as of another.
    public static ReaderCore.Step doneWithEio(Errno errno) {
        return new ReaderCore.Step(new ReaderCore.State.Done(Errno.EIO), new ReaderCore.Action.Complete(Errno.EIO));
    }

    /// What there is for `key`, which stays.
    public static @Nullable Object keeps(Map<?, ?> values, Object key) {
        return values.get(key);
    }

    /// What is in `value`, and a failure if nothing is.
    public static Object orElseFails(Optional<?> value, @Nullable Object other) {
        return value.orElseThrow();
    }

    /// CLOSE, with a handle that lives on.
    public static Slot closedWithHandle(Slot slot, Errno why) {
        return new Slot(
                Slot.State.CLOSE,
                slot.handle(),
                slot.incarnation(),
                slot.content(),
                slot.attempts(),
                slot.attemptsIn(),
                why);
    }

    /// What `other` gives, whether there is a value for `key` or not.
    public static @Nullable Object evenIfPresent(
            ConcurrentHashMap<?, ?> values, Object key, Function<Object, @Nullable Object> other) {
        return other.apply(key);
    }
}
