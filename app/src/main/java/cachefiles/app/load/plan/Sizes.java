package cachefiles.app.load.plan;

import java.util.ArrayList;
import java.util.List;

/// How sizes are spread.
///
///     4k                  always that
///     4k..64k             evenly from the one to the other
///     ~16k..1M            as sizes of files are: half of them below the first, 99 of 100 below the second (log-normal)
///     4k*7,64k*2,1M*1     one of these, by weight; each may be any of the above
///
/// @param text as it was written
public record Sizes(String text, List<Part> parts) {
    private static final double Z99 = 2.3263478740408408;

    /// @param weight its share among the parts
    record Part(double weight, Spread spread) {}

    sealed interface Spread {
        long at(double share);
    }

    record Same(long bytes) implements Spread {
        @Override
        public long at(double share) {
            return bytes;
        }
    }

    record Between(long least, long most) implements Spread {
        @Override
        public long at(double share) {
            return least + (long) (share * (most - least + 1));
        }
    }

    record LogNormal(long median, long p99) implements Spread {
        @Override
        public long at(double share) {
            double sigma = Math.log((double) p99 / median) / Z99;
            return Math.max(1, Math.round(median * Math.exp(sigma * quantile(share))));
        }
    }

    /// @throws IllegalArgumentException it is none; the message says what there is
    public static Sizes parse(String text) {
        var parts = new ArrayList<Part>();
        for (String each : text.split(",", -1)) {
            int star = each.indexOf('*');
            int weight = star < 0 ? 1 : Quantities.count(each.substring(star + 1), 1);
            parts.add(new Part(weight, spread(text, star < 0 ? each : each.substring(0, star))));
        }
        return new Sizes(text, List.copyOf(parts));
    }

    private static Spread spread(String whole, String text) {
        boolean logNormal = text.startsWith("~");
        var ends = (logNormal ? text.substring(1) : text).split("\\.\\.", -1);
        long first = Quantities.bytes(ends[0]);
        if (ends.length == 1 && !logNormal) {
            return new Same(first);
        }
        if (ends.length == 2) {
            long second = Quantities.bytes(ends[1]);
            if (first < second && (first > 0 || !logNormal)) {
                return logNormal ? new LogNormal(first, second) : new Between(first, second);
            }
        }
        throw new IllegalArgumentException(
                "'" + whole + "' is no spread of sizes: say 4k, 4k..64k, ~16k..1M (median..99 %) or 4k*7,64k*2");
    }

    /// The size that this share of all sizes does not exceed; of several parts, those in order.
    /// @param share from 0 to below 1
    public long at(double share) {
        double rest = 0;
        for (Part part : parts) {
            rest += share * part.weight;
        }
        for (Part part : parts) {
            if (rest < part.weight) {
                return part.spread.at(rest / part.weight);
            }
            rest -= part.weight;
        }
        return parts.getLast().spread.at(Math.nextDown(1.0));
    }

    /// Of the normal distribution, by Acklam's approximation; its error is below 2 in 10^9.
    private static double quantile(double share) {
        double p = Math.clamp(share, 1e-9, 1 - 1e-9);
        if (p < 0.02425) {
            return tail(p);
        }
        if (p > 1 - 0.02425) {
            return -tail(1 - p);
        }
        double q = p - 0.5;
        double r = q * q;
        double above = -39.69683028665376;
        for (double c : new double[] {
            220.9460984245205, -275.9285104469687, 138.3577518672690, -30.66479806614716, 2.506628277459239
        }) {
            above = above * r + c;
        }
        double below = -54.47609879822406;
        for (double c :
                new double[] {161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572, 1}) {
            below = below * r + c;
        }
        return above * q / below;
    }

    private static double tail(double p) {
        double q = Math.sqrt(-2 * Math.log(p));
        double above = -0.007784894002430293;
        for (double c : new double[] {
            -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968, 2.938163982698783
        }) {
            above = above * q + c;
        }
        double below = 0.007784695709041462;
        for (double c : new double[] {0.3224671290700398, 2.445134137142996, 3.754408661907416, 1}) {
            below = below * q + c;
        }
        return above / below;
    }
}
