package cachefiles.daemon.http;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The digests that an answer may bring of itself (RFC 9530): `Content-Digest` of the bytes that it sends,
/// `Repr-Digest` of the whole object.
///
///     Content-Digest: sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:
public final class Digests {
    private static final Pattern DIGEST = Pattern.compile("(sha-256|sha-512)=:([A-Za-z0-9+/=]*):");

    private Digests() {}

    /// Whether an answer has other bytes than it says.
    /// @param sent all that it sent
    /// @param whole whether that is the whole object
    public static boolean contradict(Answer answer, ByteBuffer sent, boolean whole) {
        return differs(answer.field("Content-Digest"), sent) || whole && differs(answer.field("Repr-Digest"), sent);
    }

    private static boolean differs(String field, ByteBuffer sent) {
        Matcher digests = DIGEST.matcher(field);
        while (digests.find()) {
            var digest = digest(digests.group(1));
            digest.update(sent.duplicate());
            if (!Base64.getEncoder().encodeToString(digest.digest()).equals(digests.group(2))) {
                return true;
            }
        }
        return false;
    }

    private static MessageDigest digest(String name) {
        try {
            return MessageDigest.getInstance(name);
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("every Java platform has " + name, missing);
        }
    }
}
