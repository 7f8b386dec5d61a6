package cachefiles.daemon.fetch;

import cachefiles.kernel.uapi.DeviceException;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Key;
import cachefiles.kernel.uapi.KeyText;
import java.io.ByteArrayOutputStream;
import java.util.HexFormat;

/// Keys that are paths below an origin, `/` between names, and how they stand in addresses.
public final class KeyPath {
    private KeyPath() {}

    /// The bytes of `key` as they stand in an address behind the origin's own.
    public static String escaped(Key key) {
        var address = new StringBuilder();
        for (byte octet : key.bytes()) {
            if (octet == '/' || octet > 0 && Character.isLetterOrDigit(octet)) {
                address.append((char) octet);
            } else {
                address.append('%').append(HexFormat.of().toHexDigits(octet));
            }
        }
        return address.toString();
    }

    /// The bytes that part of an address stands for.
    /// @throws IllegalArgumentException a `%` without two digits behind it
    public static byte[] unescaped(String address) {
        var bytes = new ByteArrayOutputStream();
        for (int i = 0; i < address.length(); i++) {
            if (address.charAt(i) == '%') {
                bytes.write(HexFormat.fromHexDigits(address, i + 1, i + 3));
                i += 2;
            } else {
                bytes.write(address.charAt(i));
            }
        }
        return bytes.toByteArray();
    }

    /// @throws DeviceException `ENOENT` a name in it is empty, `.`, or has a NUL; `EACCES` one is `..`
    static void check(Key key) throws DeviceException {
        int nameStart = 0;
        byte[] bytes = key.bytes();
        for (int at = 0; at <= bytes.length; at++) {
            if (at == bytes.length || bytes[at] == '/') {
                checkName(key, bytes, nameStart, at);
                nameStart = at + 1;
            }
        }
    }

    private static void checkName(Key key, byte[] bytes, int start, int limit) throws DeviceException {
        boolean dots = limit - start <= 2;
        for (int i = start; i < limit; i++) {
            dots &= bytes[i] == '.';
            if (bytes[i] == 0) {
                throw failure(key, Errno.ENOENT, "no file has a NUL in its name");
            }
        }
        if (dots) { // "", "." or ".."
            throw limit - start == 2
                    ? failure(key, Errno.EACCES, "a key must not go up")
                    : failure(key, Errno.ENOENT, "a key is names with one '/' between, from the origin's top");
        }
    }

    private static DeviceException failure(Key key, Errno errno, String why) {
        return new DeviceException(errno, KeyText.of(key) + ": " + why);
    }
}
