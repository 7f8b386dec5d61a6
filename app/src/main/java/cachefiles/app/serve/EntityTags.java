package cachefiles.app.serve;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/// Entity tags (RFC 9110, 8.8.3), made of what an origin calls a version.
final class EntityTags {
    private static final int HASH_BYTES = 12;
    private static final Pattern STRONG = Pattern.compile("\"[\\x21\\x23-\\x7e]*\"");
    private static final Pattern TAG = Pattern.compile("(?:W/)?\"[^\"]*\"");

    private EntityTags() {}

    /// The tag of a version: the origin's own where it is a strong one, else a hash. Weak if the origin's is.
    /// @return empty if the origin does not tell versions apart
    static String of(String validator, long sizeBytes) {
        if (validator.isEmpty() || STRONG.matcher(validator).matches()) {
            return validator;
        }
        String hash = '"' + hash(validator + " " + sizeBytes) + '"';
        return isWeak(validator) ? "W/" + hash : hash;
    }

    static boolean isWeak(String tag) {
        return tag.startsWith("W/");
    }

    /// Whether a list of tags, or `*`, names that of an object that is there.
    /// @param strongly whether a weak tag names nothing
    static boolean named(String list, String tag, boolean strongly) {
        if (list.strip().equals("*")) {
            return true;
        }
        var tags = TAG.matcher(list);
        while (tags.find()) {
            String one = tags.group();
            boolean equal =
                    strongly ? one.equals(tag) && !isWeak(one) : opaque(one).equals(opaque(tag));
            if (equal && !tag.isEmpty()) {
                return true;
            }
        }
        return false;
    }

    private static String opaque(String tag) {
        return isWeak(tag) ? tag.substring(2) : tag;
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, HASH_BYTES);
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("every Java platform has SHA-256", missing);
        }
    }
}
