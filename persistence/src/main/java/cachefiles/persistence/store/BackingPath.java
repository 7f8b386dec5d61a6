package cachefiles.persistence.store;

import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Key;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/// Where an object's file lies below `<dir>/cache`: `I<volume key>/@<fan>/D<cookie key>` (S105), always in ASCII.
///
/// ```
///   volume  I  the key itself, if every byte is printable ASCII but '/'          (the kernel takes any byte here)
///           J  base 64, with the pad as a digit in front                          ours
///   fan        low 8 bits of the cookie's hash, two hex digits
///   name    D  the key itself, if every byte is printable ASCII but '/'
///           S  32-bit words, big endian, in hex, ',' between, 0 as nothing  } whichever is shorter, if it is shorter
///           T  the same, little endian                                      } than E and the key ends in no NUL
///           E  base 64, with the pad as a digit in front
///   either  L  SHA-256 of the key in hex, where no form above fits into 255 bytes
/// ```
///
/// Two rules are ours, for the kernel has none. A form of more than 255 bytes: there the look-up fails, here it is `L`,
/// and the key is found in the sidecar alone. A binary key that ends in NUL: its hex words, zero padded, equal those of
/// the key without it, so that two cookies would share one file; here such a key is never `S` or `T`.
///
/// @param volume name of the volume's directory
/// @param fan name of the directory within it
/// @param name name of the file
/// @see "Linux fs/cachefiles/key.c: cachefiles_cook_key, volume.c, fs/fscache/cookie.c: fscache_hash"
public record BackingPath(String volume, String fan, String name) {
    private static final int NAME_MAX = 255;
    private static final String BASE_64 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-";

    public static BackingPath of(Cookie cookie) {
        String fan = "@" + HexFormat.of().toHexDigits((byte) hash(cookie));
        return new BackingPath(volumeName(cookie.volume()), fan, fileName(cookie.key()));
    }

    /// The path of the file below `tree`.
    public Path under(Path tree) {
        return tree.resolve(volume).resolve(fan).resolve(name);
    }

    public static String volumeName(Key volume) {
        byte[] key = volume.bytes();
        return fitting(isPrintable(key) ? "I" + ascii(key) : "J" + base64(key), key);
    }

    public static String fileName(Key cookie) {
        byte[] key = cookie.bytes();
        if (isPrintable(key)) {
            return fitting("D" + ascii(key), key);
        }
        String encoded = "E" + base64(key);
        if (key[key.length - 1] != 0) {
            String bigEndian = "S" + hexWords(key, true);
            String littleEndian = "T" + hexWords(key, false);
            String words = bigEndian.length() <= littleEndian.length() ? bigEndian : littleEndian;
            if (words.length() < encoded.length()) {
                return fitting(words, key);
            }
        }
        return fitting(encoded, key);
    }

    /// The key that [#volumeName] gave `name`; empty for the `L` form and for names that are none of ours.
    public static Optional<Key> volumeKey(String name) {
        return keyOf(name).filter(key -> volumeName(key).equals(name));
    }

    /// The key that [#fileName] gave `name`; empty for the `L` form and for names that are none of ours.
    public static Optional<Key> fileKey(String name) {
        return keyOf(name).filter(key -> fileName(key).equals(name));
    }

    /// The hash that the fan is taken from: of the key, seeded with the volume's (S111).
    static int hash(Cookie cookie) {
        byte[] volume = cookie.volume().bytes();
        byte[] counted = new byte[volume.length + 2]; // length, key, NUL
        counted[0] = (byte) volume.length;
        System.arraycopy(volume, 0, counted, 1, volume.length);
        return hash(hash(0, counted), cookie.key().bytes());
    }

    private static int hash(int seed, byte[] bytes) {
        int x = 0;
        int y = seed;
        for (int i = 0; i < bytes.length; i += Integer.BYTES) {
            x ^= word(bytes, i, false);
            y ^= x;
            x = Integer.rotateLeft(x, 7);
            x += y;
            y = Integer.rotateLeft(y, 20);
            y *= 9;
        }
        return scatter(y ^ scatter(x));
    }

    private static int scatter(int value) {
        return value * 0x61C88647;
    }

