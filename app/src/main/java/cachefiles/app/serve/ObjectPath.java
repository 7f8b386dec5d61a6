package cachefiles.app.serve;

import cachefiles.daemon.fetch.KeyPath;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Key;
import java.util.regex.Pattern;

/// Reads `/v1/volumes/{volume}/objects/{key...}`. Bytes that may not stand in an address are written `%HH`; a slash in
/// a key may be written plainly.
final class ObjectPath {
    private static final Pattern OBJECT = Pattern.compile("/v1/volumes/([^/]+)/objects/(.+)");

    private ObjectPath() {}

    /// @param address of a request, with its query if it has one
    /// @throws IllegalArgumentException it names no object; the message says why
    static Cookie parse(String address) {
        var match = OBJECT.matcher(address.split("[?#]", 2)[0]);
        if (!match.matches()) {
            throw new IllegalArgumentException("objects are at /v1/volumes/{volume}/objects/{key}");
        }
        return new Cookie(key("volume", match.group(1)), key("key", match.group(2)));
    }

    private static Key key(String what, String escaped) {
        byte[] bytes;
        try {
            bytes = KeyPath.unescaped(escaped);
        } catch (IllegalArgumentException | IndexOutOfBoundsException _) {
            throw new IllegalArgumentException("the " + what + " has a % without two hexadecimal digits behind it");
        }
        if (bytes.length > Key.MAX_BYTES) {
            throw new IllegalArgumentException(
                    "the " + what + " has " + bytes.length + " bytes; " + Key.MAX_BYTES + " are the most");
        }
        return Key.of(bytes);
    }
}
