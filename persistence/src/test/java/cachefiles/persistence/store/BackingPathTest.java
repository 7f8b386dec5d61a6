package cachefiles.persistence.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Key;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
@Tag("S105")
class BackingPathTest {
    @ParameterizedTest
    @CsvSource({"'erofs,test.img', test.img, @f7", "'erofs,test.img', blob1.img, @cb", "'erofs,domain0', blob1.img, @6b"
    })
    void the_fan_is_that_of_the_upstream_hash_program(String volume, String key, String fan) {
        assertEquals(fan, BackingPath.of(Cookie.of(volume, key)).fan());
    }

    @Test
    void a_printable_key_is_its_own_file_name() {
        var path = BackingPath.of(Cookie.of("erofs,test.img", "test.img"));

        assertEquals(Path.of("/c/cache/Ierofs,test.img/@f7/Dtest.img"), path.under(Path.of("/c/cache")));
    }

    @ParameterizedTest
    @CsvSource({
        "2e2e, D..", // dots alone are no danger behind the D
        "00000001, S1",
        "01000000ff, 'T1,ff'",
        "0000000000000001, 'S,1'", // a word of 0 is written as nothing
        "00000001ff, E100001Yf0",
        "622f, T2f62",
        "6120, T2061",
        "c3a9c3a9c3a9, E03DWMFesG"
    })
    void an_odd_key_takes_the_shortest_of_the_kernels_forms(String hex, String name) {
        assertEquals(name, BackingPath.fileName(key(hex)));
        assertEquals(Optional.of(key(hex)), BackingPath.fileKey(name));
    }

    @Test
    void keys_that_differ_in_trailing_zeros_only_have_files_of_their_own() {
        assertNotEquals(BackingPath.fileName(key("0100")), BackingPath.fileName(key("01")));
        assertNotEquals(BackingPath.fileName(key("00")), BackingPath.fileName(key("0000")));
    }

    @Test
    void every_name_fits_into_a_directory_is_ascii_and_leads_back_to_its_key() {
        var random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[1 + random.nextInt(Key.MAX_BYTES)];
            random.nextBytes(bytes);
            for (int at = 0; random.nextBoolean() && at < bytes.length; at++) {
                bytes[at] = (byte) (random.nextBoolean() ? 0 : 'a');
            }
            Key key = Key.of(bytes);
            for (String name : new String[] {BackingPath.fileName(key), BackingPath.volumeName(key)}) {
                assertTrue(name.length() <= 255, name);
                assertTrue(name.chars().allMatch(c -> c > ' ' && c <= 0x7f && c != '/'), name);
            }
            String name = BackingPath.fileName(key);
            assertEquals(name.startsWith("L") ? Optional.empty() : Optional.of(key), BackingPath.fileKey(name));
        }
    }

    @Test
    void a_key_that_fits_in_no_form_is_named_by_its_digest() {
        Key printable = Key.of("x".repeat(255));
        Key binary = key("80".repeat(190));

        assertEquals(65, BackingPath.fileName(printable).length());
        assertTrue(BackingPath.fileName(printable).startsWith("L"));
        assertTrue(BackingPath.volumeName(printable).startsWith("L"));
        assertTrue(BackingPath.fileName(binary).startsWith("L"));
        assertEquals("D" + "x".repeat(254), BackingPath.fileName(Key.of("x".repeat(254))));
        assertTrue(BackingPath.fileName(key("80".repeat(189))).startsWith("E0"));
    }

    @Test
    void a_volume_with_odd_bytes_stays_one_directory() {
        Key volume = Key.of("nfs,../../etc é");
        String name = BackingPath.volumeName(volume);

        assertTrue(name.startsWith("J"));
        assertFalse(name.contains("/"));
        assertEquals(Optional.of(volume), BackingPath.volumeKey(name));
    }

    @ParameterizedTest
    @CsvSource({"Sxyz", "S123456789", "E9abcd", "E0a", "E0a!cd", "D", "''", "lost+found", "S00000001", "E16ln0"})
    void a_name_that_no_key_has_leads_to_none(String name) {
        assertEquals(Optional.empty(), BackingPath.fileKey(name));
    }

    private static Key key(String hex) {
        return Key.of(HexFormat.of().parseHex(hex));
    }
}
