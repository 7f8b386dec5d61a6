package cachefiles.daemon.http;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// `Content-Range: bytes 0-99/1234`, or `bytes */1234` where no byte was sent.
/// @param offset of the first byte; -1 if none was sent
/// @param limit behind the last byte; -1 if none was sent
/// @param sizeBytes of the whole object; -1 if the server does not tell
record ContentRange(long offset, long limit, long sizeBytes) {
    private static final Pattern FORM = Pattern.compile("bytes (?:([0-9]{1,18})-([0-9]{1,18})|\\*)/([0-9]{1,18}|\\*)");

    /// Null for what is none: missing, of another unit, or of bytes that cannot be.
    static @Nullable ContentRange of(String field) {
        Matcher form = FORM.matcher(field);
        if (!form.matches()) {
            return null;
        }
        long size = Answer.number(form.group(3));
        if (form.group(1) == null) {
            return new ContentRange(-1, -1, size);
        }
        long offset = Long.parseLong(form.group(1));
        long limit = Long.parseLong(form.group(2)) + 1;
        return offset < limit && (size < 0 || limit <= size) ? new ContentRange(offset, limit, size) : null;
    }
}
