package cachefiles.kernel.object;

import static cachefiles.kernel.uapi.Errno.EBUSY;
import static cachefiles.kernel.uapi.Errno.EINTR;
import static cachefiles.kernel.uapi.Errno.EIO;
import static cachefiles.kernel.uapi.Errno.ENOBUFS;
import static cachefiles.kernel.uapi.Errno.OK;

import cachefiles.kernel.device.DeviceCommand.AskRest;
import cachefiles.kernel.device.DeviceCommand.Drop;
import cachefiles.kernel.device.DeviceCommand.ObjectUp;
import cachefiles.kernel.device.DeviceCommand.SubmitClose;
import cachefiles.kernel.device.DeviceCommand.SubmitOpen;
import cachefiles.kernel.device.DeviceCommand.SubmitRead;
import cachefiles.kernel.device.Notice;
import cachefiles.kernel.device.Slot;
import cachefiles.kernel.object.ObjectAction.Acquired;
import cachefiles.kernel.object.ObjectAction.Attach;
import cachefiles.kernel.object.ObjectAction.Clear;
import cachefiles.kernel.object.ObjectAction.Leave;
import cachefiles.kernel.object.ObjectAction.ReadDone;
import cachefiles.kernel.object.ObjectAction.Released;
import cachefiles.kernel.object.ObjectAction.Submit;
import cachefiles.kernel.object.ObjectCommand.Acquire;
import cachefiles.kernel.object.ObjectCommand.CancelRead;
import cachefiles.kernel.object.ObjectCommand.Heard;
import cachefiles.kernel.object.ObjectCommand.Read;
import cachefiles.kernel.object.ObjectCommand.Release;
import cachefiles.kernel.object.ObjectCommand.Rest;
import cachefiles.kernel.object.ObjectCommand.Resubmit;
import cachefiles.kernel.object.ObjectEvent.Became;
import cachefiles.kernel.object.ObjectEvent.ContentKnown;
import cachefiles.kernel.object.ObjectEvent.Retired;
import cachefiles.kernel.object.ObjectState.Attaching;
import cachefiles.kernel.object.ObjectState.Closing;
import cachefiles.kernel.object.ObjectState.Dropping;
import cachefiles.kernel.object.ObjectState.Idle;
import cachefiles.kernel.object.ObjectState.Opening;
import cachefiles.kernel.object.ObjectState.Outstanding;
import cachefiles.kernel.object.ObjectState.Ready;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Decision;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Range;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One cache object. Its actor may fail at any step and comes back as [Idle] with what the journal knows; its gate then
/// asks again, and every submission to the device has the effect of once.
///
/// Linux: `fs/cachefiles/interface.c`, `ondemand.c`; the work item that reopens an object is here (S123).
public final class ObjectCore {
    private ObjectCore() {}

    public static Decision<ObjectEvent, ObjectAction> decide(Cookie cookie, ObjectState state, ObjectCommand command) {
        return switch (state) {
            case Idle idle -> whenIdle(cookie, idle, command);
            case Opening opening -> whenOpening(cookie, opening, command);
            case Attaching attaching -> whenAttaching(cookie, attaching, command);
            case Ready ready -> whenReady(cookie, ready, command);
            case Closing closing -> whenClosing(cookie, closing, command);
            case Dropping dropping -> whenDropping(cookie, dropping, command);
        };
    }

    /// Folds one event in. Replay uses the journaled ones alone: they lead to Idle.
    public static ObjectState evolve(ObjectState state, ObjectEvent event) {
        return switch (event) {
            case ContentKnown(var content) -> new Idle(content);
            case Retired _ -> new Idle(null);
            case Became(var next) -> next;
        };
    }

    /// The kernel's word for an object in `state` whose slot is in `slot` (S91 to S102, first line of each column).
    public static String printed(ObjectState state, Slot.State slot) {
        return switch (state) {
            case Opening _, Attaching _ -> "OPENING";
            case Dropping _ -> "DROPPING";
            case Idle _, Ready _, Closing _ -> slot == Slot.State.RESTING ? "REOPENING" : slot.name();
        };
    }

    private static Decision<ObjectEvent, ObjectAction> whenIdle(Cookie cookie, Idle idle, ObjectCommand command) {
        return switch (command) {
            case Acquire _ -> become(new Opening(idle.known()), new Submit(new SubmitOpen(cookie, null)));
            case Read(
                    var ask,
                    var range) -> // the actor has failed, or had left memory: the gate knows that it is in use
                idle.known() == null
                        ? Decision.only(new ReadDone(ask, ENOBUFS))
                        : read(cookie, new Ready(idle.known(), List.of(), false), ask, range);
            case Release(var retire) -> close(cookie, idle.known(), retire);
            case Rest _ -> Decision.only(new Leave());
            case Heard(Notice.Reopen _) -> reopen(cookie, idle.known());
            case Resubmit _ -> Decision.only(new Submit(new ObjectUp(cookie)));
            case CancelRead _, ObjectCommand.Attached _, Heard _ -> Decision.nothing();
        };
    }

