package cachefiles.kernel.cache;

import static cachefiles.kernel.uapi.Decision.nothing;
import static cachefiles.kernel.uapi.Decision.only;
import static cachefiles.kernel.uapi.Decision.record;
import static cachefiles.kernel.uapi.Errno.EBADF;
import static cachefiles.kernel.uapi.Errno.EBUSY;
import static cachefiles.kernel.uapi.Errno.EEXIST;
import static cachefiles.kernel.uapi.Errno.EINVAL;
import static cachefiles.kernel.uapi.Errno.EIO;
import static cachefiles.kernel.uapi.Errno.EOPNOTSUPP;
import static cachefiles.kernel.uapi.Errno.EPERM;
import static cachefiles.kernel.uapi.Errno.OK;

import cachefiles.kernel.cache.CacheAction.CheckDirectory;
import cachefiles.kernel.cache.CacheAction.CheckInUse;
import cachefiles.kernel.cache.CacheAction.Complete;
import cachefiles.kernel.cache.CacheAction.CullFile;
import cachefiles.kernel.cache.CacheAction.FlushAll;
import cachefiles.kernel.cache.CacheAction.PassOn;
import cachefiles.kernel.cache.CacheAction.RefuseOperations;
import cachefiles.kernel.cache.CacheAction.ReleaseDirectory;
import cachefiles.kernel.cache.CacheAction.SetFull;
import cachefiles.kernel.cache.CacheAction.WakePollers;
import cachefiles.kernel.cache.CacheCommand.CloseDevice;
import cachefiles.kernel.cache.CacheCommand.CloseHandles;
import cachefiles.kernel.cache.CacheCommand.DirectoryChecked;
import cachefiles.kernel.cache.CacheCommand.FailCache;
import cachefiles.kernel.cache.CacheCommand.MeasureSpace;
import cachefiles.kernel.cache.CacheCommand.OpenDevice;
import cachefiles.kernel.cache.CacheCommand.Write;
import cachefiles.kernel.cache.CacheEvent.BindRefused;
import cachefiles.kernel.cache.CacheEvent.BindStarted;
import cachefiles.kernel.cache.CacheEvent.Bound;
import cachefiles.kernel.cache.CacheEvent.CacheFailed;
import cachefiles.kernel.cache.CacheEvent.DebugSet;
import cachefiles.kernel.cache.CacheEvent.DeviceClosed;
import cachefiles.kernel.cache.CacheEvent.DeviceOpened;
import cachefiles.kernel.cache.CacheEvent.DirectoryGiven;
import cachefiles.kernel.cache.CacheEvent.LimitSet;
import cachefiles.kernel.cache.CacheEvent.SecurityContextGiven;
import cachefiles.kernel.cache.CacheEvent.SpaceChanged;
import cachefiles.kernel.cache.CacheEvent.TagGiven;
import cachefiles.kernel.cache.CacheEvent.UnbindStarted;
import cachefiles.kernel.cache.CacheEvent.Unbound;
import cachefiles.kernel.extent.FreeSpace;
import cachefiles.kernel.uapi.Decision;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.TextCommand;
import java.util.Objects;

/// The cache from the opening of its device file to the last pin, and what text commands do to it (S1-S4, S44-S57,
/// S110-S116). Its volumes and cookies are [VolumeCore]'s.
///
/// Linux: `fs/cachefiles/daemon.c`, `cache.c`. Where it has a hole, the comment names the G-rule that closes it.
public final class CacheCore {
    private CacheCore() {}

    /// Reads `state` only. An answer to something that nobody waits for (any more) decides nothing (I9).
    public static Decision<CacheEvent, CacheAction> decide(CacheState state, CacheCommand command) {
        return switch (command) {
            case OpenDevice open -> open(state, open);
            case CloseDevice(var liveHandles) -> close(state, liveHandles);
            case CloseHandles(var liveHandles) -> handlesClosed(state, liveHandles);
            case Write write -> write(state, write);
            case DirectoryChecked(var errno) -> directoryChecked(state, errno);
            case FailCache _ -> fail(state);
            case MeasureSpace(var space) -> measured(state, space);
            case CacheCommand.OfVolumes ofVolumes -> VolumeCore.decide(state, ofVolumes);
        };
    }

    private static Decision<CacheEvent, CacheAction> open(CacheState state, OpenDevice command) {
        if (!command.administrator()) {
            return only(new Complete(command.ticket(), EPERM));
        }
        return switch (state.life) {
            case CLOSED -> record(new DeviceOpened(), new Complete(command.ticket(), OK));
            case OPEN, BINDING, ABANDONED, READY, DEAD, PINNED, UNBINDING ->
                only(new Complete(command.ticket(), EBUSY));
        };
    }

