package cachefiles.kernel.cache;

/// What `statfs` says of the file system under the cache.
/// @param freeFiles files that can still be made
/// @param files of the whole file system; 0 where it has no such bound
/// @param freeBlocks blocks that can still be filled
/// @param blocks of the whole file system
public record FreeSpace(long freeFiles, long files, long freeBlocks, long blocks) {
    /// Under the stop limits: making and filling files fails with `ENOBUFS` (S115).
    boolean isExhausted(Limits limits) {
        return freeFiles < share(files, limits.files().stop())
                || freeBlocks < share(blocks, limits.blocks().stop());
    }

    /// Under the cull limits: culling begins.
    boolean isScarce(Limits limits) {
        return freeFiles < share(files, limits.files().cull())
                || freeBlocks < share(blocks, limits.blocks().cull());
    }

    /// At or above both run limits: culling ends.
    boolean isAmple(Limits limits) {
        return freeFiles >= share(files, limits.files().run())
                && freeBlocks >= share(blocks, limits.blocks().run());
    }

    /// Divides first, as the kernel does: no overflow.
    private static long share(long total, int percent) {
        return total / 100 * percent;
    }
}
