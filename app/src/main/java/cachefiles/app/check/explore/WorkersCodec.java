package cachefiles.app.check.explore;

import cachefiles.daemon.core.DaemonState;
import cachefiles.daemon.core.DaemonState.Work;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Handle;
import cachefiles.kernel.uapi.MsgId;
import java.util.ArrayList;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/// What the daemon's workers do for an object, and which of its handles daemon and supervisor hold.
final class WorkersCodec {
    /// Of a fill; the number of tries stands below it.
    private static final int FILLS = 16;

    private static final int ABOVE_FLOOR = 1;
    private static final int OPENED = 2;
    private static final int UNCONFIRMED = 4;
    private static final int HELD = 8;
    /// Of a handle that nothing else in the section names.
    private static final int NAMELESS = 255;

    private WorkersCodec() {}

    static void write(StateWriter out, Cookie cookie) {
        works(out, cookie);
        handles(out, cookie);
    }

    static void read(StateReader in, Parts parts) {
        works(in, parts);
        handles(in, parts);
    }

    static boolean isForNothing(StateWriter out, int worker) {
        return out.model.reduced && out.workers.find(worker) < 0 && Unheeded.isForNothing(out.world, worker);
    }

    private static void works(StateWriter out, Cookie cookie) {
        var daemon = out.world.daemon();
        var mine = new ArrayList<Integer>(daemon.workers());
        for (int worker = 0; worker < daemon.workers(); worker++) {
            var handle = handleAt(daemon, worker);
            if (handle != null && handle.cookie().equals(cookie) && !isForNothing(out, worker)) {
                mine.add(worker);
            }
        }
        if (out.model.reduced && mine.size() > 1) {
            mine.sort(Comparator.comparingLong(worker -> orderOfWork(out, worker)));
        }
        out.put(mine.size());
        for (int worker : mine) {
            out.put(1 + out.workers.find(worker));
            switch (daemon.worker(worker)) {
                case Work.LookingUp(var msgId, var handle, _, var tries) -> {
                    out.put(tries);
                    out.msgId(msgId);
                    out.handle(handle);
                }
                case Work.Filling(var msgId, var handle, var content, var range, var tries) -> {
                    out.put(FILLS | tries);
                    out.msgId(msgId);
                    out.handle(handle);
                    out.version(content);
                    out.range(range);
                    out.put(out.world.filled[worker]);
                }
                case Work.Asleep _, Work.Fetching _ -> throw new IllegalStateException("at work on nothing");
            }
        }
    }

    private static void works(StateReader in, Parts parts) {
        for (int count = in.get(); count > 0; count--) {
            int name = in.get() - 1;
            int worker = name < 0 ? parts.busy++ : name;
            int what = in.get();
            var id = in.msgId();
            var handle = in.handle();
            if (what < FILLS) {
                parts.works[worker] = new Work.LookingUp(id, handle, in.cookie(), what);
            } else {
                parts.works[worker] = new Work.Filling(id, handle, in.contentOfVersion(), in.range(), what - FILLS);
                parts.filled[worker] = (byte) in.get();
            }
        }
    }

    private static @Nullable Handle handleAt(DaemonState daemon, int worker) {
        return switch (daemon.worker(worker)) {
            case Work.LookingUp looking -> looking.handle();
            case Work.Filling filling -> filling.handle();
            case Work.Asleep _, Work.Fetching _ -> null;
        };
    }

    /// Kind, progress, request: two workers on one object never have all of them in common.
    private static long orderOfWork(StateWriter out, int worker) {
        return switch (out.world.daemon().worker(worker)) {
            case Work.LookingUp looking -> order(out, 0, looking.tries(), looking.msgId());
            case Work.Filling filling -> order(out, 1 + out.world.filled[worker], filling.tries(), filling.msgId());
            case Work.Asleep _, Work.Fetching _ -> 0;
        };
    }

    private static long order(StateWriter out, int kind, int tries, MsgId id) {
        int place = out.place(id);
        return (long) kind << 56
                | (long) tries << 48
                | (place >= 0 ? place : 1L << 40 | Integer.toUnsignedLong(id.value()));
    }

    private static void handles(StateWriter out, Cookie cookie) {
        var daemon = out.world.daemon();
        var known = new ArrayList<Integer>(4);
        for (Handle handle : daemon.opened().keySet()) {
            boolean matters =
                    out.device.isLive(handle) || out.handles.find(handle.id().value()) >= 0;
            if (handle.cookie().equals(cookie) && matters) {
                known.add(entry(out, handle));
            }
        }
        for (Handle handle : out.world.held.keySet()) {
            if (handle.cookie().equals(cookie) && out.device.isLive(handle) && daemon.opened(handle) == null) {
                known.add(entry(out, handle));
            }
        }
        known.sort(null);
        out.put(known.size());
        for (int entry : known) {
            out.put(entry >> 8 & 0xff);
            out.put(entry & 0xff);
            out.version(entry >> 16);
        }
    }

    private static void handles(StateReader in, Parts parts) {
        for (int count = in.get(); count > 0; count--) {
            int name = in.get();
            int flags = in.get();
            boolean aboveFloor = (flags & ABOVE_FLOOR) != 0;
            var content = in.contentOfVersion();
            var handle = name == NAMELESS ? in.freshHandle(aboveFloor) : in.handle(name, aboveFloor);
            if ((flags & OPENED) != 0) {
                parts.opened.put(handle, content);
            }
            if ((flags & UNCONFIRMED) != 0) {
                parts.unconfirmed.add(handle);
            }
            if ((flags & HELD) != 0) {
                parts.held.put(handle, content);
            }
        }
    }

    private static int entry(StateWriter out, Handle handle) {
        int name = out.handles.find(handle.id().value());
        var opened = out.world.daemon().opened(handle);
        var content = opened == null ? out.world.held.get(handle) : opened;
        return (content == null ? 0 : out.model.version(content)) << 16
                | (name < 0 ? NAMELESS : name) << 8
                | (out.isAboveFloor(handle) ? ABOVE_FLOOR : 0)
                | (opened != null ? OPENED : 0)
                | (out.world.daemon().isUnconfirmed(handle) ? UNCONFIRMED : 0)
                | (out.world.held.containsKey(handle) ? HELD : 0);
    }
}