    /// Returns at once in every state, and waits for nobody (B21, I16).
    private static Decision<CacheEvent, CacheAction> close(CacheState state, int liveHandles) {
        return switch (state.life) {
            case OPEN -> record(new DeviceClosed());
            case BINDING -> record(new DeviceClosed(), new Complete(state.binder, EIO));
            case READY, DEAD -> {
                var plan = new Plan().event(new DeviceClosed()).action(new FlushAll(EIO));
                if (liveHandles == 0) {
                    unbind(state, plan);
                }
                yield plan.decision();
            }
            case CLOSED, ABANDONED, PINNED, UNBINDING -> nothing();
        };
    }

    /// Whoever drops the last pin unbinds (S4). While the device is open it is itself a pin.
    private static Decision<CacheEvent, CacheAction> handlesClosed(CacheState state, int liveHandles) {
        return switch (state.life) {
            case PINNED -> {
                var plan = new Plan();
                if (liveHandles == 0) {
                    unbind(state, plan);
                }
                yield plan.decision();
            }
            case CLOSED, OPEN, BINDING, ABANDONED, READY, DEAD, UNBINDING -> nothing();
        };
    }

    private static void unbind(CacheState state, Plan plan) {
        plan.event(new UnbindStarted());
        if (state.volumes.lookUps() == 0) {
            VolumeCore.withdrawAll(state, plan);
        }
    }

    /// Nothing is left of the cache.
    static void unbound(CacheState state, Plan plan) {
        plan.event(new Unbound()).action(new ReleaseDirectory(boundDirectory(state), state.tagOrDefault()));
    }

    /// One way to be dead, and all of them flush (B9).
    private static Decision<CacheEvent, CacheAction> fail(CacheState state) {
        return switch (state.life) {
            case READY -> record(new CacheFailed(), new FlushAll(EIO), new RefuseOperations());
            case PINNED -> only(new RefuseOperations());
            case CLOSED, OPEN, BINDING, ABANDONED, DEAD, UNBINDING -> nothing();
        };
    }

    private static Decision<CacheEvent, CacheAction> measured(CacheState state, FreeSpace space) {
        boolean full = state.limits.isExhausted(space);
        // What is full is scarce too: stop lies below cull.
        boolean culling = state.limits.isScarce(space) || state.culling && !state.limits.isAmple(space);
        boolean changed = full != state.full || culling != state.culling;
        if (!state.life.ready() || !changed) {
            return nothing();
        }
        var plan = new Plan().event(new SpaceChanged(culling, full));
        if (full != state.full) {
            plan.action(new SetFull(full));
        }
        if (culling != state.culling) {
            plan.action(new WakePollers());
        }
        return plan.decision();
    }

    /// DEAD is looked at before the text (S44). One command runs at a time: while `bind` does, no other.
    private static Decision<CacheEvent, CacheAction> write(CacheState state, Write write) {
        return switch (state.life) {
            case OPEN, READY -> run(state, write);
            case BINDING -> only(new Complete(write.ticket(), EBUSY));
            case DEAD -> only(new Complete(write.ticket(), EIO));
            case CLOSED, ABANDONED, PINNED, UNBINDING -> only(new Complete(write.ticket(), EBADF));
        };
    }

    private static Decision<CacheEvent, CacheAction> run(CacheState state, Write write) {
        long ticket = write.ticket();
        return switch (write.text()) {
            case TextCommand.Dir(var path) -> once(state.directory == null, EEXIST, ticket, new DirectoryGiven(path));
            case TextCommand.Tag(var name) -> once(!isNamed(state), EEXIST, ticket, new TagGiven(name));
            case TextCommand.SecCtx(var context) ->
                once(state.securityContext == null, EINVAL, ticket, new SecurityContextGiven(context));
            case TextCommand.Limit(var kind, var percent) ->
                once(state.limits.allows(kind, percent), EINVAL, ticket, new LimitSet(kind, percent));
            case TextCommand.Debug(var mask) -> record(new DebugSet(mask), new Complete(ticket, OK));
            case TextCommand.Bind(var argument) -> bind(state, ticket, argument);
            case TextCommand.Cull(var name) ->
                only(whenReady(state, ticket, new CullFile(ticket, write.directory(), name)));
            case TextCommand.InUse(var name) ->
                only(whenReady(state, ticket, new CheckInUse(ticket, write.directory(), name)));
            case TextCommand.Copen copen -> only(whenOnDemand(state, ticket, new PassOn(ticket, copen)));
            case TextCommand.UnreadableCopen copen -> only(whenOnDemand(state, ticket, new PassOn(ticket, copen)));
            case TextCommand.MalformedCopen(var error) ->
                only(whenOnDemand(state, ticket, new Complete(ticket, error)));
            case TextCommand.Restore restore -> only(whenOnDemand(state, ticket, new PassOn(ticket, restore)));
            case TextCommand.Malformed(var error) -> only(new Complete(ticket, error));
        };
    }

