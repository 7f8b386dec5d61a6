package cachefiles.kernel.extent;

/// What `statfs` says of the file system under the cache.
/// @param freeFiles files that can still be made
/// @param files of the whole file system; 0 where it has no such bound
/// @param freeBlocks blocks that can still be filled
/// @param blocks of the whole file system
public record FreeSpace(long freeFiles, long files, long freeBlocks, long blocks) {
    /// What has no bounds is never short of anything.
    public static final FreeSpace UNBOUNDED = new FreeSpace(0, 0, 0, 0);
}
