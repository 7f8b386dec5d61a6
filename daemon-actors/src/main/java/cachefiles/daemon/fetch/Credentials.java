package cachefiles.daemon.fetch;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.StringTokenizer;

/// What an origin's server is to be told of who we are: from the environment, or from a netrc file. Never printed.
///
/// - `CACHEFILES_ORIGIN_BEARER`: a token
/// - `CACHEFILES_ORIGIN_BASIC`: `user:password`
/// - else the file that `NETRC` names, or `~/.netrc`: `machine HOST login USER password PASSWORD`, and `default`
public final class Credentials {
    /// Nothing is sent.
    public static final Credentials NONE = new Credentials("");

    private final String field;

    private Credentials(String field) {
        this.field = field;
    }

    /// Those for `origin`.
    /// @throws IOException the file that `NETRC` names cannot be read
    public static Credentials of(URI origin, Map<String, String> environment) throws IOException {
        String bearer = environment.getOrDefault("CACHEFILES_ORIGIN_BEARER", "");
        String basic = environment.getOrDefault("CACHEFILES_ORIGIN_BASIC", "");
        return !bearer.isEmpty()
                ? bearer(bearer)
                : !basic.isEmpty() ? basic(basic) : netrc(origin.getHost(), environment);
    }

    public static Credentials bearer(String token) {
        return new Credentials("Bearer " + token.strip());
    }

    /// @param userAndPassword with a colon between
    public static Credentials basic(String userAndPassword) {
        return new Credentials(
                "Basic " + Base64.getEncoder().encodeToString(userAndPassword.getBytes(StandardCharsets.UTF_8)));
    }

    private static Credentials netrc(String host, Map<String, String> environment) throws IOException {
        String named = environment.getOrDefault("NETRC", "");
        Path file = Path.of(named.isEmpty() ? environment.getOrDefault("HOME", "") + "/.netrc" : named);
        if (named.isEmpty() && !Files.isReadable(file)) {
            return NONE;
        }
        return inNetrc(Files.readString(file), host).map(Credentials::basic).orElse(NONE);
    }

    /// The first entry for `host`, or the default, as `user:password`.
    static Optional<String> inNetrc(String text, String host) {
        var words = new StringTokenizer(text.replaceAll("(?m)^\\s*#.*$", ""));
        boolean ours = false;
        String login = "";
        String password = "";
        while (words.hasMoreTokens()) {
            String word = words.nextToken();
            if (word.equals("machine") || word.equals("default")) {
                if (ours) {
                    break;
                }
                ours = word.equals("default") || next(words).equalsIgnoreCase(host);
            } else if (word.equals("login")) {
                login = ours ? next(words) : skip(words, login);
            } else if (word.equals("password")) {
                password = ours ? next(words) : skip(words, password);
            }
        }
        return ours ? Optional.of(login + ":" + password) : Optional.empty();
    }

    private static String next(StringTokenizer words) {
        return words.hasMoreTokens() ? words.nextToken() : "";
    }

    private static String skip(StringTokenizer words, String kept) {
        next(words);
        return kept;
    }

    /// The `Authorization` to send; empty for none.
    String field() {
        return field;
    }

    @Override
    public String toString() {
        return field.isEmpty() ? "no credentials" : "credentials";
    }
}
