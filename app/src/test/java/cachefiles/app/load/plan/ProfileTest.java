package cachefiles.app.load.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.app.load.Profiles;
import cachefiles.kernel.uapi.Phase;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ProfileTest {
    @Test
    @Tag("T08")
    @Tag("T09")
    void all_that_are_shipped_can_be_read_and_have_crashes() {
        for (String name : Profiles.SHIPPED) {
            assertTrue(Profiles.named(name).crash().any(), name);
        }
        assertTrue(Profiles.named("compile").readers() >= 32);
        assertEquals(2 << 20, Profiles.named("compile-readahead").readAheadBytes());
    }

    @Test
    void stress_has_the_weights_of_the_reference() {
        assertEquals(
                Map.of(
                        Mix.Kind.ALIGNED, 1,
                        Mix.Kind.UNALIGNED, 2,
                        Mix.Kind.RANDOM, 3,
                        Mix.Kind.DROP, 1,
                        Mix.Kind.DROP_ALL, 2,
                        Mix.Kind.COMPACT, 1),
                Profiles.named("stress").mix().weights());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "readers = 0     | f, line 2: readers: '0' is no number from 1 on",
                "acess = zipf    | f, line 2: no 'acess'; there are: objects object-size readers rate access block mix think duration crash failover passivate read-ahead origin-latency deadline prepare interval seed",
                "access = random | f, line 2: access: no 'random'; there are: uniform sequential zipf zipf:SKEW",
                "crash = daily   | f, line 2: crash: no 'daily'; there are: none every:500ms poisson:2s phase:NAME phase:NAME:500ms",
                "duration = 0s   | f, line 2: duration: '0s' is no time to wait: say more than 0",
                "duration = 5    | f, line 2: duration: '5' is no time, such as 500us, 20ms, 2s, 1m or 1h",
                "rate = fast     | f, line 2: rate: 'fast' is no rate: say how many a second, or closed",
                "block = 4k..1k  | f, line 2: block: '4k..1k' is no spread of sizes: say 4k, 4k..64k, ~16k..1M (median..99 %) or 4k*7,64k*2",
                "block = many    | f, line 2: block: 'many' is no number of bytes, such as 1048576, 64k, 256M or 1G",
                "failover = yes  | f, line 2: failover: no 'yes'; there are: on off",
                "prepare = all   | f, line 2: prepare: no 'all'; there are: none open read",
                "objects         | f, line 2: say name = value",
                "seed = 7        | f, line 2: 'seed' stands twice; leave one out",
            })
    void what_cannot_be_read_is_told_with_its_line_and_what_would_do(String line, String why) {
        var wrong = assertThrows(
                IllegalArgumentException.class, () -> Profile.parse("f", "seed = 3 # a comment\n" + line + "\n"));
        assertEquals(why, wrong.getMessage());
    }

    @Test
    void what_is_not_named_is_as_usual_and_the_command_line_has_the_last_word() {
        var profile = Profile.parse("f", "# nothing\n\nobjects = 5\ncrash = phase:fetching:20ms\npassivate = never\n");
        assertEquals(5, profile.objects());
        assertEquals(new Crashes(Duration.ofMillis(20), true, Phase.FETCHING), profile.crash());
        assertEquals(Duration.ZERO, profile.passivate());
        assertEquals(0, profile.ratePerSecond());
        assertEquals(7, profile.with(Map.of(Profile.Name.OBJECTS, "7")).objects());
        assertEquals(
                "7", profile.with(Map.of(Profile.Name.OBJECTS, "7")).texts().get(Profile.Name.OBJECTS));
    }

    @Test
    void sizes_are_spread_as_said() {
        assertEquals(4096, Sizes.parse("4k").at(0.7));
        var between = Sizes.parse("1..4");
        assertEquals(1, between.at(0));
        assertEquals(4, between.at(0.999));
        var files = Sizes.parse("~16k..1M");
        assertEquals(16 << 10, (double) files.at(0.5), 1);
        assertEquals(1 << 20, (double) files.at(0.99), 2);
        var mixed = Sizes.parse("4k*7,64k*2,1M*1");
        assertEquals(4 << 10, mixed.at(0.69));
        assertEquals(64 << 10, mixed.at(0.71));
        assertEquals(1 << 20, mixed.at(0.95));
    }

    @Test
    void zipf_draws_the_first_as_often_as_it_should() {
        var ranks = new Access.Ranks(1000, 0.99);
        var random = new SplittableRandom(1);
        int[] counts = new int[1000];
        for (int i = 0; i < 200_000; i++) {
            counts[ranks.draw(random)]++;
        }
        double sum = 0;
        for (int k = 1; k <= 1000; k++) {
            sum += Math.pow(k, -0.99);
        }
        for (int k : new int[] {1, 2, 10, 100}) {
            double expected = 200_000 * Math.pow(k, -0.99) / sum;
            assertEquals(expected, counts[k - 1], 5 * Math.sqrt(expected), "rank " + k);
        }
    }

    @Test
    void every_rank_is_another_object_and_every_name_its_own() {
        var synthetic = new Synthetic(5000, Sizes.parse("~1k..1M"));
        var objects = new HashSet<Integer>();
        for (int rank = 0; rank < 5000; rank++) {
            int object = synthetic.ofRank(rank);
            objects.add(object);
            assertEquals(object, synthetic.object(Synthetic.name(object)));
        }
        assertEquals(5000, objects.size());
        assertEquals(-1, synthetic.object("o0001/fff"));
        assertEquals(-1, synthetic.object("else"));
    }

    @Test
    void bytes_are_those_of_object_and_offset_from_wherever_they_are_read() {
        var whole = ByteBuffer.allocate(10_000);
        Synthetic.fill(3, 0, whole);
        var part = ByteBuffer.allocate(5000);
        Synthetic.fill(3, 1001, part);
        for (int i = 0; i < 5000; i++) {
            assertEquals(whole.get(1001 + i), part.get(i));
        }
        assertEquals(0, Synthetic.wrongBytes(3, 1001, part, 5000, true));
        assertTrue(Synthetic.wrongBytes(4, 1001, part, 5000, false) > 4000, "another object's");
        assertTrue(Synthetic.wrongBytes(3, 1000, part, 5000, false) > 4000, "another place's");
        assertEquals(1, Synthetic.wrongBytes(3, 1001, part, 4999, false), "too many");
        part.put(2500, (byte) ~part.get(2500));
        assertEquals(1, Synthetic.wrongBytes(3, 1001, part, 5000, true));
        part.put(0, (byte) ~part.get(0));
        assertEquals(2, Synthetic.wrongBytes(3, 1001, part, 5000, false), "all are looked at once one is wrong");
    }

    @Test
    void in_order_each_object_is_read_from_beginning_to_end() {
        var profile = Profile.of(Map.of(
                Profile.Name.OBJECTS, "3",
                Profile.Name.OBJECT_SIZE, "10k",
                Profile.Name.ACCESS, "sequential",
                Profile.Name.READERS, "1"));
        var synthetic = new Synthetic(3, profile.objectSize());
        var walk = new Walk(profile, synthetic, Walk.ranks(profile), 0, new SplittableRandom(1));
        for (int object : new int[] {0, 1, 2, 0}) {
            for (long offset : new long[] {0, 4096, 8192}) {
                assertEquals(new Step.Read(object, offset, 4096), walk.next());
            }
        }
        assertEquals(10 * 1024 - 8192, synthetic.expected(0, 8192, 4096));
        assertEquals(0, synthetic.expected(0, 20_000, 4096));
    }

    @Test
    void one_seed_walks_one_way() {
        var profile = Profiles.named("stress");
        var synthetic = new Synthetic(profile.objects(), profile.objectSize());
        var one = new Walk(profile, synthetic, Walk.ranks(profile), 0, new SplittableRandom(5));
        var two = new Walk(profile, synthetic, Walk.ranks(profile), 0, new SplittableRandom(5));
        for (int i = 0; i < 1000; i++) {
            assertEquals(one.next(), two.next());
            assertEquals(one.thinkNanos(), two.thinkNanos());
        }
    }
}
