package cachefiles.persistence.store;

import cachefiles.kernel.extent.Store;
import cachefiles.kernel.uapi.Cookie;
import java.io.IOException;
import java.util.Random;

/// The store on a disk in memory does as on any other.
class MemoryDiskTest extends StoreContract {
    private final Random seeds = new Random(1);
    private final MemoryDisk disk = MemoryDisk.forgetful();

    @Override
    Store open() {
        return disk.store(seeds::nextLong);
    }

    @Override
    Store reopened(Store stopped) throws IOException {
        stopped.close();
        return open();
    }

    @Override
    Store reopenedWithFlippedByte(Store stopped, Cookie cookie, long offset) throws IOException {
        stopped.close();
        disk.damage(cookie, offset);
        return open();
    }
}
