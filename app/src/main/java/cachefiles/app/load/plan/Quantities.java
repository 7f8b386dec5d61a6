package cachefiles.app.load.plan;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Pattern;

/// Numbers with units, as people write them.
public final class Quantities {
    private static final Pattern BYTES = Pattern.compile("(\\d{1,18})([kmg]?)(?:i?b)?", Pattern.CASE_INSENSITIVE);
    private static final Pattern DURATION = Pattern.compile("(\\d{1,12}(?:\\.\\d{1,6})?)(us|ms|s|m|h)");

    private Quantities() {}

    /// `4096`, `64k`, `256M`, `1G`.
    /// @throws IllegalArgumentException it is none
    public static long bytes(String text) {
        var match = BYTES.matcher(text);
        if (match.matches()) {
            int shift = switch (match.group(2).toLowerCase(Locale.ROOT)) {
                case "k" -> 10;
                case "m" -> 20;
                case "g" -> 30;
                default -> 0;
            };
            long number = Long.parseLong(match.group(1));
            if (number <= Long.MAX_VALUE >> shift) {
                return number << shift;
            }
        }
        throw new IllegalArgumentException("'" + text + "' is no number of bytes, such as 1048576, 64k, 256M or 1G");
    }

    /// A number without a sign, from `least` on.
    /// @throws IllegalArgumentException it is none
    public static int count(String text, int least) {
        if (text.matches("\\d{1,9}") && Integer.parseInt(text) >= least) {
            return Integer.parseInt(text);
        }
        throw new IllegalArgumentException("'" + text + "' is no number from " + least + " on");
    }

    /// `500us`, `20ms`, `2s`, `1.5m`, `1h`.
    /// @throws IllegalArgumentException it is none
    public static Duration duration(String text) {
        var match = DURATION.matcher(text);
        if (!match.matches()) {
            throw new IllegalArgumentException("'" + text + "' is no time, such as 500us, 20ms, 2s, 1m or 1h");
        }
        double unit = switch (match.group(2)) {
            case "us" -> 1e3;
            case "ms" -> 1e6;
            case "s" -> 1e9;
            case "m" -> 60e9;
            default -> 3600e9;
        };
        return Duration.ofNanos(Math.round(Double.parseDouble(match.group(1)) * unit));
    }

    /// As [#duration], but more than nothing.
    public static Duration positive(String text) {
        var duration = duration(text);
        if (duration.isZero()) {
            throw new IllegalArgumentException("'" + text + "' is no time to wait: say more than 0");
        }
        return duration;
    }
}
