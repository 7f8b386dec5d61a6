package cachefiles.daemon.fetch;

import cachefiles.kernel.uapi.DeviceException;
import cachefiles.kernel.uapi.Key;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// An origin that tells what it has.
public interface Catalogue extends Origin, AutoCloseable {
    /// All keys that begin with `prefix`, in the order of their bytes.
    /// @param prefix as [cachefiles.kernel.uapi.KeyText] writes keys; empty for all
    /// @param skipped gets what could not be listed, `EIO` if that may have been keys
    /// @throws DeviceException the origin tells nothing at all
    Stream<Key> keys(String prefix, Consumer<DeviceException> skipped) throws DeviceException;

    @Override
    void close();
}
