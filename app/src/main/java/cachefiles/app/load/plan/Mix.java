package cachefiles.app.load.plan;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// What readers do, by weight: `random:3,aligned:1,drop:1`.
public record Mix(Map<Kind, Integer> weights) {
    /// One thing to do.
    public enum Kind {
        /// A block somewhere in an object, at a multiple of its length.
        READ,
        /// Bytes anywhere, over the object's end too.
        RANDOM,
        /// An object from beginning to end, in blocks of one size.
        ALIGNED,
        /// The same, in blocks of any size up to that.
        UNALIGNED,
        DROP,
        DROP_ALL,
        COMPACT;

        String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    public Mix {
        weights = Map.copyOf(weights);
    }

    /// @throws IllegalArgumentException it is none; the message says what there is
    public static Mix parse(String text) {
        var weights = new EnumMap<Kind, Integer>(Kind.class);
        for (String each : text.split(",", -1)) {
            int colon = each.indexOf(':');
            String word = colon < 0 ? each : each.substring(0, colon);
            var kind = Arrays.stream(Kind.values())
                    .filter(one -> one.word().equals(word))
                    .findAny()
                    .orElseThrow(() -> new IllegalArgumentException("no '" + word + "'; there are: "
                            + Arrays.stream(Kind.values()).map(Kind::word).collect(Collectors.joining(" "))
                            + ", each with a weight, as in random:3,drop:1"));
            weights.put(kind, colon < 0 ? 1 : Quantities.count(each.substring(colon + 1), 1));
        }
        return new Mix(weights);
    }

    Kind at(double share) {
        double rest = share * weights.values().stream().mapToInt(each -> each).sum();
        for (Kind kind : Kind.values()) {
            rest -= weights.getOrDefault(kind, 0);
            if (rest < 0) {
                return kind;
            }
        }
        throw new IllegalArgumentException(share + " is no share");
    }
}
