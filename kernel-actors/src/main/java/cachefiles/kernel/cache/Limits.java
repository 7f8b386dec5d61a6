package cachefiles.kernel.cache;

import cachefiles.kernel.extent.FreeSpace;
import cachefiles.kernel.uapi.TextCommand.Limit;
import java.util.ArrayList;
import java.util.List;

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

    /// The text commands that lead here from any other limits, each of them in order.
    public List<String> commands() {
        var commands = new ArrayList<String>();
        for (var kind : List.of("f", "b")) {
            var wanted = kind.equals("f") ? files : blocks;
            commands.add(kind + "stop 0%");
            commands.add(kind + "run 99%");
            commands.add(kind + "cull " + wanted.cull + "%");
            commands.add(kind + "run " + wanted.run + "%");
            commands.add(kind + "stop " + wanted.stop + "%");
        }
        return commands;
    }

    /// Under the stop limits: making and filling files fails with `ENOBUFS` (S115).
    boolean isExhausted(FreeSpace space) {
        return space.freeFiles() < share(space.files(), files.stop)
                || space.freeBlocks() < share(space.blocks(), blocks.stop);
    }

    /// Under the cull limits: culling begins.
    boolean isScarce(FreeSpace space) {
        return space.freeFiles() < share(space.files(), files.cull)
                || space.freeBlocks() < share(space.blocks(), blocks.cull);
    }

    /// At or above both run limits: culling ends.
    boolean isAmple(FreeSpace space) {
        return space.freeFiles() >= share(space.files(), files.run)
                && space.freeBlocks() >= share(space.blocks(), blocks.run);
    }

    /// Divides first, as the kernel does: no overflow.
    private static long share(long total, int percent) {
        return total / 100 * percent;
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
