package cachefiles.kernel.uapi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
@Tag("S13")
class CodecTest {
    private static final Request OPEN =
            new Request.Open(new MsgId(0), new ObjectId(1), Cookie.of("erofs,test.img", "test.img"), 7);
    private static final Request READ = new Request.Read(new MsgId(3), new ObjectId(1), new Range(4096, 131072));
    private static final Request CLOSE = new Request.Close(new MsgId(9), new ObjectId(1));

    private static final String OPEN_BYTES = "0000000000000000 3700000001000000 0f00000008000000 0700000000000000"
            + "65726f66732c746573742e696d6700 746573742e696d67";
    private static final String READ_BYTES = "0300000002000000 2000000001000000 0010000000000000 0000020000000000";
    private static final String CLOSE_BYTES = "0900000001000000 1000000001000000";

    @Test
    @Tag("S14")
    @Tag("S15")
    @Tag("S21")
    void an_open_has_the_golden_bytes() {
        assertArrayEquals(bytes(OPEN_BYTES), Codec.encode(OPEN));
        assertEquals(OPEN, decode(bytes(OPEN_BYTES)));
    }

    @Test
    @Tag("S14")
    @Tag("S17")
    @Tag("S21")
    void a_read_has_the_golden_bytes() {
        assertArrayEquals(bytes(READ_BYTES), Codec.encode(READ));
        assertEquals(READ, decode(bytes(READ_BYTES)));
    }

    @Test
    @Tag("S14")
    @Tag("S18")
    @Tag("S21")
    void a_close_has_the_golden_bytes() {
        assertArrayEquals(bytes(CLOSE_BYTES), Codec.encode(CLOSE));
        assertEquals(CLOSE, decode(bytes(CLOSE_BYTES)));
    }

    @Test
    @Tag("S16")
    void a_cookie_key_holds_any_bytes() {
        var key = Key.of(new byte[] {0, (byte) 0xff, '\n', 0});
        var open = new Request.Open(new MsgId(1), new ObjectId(2), new Cookie(Key.of("v"), key), 2);
        assertEquals(open, decode(Codec.encode(open)));
    }

    @Test
    @Tag("S19")
    void the_longest_message_has_543_bytes() {
        assertEquals(543, Codec.MAX_BYTES);
        var longest = open(Key.MAX_BYTES, Key.MAX_BYTES);
        assertEquals(543, Codec.lengthOf(longest));
        assertEquals(longest, decode(Codec.encode(longest)));
    }

    @Test
    @Tag("S22")
    void a_read_is_answered_by_the_ioctl_of_the_kernel_header() {
        int write = 1;
        int sizeBytes = 4;
        int type = 0x98;
        int number = 1;
        assertEquals(write << 30 | sizeBytes << 16 | type << 8 | number, Codec.READ_COMPLETE);
    }

    @Test
    @Tag("G2")
    void a_close_may_name_a_descriptor_that_is_gone() {
        var close = new Request.Close(new MsgId(-1), ObjectId.CLOSED);
        assertArrayEquals(bytes("ffffffff01000000 10000000ffffffff"), Codec.encode(close));
        assertEquals(close, decode(Codec.encode(close)));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void what_was_encoded_decodes_to_the_same(long seed) {
        var random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            var request = anyRequest(random);
            byte[] encoded = Codec.encode(request);
            assertEquals(Codec.lengthOf(request), encoded.length);
            assertEquals(request, decode(encoded));
        }
    }

    @Test
    @Tag("S26")
    void messages_in_a_row_are_taken_one_at_a_time_in_any_byte_order_of_the_buffer() {
        var buffer = ByteBuffer.allocate(200);
        Stream.of(OPEN, READ, CLOSE).forEach(request -> Codec.encode(request, buffer));
        buffer.flip();
        assertEquals(OPEN, Codec.decode(buffer));
        assertEquals(READ, Codec.decode(buffer));
        assertEquals(CLOSE, Codec.decode(buffer));
        assertEquals(0, buffer.remaining());
    }

    @Test
    @Tag("S30")
    void a_buffer_that_is_too_small_stays_as_it_was() {
        var buffer = ByteBuffer.allocate(READ_BYTES.length() / 4);
        assertThrows(BufferOverflowException.class, () -> Codec.encode(READ, buffer));
        assertEquals(0, buffer.position());
    }

    @ParameterizedTest
    @MethodSource("goldenRequests")
    void a_message_cut_short_anywhere_is_refused_and_not_consumed(Request request) {
        byte[] whole = Codec.encode(request);
        for (int length = 0; length < whole.length; length++) {
            var cut = ByteBuffer.wrap(whole, 0, length);
            assertThrows(IllegalArgumentException.class, () -> Codec.decode(cut), "cut to " + length);
            assertEquals(0, cut.position());
        }
    }

