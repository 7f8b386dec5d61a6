package cachefiles.app.command;

import cachefiles.kernel.uapi.Key;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/// Where content is cached if nobody says where: in a folder of ours, one for each origin, so that commands on
/// different origins do not wait for each other.
final class CacheFolder {
    private static final int HASH_BYTES = 8;

    private CacheFolder() {}

    /// `$XDG_CACHE_HOME/cachefiles-actors/<name of the first origin>-<hash of all>`; without that variable below
    /// `~/.cache`.
    static Path of(List<OriginOption.Place> origins, Map<String, String> environment) throws CommandException {
        String plain = name(origins.getFirst()).replaceAll("[^A-Za-z0-9._-]", "_");
        String hash = HexFormat.of().formatHex(sha256(identity(origins)), 0, HASH_BYTES);
        return base(environment)
                .resolve("cachefiles-actors")
                .resolve(plain.substring(0, Math.min(40, plain.length())) + "-" + hash);
    }

    private static String name(OriginOption.Place origin) throws CommandException {
        return switch (origin) {
            case OriginOption.Place.Web(var address) -> String.valueOf(address.getHost());
            case OriginOption.Place.Folder _ -> {
                var name = Path.of(origin.identity()).getFileName();
                yield name == null ? "root" : name.toString();
            }
        };
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

    /// The volume of an origin: `dir,` and its path, `url,` and its address, of several `all,` and these; or a hash of
    /// that where it is too long for a key.
    static String volume(List<OriginOption.Place> origins) throws CommandException {
        String kind =
                origins.size() > 1 ? "all," : origins.getFirst() instanceof OriginOption.Place.Web ? "url," : "dir,";
        String identity = identity(origins);
        return (kind + identity).getBytes(StandardCharsets.UTF_8).length <= Key.MAX_BYTES
                ? kind + identity
                : kind + "sha256," + HexFormat.of().formatHex(sha256(identity));
    }

    private static String identity(List<OriginOption.Place> origins) throws CommandException {
        var identities = new ArrayList<String>();
        for (var origin : origins) {
            identities.add(origin.identity());
        }
        return String.join("\n", identities);
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("every Java platform has SHA-256", missing);
        }
    }
}