    private static Decision<CacheEvent, CacheAction> once(boolean may, Errno error, long ticket, CacheEvent event) {
        return may ? record(event, new Complete(ticket, OK)) : only(new Complete(ticket, error));
    }

    /// `bind` gives a name to a cache that has none (S47).
    private static boolean isNamed(CacheState state) {
        return state.tag != null || state.life.ready();
    }

    /// S112.
    private static CacheAction whenReady(CacheState state, long ticket, CacheAction action) {
        return state.life.ready() ? action : new Complete(ticket, EIO);
    }

    /// S57.
    private static CacheAction whenOnDemand(CacheState state, long ticket, CacheAction action) {
        return state.onDemand() ? action : new Complete(ticket, EOPNOTSUPP);
    }

    /// Checks in the order of S54. The mode is set with [Bound], together with all else or not at all (G7).
    private static Decision<CacheEvent, CacheAction> bind(CacheState state, long ticket, String argument) {
        if (state.directory == null) {
            return only(new Complete(ticket, EINVAL));
        }
        if (state.life.ready()) {
            return only(new Complete(ticket, EBUSY));
        }
        boolean onDemand = argument.equals("ondemand");
        if (!onDemand && !argument.isEmpty()) {
            return only(new Complete(ticket, EINVAL));
        }
        return record(new BindStarted(ticket, onDemand), new CheckDirectory(state.directory, state.tagOrDefault()));
    }

    private static Decision<CacheEvent, CacheAction> directoryChecked(CacheState state, Errno errno) {
        return switch (state.life) {
            case BINDING ->
                record(errno.isOk() ? new Bound() : new BindRefused(errno), new Complete(state.binder, errno));
            case ABANDONED -> {
                var plan = new Plan();
                if (errno.isOk()) {
                    unbound(state, plan);
                } else {
                    plan.event(new Unbound()); // nothing was taken
                }
                yield plan.decision();
            }
            case CLOSED, OPEN, READY, DEAD, PINNED, UNBINDING -> nothing();
        };
    }

    private static String boundDirectory(CacheState state) {
        return Objects.requireNonNull(state.directory, "no cache is bound without a directory");
    }

    /// Changes `state` in place.
    /// @throws IllegalStateException an event that [#decide] cannot have made of this state
    public static void evolve(CacheState state, CacheEvent event) {
        switch (event) {
            case DeviceOpened opened -> state.life = next(state, opened, Life.CLOSED, Life.OPEN);
            case DeviceClosed closed -> deviceClosed(state, closed);
            case DirectoryGiven(var path) -> state.directory = path;
            case TagGiven(var tag) -> state.tag = tag;
            case SecurityContextGiven(var context) -> state.securityContext = context;
            case LimitSet(var kind, var percent) -> state.limits = state.limits.with(kind, percent);
            case DebugSet(var mask) -> state.debug = mask;
            case BindStarted started -> {
                state.life = next(state, started, Life.OPEN, Life.BINDING);
                state.onDemand = started.onDemand();
                state.binder = started.ticket();
            }
            case Bound bound -> state.life = next(state, bound, Life.BINDING, Life.READY);
            case BindRefused refused -> {
                state.life = next(state, refused, Life.BINDING, Life.OPEN);
                state.onDemand = false;
            }
            case CacheFailed failed -> state.life = next(state, failed, Life.READY, Life.DEAD);
            case SpaceChanged(var culling, var full) -> {
                state.culling = culling;
                state.full = full;
            }
            case UnbindStarted started -> state.life = next(state, started, Life.PINNED, Life.UNBINDING);
            case Unbound unbound -> {
                if (state.life != Life.ABANDONED) {
                    next(state, unbound, Life.UNBINDING, Life.CLOSED);
                }
                state.reset();
            }
            case CacheEvent.OfVolumes ofVolumes -> state.volumes.evolve(ofVolumes);
        }
    }

    private static void deviceClosed(CacheState state, DeviceClosed event) {
        switch (state.life) {
            case OPEN -> state.reset();
            case BINDING -> state.life = Life.ABANDONED;
            case READY, DEAD -> state.life = Life.PINNED;
            case CLOSED, ABANDONED, PINNED, UNBINDING -> throw impossible(state, event);
        }
    }

    private static Life next(CacheState state, CacheEvent event, Life from, Life to) {
        if (state.life != from) {
            throw impossible(state, event);
        }
        return to;
    }

    private static IllegalStateException impossible(CacheState state, CacheEvent event) {
        return new IllegalStateException(event + " cannot happen to a cache that is " + state.life);
    }
}
