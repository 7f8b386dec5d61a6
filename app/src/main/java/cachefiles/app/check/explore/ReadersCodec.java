package cachefiles.app.check.explore;

import cachefiles.kernel.reader.GateCore;
import cachefiles.kernel.reader.ReaderCore;
import cachefiles.kernel.uapi.Errno;
import java.util.Arrays;
import java.util.List;

/// The readers of an object, 32 bits each:
///
///     bits   0-1    2-4    5-7     8-10    11-13      14-19           20-25
///            state  asks   start   limit   position   wake, 0 = none  ask that it waits for, 0 = none
///
/// Of one that is done no more is told than that, and where it may read again.
@SuppressWarnings("EnumOrdinal") // for no longer than one exploration
final class ReadersCodec {
    private static final int LOOKING = 0;
    private static final int LOOKING_AGAIN = 1;
    private static final int WAITING = 2;
    private static final int DONE = 3;
    private static final int STATE_BITS = 3;

    private static final int ASKS = 2;
    private static final int START = 5;
    private static final int LIMIT = 8;
    private static final int POSITION = 11;
    private static final int BLOCK_BITS = 7;

    private static final int WAKE = 14;
    private static final int ASK = 20;
    private static final int NAME_BITS = 63;

    private static final ReaderCore.State IS_DONE = new ReaderCore.State.Done(Errno.OK);
    private static final Errno[] ERRNOS = Errno.values();

    private ReadersCodec() {}

    static void write(StateWriter out, int number) {
        var readers = out.world.readers;
        var codes = new int[readers.length];
        int count = 0;
        for (int reader = 0; reader < readers.length; reader++) {
            if (readers[reader].site() == number) {
                codes[count++] = code(out, reader);
            }
        }
        if (out.model.reduced) {
            Arrays.sort(codes, 0, count);
        }
        out.put(count);
        for (int at = 0; at < count; at++) {
            out.put(codes[at] & 0xff);
            out.put(codes[at] >> 8 & 0xff);
            out.put(codes[at] >> 16 & 0xff);
            out.put(codes[at] >> 24 & 0xff);
        }
    }

    /// @param asks of their gate, which hear who waits for them
    static void read(StateReader in, Parts parts, int number, List<GateCore.Ask> asks) {
        int count = in.get();
        for (int turn = 0; turn < count; turn++) {
            int at = in.model.reduced ? parts.seen + turn : number + turn * in.model.bounds.objects();
            int code = in.get() | in.get() << 8 | in.get() << 16 | in.get() << 24;
            parts.readers[at] = reader(number, in.model.rereads, code);
            int ask = code >> ASK & NAME_BITS;
            if (ask > 0) {
                asks.get(ask - 1).waiters().add((long) at);
            }
        }
        parts.seen += count;
    }

    private static int code(StateWriter out, int number) {
        var reader = out.world.readers[number];
        if (reader.isDone()) {
            return out.model.rereads ? DONE | reader.start() << START | reader.limit() << LIMIT : DONE;
        }
        int state = reader.state() instanceof ReaderCore.State.Looking(var again)
                ? again ? LOOKING_AGAIN : LOOKING
                : WAITING;
        int ask = 0;
        if (reader.isWaiting() && reader.asks() == 0 && reader.wake() == null) {
            for (var each : out.world.site(reader.site()).gate().asks()) {
                if (each.waiters().contains((long) number)) {
                    ask = 1 + out.nameOfAsk(each.ask());
                }
            }
        }
        int wake = reader.wake() == null ? 0 : 1 + reader.wake().ordinal();
        return state
                | reader.asks() << ASKS
                | reader.start() << START
                | reader.limit() << LIMIT
                | reader.position() << POSITION
                | wake << WAKE
                | ask << ASK;
    }

    private static Reader reader(int number, boolean rereads, int code) {
        int state = code & STATE_BITS;
        if (state == DONE) {
            int start = rereads ? code >> START & BLOCK_BITS : 0;
            return new Reader(number, start, rereads ? code >> LIMIT & BLOCK_BITS : 1, start, IS_DONE, 0, null);
        }
        int wake = code >> WAKE & NAME_BITS;
        return new Reader(
                number,
                code >> START & BLOCK_BITS,
                code >> LIMIT & BLOCK_BITS,
                code >> POSITION & BLOCK_BITS,
                state == WAITING
                        ? new ReaderCore.State.Waiting()
                        : new ReaderCore.State.Looking(state == LOOKING_AGAIN),
                code >> ASKS & BLOCK_BITS,
                wake == 0 ? null : ERRNOS[wake - 1]);
    }
}
