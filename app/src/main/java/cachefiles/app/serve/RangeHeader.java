package cachefiles.app.serve;

import cachefiles.kernel.uapi.Range;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Reads a `Range` header (RFC 9110, 14.1.2).
final class RangeHeader {
    /// What more ranges than that ask for is the whole object.
    static final int MOST_RANGES = 64;

    private static final Pattern SPEC = Pattern.compile("(\\d{1,18})-(\\d{1,18})?|-(\\d{1,18})");

    private RangeHeader() {}

    /// The ranges asked for of an object of `sizeBytes`, in the order asked for, cut at its end. Those that lie behind
    /// the end are left out: if none is left, nothing that was asked for is there.
    /// @return empty if the header is to be ignored: another unit, no ranges, too many, or more bytes than the object
    ///     has
    static Optional<List<Range>> ranges(String header, long sizeBytes) {
        String[] unit = header.strip().split("=", 2);
        if (unit.length < 2 || !unit[0].strip().equalsIgnoreCase("bytes")) {
            return Optional.empty();
        }
        var ranges = new ArrayList<Range>();
        long bytes = 0;
        String[] specs = unit[1].split(",");
        for (String spec : specs) {
            var match = SPEC.matcher(spec.strip());
            if (specs.length > MOST_RANGES || !match.matches()) {
                return Optional.empty();
            }
            long first;
            long limit;
            if (match.group(3) != null) {
                if (sizeBytes == 0 && Long.parseLong(match.group(3)) > 0) {
                    return Optional.empty(); // the end of nothing is there, and cannot be said in a range
                }
                first = Math.max(0, sizeBytes - Long.parseLong(match.group(3)));
                limit = sizeBytes;
            } else {
                first = Long.parseLong(match.group(1));
                limit = match.group(2) == null ? sizeBytes : Long.parseLong(match.group(2)) + 1;
                if (match.group(2) != null && limit <= first) {
                    return Optional.empty();
                }
            }
            limit = Math.min(limit, sizeBytes);
            if (first < limit) {
                ranges.add(Range.between(first, limit));
                bytes += limit - first;
            }
        }
        return bytes > sizeBytes ? Optional.empty() : Optional.of(ranges);
    }
}
