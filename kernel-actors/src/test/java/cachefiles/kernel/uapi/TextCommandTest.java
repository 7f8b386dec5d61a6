package cachefiles.kernel.uapi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import cachefiles.kernel.uapi.TextCommand.Bind;
import cachefiles.kernel.uapi.TextCommand.Copen;
import cachefiles.kernel.uapi.TextCommand.Cull;
import cachefiles.kernel.uapi.TextCommand.Debug;
import cachefiles.kernel.uapi.TextCommand.Dir;
import cachefiles.kernel.uapi.TextCommand.InUse;
import cachefiles.kernel.uapi.TextCommand.Limit;
import cachefiles.kernel.uapi.TextCommand.Malformed;
import cachefiles.kernel.uapi.TextCommand.MalformedCopen;
import cachefiles.kernel.uapi.TextCommand.Restore;
import cachefiles.kernel.uapi.TextCommand.SecCtx;
import cachefiles.kernel.uapi.TextCommand.UnreadableCopen;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class TextCommandTest {
    private static final Malformed EINVAL = new Malformed(Errno.EINVAL);
    private static final Malformed EOPNOTSUPP = new Malformed(Errno.EOPNOTSUPP);

    @Test
    @Tag("S44")
    void the_length_is_looked_at_first() {
        assertEquals(new Dir("p".repeat(4091)), parse("dir " + "p".repeat(4091)));
        assertEquals(EOPNOTSUPP, parse("dir " + "p".repeat(4092)));
        assertEquals(EOPNOTSUPP, parse("dir \0" + "p".repeat(4092)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"restore\0", "\0", "\0restore", "restore\n\0", " \0", "nonsense\0", "\n\0"})
    @Tag("S44")
    void a_nul_anywhere_is_looked_at_second(String text) {
        assertEquals(EINVAL, parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\nrestore", "\n\n"})
    @Tag("S44")
    void a_leading_newline_is_looked_at_third(String text) {
        assertEquals(EINVAL, parse(text));
    }

    @Test
    @Tag("S44")
    void the_text_ends_at_the_first_newline() {
        assertEquals(new TextCommand.Tag("one"), parse("tag one\ntag two\n"));
        assertEquals(new Restore(), parse("restore\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                " restore",
                "\trestore",
                " \n",
                "Restore",
                "restored",
                "nonsense",
                "nonsense x",
                "\u00a0"
            })
    @Tag("S44")
    void white_space_in_front_and_unknown_words_are_not_supported(String text) {
        assertEquals(EOPNOTSUPP, parse(text));
    }

    @Test
    @Tag("S45")
    void the_argument_begins_behind_all_white_space_and_keeps_what_trails() {
        assertEquals(new Bind("ondemand"), parse("bind \t\u000b\f\r ondemand"));
        assertEquals(new Bind("ondemand "), parse("bind ondemand "));
        assertEquals(new Dir("a b  "), parse("dir a b  "));
        assertEquals(new Dir("x"), TextCommand.parse(new byte[] {'d', 'i', 'r', (byte) 0xa0, 'x'}));
        assertEquals(new Dir("\b"), parse("dir \b"), "a control character is none, nor is a letter of several bytes");
        assertEquals(new Dir("à"), parse("dir à"));
    }

    @Test
    @Tag("S46")
    @Tag("S47")
    @Tag("S48")
    void directory_tag_and_security_context_must_not_be_empty() {
        assertEquals(new Dir("/var/cache"), parse("dir /var/cache"));
        assertEquals(new TextCommand.Tag("mine"), parse("tag mine"));
        assertEquals(new SecCtx("u:r:t"), parse("secctx u:r:t"));
        for (var text : new String[] {"dir", "dir ", "tag", "tag \n", "secctx", "secctx\t"}) {
            assertEquals(EINVAL, parse(text), text);
        }
    }

    @Test
    void an_argument_that_is_no_text_is_invalid() {
        assertEquals(EINVAL, TextCommand.parse(new byte[] {'d', 'i', 'r', ' ', (byte) 0xff}));
        assertEquals(EOPNOTSUPP, TextCommand.parse(new byte[] {(byte) 0xff}));
        assertEquals(new Dir("/à"), parse("dir /à"));
    }

    @ParameterizedTest
    @EnumSource
    @Tag("S49")
    void a_limit_is_a_decimal_and_one_percent_sign(Limit.Kind kind) {
        var word = kind.name().toLowerCase(Locale.ROOT);
        assertEquals(new Limit(kind, 0), parse(word + " 0%"));
        assertEquals(new Limit(kind, 7), parse(word + " 007%"));
        assertEquals(new Limit(kind, 99), parse(word + " 99%\n"));
        for (var wrong : new String[] {
            "",
            "7",
            "%",
            "7%%",
            "7 %",
            "7% ",
            "+7%",
            "-1%",
            "0x7%",
            "a%",
            "100%",
            "18446744073709551615%",
            "18446744073709551623%",
            "٧%"
        }) {
            assertEquals(EINVAL, parse(word + " " + wrong), wrong);
        }
    }

    @Test
    @Tag("S50")
    void a_debug_mask_is_in_any_base_and_empty_means_none() {
        assertEquals(new Debug(0), parse("debug"));
        assertEquals(new Debug(10), parse("debug 10"));
        assertEquals(new Debug(16), parse("debug 0x10"));
        assertEquals(new Debug(8), parse("debug 010"));
        assertEquals(EINVAL, parse("debug 10 "));
        assertEquals(EINVAL, parse("debug 08"));
        assertEquals(EINVAL, parse("debug x"));
    }

    @Test
    @Tag("S51")
    void the_argument_of_bind_is_left_to_the_cache() {
        assertEquals(new Bind(""), parse("bind"));
        assertEquals(new Bind(""), parse("bind "));
        assertEquals(new Bind("whatever"), parse("bind whatever"));
    }

    @Test
    @Tag("S52")
    @Tag("S112")
    void cull_and_inuse_take_a_name_without_a_slash() {
        assertEquals(new Cull("Dtest.img"), parse("cull Dtest.img"));
        assertEquals(new InUse("D a"), parse("inuse D a"));
        assertEquals(EINVAL, parse("cull a/b"));
        assertEquals(EINVAL, parse("inuse /"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"restore", "restore ", "restore whatever\n"})
    @Tag("S53")
    @Tag("S74")
    void restore_ignores_its_argument(String text) {
        assertEquals(new Restore(), parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"copen", "copen ", "copen 1", "copen 1 4096"})
    @Tag("S64")
    void a_copen_without_comma_is_invalid(String text) {
        assertEquals(new MalformedCopen(Errno.EINVAL), parse(text));
    }

    @ParameterizedTest(name = "copen {0},5")
    @CsvSource(
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "'',EINVAL",
                "x,EINVAL",
                "-1,EINVAL",
                "1 ,EINVAL",
                "08,EINVAL",
                "0x,EINVAL",
                "0xg,EINVAL",
                "++1,EINVAL",
                "18446744073709551616,ERANGE",
                "0x10000000000000000,ERANGE"
            })
    @Tag("S65")
    void an_id_that_is_no_number_changes_nothing(String id, Errno errno) {
        assertEquals(new MalformedCopen(errno), parse("copen " + id + ",5"));
    }

    @Test
    @Tag("S65")
    void an_id_is_unsigned_in_any_base() {
        for (var id : new String[] {"17", "+17", "0x11", "0X11", "021"}) {
            assertEquals(new Copen(new MsgId(17), 5), parse("copen " + id + ",5"), id);
        }
        assertEquals(new Copen(MsgId.FIRST, 5), parse("copen 0,5"));
        assertEquals(new Copen(new MsgId(-1), 5), parse("copen 4294967295,5"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"4294967296", "18446744073709551615"})
    @Tag("S66")
    void an_id_beyond_32_bits_is_unknown(String id) {
        assertEquals(new MalformedCopen(Errno.EINVAL), parse("copen " + id + ",5"));
    }

    @ParameterizedTest(name = "copen 1,{0}")
    @CsvSource(
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "'',EINVAL",
                "' 5',EINVAL",
                "'5 ',EINVAL",
                "x,EINVAL",
                "--5,EINVAL",
                "-+5,EINVAL",
                "'5,6',EINVAL",
                "9223372036854775808,ERANGE",
                "-9223372036854775809,ERANGE",
                "18446744073709551616,ERANGE"
            })
    @Tag("S68")
    void a_size_that_is_no_number_fails_the_request(String size, Errno errno) {
        assertEquals(new UnreadableCopen(new MsgId(1), errno), parse("copen 1," + size));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-4096", "-5000", "-9223372036854775808"})
    @Tag("S69")
    @Tag("B19")
    void a_size_below_all_error_numbers_fails_the_request(String size) {
        assertEquals(new UnreadableCopen(new MsgId(1), Errno.EINVAL), parse("copen 1," + size));
    }

    @ParameterizedTest
    @CsvSource({
        "-1,-1",
        "-4095,-4095",
        "-0,0",
        "0,0",
        "+5,5",
        "0x10,16",
        "-010,-8",
        "9223372036854775807,9223372036854775807"
    })
    @Tag("S53")
    @Tag("S70")
    void a_size_is_signed_in_any_base(String text, long size) {
        assertEquals(new Copen(new MsgId(1), size), parse("copen 1," + text));
    }

    @Test
    @Tag("S44")
    void any_bytes_are_a_command_or_malformed() {
        var random = new Random(1);
        var words = new String[] {"copen ", "dir ", "fstop ", "", "bind ", "debug "};
        for (int round = 0; round < 5_000; round++) {
            var tail = new byte[random.nextInt(12)];
            random.nextBytes(tail);
            var word = words[random.nextInt(words.length)].getBytes(StandardCharsets.UTF_8);
            var written = new byte[word.length + tail.length];
            System.arraycopy(word, 0, written, 0, word.length);
            System.arraycopy(tail, 0, written, word.length, tail.length);
            assertNotNull(TextCommand.parse(written));
        }
    }

    private static TextCommand parse(String text) {
        return TextCommand.parse(text.getBytes(StandardCharsets.UTF_8));
    }
}
