package cachefiles.daemon.http;

/// Which version an answer speaks of, as the text that a content is known by. It is the server's own words, so that it
/// can be sent back:
///
/// | the server names | validator | `If-Range` | unnoticed |
/// |---|---|---|---|
/// | a strong ETag, `"..."` | that | yes | nothing, if the server keeps its word |
/// | a weak ETag, `W/"..."` | that and `Last-Modified` | must not be | other bytes under both |
/// | `Last-Modified` alone | that | yes | a change in one second that keeps the size |
/// | neither | empty | | see [Meanings] |
///
/// In each answer the same fields are compared again, whatever was asked.
public final class Validators {
    /// As [cachefiles.kernel.uapi.Content] has it.
    private static final int MOST_CHARACTERS = 255;

    private Validators() {}

    /// Empty if the answer names none, or one that is too long to be kept.
    public static String of(Answer answer) {
        String tag = answer.field("ETag");
        String date = answer.field("Last-Modified");
        String named = isStrong(tag) ? tag : isWeak(tag) ? (tag + " " + date).strip() : date;
        return named.length() <= MOST_CHARACTERS ? named : "";
    }

    /// What to send as `If-Range`; empty if nothing that may be.
    public static String ifRange(String validator) {
        return isWeak(validator) ? "" : validator;
    }

    /// Whether `answer` speaks of the version that `expected` names. One that is the answer to `If-Range` with a date
    /// need not repeat it.
    static boolean agree(String expected, Answer answer) {
        String named = of(answer);
        boolean vouchedFor = answer.status() == 206 && !expected.isEmpty() && !isStrong(expected) && !isWeak(expected);
        return named.equals(expected) || named.isEmpty() && vouchedFor;
    }

    private static boolean isStrong(String tag) {
        return tag.length() > 1 && tag.startsWith("\"") && tag.endsWith("\"");
    }

    private static boolean isWeak(String tag) {
        return tag.startsWith("W/\"");
    }
}