    private static Decision<ObjectEvent, ObjectAction> whenOpening(
            Cookie cookie, Opening opening, ObjectCommand command) {
        return switch (command) {
            case Heard(Notice.OpenEnded(var errno, var content)) ->
                content == null
                        ? drop(cookie, opening.known(), false, errno)
                        : become(new Attaching(opening.known(), content, false, false), new Attach(content));
            case Release(var retire) -> drop(cookie, opening.known(), retire, OK); // needs no daemon (B12)
            case Acquire _, Resubmit _ -> Decision.only(new Submit(new SubmitOpen(cookie, null)));
            case Read(var ask, _) -> Decision.only(new ReadDone(ask, ENOBUFS));
            case CancelRead _, Rest _, ObjectCommand.Attached _, Heard _ -> Decision.nothing();
        };
    }

    private static Decision<ObjectEvent, ObjectAction> whenAttaching(
            Cookie cookie, Attaching attaching, ObjectCommand command) {
        return switch (command) {
            case ObjectCommand.Attached(var content, var errno) ->
                content.equals(attaching.content()) ? attached(cookie, attaching, errno) : Decision.nothing();
            case Release(var retire) -> // the file must not be touched by two at once: wait for it
                become(new Attaching(attaching.known(), attaching.content(), true, retire || attaching.retiring()));
            case Read(var ask, _) -> Decision.only(new ReadDone(ask, ENOBUFS));
            case Acquire _ ->
                attaching.releasing() ? Decision.only(new Acquired(EBUSY, null)) : Decision.nothing(); // said again
            case CancelRead _, Resubmit _, Rest _, Heard _ -> Decision.nothing();
        };
    }

    /// The content is acknowledged only after it is journaled; one that is known already costs no event.
    private static Decision<ObjectEvent, ObjectAction> attached(Cookie cookie, Attaching attaching, Errno errno) {
        if (attaching.releasing()) {
            return drop(cookie, attaching.known(), attaching.retiring(), OK);
        }
        if (!errno.isOk()) {
            return drop(cookie, attaching.known(), false, errno);
        }
        var content = attaching.content();
        var ready = new Became(new Ready(content, List.of(), false));
        return new Decision<>(
                content.equals(attaching.known()) ? List.of(ready) : List.of(new ContentKnown(content), ready),
                List.of(new Acquired(OK, content)));
    }

    private static Decision<ObjectEvent, ObjectAction> whenReady(Cookie cookie, Ready ready, ObjectCommand command) {
        return switch (command) {
            case Read(var ask, var range) -> read(cookie, ready, ask, range);
            case CancelRead(var ask) -> cancelRead(cookie, ready, ask);
            case Heard(Notice.ReadEnded(var tag, var errno)) -> readEnded(ready, tag, errno);
            case Heard(Notice.Reopen _) -> reopen(cookie, ready.content());
            case Acquire _ -> Decision.only(new Acquired(OK, ready.content()));
            case Release(var retire) -> release(cookie, ready, retire);
            case Resubmit _ ->
                new Decision<>(
                        List.of(),
                        ready.reads().stream()
                                .<ObjectAction>map(read -> submit(cookie, ready.content(), read))
                                .toList());
            case Rest _ ->
                ready.reads().isEmpty()
                        ? become(new Ready(ready.content(), List.of(), true), new Submit(new AskRest(cookie)))
                        : Decision.nothing();
            case Heard(Notice.MayRest(var yes)) -> ready.askedRest() ? mayRest(ready, yes) : Decision.nothing();
            case ObjectCommand.Attached _, Heard _ -> Decision.nothing();
        };
    }

    /// One READ a missing range: whoever misses what is out already waits for that; a new READ ends where an older
    /// begins.
    private static Decision<ObjectEvent, ObjectAction> read(Cookie cookie, Ready ready, long ask, Range range) {
        var reads = new ArrayList<>(ready.reads());
        for (int i = 0; i < reads.size(); i++) {
            var read = reads.get(i);
            if (read.asks().contains(ask)) {
                return Decision.nothing(); // said again
            }
            if (read.range().contains(range.offset())) {
                reads.set(i, new Outstanding(read.range(), read.tag(), plus(read.asks(), ask)));
                return become(new Ready(ready.content(), List.copyOf(reads), false));
            }
        }
        long limit = range.limit();
        int at = 0;
        for (Outstanding read : reads) {
            if (read.range().offset() > range.offset()) {
                limit = Math.min(limit, read.range().offset());
                break;
            }
            at++;
        }
        var read = new Outstanding(Range.between(range.offset(), limit), ask, List.of(ask));
        reads.add(at, read);
        return become(new Ready(ready.content(), List.copyOf(reads), false), submit(cookie, ready.content(), read));
    }

