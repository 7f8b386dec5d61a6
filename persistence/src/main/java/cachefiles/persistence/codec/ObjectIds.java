package cachefiles.persistence.codec;

import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Key;
import java.util.HexFormat;
import java.util.Optional;

/// Reads `object|<volume>|<key>`, which [cachefiles.kernel.actor.ObjectActor#persistenceId] writes.
public final class ObjectIds {
    private ObjectIds() {}

    /// Whose events stand under `persistenceId`; empty if it is no object's.
    public static Optional<Cookie> cookieOf(String persistenceId) {
        var parts = persistenceId.split("\\|", -1);
        if (parts.length != 3 || !parts[0].equals("object")) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Cookie(key(parts[1]), key(parts[2])));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private static Key key(String hex) {
        return Key.of(HexFormat.of().parseHex(hex));
    }
}
