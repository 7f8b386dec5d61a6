package cachefiles.daemon.fetch;

import cachefiles.kernel.uapi.DeviceException;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Key;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Which objects there are, and the SHA-256 of each: what `sha256sum` prints.
///
///     cd files && find . -type f -exec sha256sum {} + > ../SHA256SUMS
public final class Manifest {
    private static final Pattern LINE = Pattern.compile("(\\\\?)([0-9a-fA-F]{64})[ \\t]+\\*?(.+)");

    private final TreeMap<Key, byte[]> digests = new TreeMap<>();

    /// @param text lines of 64 hexadecimal digits, blanks, and a path below the origin; `#` begins a remark
    /// @throws DeviceException `EINVAL` a line is none of these
    public static Manifest of(String text) throws DeviceException {
        var manifest = new Manifest();
        int number = 0;
        for (String line : text.split("\n")) {
            number++;
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            Matcher form = LINE.matcher(line.stripTrailing());
            if (!form.matches()) {
                throw new DeviceException(
                        Errno.EINVAL, "line " + number + " of the manifest is not as sha256sum writes it");
            }
            String path = form.group(1).isEmpty() ? form.group(3) : unescaped(form.group(3));
            String plain = path.replaceFirst("^(\\./)+", "");
            if (plain.getBytes(StandardCharsets.UTF_8).length <= Key.MAX_BYTES) {
                manifest.digests.put(Key.of(plain), HexFormat.of().parseHex(form.group(2)));
            }
        }
        return manifest;
    }

    /// `sha256sum` writes a newline and a backslash so, and one more backslash before the line.
    private static String unescaped(String path) {
        return path.replace("\\\\", "\0")
                .replace("\\n", "\n")
                .replace("\\r", "\r")
                .replace('\0', '\\');
    }

    /// In the order of their bytes.
    public Stream<Key> keys() {
        return digests.keySet().stream();
    }

    Optional<byte[]> sha256(Key key) {
        return Optional.ofNullable(digests.get(key)).map(byte[]::clone);
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("every Java platform has SHA-256", missing);
        }
    }
}