    /// Every ask ends with one [ReadDone], so that the gate knows how much it has outstanding. An ask that is unknown
    /// has ended already.
    private static Decision<ObjectEvent, ObjectAction> cancelRead(Cookie cookie, Ready ready, long ask) {
        var reads = new ArrayList<>(ready.reads());
        for (int i = 0; i < reads.size(); i++) {
            var read = reads.get(i);
            if (read.asks().contains(ask)) {
                var left = read.asks().stream().filter(other -> other != ask).toList();
                if (!left.isEmpty()) {
                    reads.set(i, new Outstanding(read.range(), read.tag(), left));
                    return become(new Ready(ready.content(), List.copyOf(reads), false), new ReadDone(ask, EINTR));
                }
                reads.remove(i);
                return become(
                        new Ready(ready.content(), List.copyOf(reads), false),
                        new Submit(new cachefiles.kernel.device.DeviceCommand.CancelRead(cookie, read.tag())),
                        new ReadDone(ask, EINTR));
            }
        }
        return Decision.nothing();
    }

    /// A tag that is not out was cancelled, or belongs to a predecessor of this actor.
    private static Decision<ObjectEvent, ObjectAction> readEnded(Ready ready, long tag, Errno errno) {
        for (Outstanding read : ready.reads()) {
            if (read.tag() == tag) {
                var left = new ArrayList<>(ready.reads());
                left.remove(read);
                return new Decision<>(
                        List.of(new Became(new Ready(ready.content(), List.copyOf(left), false))),
                        read.asks().stream()
                                .<ObjectAction>map(ask -> new ReadDone(ask, errno))
                                .toList());
            }
        }
        return Decision.nothing();
    }

    private static Decision<ObjectEvent, ObjectAction> mayRest(Ready ready, boolean yes) {
        var stays = new Ready(ready.content(), ready.reads(), false);
        return yes ? become(stays, new Leave()) : become(stays);
    }

    private static Decision<ObjectEvent, ObjectAction> release(Cookie cookie, Ready ready, boolean retire) {
        var actions = new ArrayList<ObjectAction>();
        for (Outstanding read : ready.reads()) {
            read.asks().forEach(ask -> actions.add(new ReadDone(ask, EIO)));
        }
        actions.add(new Submit(new SubmitClose(cookie)));
        return new Decision<>(List.of(new Became(new Closing(ready.content(), retire))), actions);
    }

    private static Decision<ObjectEvent, ObjectAction> whenClosing(
            Cookie cookie, Closing closing, ObjectCommand command) {
        return switch (command) {
            case Heard(Notice.CloseEnded _) -> drop(cookie, closing.known(), closing.retiring(), OK);
            case Resubmit _, Rest _ -> Decision.only(new Submit(new SubmitClose(cookie)));
            case Release(var retire) -> become(new Closing(closing.known(), retire || closing.retiring()));
            case Acquire _ -> Decision.only(new Acquired(EBUSY, null));
            case Read(var ask, _) -> Decision.only(new ReadDone(ask, EIO));
            case CancelRead _, ObjectCommand.Attached _, Heard _ -> Decision.nothing();
        };
    }

    private static Decision<ObjectEvent, ObjectAction> whenDropping(
            Cookie cookie, Dropping dropping, ObjectCommand command) {
        return switch (command) {
            case Heard(Notice.DropDone _) -> dropped(dropping);
            case Resubmit _, Rest _ -> Decision.only(new Submit(new Drop(cookie)));
            case Release(var retire) -> become(new Dropping(dropping.known(), retire || dropping.retiring(), OK));
            case Acquire _ -> Decision.only(new Acquired(EBUSY, null));
            case Read(var ask, _) -> Decision.only(new ReadDone(ask, EIO));
            case CancelRead _, ObjectCommand.Attached _, Heard _ -> Decision.nothing();
        };
    }

    private static Decision<ObjectEvent, ObjectAction> dropped(Dropping dropping) {
        ObjectAction outcome = dropping.failed().isOk() ? new Released() : new Acquired(dropping.failed(), null);
        if (!dropping.retiring()) {
            return become(new Idle(dropping.known()), outcome);
        }
        return dropping.known() == null
                ? become(new Idle(null), new Clear(), outcome)
                : Decision.record(new Retired(), new Clear(), outcome);
    }

    private static Decision<ObjectEvent, ObjectAction> close(Cookie cookie, @Nullable Content known, boolean retire) {
        return become(new Closing(known, retire), new Submit(new SubmitClose(cookie)));
    }

    private static Decision<ObjectEvent, ObjectAction> drop(
            Cookie cookie, @Nullable Content known, boolean retire, Errno failed) {
        return become(new Dropping(known, retire, failed), new Submit(new Drop(cookie)));
    }

    /// Without a known content there is nothing to reopen: the look-up that would have told it is asked for by the
    /// gate.
    private static Decision<ObjectEvent, ObjectAction> reopen(Cookie cookie, @Nullable Content known) {
        return known == null ? Decision.nothing() : Decision.only(new Submit(new SubmitOpen(cookie, known)));
    }

    private static Submit submit(Cookie cookie, Content promised, Outstanding read) {
        return new Submit(new SubmitRead(cookie, read.range(), read.tag(), promised));
    }

    private static List<Long> plus(List<Long> asks, long ask) {
        var more = new ArrayList<>(asks);
        more.add(ask);
        return List.copyOf(more);
    }

    private static Decision<ObjectEvent, ObjectAction> become(ObjectState next, ObjectAction... actions) {
        return new Decision<>(List.of(new Became(next)), List.of(actions));
    }
}
