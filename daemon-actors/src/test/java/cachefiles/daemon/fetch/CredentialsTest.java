package cachefiles.daemon.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class CredentialsTest {
    private static final URI ORIGIN = URI.create("https://files.example/path/");

    @Test
    void the_environment_goes_first() throws IOException {
        assertEquals(
                "Bearer token",
                Credentials.of(ORIGIN, Map.of("CACHEFILES_ORIGIN_BEARER", "token"))
                        .field());
        assertEquals(
                "Basic dTpw",
                Credentials.of(ORIGIN, Map.of("CACHEFILES_ORIGIN_BASIC", "u:p")).field());
    }

    @Test
    void a_netrc_file_has_an_entry_a_host(@TempDir Path home) throws IOException {
        Files.writeString(home.resolve(".netrc"), """
                # machine files.example login commented password out
                machine other.example login a password b
                machine files.example
                  login u
                  password p
                default login d password e
                """);
        assertEquals(
                "Basic dTpw",
                Credentials.of(ORIGIN, Map.of("HOME", home.toString())).field());
        assertEquals(
                "Basic ZDpl",
                Credentials.of(URI.create("http://any.example/"), Map.of("HOME", home.toString()))
                        .field());
        assertEquals(
                "", Credentials.of(ORIGIN, Map.of("HOME", home + "/nowhere")).field());
        assertEquals(Optional.empty(), Credentials.inNetrc("machine other.example login a", "files.example"));
    }

    @Test
    void a_netrc_file_that_is_named_must_be_there() {
        assertThrows(IOException.class, () -> Credentials.of(ORIGIN, Map.of("NETRC", "/nowhere/netrc")));
    }

    @Test
    void they_are_not_printed() {
        assertFalse(Credentials.bearer("secret").toString().contains("secret"));
    }
}
