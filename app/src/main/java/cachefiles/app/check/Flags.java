package cachefiles.app.check;

import java.util.LinkedHashMap;
import java.util.Map;

/// Options as a command line has them, each with one value: `--seed 7 --steps 100`.
public final class Flags {
    private Flags() {}

    /// @return the values by their options' names, without the dashes
    public static Map<String, String> parse(String flags) {
        var values = new LinkedHashMap<String, String>();
        var words = flags.isBlank() ? new String[0] : flags.strip().split(" +");
        for (int at = 0; at + 1 < words.length; at += 2) {
            values.put(words[at].substring(2), words[at + 1]);
        }
        return values;
    }
}
