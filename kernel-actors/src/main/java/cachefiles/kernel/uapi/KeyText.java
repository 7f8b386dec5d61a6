package cachefiles.kernel.uapi;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/// How a person reads and types a key of any bytes: as UTF-8 on one line, with `\\` for a backslash and `\xHH` for each
/// byte that is no UTF-8 or does not print, such as a newline.
public final class KeyText {
    private KeyText() {}

    /// The text of `key`; [#parse] gives its bytes back.
    public static String of(Key key) {
        var text = new StringBuilder();
        ByteBuffer rest = ByteBuffer.wrap(key.bytes());
        CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();
        while (rest.hasRemaining()) {
            int start = rest.position();
            var chars = CharBuffer.allocate(2);
            utf8.reset().decode(rest, chars, true); // one code point at least, unless the bytes are malformed
            chars.flip();
            if (chars.hasRemaining()) {
                int codePoint = Character.codePointAt(chars, 0);
                rest.position(start + Character.toString(codePoint).getBytes(StandardCharsets.UTF_8).length);
                append(text, codePoint, key.bytes(), start, rest.position());
            } else {
                rest.position(start + 1);
                escape(text, key.bytes(), start, start + 1);
            }
        }
        return text.toString();
    }

    private static void append(StringBuilder text, int codePoint, byte[] bytes, int start, int limit) {
        if (codePoint == '\\') {
            text.append("\\\\");
        } else if (prints(codePoint)) {
            text.appendCodePoint(codePoint);
        } else {
            escape(text, bytes, start, limit);
        }
    }

    private static boolean prints(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }

    private static void escape(StringBuilder text, byte[] bytes, int start, int limit) {
        for (int i = start; i < limit; i++) {
            text.append("\\x").append(HexFormat.of().toHexDigits(bytes[i]));
        }
    }

    /// The bytes that `text` stands for.
    /// @throws IllegalArgumentException a backslash begins neither `\\` nor `\xHH`
    public static byte[] parse(String text) {
        var bytes = new ByteArrayOutputStream();
        for (int at = 0; at < text.length(); ) {
            int backslash = text.indexOf('\\', at);
            int plainLimit = backslash < 0 ? text.length() : backslash;
            bytes.writeBytes(text.substring(at, plainLimit).getBytes(StandardCharsets.UTF_8));
            at = plainLimit;
            if (text.startsWith("\\\\", at)) {
                bytes.write('\\');
                at += 2;
            } else if (at < text.length()) {
                bytes.write(hexByte(text, at));
                at += 4;
            }
        }
        return bytes.toByteArray();
    }

    private static int hexByte(String text, int at) {
        if (text.startsWith("\\x", at) && at + 4 <= text.length()) {
            try {
                return HexFormat.fromHexDigits(text, at + 2, at + 4);
            } catch (NumberFormatException _) {
                // told below
            }
        }
        throw new IllegalArgumentException("a backslash in a key is written \\\\, a byte \\xHH: " + text);
    }
}
