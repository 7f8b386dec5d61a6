package cachefiles.persistence.journal;

import java.util.Map;

/// Which journal a cache has: one of [Journal.Kind], which say all, or one in PostgreSQL.
public sealed interface JournalSetting permits Journal.Kind, PostgresSetting {
    /// As the command line writes it: `memory`, `h2`, `postgres`, or a URL.
    /// @param environment where `postgres` is found, and user and password: see [PostgresSetting]
    /// @throws IllegalArgumentException saying what is wrong; never with a password
    static JournalSetting of(String word, Map<String, String> environment) {
        return word.equals(PostgresSetting.WORD) || word.startsWith(PostgresSetting.SCHEME)
                ? PostgresSetting.of(word, environment)
                : Journal.Kind.of(word);
    }
}
