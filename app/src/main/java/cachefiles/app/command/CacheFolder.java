package cachefiles.app.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;

/// Where content is cached if nobody says where: in a folder of ours, one for each origin, so that commands on
/// different origins do not wait for each other.
final class CacheFolder {
    private static final int HASH_BYTES = 8;

    private CacheFolder() {}

    /// `$XDG_CACHE_HOME/cachefiles-actors/<name of the origin>-<hash of its path>`; without that variable below
    /// `~/.cache`.
    static Path of(Path origin, Map<String, String> environment) throws CommandException {
        Path real = real(origin);
        String name = real.getFileName() == null ? "root" : real.getFileName().toString();
        String plain = name.replaceAll("[^A-Za-z0-9._-]", "_");
        return base(environment)
                .resolve("cachefiles-actors")
                .resolve(plain.substring(0, Math.min(40, plain.length())) + "-" + hash(real.toString()));
    }

    private static Path base(Map<String, String> environment) throws CommandException {
        String xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
        if (!xdg.isEmpty() && Path.of(xdg).isAbsolute()) { // a relative one is to be ignored, says the specification
            return Path.of(xdg);
        }
        String home = environment.getOrDefault("HOME", System.getProperty("user.home", ""));
        if (home.isEmpty() || !Path.of(home).isAbsolute()) {
            throw new CommandException(
                    ExitCode.ENVIRONMENT, "no home folder to keep the cache in; say where with --cache DIR");
        }
        return Path.of(home, ".cache");
    }

    /// The volume of an origin: `dir,` and its path, or the path's hash where that is too long for a key.
    static String volume(Path origin) throws CommandException {
        String path = real(origin).toString();
        String plain = "dir," + path;
        return plain.getBytes(StandardCharsets.UTF_8).length <= cachefiles.kernel.uapi.Key.MAX_BYTES
                ? plain
                : "dir,sha256," + HexFormat.of().formatHex(sha256(path));
    }

    private static Path real(Path origin) throws CommandException {
        try {
            return origin.toRealPath();
        } catch (IOException failed) {
            throw new CommandException(
                    ExitCode.USAGE, "--origin: cannot find " + origin + ": " + failed.getMessage(), failed);
        }
    }

    private static String hash(String text) {
        return HexFormat.of().formatHex(sha256(text), 0, HASH_BYTES);
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("every Java platform has SHA-256", missing);
        }
    }
}
