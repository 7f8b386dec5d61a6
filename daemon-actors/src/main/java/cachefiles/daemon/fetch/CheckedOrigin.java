package cachefiles.daemon.fetch;

import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceException;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Key;
import cachefiles.kernel.uapi.KeyText;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// Compares what another origin sends with a manifest. An object that the manifest knows and that is no larger than one
/// fetch is known by its digest, whatever the origin calls its version: so origins that name versions differently stand
/// in for each other. It is fetched whole, each time that a part of it is asked for, and compared before any byte of it
/// goes on. Larger objects are left to the origin's own validators.
public final class CheckedOrigin implements Catalogue {
    /// Objects up to that size are fetched whole and compared.
    public static final int MOST_BYTES = 1 << 20;

    private static final String PREFIX = "sha-256=";

    private final Catalogue origin;
    private final Manifest manifest;

    public CheckedOrigin(Catalogue origin, Manifest manifest) {
        this.origin = origin;
        this.manifest = manifest;
    }

    @Override
    public Content find(Cookie cookie) throws DeviceException {
        return named(cookie, origin.find(cookie));
    }

    private Content named(Cookie cookie, Content own) {
        return own.sizeBytes() > MOST_BYTES
                ? own
                : manifest.sha256(cookie.key())
                        .map(digest -> new Content(
                                own.sizeBytes(), PREFIX + HexFormat.of().formatHex(digest)))
                        .orElse(own);
    }

    /// @throws DeviceException as [Origin#fetch]; `EIO` the bytes are others than the manifest says
    @Override
    public void fetch(Cookie cookie, Content expected, long offset, ByteBuffer target) throws DeviceException {
        if (!expected.validator().startsWith(PREFIX)) {
            origin.fetch(cookie, expected, offset, target);
            return;
        }
        var own = origin.find(cookie);
        if (!named(cookie, own).equals(expected)) {
            throw new DeviceException(Errno.ESTALE, KeyText.of(cookie.key()) + ": it changed since it was opened");
        }
        var whole = ByteBuffer.allocate((int) own.sizeBytes());
        origin.fetch(cookie, own, 0, whole);
        var right = HexFormat.of().parseHex(expected.validator().substring(PREFIX.length()));
        if (!MessageDigest.isEqual(Manifest.sha256().digest(whole.array()), right)) {
            throw new DeviceException(
                    Errno.EIO,
                    KeyText.of(cookie.key()) + " from " + origin + ": its SHA-256 is not the manifest's; mend the file"
                            + " there, or the manifest");
        }
        target.put(whole.slice((int) offset, target.remaining()));
    }

    /// Those that the manifest names.
    @Override
    public Stream<Key> keys(String prefix, Consumer<DeviceException> skipped) {
        var begin = KeyText.parse(prefix);
        return manifest.keys()
                .filter(key ->
                        Arrays.mismatch(key.bytes(), begin) == begin.length || Arrays.equals(key.bytes(), begin));
    }

    @Override
    public long answerMillis() {
        return origin.answerMillis();
    }

    @Override
    public void close() {
        origin.close();
    }

    @Override
    public String toString() {
        return origin.toString();
    }
}
