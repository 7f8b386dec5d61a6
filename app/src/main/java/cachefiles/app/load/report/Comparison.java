package cachefiles.app.load.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/// What differs between two runs beyond the noise.
///
/// Each value is taken from every interval but the first, which warms up. The intervals of one run are compared with
/// those of the other by rank (Mann and Whitney): only their order counts, so one bad second decides nothing. Seconds
/// that follow each other are alike, which makes the test see differences too easily; so it asks for one chance in a
/// thousand, and for a difference of 5 % of the medians.
public record Comparison(List<Row> rows) {
    private static final double UNLIKELY = 0.001;
    private static final double LEAST_CHANGE = 0.05;
    private static final int LEAST_INTERVALS = 8;

    /// One value.
    /// @param a median of the first run's intervals
    /// @param chance that two runs alike would differ so much
    /// @param differs beyond the noise
    public record Row(String name, boolean isTime, double a, double b, double chance, boolean differs) {
        String text() {
            String change = a == 0 ? "" : String.format(Locale.ROOT, "%+.1f %%", 100 * (b - a) / a);
            return String.format(
                    Locale.ROOT,
                    "  %-9s %10s  %10s  %9s  %s",
                    name,
                    isTime ? Words.nanos(a) : Words.count(a),
                    isTime ? Words.nanos(b) : Words.count(b),
                    change,
                    differs
                            ? String.format(Locale.ROOT, "differs (chance %.1g)", Math.max(chance, 1e-9))
                            : "within the noise");
        }
    }

    /// @throws IllegalArgumentException a run is too short to tell
    public static Comparison of(Run a, Run b) {
        var rows = new ArrayList<Row>();
        rows.add(row("reads/s", false, a, b, each -> each.reads() * 1e6 / Math.max(1, each.micros())));
        for (double percentile : new double[] {50, 90, 99, 99.9}) {
            rows.add(row(
                    Summary.percentile(percentile),
                    true,
                    a,
                    b,
                    each -> Exports.corrected(each).getValueAtPercentile(percentile)));
        }
        rows.add(row("max", true, a, b, each -> Exports.corrected(each).getMaxValue()));
        rows.add(row("errors/s", false, a, b, each -> each.errorCount() * 1e6 / Math.max(1, each.micros())));
        return new Comparison(List.copyOf(rows));
    }

    private static Row row(String name, boolean isTime, Run a, Run b, ToDoubleFunction<Entry.Interval> value) {
        double[] first = values(a, value);
        double[] second = values(b, value);
        double before = first[first.length / 2];
        double after = second[second.length / 2];
        double chance = chance(first, second);
        boolean large = Math.abs(after - before) > LEAST_CHANGE * Math.max(before, after);
        return new Row(name, isTime, before, after, chance, large && chance < UNLIKELY);
    }

    /// In order.
    private static double[] values(Run run, ToDoubleFunction<Entry.Interval> value) {
        double[] values =
                run.intervals().stream().skip(1).mapToDouble(value).sorted().toArray();
        if (values.length < LEAST_INTERVALS) {
            throw new IllegalArgumentException("%s has %d intervals after the first; %d are needed to tell noise"
                    .formatted(run.head().name(), values.length, LEAST_INTERVALS));
        }
        return values;
    }

    /// How likely two samples of the same would differ in rank as these do, or more.
    static double chance(double[] a, double[] b) {
        double[] all = new double[a.length + b.length];
        System.arraycopy(a, 0, all, 0, a.length);
        System.arraycopy(b, 0, all, a.length, b.length);
        Arrays.sort(all);
        double rankSum = 0;
        for (double value : a) {
            rankSum += rank(all, value);
        }
        double n = all.length;
        double ties = 0;
        for (int i = 0; i < all.length; ) {
            int j = i;
            while (j < all.length && all[j] == all[i]) {
                j++;
            }
            ties += Math.pow(j - i, 3) - (j - i);
            i = j;
        }
        double u = rankSum - a.length * (a.length + 1) / 2.0;
        double mean = a.length * b.length / 2.0;
        double variance = a.length * b.length / 12.0 * (n + 1 - ties / (n * (n - 1)));
        return variance == 0 ? 1 : 2 * (1 - normal(Math.max(0, Math.abs(u - mean) - 0.5) / Math.sqrt(variance)));
    }

    /// The mean of the places that `value` has in what is sorted, from 1 on.
    private static double rank(double[] sorted, double value) {
        int first = 0;
        while (sorted[first] < value) {
            first++;
        }
        int last = first;
        while (last + 1 < sorted.length && sorted[last + 1] == value) {
            last++;
        }
        return (first + last) / 2.0 + 1;
    }

    /// Of the normal distribution, by Abramowitz and Stegun 26.2.17.
    private static double normal(double z) {
        double t = 1 / (1 + 0.2316419 * z);
        double tail = t * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
        return 1 - Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI) * tail;
    }

    public boolean differs() {
        return rows.stream().anyMatch(Row::differs);
    }

    public List<String> lines() {
        var lines = new ArrayList<String>();
        lines.add(String.format(Locale.ROOT, "  %-9s %10s  %10s  %9s", "median of", "A", "B", "change"));
        rows.forEach(each -> lines.add(each.text()));
        return lines;
    }
}
