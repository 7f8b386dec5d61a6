package cachefiles.app.load.plan;

import java.util.SplittableRandom;

/// Which object is read next: `uniform`, `sequential`, `zipf` or `zipf:SKEW`.
public sealed interface Access {
    record Uniform() implements Access {}

    /// Each reader goes through all objects in order, from the beginning of each to its end.
    record Sequential() implements Access {}

    /// Few are read often. @param skew 0.99 is what caches on the web see
    record Zipf(double skew) implements Access {}

    double USUAL_SKEW = 0.99;

    /// @throws IllegalArgumentException it is none
    static Access parse(String text) {
        if (text.equals("uniform")) {
            return new Uniform();
        }
        if (text.equals("sequential")) {
            return new Sequential();
        }
        if (text.equals("zipf")) {
            return new Zipf(USUAL_SKEW);
        }
        if (text.matches("zipf:\\d{1,2}(\\.\\d{1,6})?") && Double.parseDouble(text.substring(5)) > 0) {
            return new Zipf(Double.parseDouble(text.substring(5)));
        }
        throw new IllegalArgumentException("no '" + text + "'; there are: uniform sequential zipf zipf:SKEW");
    }

    /// Draws from a Zipf distribution in constant time, by rejection-inversion.
    ///
    /// [1] W. Hörmann and G. Derflinger, Rejection-inversion to generate variates from monotone discrete distributions,
    /// ACM TOMACS 6.3, 1996.
    final class Ranks {
        private final int count;
        private final double skew;
        private final double first;
        private final double last;
        private final double near;

        Ranks(int count, double skew) {
            this.count = count;
            this.skew = skew;
            this.first = area(1.5) - 1;
            this.last = area(count + 0.5);
            this.near = 2 - inverse(area(2.5) - Math.pow(2, -skew));
        }

        /// From 0, the most frequent, to below the count.
        int draw(SplittableRandom random) {
            while (true) {
                double u = last + random.nextDouble() * (first - last);
                double x = inverse(u);
                int rank = Math.clamp(Math.round(x), 1, count);
                if (rank - x <= near || u >= area(rank + 0.5) - Math.pow(rank, -skew)) {
                    return rank - 1;
                }
            }
        }

        /// The integral of `x^-skew`.
        private double area(double x) {
            double log = Math.log(x);
            double t = (1 - skew) * log;
            return log * (Math.abs(t) > 1e-8 ? Math.expm1(t) / t : 1 + t / 2);
        }

        private double inverse(double area) {
            double t = Math.max(-1, area * (1 - skew));
            return Math.exp(area * (Math.abs(t) > 1e-8 ? Math.log1p(t) / t : 1 - t / 2));
        }
    }
}
