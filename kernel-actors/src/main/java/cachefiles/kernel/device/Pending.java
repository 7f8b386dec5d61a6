package cachefiles.kernel.device;

import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Handle;
import cachefiles.kernel.uapi.MsgId;
import cachefiles.kernel.uapi.Opcode;
import cachefiles.kernel.uapi.Range;
import org.jspecify.annotations.Nullable;

/// A request in the table (S8).
/// @param range of a READ, else null
/// @param tag of a READ: which of its object's this is
/// @param expected the only content that will do; null if any will
/// @param isNew may be handed out
/// @param out the handle it was last handed out under; restore leaves it, so an answer of the healthy daemon counts
/// (I18)
public record Pending(
        MsgId id,
        Opcode opcode,
        Cookie cookie,
        @Nullable Range range,
        long tag,
        @Nullable Content expected,
        boolean isNew,
        @Nullable Handle out) {
    static Pending open(MsgId id, Cookie cookie, @Nullable Content expected) {
        return new Pending(id, Opcode.OPEN, cookie, null, 0, expected, true, null);
    }

    static Pending read(MsgId id, Cookie cookie, Range range, long tag, Content promised) {
        return new Pending(id, Opcode.READ, cookie, range, tag, promised, true, null);
    }

    static Pending close(MsgId id, Cookie cookie) {
        return new Pending(id, Opcode.CLOSE, cookie, null, 0, null, true, null);
    }

    Pending delivered(Handle handle) {
        return new Pending(id, opcode, cookie, range, tag, expected, false, handle);
    }

    Pending renewed() {
        return new Pending(id, opcode, cookie, range, tag, expected, true, out);
    }

    Pending retagged(long newTag) {
        return new Pending(id, opcode, cookie, range, newTag, expected, isNew, out);
    }

    boolean accepts(Content content) {
        return expected == null || expected.agreesWith(content);
    }

    boolean is(Opcode other) {
        return opcode == other;
    }
}
