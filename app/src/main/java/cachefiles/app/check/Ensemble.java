package cachefiles.app.check;

import cachefiles.daemon.core.SupervisorCore.Policy;
import cachefiles.kernel.cache.CacheCommand;
import cachefiles.kernel.device.DeviceLimits;
import cachefiles.kernel.device.DeviceState;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceCall;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Handle;
import cachefiles.kernel.uapi.Range;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/// Who plays a [Scenario]: readers, gates, objects and the device, as cores in one thread ([Kernel]) or as the actors
/// that run in production. What happens is told to a [Kernel.Listener].
public interface Ensemble extends AutoCloseable {
    /// Brings an ensemble together.
    interface Casting {
        Ensemble cast(DeviceLimits limits, Kernel.Listener listener);
    }

    /// How an object is used.
    enum Use {
        OUT,
        /// It has not been looked up yet, or in vain.
        BEGINNING,
        IN,
        /// It is being released.
        ENDING
    }

    /// The cache above the device: mounts, uses, text commands.
    interface Cache {
        /// Asks something that is answered with an error number.
        /// @param make makes the command of the ticket that it is given
        /// @param cookie what is to be used; null if nothing is
        void ask(LongFunction<CacheCommand> make, @Nullable Cookie cookie, Consumer<Errno> done);

        void tell(CacheCommand command);

        /// What the check of the directory finds from now on.
        /// @throws IllegalArgumentException it finds what there is
        void directory(Errno found);
    }

    /// The device, while nothing is on its way.
    DeviceState device();

    /// Devices before this one: it comes anew when its actor fails, or when it was closed.
    int generation();

    Cache cache();

    Use use(Cookie cookie);

    /// Begins to use what is not [Use#ENDING]; all that is asked of an object is asked of one that is used.
    void acquire(Cookie cookie);

    /// @param retire whether content and bytes are to be forgotten
    void release(Cookie cookie, boolean retire);

    /// Asks the object's actor to leave memory.
    void rest(Cookie cookie);

    /// Begins a read that is called `name`.
    void read(String name, Cookie cookie, Range range);

    /// The read of this name is given up.
    void cancel(String name);

    /// The deadline of the read of this name passes.
    void deadline(String name);

    /// Readers that wait.
    List<String> waiting();

    /// Says `call` to the device; the reply comes to the listener.
    void callFromOutside(String caller, DeviceCall call);

    /// What a worker of `incarnation` gets for writing `range` through `handle`.
    Errno write(Handle handle, long incarnation, Range range);

    /// What a worker of `incarnation` is told of the file behind `handle`: its first hole, in words (S63).
    String firstHole(Handle handle, long incarnation);

    /// The back-off before the object's next reopen is over.
    void fireTimer(Cookie cookie);

    /// The object's actor fails.
    void failObject(Cookie cookie);

    /// The device's actor fails, or the device was closed and is opened anew: no request, no handle.
    void newDevice();

    /// From here on a supervisor and a daemon are at work.
    Daemons daemons(Policy policy, int workers);

    /// The table and the slots, one line an object: `blob OPEN h2@1, READ#3 out h2`.
    List<String> show();

    /// From here on each message waits until it is delivered.
    void step();

    /// Channels with messages on their way, as `blob>device`.
    List<String> pending();

    /// Takes the oldest message out of `channel` and has it heard.
    /// @throws IllegalArgumentException there is none
    void deliver(String channel);

    /// Goes on until nothing is on its way, and messages wait no more.
    void settle();

    @Override
    default void close() {}
}
