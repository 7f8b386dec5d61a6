package cachefiles.persistence.journal;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/// Where a journal in PostgreSQL is, and who comes for it.
///
/// | variable | means |
/// |---|---|
/// | `CACHEFILES_JOURNAL_URL` | the URL, if the command line says `postgres` alone |
/// | `PGHOST`, `PGPORT`, `PGDATABASE` | of the server, without a URL; default: localhost, 5432, the user's name |
/// | `PGUSER` | the user, if the URL names none; default: the operating system's |
/// | `PGPASSWORD` | the password |
/// | `PGPASSFILE` | the file with passwords that the driver looks into if there is none; default: `~/.pgpass` |
///
/// A password is not taken from a URL: command lines can be read by everybody on the machine, and URLs are logged.
public final class PostgresSetting implements JournalSetting {
    static final String WORD = "postgres";
    static final String SCHEME = "jdbc:postgresql:";
    static final String URL_VARIABLE = "CACHEFILES_JOURNAL_URL";

    private static final String SCHEMA = "currentSchema";
    private static final String NAME = "[a-z_][a-z0-9_]{0,62}";
    private static final String NO_PASSWORD =
            "a password does not belong into the journal's URL: put it into the variable PGPASSWORD, or into ~/.pgpass";

    private final String url;
    private final @Nullable String schema;
    private final @Nullable String user;
    private final @Nullable String password;

    private PostgresSetting(String url, @Nullable String schema, @Nullable String user, @Nullable String password) {
        this.url = url;
        this.schema = schema;
        this.user = user;
        this.password = password;
    }

    /// @param word a URL, or `postgres`
    /// @throws IllegalArgumentException saying what is wrong; never with a password
    public static PostgresSetting of(String word, Map<String, String> environment) {
        String text = word.equals(WORD) ? found(environment) : word;
        if (!text.startsWith(SCHEME + "//")) {
            throw new IllegalArgumentException(
                    "the journal's URL begins with " + SCHEME + "//, as in " + SCHEME + "//localhost:5432/cachefiles");
        }
        int question = text.indexOf('?');
        String place = question < 0 ? text : text.substring(0, question);
        if (place.indexOf('@') >= 0) {
            throw new IllegalArgumentException(NO_PASSWORD);
        }
        if (place.indexOf('/', SCHEME.length() + 2) < 0 || place.endsWith("/")) {
            throw new IllegalArgumentException(
                    "the journal's URL names no database, as in " + SCHEME + "//localhost:5432/cachefiles");
        }
        var rest = new ArrayList<String>();
        String schema = null;
        String user = environment.get("PGUSER");
        for (String parameter : question < 0
                ? List.<String>of()
                : List.of(text.substring(question + 1).split("&"))) {
            String name = parameter.replaceFirst("=.*", "");
            String value = parameter.substring(Math.min(parameter.length(), name.length() + 1));
            switch (name) {
                case "user" -> user = URI.create("?" + value).getQuery();
                case SCHEMA -> schema = named(value);
                default -> {
                    if (name.toLowerCase(Locale.ROOT).contains("password")) {
                        throw new IllegalArgumentException(NO_PASSWORD);
                    }
                    rest.add(parameter);
                }
            }
        }
        return new PostgresSetting(
                rest.isEmpty() ? place : place + "?" + String.join("&", rest),
                schema,
                user,
                environment.get("PGPASSWORD"));
    }

    private static String found(Map<String, String> environment) {
        String url = environment.getOrDefault(URL_VARIABLE, "");
        if (!url.isEmpty()) {
            return url;
        }
        String host = environment.getOrDefault("PGHOST", "localhost");
        String user = environment.getOrDefault("PGUSER", System.getProperty("user.name", ""));
        if (host.startsWith("/")) {
            throw new IllegalArgumentException(
                    "PGHOST names a folder, and Java's driver knows no Unix sockets: let it name a" + " host, or set "
                            + URL_VARIABLE);
        }
        return SCHEME + "//" + host + ":" + environment.getOrDefault("PGPORT", "5432") + "/"
                + environment.getOrDefault("PGDATABASE", user);
    }

    private static String named(String schema) {
        if (!schema.matches(NAME)) {
            throw new IllegalArgumentException("the journal's schema (" + SCHEMA + ") '" + schema
                    + "': say a letter, and then up to 62 small letters, digits and '_'");
        }
        return schema;
    }

    /// The schema named in the URL; null if each cache has its own.
    @Nullable
    String schema() {
        return schema;
    }

    /// Without user, password and schema.
    String url() {
        return url;
    }

    /// What the driver needs beside the URL.
    Properties properties(String inSchema) {
        var properties = new Properties();
        properties.setProperty(SCHEMA, inSchema);
        properties.setProperty("ApplicationName", "cachefiles");
        properties.setProperty("reWriteBatchedInserts", "true");
        // A server that is gone without a word is found to be so; no statement of ours takes that long.
        properties.setProperty("connectTimeout", "10");
        properties.setProperty("socketTimeout", "60");
        properties.setProperty("tcpKeepAlive", "true");
        if (user != null) {
            properties.setProperty("user", user);
        }
        if (password != null) {
            properties.setProperty("password", password);
        }
        return properties;
    }

    /// Without the password.
    @Override
    public String toString() {
        return url + (schema == null ? "" : " (schema " + schema + ")");
    }
}
