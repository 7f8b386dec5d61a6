package cachefiles.daemon.http;

import cachefiles.daemon.http.Meaning.AskByGet;
import cachefiles.daemon.http.Meaning.Body;
import cachefiles.daemon.http.Meaning.Found;
import cachefiles.daemon.http.Meaning.Later;
import cachefiles.daemon.http.Meaning.Moved;
import cachefiles.daemon.http.Meaning.Never;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Range;
import java.time.DateTimeException;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;

/// What the head of an answer means. Nothing is believed that the answer does not say itself: each one must name the
/// version, the place and the number of its bytes, and a body is used only as far as these agree with what was asked.
/// docs/origins.md has the table.
///
/// A server that names neither ETag nor Last-Modified is refused when an object is opened: its versions could not be
/// told apart, and a reader might get bytes of two.
public final class Meanings {
    private static final int MOST_PAUSE_SECONDS = 86_400;

    private Meanings() {}

    /// @param nowSeconds since 1970, for a `Retry-After` that is a date
    public static Meaning of(Ask ask, Answer answer, long nowSeconds) {
        return switch (answer.status()) {
            case 200 -> whole(ask, answer);
            case 206 -> partial(ask, answer);
            case 301, 302, 303, 307, 308 ->
                answer.field("Location").isEmpty()
                        ? new Never(Errno.EIO, "it redirects to nowhere")
                        : new Moved(answer.field("Location"));
            case 401, 403, 407 -> refused(ask, answer);
            case 404, 410 -> new Never(Errno.ENOENT, "the server has no such object");
            case 412 -> new Never(Errno.ESTALE, "it changed since it was opened");
            case 416 -> outOfRange(ask, answer);
            case 400, 405, 501 -> ask instanceof Ask.Describe ? new AskByGet() : unexpected(answer);
            case 408, 425, 429, 500, 502, 503, 504 -> later(answer, nowSeconds);
            default -> unexpected(answer);
        };
    }

    /// Some servers allow `GET` alone, and say 403 to anything else.
    private static Meaning refused(Ask ask, Answer answer) {
        return ask instanceof Ask.Describe && answer.status() == 403
                ? new AskByGet()
                : new Never(
                        Errno.EACCES,
                        "the server refuses it (" + answer.status()
                                + "); give credentials by environment or netrc file");
    }

    private static Meaning unexpected(Answer answer) {
        return new Never(Errno.EIO, "the server answers " + answer.status());
    }

    /// All of it: a server that knows no ranges, or an object that is no more what it was.
    private static Meaning whole(Ask ask, Answer answer) {
        if (isEncoded(answer)) {
            return encoded(answer);
        }
        long size = answer.bodyBytes();
        return switch (ask) {
            case Ask.Describe _ -> size < 0 ? new AskByGet() : found(size, answer);
            case Ask.Probe _ ->
                size < 0 ? new Never(Errno.EIO, "the server does not tell its size") : found(size, answer);
            case Ask.Page(var most) ->
                size > most
                        ? new Never(Errno.EFBIG, "a page of " + size + " bytes; " + most + " is the most")
                        : new Body(0, most, false);
            case Ask.Part(var expected, var range) ->
                agrees(expected, size, answer)
                        .orElse(new Body(range.offset(), range.length(), range.limit() < expected.sizeBytes()));
        };
    }

    private static Meaning partial(Ask ask, Answer answer) {
        var sent = ContentRange.of(answer.field("Content-Range"));
        if (isEncoded(answer)) {
            return encoded(answer);
        }
        if (sent == null || sent.offset() < 0) {
            return new Later(Errno.EIO, 0, "it sends a part without saying which: " + answer.field("Content-Range"));
        }
        return switch (ask) {
            case Ask.Describe _, Ask.Page _ -> unexpected(answer);
            case Ask.Probe _ ->
                sent.sizeBytes() < 0
                        ? new Never(Errno.EIO, "the server does not tell its size")
                        : found(sent.sizeBytes(), answer);
            case Ask.Part(var expected, var range) ->
                agrees(expected, sent.sizeBytes(), answer).orElse(part(sent, range, answer.bodyBytes()));
        };
    }

