package cachefiles.kernel.uapi;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Requests as bytes, exactly as `read()` on `/dev/cachefiles` gives them (S13-S21).
///
/// ```
///  0        4        8        12       16                24                32
///  ├────────┼────────┼────────┼────────┼────────┬────────┼────────┬────────┤
///  │ msg_id │ opcode │ length │ obj id │ offset          │ length          │  READ
///  │        │        │        │        ├────────┼────────┼────────┼────────┼───────────────┬────────────┐
///  │        │        │        │        │ volsize│ keysize│ fd     │ flags 0│ volume key, 0 │ cookie key │  OPEN
///  └────────┴────────┴────────┴────────┴────────┴────────┴────────┴────────┴───────────────┴────────────┘
///                               CLOSE ends here
/// ```
///
/// Linux uses the byte order of the host. Here it is always little endian, so that bytes written on one machine mean
/// the
/// same on any other. The volume key ends with a NUL that is counted (S15), the cookie key does not (S16).
public final class Codec {
    /// Bytes of the header, which is all of a CLOSE (S13, S18).
    public static final int HEADER_BYTES = 16;

    /// Bytes of a READ (S17).
    public static final int READ_BYTES = HEADER_BYTES + 16;

    /// Bytes of the longest message: an OPEN with two keys of [Key#MAX_BYTES] and the NUL of one of them (S19).
    public static final int MAX_BYTES = HEADER_BYTES + 16 + (Key.MAX_BYTES + 1) + Key.MAX_BYTES;

    /// Number of the ioctl by which a daemon answers a READ; its argument is the message id itself (S22).
    public static final int READ_COMPLETE = 0x40049801;

    private static final int FIXED_OPEN_BYTES = HEADER_BYTES + 16;

    private static final int OPEN = 0;
    private static final int CLOSE = 1;
    private static final int READ = 2;

    private Codec() {}

    /// Bytes that [#encode] writes: what a daemon's buffer must have room for (S30).
    public static int lengthOf(Request request) {
        return switch (request) {
            case Request.Open open ->
                FIXED_OPEN_BYTES
                        + (open.cookie().volume().length() + 1)
                        + open.cookie().key().length();
            case Request.Read _ -> READ_BYTES;
            case Request.Close _ -> HEADER_BYTES;
        };
    }

    /// Puts `request` at the position of `target`, and moves the position behind it.
    /// @throws java.nio.BufferOverflowException fewer than [#lengthOf] bytes remain; nothing was put
    public static void encode(Request request, ByteBuffer target) {
        target.put(ByteBuffer.wrap(encode(request)));
    }

    public static byte[] encode(Request request) {
        var bytes = new byte[lengthOf(request)];
        var out = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(request.msgId().value());
        out.putInt(numberOf(request.opcode()));
        out.putInt(bytes.length);
        out.putInt(request.objectId().value());
        switch (request) {
            case Request.Open open -> {
                var volume = open.cookie().volume();
                var key = open.cookie().key();
                out.putInt(volume.length() + 1);
                out.putInt(key.length());
                out.putInt(open.fd());
                out.putInt(0);
                out.put(volume.bytes()).put((byte) 0).put(key.bytes());
            }
            case Request.Read read ->
                out.putLong(read.range().offset()).putLong(read.range().length());
            case Request.Close _ -> {}
        }
        return bytes;
    }

    /// Takes one message from the position of `source`, and moves the position behind it.
    /// @throws IllegalArgumentException the bytes are no such message: cut short, or any field against S13-S19. The
    ///     position stays
    public static Request decode(ByteBuffer source) {
        int available = source.remaining();
        check(available >= HEADER_BYTES, "%d bytes are no message: its header alone has %d", available, HEADER_BYTES);
        var in = source.slice().order(ByteOrder.LITTLE_ENDIAN);
        var msgId = new MsgId(in.getInt());
        int opcode = in.getInt();
        int length = in.getInt();
        var objectId = new ObjectId(in.getInt());
        check(
                length >= HEADER_BYTES && length <= MAX_BYTES,
                "length %d is not in %d to %d",
                length,
                HEADER_BYTES,
                MAX_BYTES);
        check(length <= available, "message %s has %d bytes, of which only %d are here", msgId, length, available);
        in.limit(length);
        var request = switch (opcode) {
            case OPEN -> open(msgId, objectId, in);
            case CLOSE -> {
                check(length == HEADER_BYTES, "CLOSE %s has %d bytes, not %d", msgId, length, HEADER_BYTES);
                yield new Request.Close(msgId, objectId);
            }
            case READ -> {
                check(length == READ_BYTES, "READ %s has %d bytes, not %d", msgId, length, READ_BYTES);
                yield new Request.Read(msgId, objectId, new Range(in.getLong(), in.getLong()));
            }
            default ->
                throw new IllegalArgumentException(
                        "message " + msgId + " has the unknown opcode " + Integer.toUnsignedString(opcode));
        };
        source.position(source.position() + length);
        return request;
    }

    /// S14.
    private static int numberOf(Opcode opcode) {
        return switch (opcode) {
            case OPEN -> OPEN;
            case CLOSE -> CLOSE;
            case READ -> READ;
        };
    }

    private static Request open(MsgId msgId, ObjectId objectId, ByteBuffer in) {
        int length = in.limit();
        check(length >= FIXED_OPEN_BYTES, "OPEN %s has %d bytes, fewer than %d", msgId, length, FIXED_OPEN_BYTES);
        int volumeBytes = in.getInt();
        int keyBytes = in.getInt();
        int fd = in.getInt();
        int flags = in.getInt();
        check(
                volumeBytes >= 2 && volumeBytes <= Key.MAX_BYTES + 1,
                "OPEN %s has a volume key of %d bytes",
                msgId,
                volumeBytes);
        check(keyBytes >= 1 && keyBytes <= Key.MAX_BYTES, "OPEN %s has a cookie key of %d bytes", msgId, keyBytes);
        check(
                length == FIXED_OPEN_BYTES + volumeBytes + keyBytes,
                "OPEN %s has %d bytes, its keys %d and %d",
                msgId,
                length,
                volumeBytes,
                keyBytes);
        check(flags == 0, "OPEN %s has unknown flags %#x", msgId, flags);
        var volume = new byte[volumeBytes - 1];
        in.get(volume);
        check(in.get() == 0, "the volume key of OPEN %s does not end with a NUL", msgId);
        var key = new byte[keyBytes];
        in.get(key);
        return new Request.Open(msgId, objectId, new Cookie(Key.of(volume), Key.of(key)), fd);
    }

    private static void check(boolean holds, String otherwise, Object... values) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise.formatted(values));
        }
    }
}
