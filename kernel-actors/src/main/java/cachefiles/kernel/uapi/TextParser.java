package cachefiles.kernel.uapi;

import static cachefiles.kernel.uapi.Errno.EINVAL;
import static cachefiles.kernel.uapi.Errno.EOPNOTSUPP;

import cachefiles.kernel.uapi.TextCommand.Malformed;
import cachefiles.kernel.uapi.TextCommand.MalformedCopen;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.Function;

/// Bytes to [TextCommand].
/// @see "Linux fs/cachefiles/daemon.c: cachefiles_daemon_write, and a handler for each command"
final class TextParser {
    private TextParser() {}

    static TextCommand parse(byte[] written) {
        if (written.length > TextCommand.MAX_BYTES) {
            return new Malformed(EOPNOTSUPP);
        }
        if (indexOf(written, (byte) 0) < written.length) {
            return new Malformed(EINVAL);
        }
        int limit = indexOf(written, (byte) '\n');
        if (limit == 0 && written.length > 0) {
            return new Malformed(EINVAL);
        }
        int wordLimit = 0;
        while (wordLimit < limit && !isSpace(written[wordLimit])) {
            wordLimit++;
        }
        int argumentStart = wordLimit;
        while (argumentStart < limit && isSpace(written[argumentStart])) {
            argumentStart++;
        }
        var word = new String(written, 0, wordLimit, StandardCharsets.ISO_8859_1);
        try {
            return command(word, utf8(ByteBuffer.wrap(written, argumentStart, limit - argumentStart)));
        } catch (CharacterCodingException notText) {
            return new Malformed(EINVAL);
        }
    }

    private static TextCommand command(String word, String argument) {
        return switch (word) {
            case "dir" -> notEmpty(argument, TextCommand.Dir::new);
            case "tag" -> notEmpty(argument, TextCommand.Tag::new);
            case "secctx" -> notEmpty(argument, TextCommand.SecCtx::new);
            case "frun", "fcull", "fstop", "brun", "bcull", "bstop" -> limit(word, argument);
            case "debug" -> debug(argument);
            case "bind" -> new TextCommand.Bind(argument);
            case "cull" -> withoutSlash(argument, TextCommand.Cull::new);
            case "inuse" -> withoutSlash(argument, TextCommand.InUse::new);
            case "copen" -> copen(argument);
            case "restore" -> new TextCommand.Restore();
            default -> new Malformed(EOPNOTSUPP);
        };
    }

    private static TextCommand notEmpty(String argument, Function<String, TextCommand> command) {
        return argument.isEmpty() ? new Malformed(EINVAL) : command.apply(argument);
    }

    private static TextCommand withoutSlash(String argument, Function<String, TextCommand> command) {
        return argument.contains("/") ? new Malformed(EINVAL) : command.apply(argument);
    }

    private static TextCommand limit(String word, String argument) {
        if (!argument.endsWith("%")) {
            return new Malformed(EINVAL);
        }
        var percent = KernelNumber.digits(argument.substring(0, argument.length() - 1), 10);
        if (!percent.readable() || percent.value() < 0 || percent.value() > 99) {
            return new Malformed(EINVAL);
        }
        var kind = TextCommand.Limit.Kind.valueOf(word.toUpperCase(Locale.ROOT));
        return new TextCommand.Limit(kind, (int) percent.value());
    }

    private static TextCommand debug(String argument) {
        if (argument.isEmpty()) {
            return new TextCommand.Debug(0);
        }
        var mask = KernelNumber.digits(argument);
        return mask.readable() ? new TextCommand.Debug(mask.value()) : new Malformed(EINVAL);
    }

    private static TextCommand copen(String argument) {
        int comma = argument.indexOf(',');
        if (comma < 0) {
            return new MalformedCopen(EINVAL);
        }
        var id = KernelNumber.unsigned(argument.substring(0, comma));
        if (!id.readable()) {
            return new MalformedCopen(id.error());
        }
        if (id.value() >>> 32 != 0) {
            return new MalformedCopen(EINVAL); // a number, but under it there can be no request (S66)
        }
        var msgId = new MsgId((int) id.value());
        var size = KernelNumber.signed(argument.substring(comma + 1));
        if (!size.readable()) {
            return new TextCommand.UnreadableCopen(msgId, size.error());
        }
        return size.value() < -Errno.MAX
                ? new TextCommand.UnreadableCopen(msgId, EINVAL)
                : new TextCommand.Copen(msgId, size.value());
    }

    /// Index of the first `wanted`, or the length where there is none.
    private static int indexOf(byte[] bytes, byte wanted) {
        int index = 0;
        while (index < bytes.length && bytes[index] != wanted) {
            index++;
        }
        return index;
    }

    /// White space of the kernel's `isspace`, which counts Latin-1's no-break space in.
    private static boolean isSpace(byte b) {
        return b == ' ' || b >= '\t' && b <= '\r' || b == (byte) 0xa0;
    }

    private static String utf8(ByteBuffer bytes) throws CharacterCodingException {
        return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    }
}