    /// Four bytes from `at` on; what lies behind the end is 0.
    private static int word(byte[] bytes, int at, boolean bigEndian) {
        int word = 0;
        for (int i = 0; i < Integer.BYTES; i++) {
            int octet = at + i < bytes.length ? bytes[at + i] & 0xff : 0;
            word |= octet << 8 * (bigEndian ? 3 - i : i);
        }
        return word;
    }

    /// The kernel's table takes 0x7f for printable too; so does this.
    private static boolean isPrintable(byte[] key) {
        for (byte octet : key) {
            if (octet <= ' ' || octet == '/') { // bytes from 0x80 on are negative
                return false;
            }
        }
        return true;
    }

    private static String fitting(String name, byte[] key) {
        return name.length() <= NAME_MAX ? name : "L" + HexFormat.of().formatHex(sha256(key));
    }

    private static String ascii(byte[] key) {
        return new String(key, StandardCharsets.US_ASCII);
    }

    private static String hexWords(byte[] key, boolean bigEndian) {
        var text = new StringBuilder();
        for (int i = 0; i < key.length; i += Integer.BYTES) {
            int word = word(key, i, bigEndian);
            text.append(i == 0 ? "" : ",").append(word == 0 ? "" : Integer.toHexString(word));
        }
        return text.toString();
    }

    /// Three bytes to four characters, least significant first; not the usual alphabet, nor the usual order.
    private static String base64(byte[] key) {
        var text = new StringBuilder();
        text.append((3 - key.length % 3) % 3);
        for (int i = 0; i < key.length; i += 3) {
            int bits = word(key, i, false) & 0xffffff;
            for (int shift = 0; shift < 24; shift += 6) {
                text.append(BASE_64.charAt(bits >>> shift & 63));
            }
        }
        return text.toString();
    }

    /// What may have been cooked to `name`. Callers cook it again and compare, so this need not refuse everything odd.
    private static Optional<Key> keyOf(String name) {
        if (name.length() < 2) {
            return Optional.empty();
        }
        String cooked = name.substring(1);
        byte[] key = switch (name.charAt(0)) {
            case 'I', 'D' -> cooked.getBytes(StandardCharsets.US_ASCII);
            case 'J', 'E' -> fromBase64(cooked);
            case 'S' -> fromHexWords(cooked, true);
            case 'T' -> fromHexWords(cooked, false);
            default -> new byte[0];
        };
        return key.length == 0 || key.length > Key.MAX_BYTES ? Optional.empty() : Optional.of(Key.of(key));
    }

    private static byte[] fromHexWords(String text, boolean bigEndian) {
        var bytes = new ByteArrayOutputStream();
        for (String digits : text.split(",", -1)) {
            if (digits.length() > 8 || !digits.chars().allMatch(c -> Character.digit(c, 16) >= 0)) {
                return new byte[0];
            }
            int word = digits.isEmpty() ? 0 : Integer.parseUnsignedInt(digits, 16);
            for (int i = 0; i < Integer.BYTES; i++) {
                bytes.write(word >>> 8 * (bigEndian ? 3 - i : i));
            }
        }
        byte[] padded = bytes.toByteArray();
        int length = padded.length;
        while (length > 0 && padded[length - 1] == 0) {
            length--;
        }
        return Arrays.copyOf(padded, length);
    }

    private static byte[] fromBase64(String text) {
        int pad = Character.digit(text.charAt(0), 3);
        int length = (text.length() - 1) / 4 * 3 - pad;
        if (pad < 0 || length <= 0) {
            return new byte[0];
        }
        byte[] key = new byte[length];
        for (int i = 0; i < length; i++) {
            int bits = 0;
            for (int digit = 0; digit < 4; digit++) {
                int value = BASE_64.indexOf(text.charAt(1 + i / 3 * 4 + digit));
                if (value < 0) {
                    return new byte[0];
                }
                bits |= value << 6 * digit;
            }
            key[i] = (byte) (bits >>> 8 * (i % 3));
        }
        return key;
    }

    private static byte[] sha256(byte[] key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key);
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("every Java platform has SHA-256", missing);
        }
    }
}
