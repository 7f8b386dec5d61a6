package cachefiles.app.load.plan;

import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/// A load, as a small text describes it: `name = value`, one a line, `#` begins a comment. What is not named is as
/// [Name] says.
/// @param texts all values as they were written
/// @param objects how many there are
/// @param readers at the same time
/// @param ratePerSecond how many steps are to begin; 0 = as soon as a reader is free (closed)
/// @param block how much one read asks for
/// @param think a reader rests that long at most before each step
/// @param passivate when an idle object leaves memory; zero = never
/// @param readAheadBytes how far is fetched ahead at most
public record Profile(
        Map<Name, String> texts,
        int objects,
        Sizes objectSize,
        int readers,
        double ratePerSecond,
        Access access,
        Sizes block,
        Mix mix,
        Duration think,
        Duration duration,
        Crashes crash,
        boolean failover,
        Duration passivate,
        long readAheadBytes,
        Duration originLatency,
        Duration deadline,
        Prepare prepare,
        Duration interval,
        long seed) {
    public static final int MOST_BLOCK_BYTES = 4 << 20;

    /// What is done before the load begins, and is no part of it.
    public enum Prepare {
        NONE,
        /// All objects are acquired.
        OPEN,
        /// All bytes are read.
        READ
    }

    /// What can be chosen, and what it is if nobody does.
    public enum Name {
        OBJECTS("1000"),
        OBJECT_SIZE("64k"),
        READERS("16"),
        RATE("closed"),
        ACCESS("uniform"),
        BLOCK("4k"),
        MIX("read"),
        THINK("0s"),
        DURATION("10s"),
        CRASH("none"),
        FAILOVER("on"),
        PASSIVATE("120s"),
        READ_AHEAD("16M"),
        ORIGIN_LATENCY("0s"),
        DEADLINE("30s"),
        PREPARE("none"),
        INTERVAL("1s"),
        SEED("1");

        private final String usual;

        Name(String usual) {
            this.usual = usual;
        }

        /// As profile and command line write it: `object-size`.
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        private static Name of(String word) {
            return Arrays.stream(values())
                    .filter(each -> each.word().equals(word))
                    .findAny()
                    .orElseThrow(() -> new IllegalArgumentException("no '" + word + "'; there are: "
                            + Arrays.stream(values()).map(Name::word).collect(Collectors.joining(" "))));
        }
    }

    /// @param file what it is called in messages
    /// @throws IllegalArgumentException it cannot be read; the message names file and line, and says what would do
    public static Profile parse(String file, String text) {
        var texts = new LinkedHashMap<Name, String>();
        var lines = text.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).replaceFirst("#.*", "").strip();
            if (line.isEmpty()) {
                continue;
            }
            try {
                int equals = line.indexOf('=');
                if (equals < 0) {
                    throw new IllegalArgumentException("say name = value");
                }
                var name = Name.of(line.substring(0, equals).strip());
                String value = line.substring(equals + 1).strip();
                if (texts.put(name, value) != null) {
                    throw new IllegalArgumentException("'" + name.word() + "' stands twice; leave one out");
                }
                of(Map.of(name, value)); // for its message, while the line is known
            } catch (IllegalArgumentException wrong) {
                throw new IllegalArgumentException(file + ", line " + (i + 1) + ": " + wrong.getMessage(), wrong);
            }
        }
        return of(texts);
    }

    /// With other values than this one's.
    /// @throws IllegalArgumentException one of them is none
    public Profile with(Map<Name, String> others) {
        var all = new LinkedHashMap<>(texts);
        all.putAll(others);
        return of(all);
    }

    /// @throws IllegalArgumentException a value is none; the message says which, and what would do
    public static Profile of(Map<Name, String> given) {
        var texts = new LinkedHashMap<Name, String>();
        for (Name name : Name.values()) {
            texts.put(name, given.getOrDefault(name, name.usual));
        }
        var values = new Values(texts);
        return new Profile(
                Collections.unmodifiableMap(texts),
                values.of(Name.OBJECTS, text -> Quantities.count(text, 1)),
                values.of(Name.OBJECT_SIZE, Sizes::parse),
                values.of(Name.READERS, text -> Quantities.count(text, 1)),
                values.of(Name.RATE, Profile::rate),
                values.of(Name.ACCESS, Access::parse),
                values.of(Name.BLOCK, Sizes::parse),
                values.of(Name.MIX, Mix::parse),
                values.of(Name.THINK, Quantities::duration),
                values.of(Name.DURATION, Quantities::positive),
                values.of(Name.CRASH, Crashes::parse),
                values.of(Name.FAILOVER, Profile::onOrOff),
                values.of(Name.PASSIVATE, text -> text.equals("never") ? Duration.ZERO : Quantities.positive(text)),
                values.of(Name.READ_AHEAD, Quantities::bytes),
                values.of(Name.ORIGIN_LATENCY, Quantities::duration),
                values.of(Name.DEADLINE, Quantities::duration),
                values.of(Name.PREPARE, Profile::prepare),
                values.of(Name.INTERVAL, Quantities::positive),
                (long) values.of(Name.SEED, text -> Quantities.count(text, 0)));
    }

    private record Values(Map<Name, String> texts) {
        <T> T of(Name name, Function<String, T> parse) {
            try {
                return parse.apply(texts.getOrDefault(name, name.usual));
            } catch (IllegalArgumentException wrong) {
                throw new IllegalArgumentException(name.word() + ": " + wrong.getMessage(), wrong);
            }
        }
    }

    private static double rate(String text) {
        if (text.equals("closed")) {
            return 0;
        }
        if (text.matches("\\d{1,9}(\\.\\d{1,6})?") && Double.parseDouble(text) > 0) {
            return Double.parseDouble(text);
        }
        throw new IllegalArgumentException("'" + text + "' is no rate: say how many a second, or closed");
    }

    private static boolean onOrOff(String text) {
        return switch (text) {
            case "on" -> true;
            case "off" -> false;
            default -> throw new IllegalArgumentException("no '" + text + "'; there are: on off");
        };
    }

    private static Prepare prepare(String text) {
        return switch (text) {
            case "none" -> Prepare.NONE;
            case "open" -> Prepare.OPEN;
            case "read" -> Prepare.READ;
            default -> throw new IllegalArgumentException("no '" + text + "'; there are: none open read");
        };
    }

    public boolean isOpenLoop() {
        return ratePerSecond > 0;
    }
}