    /// Fewer bytes than were asked for are right as far as they go (RFC 9110, 15.3.7); others are not ours.
    private static Meaning part(ContentRange sent, Range asked, long bodyBytes) {
        long length = sent.limit() - sent.offset();
        if (sent.offset() != asked.offset() || sent.limit() > asked.limit()) {
            return new Later(
                    Errno.EIO, 0, "asked for " + asked + " it sends " + Range.between(sent.offset(), sent.limit()));
        }
        if (bodyBytes >= 0 && bodyBytes != length) {
            return new Later(Errno.EIO, 0, "it says that it sends " + length + " bytes, and " + bodyBytes);
        }
        return new Body(0, length, false);
    }

    /// One object of `sizeBytes`, of which nothing else may be known.
    private static Meaning found(long sizeBytes, Answer answer) {
        String validator = Validators.of(answer);
        return validator.isEmpty()
                ? new Never(
                        Errno.EOPNOTSUPP,
                        "the server names neither ETag nor Last-Modified, so its versions cannot be told apart; have it"
                                + " name one")
                : new Found(new Content(sizeBytes, validator));
    }

    /// Empty if `answer` speaks of the version expected. One that names it, and has another size, is a server that
    /// errs.
    private static Optional<Meaning> agrees(Content expected, long sizeBytes, Answer answer) {
        if (!Validators.agree(expected.validator(), answer)) {
            return Optional.of(new Never(Errno.ESTALE, "it changed since it was opened"));
        }
        return sizeBytes < 0 || sizeBytes == expected.sizeBytes()
                ? Optional.empty()
                : Optional.of(new Later(
                        Errno.EIO, 0, "the same version has " + sizeBytes + " bytes, and had " + expected.sizeBytes()));
    }

    /// An empty object has no first byte, so 416 is the right answer to a probe of it.
    private static Meaning outOfRange(Ask ask, Answer answer) {
        var sent = ContentRange.of(answer.field("Content-Range"));
        long size = sent == null ? -1 : sent.sizeBytes();
        return switch (ask) {
            case Ask.Describe _, Ask.Page _ -> unexpected(answer);
            case Ask.Probe _ -> size == 0 ? found(0, answer) : unexpected(answer);
            case Ask.Part(var expected, _) ->
                size == expected.sizeBytes()
                        ? new Later(Errno.EIO, 0, "it refuses a range that lies in the object")
                        : new Never(Errno.ESTALE, "it is shorter than when it was opened");
        };
    }

    private static boolean isEncoded(Answer answer) {
        String encoding = answer.field("Content-Encoding").toLowerCase(Locale.ROOT);
        return !encoding.isEmpty() && !encoding.equals("identity");
    }

    private static Meaning encoded(Answer answer) {
        return new Never(
                Errno.EOPNOTSUPP,
                "it is sent encoded (" + answer.field("Content-Encoding") + ") though that was refused; turn it off");
    }

    private static Meaning later(Answer answer, long nowSeconds) {
        return new Later(Errno.EIO, pauseMillis(answer, nowSeconds), "the server answers " + answer.status());
    }

    /// `Retry-After` is seconds or a date. Against the server's own clock, if it tells.
    private static long pauseMillis(Answer answer, long nowSeconds) {
        String said = answer.field("Retry-After");
        long seconds = Answer.number(said);
        if (seconds < 0) {
            seconds = date(said, 0) - date(answer.field("Date"), nowSeconds);
        }
        return 1_000L * Math.clamp(seconds, 0, MOST_PAUSE_SECONDS);
    }

    private static long date(String field, long otherwise) {
        try {
            return ZonedDateTime.parse(field, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toEpochSecond();
        } catch (DateTimeException _) {
            return otherwise;
        }
    }
}
