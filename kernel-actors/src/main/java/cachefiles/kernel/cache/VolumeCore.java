package cachefiles.kernel.cache;

import static cachefiles.kernel.uapi.Decision.nothing;
import static cachefiles.kernel.uapi.Decision.only;
import static cachefiles.kernel.uapi.Decision.record;
import static cachefiles.kernel.uapi.Errno.EBUSY;
import static cachefiles.kernel.uapi.Errno.EEXIST;
import static cachefiles.kernel.uapi.Errno.EINTR;
import static cachefiles.kernel.uapi.Errno.EIO;
import static cachefiles.kernel.uapi.Errno.ENOBUFS;
import static cachefiles.kernel.uapi.Errno.OK;

import cachefiles.kernel.cache.CacheAction.Complete;
import cachefiles.kernel.cache.CacheAction.StartLookUp;
import cachefiles.kernel.cache.CacheAction.Withdraw;
import cachefiles.kernel.cache.CacheCommand.AcquireCookie;
import cachefiles.kernel.cache.CacheCommand.AcquireVolume;
import cachefiles.kernel.cache.CacheCommand.Cancel;
import cachefiles.kernel.cache.CacheCommand.LookedUp;
import cachefiles.kernel.cache.CacheCommand.ReleaseCookie;
import cachefiles.kernel.cache.CacheCommand.RelinquishVolume;
import cachefiles.kernel.cache.CacheCommand.Withdrawn;
import cachefiles.kernel.cache.CacheEvent.CookieDropped;
import cachefiles.kernel.cache.CacheEvent.LookUpEnded;
import cachefiles.kernel.cache.CacheEvent.LookUpStarted;
import cachefiles.kernel.cache.CacheEvent.ReleaseAwaited;
import cachefiles.kernel.cache.CacheEvent.UseAwaited;
import cachefiles.kernel.cache.CacheEvent.UseGranted;
import cachefiles.kernel.cache.CacheEvent.UseReleased;
import cachefiles.kernel.cache.CacheEvent.VolumeAcquired;
import cachefiles.kernel.cache.CacheEvent.VolumeAwaited;
import cachefiles.kernel.cache.CacheEvent.VolumeReleased;
import cachefiles.kernel.cache.CacheEvent.VolumeRelinquished;
import cachefiles.kernel.cache.CacheEvent.WaitCancelled;
import cachefiles.kernel.cache.CacheEvent.WithdrawalStarted;
import cachefiles.kernel.cache.Volumes.Entry;
import cachefiles.kernel.cache.Volumes.Phase;
import cachefiles.kernel.cache.Volumes.Volume;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Decision;
import cachefiles.kernel.uapi.Errno;
import java.util.Objects;

/// Volumes, and the cookies in them: who has which, and when an object comes and goes (S5, S6, S103, S107, S121).
///
/// An object is made for the first use of a cookie and withdrawn after the last. Who comes while it is being withdrawn
/// waits, and has a new one looked up: an object is never withdrawn from under a use (B33), and never taken up again.
///
/// Linux: `fs/netfs/fscache_volume.c`, `fscache_cookie.c`, `fs/erofs/fscache.c`, and `fs/cachefiles/cache.c`.
final class VolumeCore {
    private VolumeCore() {}

    static Decision<CacheEvent, CacheAction> decide(CacheState state, CacheCommand.OfVolumes command) {
        return switch (command) {
            case AcquireVolume acquire -> acquire(state, acquire);
            case RelinquishVolume relinquish -> relinquish(state, relinquish);
            case AcquireCookie acquire -> acquire(state, acquire);
            case ReleaseCookie(var use) -> release(state, use);
            case Cancel(var ticket, var errno) -> cancel(state, ticket, errno);
            case LookedUp lookedUp -> lookedUp(state, lookedUp);
            case Withdrawn(var cookie) -> withdrawn(state, cookie);
        };
    }

    /// After look-ups in progress have ended, and only then, objects can be counted: no more will come (B29, S110).
    static void withdrawAll(CacheState state, Plan plan) {
        for (Entry entry : state.volumes.entries()) {
            if (entry.phase() == Phase.ACTIVE) {
                withdraw(entry.cookie, plan);
            }
        }
        if (state.volumes.cookies() == 0) {
            CacheCore.unbound(state, plan);
        }
    }

    /// Why nothing new can be looked up, or `OK`.
    private static Errno refusal(CacheState state) {
        return switch (state.life) {
            case READY -> OK;
            case PINNED -> EIO; // the OPEN would be refused (S85)
            case CLOSED, OPEN, BINDING, ABANDONED, DEAD, UNBINDING -> ENOBUFS;
        };
    }

    private static Decision<CacheEvent, CacheAction> acquire(CacheState state, AcquireVolume command) {
        long ticket = command.ticket();
        var volume = state.volumes.volume(command.volume());
        var refusal = refusal(state);
        if (!refusal.isOk()) {
            return only(new Complete(ticket, refusal));
        }
        if (volume == null || volume.owners() > 0 && volume.shared && command.shared()) {
            var acquired = new VolumeAcquired(ticket, command.volume(), command.shared());
            return record(acquired, new Complete(ticket, OK));
        }
        boolean isNext = volume.successors().isEmpty() || volume.successorsShare() && command.shared();
        return volume.owners() == 0 && isNext
                ? record(new VolumeAwaited(ticket, command.volume(), command.shared()))
                : only(new Complete(ticket, EBUSY));
    }

