package cachefiles.kernel.device;

/// Bounds of one device.
/// @param requests in the table at most; further ones are refused with `EBUSY` (S82), but for the OPEN of an object
/// whose
///     READs wait in the table for it: they got in before the daemon died, and must get out (S130)
/// @param handles live at most; a further OPEN is refused with `EMFILE` (S33)
/// @param reopenAttempts of one object without one completed READ; then its READs fail (G5)
/// @param reopensPerFetch that one scan may start
public record DeviceLimits(int requests, int handles, int reopenAttempts, int reopensPerFetch) {
    public static final DeviceLimits DEFAULT = new DeviceLimits(1 << 20, Integer.MAX_VALUE, 8, 64);
}
