package cachefiles.app.load.plan;

import cachefiles.kernel.uapi.Phase;
import java.time.Duration;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// When the daemon is crashed: `none`, `every:500ms`, `poisson:2s`, `phase:NAME`, `phase:NAME:500ms`.
/// @param mean from one crash to the next; zero = there are none
/// @param even whether it is always that, or drawn as if each moment were as good as another
/// @param phase where the next request to come by sees the daemon die; null = at once
public record Crashes(Duration mean, boolean even, @Nullable Phase phase) {
    private static final Duration USUAL = Duration.ofSeconds(1);

    /// @throws IllegalArgumentException it is none; the message says what there is
    public static Crashes parse(String text) {
        var words = text.split(":", -1);
        if (text.equals("none")) {
            return new Crashes(Duration.ZERO, true, null);
        }
        if (words.length == 2 && (words[0].equals("every") || words[0].equals("poisson"))) {
            return new Crashes(Quantities.positive(words[1]), words[0].equals("every"), null);
        }
        if (words[0].equals("phase") && (words.length == 2 || words.length == 3)) {
            var mean = words.length == 3 ? Quantities.positive(words[2]) : USUAL;
            return new Crashes(mean, true, Phase.of(words[1]));
        }
        throw new IllegalArgumentException(
                "no '" + text + "'; there are: none every:500ms poisson:2s phase:NAME phase:NAME:500ms");
    }

    public boolean any() {
        return !mean.isZero();
    }

    /// How long until the next one.
    public long nextNanos(SplittableRandom random) {
        return even ? mean.toNanos() : Math.round(-Math.log(1 - random.nextDouble()) * mean.toNanos());
    }
}
