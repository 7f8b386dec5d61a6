package cachefiles.app.load.report;

import cachefiles.app.load.plan.Quantities;
import cachefiles.app.load.plan.Recovery;
import java.util.Locale;
import java.util.regex.Pattern;
import org.HdrHistogram.Histogram;

/// What a run is to keep to: `p99<5ms`, `errors=0`, `down.max<300ms`, `real.p50<1ms`, `rate>1000`.
/// @param text as it was written
/// @param of what the value is of: `corrected`, `real`, `late`, or where the service stood
/// @param value its name
/// @param than nanoseconds, or how many
public record Requirement(String text, String of, String value, char relation, double than) {
    private static final Pattern FORM = Pattern.compile("(?:(corrected|real|late|before|down|restoring|after)\\.)?"
            + "(p\\d{1,2}(?:\\.\\d{1,3})?|max|mean|errors|wrong|rate|crashes)([<>=])(.+)");

    /// @throws IllegalArgumentException it is none; the message says what there is
    public static Requirement parse(String text) {
        var match = FORM.matcher(text);
        if (!match.matches()) {
            throw new IllegalArgumentException("'" + text + "' is nothing to require: say p99<5ms, max<1s, mean<1ms,"
                    + " errors=0, wrong=0, rate>1000, crashes>0; a time may be of something: real.p99, late.p99,"
                    + " before.p99, down.max, restoring.max, after.p99");
        }
        String of = match.group(1) == null ? "corrected" : match.group(1);
        String value = match.group(2);
        boolean isTime = value.startsWith("p") || value.equals("max") || value.equals("mean");
        if (!isTime && match.group(1) != null) {
            throw new IllegalArgumentException("'" + text + "': " + value + " is of the whole run; say " + value
                    + match.group(3) + match.group(4));
        }
        double than = isTime ? Quantities.duration(match.group(4)).toNanos() : Quantities.count(match.group(4), 0);
        return new Requirement(text, of, value, match.group(3).charAt(0), than);
    }

    public boolean isMet(Run run) {
        double found = value(run);
        return switch (relation) {
            case '<' -> found < than;
            case '>' -> found > than;
            default -> found == than;
        };
    }

    /// What there was instead, in words.
    public String found(Run run) {
        double found = value(run);
        return switch (value) {
            case "errors", "wrong", "rate", "crashes" -> Words.count(found);
            default -> Words.nanos(found);
        };
    }

    private double value(Run run) {
        return switch (value) {
            case "errors" -> run.errorCount();
            case "wrong" -> run.wrongBytes();
            case "rate" -> run.readsPerSecond();
            case "crashes" -> run.crashes();
            case "max" -> histogram(run).getMaxValue();
            case "mean" -> histogram(run).getMean();
            default -> histogram(run).getValueAtPercentile(Double.parseDouble(value.substring(1)));
        };
    }

    private Histogram histogram(Run run) {
        return switch (of) {
            case "corrected" -> run.latency().corrected();
            case "real" -> run.latency().real();
            case "late" -> run.late();
            default ->
                run.latencies()
                        .getOrDefault(Recovery.valueOf(of.toUpperCase(Locale.ROOT)), Latency.none())
                        .corrected();
        };
    }
}
