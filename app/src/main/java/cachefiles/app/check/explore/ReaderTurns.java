package cachefiles.app.check.explore;

import cachefiles.app.check.Invariants;
import cachefiles.kernel.reader.ReaderCore;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Range;

/// The turns of a reader: it looks, asks its gate for a hole, waits, and looks again.
final class ReaderTurns {
    private ReaderTurns() {}

    /// What it waits for has ended.
    static void wake(Step step, int number) {
        var world = step.world;
        var errno = world.readers[number].wake();
        world.readers[number] = world.readers[number].heard();
        hear(step, number, new ReaderCore.Command.Ended(errno == null ? Errno.OK : errno));
    }

    /// The reader takes `command`.
    static void hear(Step step, int number, ReaderCore.Command command) {
        var world = step.world;
        var decision = ReaderCore.step(world.readers[number].state(), command);
        world.readers[number] = world.readers[number].in(decision.next());
        step.sayOf("reader", number, command, decision.next());
        int at = world.readers[number].site();
        for (ReaderCore.Action action : decision.actions()) {
            switch (action) {
                case ReaderCore.Action.Look _ -> look(step, number);
                case ReaderCore.Action.Ask(var hole) -> {
                    world.readers[number] = world.readers[number].asks((int) (hole.limit() / Model.BLOCK_BYTES));
                    if (world.model.asksAtOnce) {
                        ask(step, number);
                    }
                }
                case ReaderCore.Action.Leave _ ->
                    ObjectTurns.gateDid(
                            step, at, world.siteToChange(at).gateToChange().leave(number));
                case ReaderCore.Action.Complete(var errno) -> completed(world, number, command, errno);
            }
        }
    }

    /// By its reader's own will, whole, or for a cause: nobody else's cancellation and deadline end it.
    private static void completed(World world, int number, ReaderCore.Command last, Errno errno) {
        var reader = world.readers[number];
        var willed = switch (last) {
            case ReaderCore.Command.Cancel _ -> Errno.EINTR;
            case ReaderCore.Command.DeadlinePassed _ -> Errno.ETIMEDOUT;
            default -> Errno.OK;
        };
        if (errno.isOk()) {
            Invariants.require(reader.position() == reader.limit(), "I20: a read that succeeds is whole");
        } else if (errno != willed) {
            Checks.cause(world, reader.site(), errno);
        }
    }

    /// Serves what is present, up to the next hole (S117).
    static void look(Step step, int number) {
        var world = step.world;
        var reader = world.readers[number];
        var site = world.site(reader.site());
        if (site.withdrawn) {
            hear(step, number, new ReaderCore.Command.LookFailed(Errno.EIO));
            return;
        }
        byte right = site.promised == null ? Site.RIGHT : Site.right(world.model.version(site.promised));
        int end = reader.position();
        while (end < reader.limit() && site.blocks[end] != Site.HOLE) {
            Invariants.require(site.blocks[end] == right, "a byte that is not the origin's is read");
            end++;
        }
        if (end > reader.position()) {
            world.readers[number] = reader.at(end);
            hear(step, number, new ReaderCore.Command.SawBytes(end < reader.limit()));
        } else {
            hear(step, number, new ReaderCore.Command.SawHole(hole(site, end, reader.limit())));
        }
    }

    /// The look was before the hole was filled, and the question comes after.
    static void lookedBefore(Step step, int number) {
        var world = step.world;
        var reader = world.readers[number];
        hear(step, number, new ReaderCore.Command.SawHole(Model.range(reader.position(), reader.limit())));
    }

    private static Range hole(Site site, int from, int limit) {
        int end = from;
        while (end < limit && site.blocks[end] == Site.HOLE) {
            end++;
        }
        return Model.range(from, end);
    }

    /// The hole that the reader saw is asked for, filled meanwhile or not.
    static void ask(Step step, int number) {
        var world = step.world;
        var reader = world.readers[number];
        world.readers[number] = reader.asked();
        var site = world.siteToChange(reader.site());
        if (site.withdrawn) {
            world.readers[number] = world.readers[number].woken(Errno.EIO);
        } else {
            ObjectTurns.gateDid(
                    step,
                    reader.site(),
                    site.gateToChange().await(number, Model.range(reader.position(), reader.asks())));
        }
    }
}
