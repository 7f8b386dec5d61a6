package cachefiles.app.load.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;

/// A diagram as SVG, drawn with classes that the page's style colours: `s1` to `s6` for its series.
final class Chart {
    private static final int WIDTH = 960;
    private static final int HEIGHT = 260;
    private static final int LEFT = 78;
    private static final int RIGHT = 12;
    private static final int TOP = 12;
    private static final int BOTTOM = 34;
    private static final int Y_TICKS = 5;

    /// @param text of a value, for the labels
    record Axis(double least, double most, boolean log, DoubleFunction<String> text) {
        static Axis linear(double most, DoubleFunction<String> text) {
            return new Axis(0, most > 0 ? most : 1, false, text);
        }

        /// From the power of ten below `least` to the one above `most`.
        static Axis log(double least, double most, DoubleFunction<String> text) {
            double from = Math.pow(10, Math.floor(Math.log10(Math.max(1e-9, least))));
            double to = Math.pow(10, Math.ceil(Math.log10(Math.max(from * 1.001, most))));
            return new Axis(from, to, true, text);
        }

        /// From 0 at the least to 1 at the most.
        double share(double value) {
            double share = log
                    ? (Math.log10(Math.max(value, least)) - Math.log10(least)) / (Math.log10(most) - Math.log10(least))
                    : (value - least) / (most - least);
            return Math.clamp(share, 0, 1);
        }

        List<Double> ticks() {
            var ticks = new ArrayList<Double>();
            if (log) {
                for (double tick = least; tick <= most * 1.001; tick *= 10) {
                    ticks.add(tick);
                }
            } else {
                double step = step((most - least) / Y_TICKS);
                for (int i = 0; least + i * step <= most * 1.001; i++) {
                    ticks.add(least + i * step);
                }
            }
            return ticks;
        }

        /// 1, 2 or 5 times a power of ten.
        private static double step(double atLeast) {
            double power = Math.pow(10, Math.floor(Math.log10(atLeast)));
            for (int times : new int[] {1, 2, 5}) {
                if (times * power >= atLeast) {
                    return times * power;
                }
            }
            return 10 * power;
        }
    }

    private final Axis x;
    private final Axis y;
    private final StringBuilder marks = new StringBuilder();
    private final StringBuilder drawn = new StringBuilder();
    private final List<String> legend = new ArrayList<>();

    Chart(Axis x, Axis y) {
        this.x = x;
        this.y = y;
    }

    private String x(double value) {
        return number(LEFT + x.share(value) * (WIDTH - LEFT - RIGHT));
    }

    private String y(double value) {
        return number(HEIGHT - BOTTOM - y.share(value) * (HEIGHT - TOP - BOTTOM));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    /// One place a value; a value that is no number leaves a gap.
    void line(String name, double[] xs, double[] ys) {
        int series = legend.size() + 1;
        var path = new StringBuilder();
        boolean on = false;
        for (int i = 0; i < xs.length; i++) {
            if (!Double.isNaN(ys[i])) {
                path.append(on ? 'L' : 'M').append(x(xs[i])).append(' ').append(y(ys[i]));
            }
            on = !Double.isNaN(ys[i]);
        }
        legend.add(name);
        drawn.append("<path class=\"line s%d\" d=\"%s\"/>\n".formatted(series, path));
    }

    /// What lies between two lines.
    void area(String name, double[] xs, double[] below, double[] above) {
        int series = legend.size() + 1;
        var path = new StringBuilder();
        for (int i = 0; i < xs.length; i++) {
            path.append(i == 0 ? 'M' : 'L').append(x(xs[i])).append(' ').append(y(above[i]));
        }
        for (int i = xs.length - 1; i >= 0; i--) {
            path.append('L').append(x(xs[i])).append(' ').append(y(below[i]));
        }
        legend.add(name);
        drawn.append("<path class=\"area s%d\" d=\"%sZ\"/>\n".formatted(series, xs.length == 0 ? "M0 0" : path));
    }

    /// A vertical line.
    void mark(double at, String title) {
        marks.append("<path class=\"crash\" d=\"M%s %d V%d\"><title>%s</title></path>\n"
                .formatted(x(at), TOP, HEIGHT - BOTTOM, Words.escaped(title)));
    }

    /// A stretch of time.
    void stretch(String cssClass, double from, double to, String title) {
        double width = Math.max(0.5, (x.share(to) - x.share(from)) * (WIDTH - LEFT - RIGHT));
        marks.append("<rect class=\"%s\" x=\"%s\" y=\"%d\" width=\"%s\" height=\"%d\"><title>%s</title></rect>\n"
                .formatted(cssClass, x(from), TOP, number(width), HEIGHT - TOP - BOTTOM, Words.escaped(title)));
    }

    String svg(String title, List<Double> xTicks) {
        var svg = new StringBuilder("<figure>\n<figcaption>" + Words.escaped(title) + "</figcaption>\n");
        svg.append("<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">\n"
                .formatted(WIDTH, HEIGHT, Words.escaped(title)));
        for (double tick : y.ticks()) {
            svg.append("<path class=\"grid\" d=\"M%d %s H%d\"/><text class=\"y\" x=\"%d\" y=\"%s\">%s</text>\n"
                    .formatted(LEFT, y(tick), WIDTH - RIGHT, LEFT - 6, y(tick), Words.escaped(y.text.apply(tick))));
        }
        for (double tick : xTicks) {
            svg.append("<text class=\"x\" x=\"%s\" y=\"%d\">%s</text>\n"
                    .formatted(x(tick), HEIGHT - BOTTOM + 18, Words.escaped(x.text.apply(tick))));
        }
        svg.append(marks).append(drawn).append("</svg>\n<p class=\"legend\">");
        for (int i = 0; i < legend.size(); i++) {
            svg.append("<span><i class=\"s%d\"></i>%s</span>".formatted(i + 1, Words.escaped(legend.get(i))));
        }
        return svg.append("</p>\n</figure>\n").toString();
    }

    String svg(String title) {
        return svg(title, x.ticks());
    }
}
