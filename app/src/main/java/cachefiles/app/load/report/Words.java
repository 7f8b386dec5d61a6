package cachefiles.app.load.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/// Numbers as reports print them, the same everywhere.
final class Words {
    private Words() {}

    /// Three digits and a unit: `1.23 ms`.
    static String nanos(double nanos) {
        if (nanos < 999.5) {
            return digits(nanos) + " ns";
        }
        if (nanos < 999.5e3) {
            return digits(nanos / 1e3) + " µs";
        }
        return nanos < 999.5e6 ? digits(nanos / 1e6) + " ms" : digits(nanos / 1e9) + " s";
    }

    static String nanos(long nanos) {
        return nanos((double) nanos);
    }

    static String bytes(double bytes) {
        if (bytes < 1024) {
            return digits(bytes) + " B";
        }
        if (bytes < 1 << 20) {
            return digits(bytes / (1 << 10)) + " KiB";
        }
        return bytes < 1 << 30 ? digits(bytes / (1 << 20)) + " MiB" : digits(bytes / (1 << 30)) + " GiB";
    }

    static String count(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    static String count(double count) {
        return String.format(Locale.ROOT, count < 10 && count != Math.rint(count) ? "%.2f" : "%,.0f", count);
    }

    /// As short as it can be said in seven digits.
    static String plain(double value) {
        var short7 = new BigDecimal(value).round(new MathContext(7)).stripTrailingZeros();
        return short7.signum() == 0 ? "0" : short7.toPlainString();
    }

    static String seconds(double seconds) {
        return String.format(Locale.ROOT, "%.1f s", seconds);
    }

    private static String digits(double value) {
        return String.format(Locale.ROOT, value < 9.995 ? "%.2f" : value < 99.95 ? "%.1f" : "%.0f", value);
    }

    /// Without what HTML would take for its own.
    static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