    @ParameterizedTest(name = "{0} with byte {1} = {2}: {3}")
    @CsvSource(delimiter = '|', textBlock = """
        OPEN  |  4 |   3 | message #0 has the unknown opcode 3
        OPEN  |  4 |   1 | CLOSE #0 has 55 bytes, not 16
        OPEN  |  4 |   2 | READ #0 has 55 bytes, not 32
        OPEN  |  8 |  15 | length 15 is not in 16 to 543
        OPEN  |  8 |  56 | message #0 has 56 bytes, of which only 55 are here
        OPEN  |  9 |   2 | length 567 is not in 16 to 543
        OPEN  |  8 |  32 | OPEN #0 has 32 bytes, its keys 15 and 8
        OPEN  |  8 |  31 | OPEN #0 has 31 bytes, fewer than 32
        OPEN  |  8 |  54 | OPEN #0 has 54 bytes, its keys 15 and 8
        OPEN  | 11 |  -1 | length -16777161 is not in 16 to 543
        OPEN  | 16 |   1 | OPEN #0 has a volume key of 1 bytes
        OPEN  | 17 |   1 | OPEN #0 has a volume key of 271 bytes
        OPEN  | 19 |  -1 | OPEN #0 has a volume key of -16777201 bytes
        OPEN  | 20 |   0 | OPEN #0 has a cookie key of 0 bytes
        OPEN  | 21 |   1 | OPEN #0 has a cookie key of 264 bytes
        OPEN  | 28 |   4 | OPEN #0 has unknown flags 0x4
        OPEN  | 46 |  65 | the volume key of OPEN #0 does not end with a NUL
        READ  |  8 |  31 | READ #3 has 31 bytes, not 32
        READ  | 23 |  -1 | not a range: offset -72057594037923840, length 131072
        READ  | 26 |   0 | not a range: offset 4096, length 0
        CLOSE |  4 |   2 | READ #9 has 16 bytes, not 32
        CLOSE |  4 |   0 | OPEN #9 has 16 bytes, fewer than 32
        """)
    void a_foreign_byte_is_refused_in_clear_words(Opcode opcode, int at, byte value, String problem) {
        byte[] bytes = Codec.encode(
                switch (opcode) {
                    case OPEN -> OPEN;
                    case READ -> READ;
                    case CLOSE -> CLOSE;
                });
        bytes[at] = value;
        var refused = assertThrows(IllegalArgumentException.class, () -> decode(bytes));
        assertEquals(problem, refused.getMessage());
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void random_bytes_are_a_message_or_refused_but_nothing_else(long seed) {
        var random = new Random(seed);
        for (int round = 0; round < 2_000; round++) {
            byte[] bytes = Codec.encode(anyRequest(random));
            for (int flips = random.nextInt(4); flips >= 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            try {
                var decoded = decode(bytes);
                assertArrayEquals(Arrays.copyOf(bytes, Codec.lengthOf(decoded)), Codec.encode(decoded));
            } catch (IllegalArgumentException refused) {
                assertTrue(refused.getMessage().length() > 10, "a reason is given");
            }
        }
    }

    static Stream<Long> seeds() {
        return Stream.of(1L, 2L, 3L);
    }

    static Stream<Request> goldenRequests() {
        return Stream.of(OPEN, READ, CLOSE);
    }

    private static Request anyRequest(Random random) {
        var msgId = new MsgId(random.nextInt());
        var objectId = new ObjectId(random.nextInt());
        return switch (random.nextInt(3)) {
            case 0 -> new Request.Open(msgId, objectId, new Cookie(anyKey(random), anyKey(random)), random.nextInt());
            case 1 -> new Request.Close(msgId, objectId);
            default ->
                new Request.Read(
                        msgId, objectId, new Range(random.nextLong(1L << 62), 1 + random.nextLong((1L << 62) - 1)));
        };
    }

    private static Key anyKey(Random random) {
        var bytes = new byte[1 + random.nextInt(Key.MAX_BYTES)];
        random.nextBytes(bytes);
        return Key.of(bytes);
    }

    private static Request open(int volumeBytes, int keyBytes) {
        var cookie = Cookie.of("v".repeat(volumeBytes), "k".repeat(keyBytes));
        return new Request.Open(MsgId.FIRST, new ObjectId(1), cookie, 1);
    }

    private static Request decode(byte[] bytes) {
        return Codec.decode(ByteBuffer.wrap(bytes));
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }
}
