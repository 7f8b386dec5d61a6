package cachefiles.kernel.cache;

import cachefiles.kernel.uapi.TextCommand.Limit;

/// When to cull and when to stop storing, for files and for blocks apart (S2, S49).
public record Limits(Bounds files, Bounds blocks) {
    public static final Limits DEFAULT = new Limits(new Bounds(7, 5, 1), new Bounds(7, 5, 1));

    /// Shares of the whole file system that are still free.
    /// @param run percent: culling ends here
    /// @param cull percent: culling begins below
    /// @param stop percent: nothing is stored below
    public record Bounds(int run, int cull, int stop) {
        boolean ordered() {
            return 0 <= stop && stop < cull && cull < run && run < 100;
        }
    }

    /// Bounds in order: no state holds others, so that ERANGE of S54 cannot come up.
    public Limits {
        if (!files.ordered() || !blocks.ordered()) {
            throw new IllegalArgumentException("not stop < cull < run < 100: files " + files + ", blocks " + blocks);
        }
    }

    /// Whether [#with] makes limits in order.
    boolean allows(Limit.Kind kind, int percent) {
        return changed(bounds(kind), kind, percent).ordered();
    }

    /// These limits but for one.
    Limits with(Limit.Kind kind, int percent) {
        var changed = changed(bounds(kind), kind, percent);
        return isOfFiles(kind) ? new Limits(changed, blocks) : new Limits(files, changed);
    }

    private Bounds bounds(Limit.Kind kind) {
        return isOfFiles(kind) ? files : blocks;
    }

    private static boolean isOfFiles(Limit.Kind kind) {
        return switch (kind) {
            case FRUN, FCULL, FSTOP -> true;
            case BRUN, BCULL, BSTOP -> false;
        };
    }

    private static Bounds changed(Bounds bounds, Limit.Kind kind, int percent) {
        return switch (kind) {
            case FRUN, BRUN -> new Bounds(percent, bounds.cull, bounds.stop);
            case FCULL, BCULL -> new Bounds(bounds.run, percent, bounds.stop);
            case FSTOP, BSTOP -> new Bounds(bounds.run, bounds.cull, percent);
        };
    }
}