    private static Decision<CacheEvent, CacheAction> relinquish(CacheState state, RelinquishVolume command) {
        long ticket = command.ticket();
        var key = state.volumes.ownedBy(command.owner());
        var volume = key == null ? null : state.volumes.volume(key);
        if (volume == null) {
            return only(new Complete(ticket, OK));
        }
        var plan = new Plan().event(new VolumeRelinquished(command.owner()));
        if (volume.owners() > 1) {
            return plan.complete(ticket, OK).decision();
        }
        return volume.cookies() > 0
                ? plan.event(new ReleaseAwaited(ticket, volume.key)).decision()
                : plan.event(new VolumeReleased(volume.key))
                        .complete(ticket, OK)
                        .decision();
    }

    private static Decision<CacheEvent, CacheAction> acquire(CacheState state, AcquireCookie command) {
        long ticket = command.ticket();
        var volume = state.volumes.ownedBy(command.owner());
        boolean serves = state.life == Life.READY || state.life == Life.PINNED;
        if (volume == null || !serves) {
            return only(new Complete(ticket, ENOBUFS));
        }
        var cookie = new Cookie(volume, command.key());
        var entry = state.volumes.entry(cookie);
        if (entry != null && entry.isWanted() && command.primary()) {
            return only(new Complete(ticket, EEXIST));
        }
        if (entry != null && entry.phase() == Phase.ACTIVE) {
            return record(new UseGranted(ticket, cookie), new Complete(ticket, OK));
        }
        var refusal = refusal(state);
        if (!refusal.isOk()) {
            return only(new Complete(ticket, refusal));
        }
        var plan = new Plan();
        if (entry == null) {
            startLookUp(state, cookie, plan);
        }
        return plan.event(new UseAwaited(ticket, cookie)).decision();
    }

    private static Decision<CacheEvent, CacheAction> release(CacheState state, long use) {
        if (state.volumes.isAwaitedBy(use)) {
            return cancel(state, use, EINTR);
        }
        var cookie = state.volumes.usedBy(use);
        if (cookie == null) {
            return nothing();
        }
        var plan = new Plan().event(new UseReleased(use));
        var entry = state.volumes.entry(cookie);
        if (entry != null && entry.phase() == Phase.ACTIVE && entry.granted() == 1) {
            withdraw(cookie, plan);
        }
        return plan.decision();
    }

    private static Decision<CacheEvent, CacheAction> cancel(CacheState state, long ticket, Errno errno) {
        return state.volumes.isAwaitedBy(ticket)
                ? record(new WaitCancelled(ticket), new Complete(ticket, errno))
                : nothing();
    }

    private static Decision<CacheEvent, CacheAction> lookedUp(CacheState state, LookedUp command) {
        var cookie = command.cookie();
        var entry = state.volumes.entry(cookie);
        if (entry == null || entry.phase() != Phase.LOOKING_UP) {
            return nothing();
        }
        var errno = command.errno().isOk() ? refusal(state) : command.errno();
        var plan = new Plan().event(new LookUpEnded(cookie, errno));
        entry.waiting().forEach(ticket -> plan.complete(ticket, errno));
        if (!errno.isOk()) {
            plan.action(new Withdraw(cookie)); // undoes marks and counts (S107, B23, I17)
        } else if (!entry.isWanted()) {
            withdraw(cookie, plan); // all who waited were cancelled
        }
        if (state.life == Life.UNBINDING && state.volumes.lookUps() == 1) {
            withdrawAll(state, plan);
        }
        return plan.decision();
    }

    private static Decision<CacheEvent, CacheAction> withdrawn(CacheState state, Cookie cookie) {
        var entry = state.volumes.entry(cookie);
        if (entry == null || entry.phase() != Phase.WITHDRAWING) {
            return nothing();
        }
        var plan = new Plan();
        var refusal = refusal(state);
        if (refusal.isOk() && entry.isWanted()) {
            startLookUp(state, cookie, plan);
            return plan.decision();
        }
        entry.waiting().forEach(ticket -> plan.complete(ticket, refusal));
        plan.event(new CookieDropped(cookie));
        var volume = Objects.requireNonNull(state.volumes.volume(cookie.volume()));
        if (volume.owners() == 0 && volume.cookies() == 1) {
            handOn(volume, refusal, plan);
        }
        if (state.life == Life.UNBINDING && state.volumes.cookies() == 1) {
            CacheCore.unbound(state, plan);
        }
        return plan.decision();
    }

    /// Its last cookie has gone from a volume without owner: the next may have it.
    private static void handOn(Volume volume, Errno refusal, Plan plan) {
        plan.event(new VolumeReleased(volume.key));
        if (volume.relinquisher() != null) {
            plan.complete(volume.relinquisher(), OK);
        }
        for (long successor : volume.successors()) {
            if (refusal.isOk()) {
                plan.event(new VolumeAcquired(successor, volume.key, volume.successorsShare()));
            }
            plan.complete(successor, refusal);
        }
    }

    private static void startLookUp(CacheState state, Cookie cookie, Plan plan) {
        plan.event(new LookUpStarted(cookie)).action(new StartLookUp(cookie, !state.full));
    }

    private static void withdraw(Cookie cookie, Plan plan) {
        plan.event(new WithdrawalStarted(cookie)).action(new Withdraw(cookie));
    }
}
