package cachefiles.persistence.journal;

import static cachefiles.persistence.journal.JournalTest.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.kernel.actor.Gate;
import cachefiles.kernel.reader.GateCore;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Errno;
import cachefiles.persistence.journal.Journal.Kind;
import cachefiles.persistence.journal.JournalFaults.Moment;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLTransientConnectionException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(60)
class JournalFaultsTest {
    private static final Cookie COOKIE = Cookie.of("erofs,test.img", "blob1.img");
    private static final Content CONTENT = new Content(65536, "v1");
    private static final Gate.Acquisition ACQUIRED = new Gate.Acquisition(Errno.OK, CONTENT);

    @TempDir
    Path cache;

    private final JournalSwitch faults = new JournalSwitch();

    @ParameterizedTest
    @CsvSource({"MEMORY, WRITING", "MEMORY, WRITTEN", "MEMORY, REPLAYING", "H2, WRITING", "H2, WRITTEN", "H2, REPLAYING"
    })
    void an_object_outlives_failures_of_its_journal(Kind kind, Moment moment) throws Exception {
        faults.fail(moment, 3);
        try (var journal = Journal.open(kind, cache);
                var objects = new Objects(journal.setup(faults), _ -> CONTENT)) {
            assertEquals(ACQUIRED, await(objects.acquire(COOKIE)));
            // an event that was stored unheard is found when the actor comes back: it is not stored again
            assertEquals(moment == Moment.WRITTEN ? 1 : 3, faults.failed(moment));
        }
    }

    @Test
    @Tag("S130")
    void an_object_waits_for_a_journal_that_is_away_however_often_it_asks() throws Exception {
        int tries = GateCore.RECOVERIES + 1;
        var left = new AtomicInteger(tries);
        try (var journal = Journal.open(Kind.MEMORY, cache);
                var objects = new Objects(
                        journal.setup((moment, _) -> moment == Moment.REPLAYING && left.getAndDecrement() > 0
                                ? CompletableFuture.failedFuture(new SQLTransientConnectionException("away"))
                                : CompletableFuture.completedFuture(null)),
                        _ -> CONTENT)) {
            assertEquals(ACQUIRED, objects.acquire(COOKIE).get(50, TimeUnit.SECONDS));
            assertEquals(-1, left.get());
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void nothing_is_acknowledged_while_the_journal_is_slow(Kind kind) throws Exception {
        var cookies = cookies(20);
        var arrived = new CountDownLatch(cookies.size());
        faults.hold(Moment.WRITING);
        try (var journal = Journal.open(kind, cache);
                var objects = new Objects(
                        journal.setup((moment, id) -> {
                            var stage = faults.at(moment, id);
                            if (moment == Moment.WRITING) {
                                arrived.countDown();
                            }
                            return stage;
                        }),
                        _ -> CONTENT)) {
            var acquired = cookies.stream().map(objects::acquire).toList();

            assertTrue(arrived.await(20, TimeUnit.SECONDS));
            assertTrue(acquired.stream().noneMatch(CompletableFuture::isDone));
            assertEquals(cookies.size(), faults.waiting(Moment.WRITING));

            faults.heal();
            for (var each : acquired) {
                assertEquals(ACQUIRED, await(each));
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2})
    void what_was_acknowledged_among_failures_is_known_after_a_restart(long seed) throws Exception {
        var cookies = cookies(10);
        var versions = new ConcurrentHashMap<Cookie, Integer>();
        var acknowledged = new ConcurrentHashMap<Cookie, Content>();
        try (var journal = Journal.open(Kind.H2, cache);
                var objects = new Objects(
                        journal.setup(random(seed)),
                        cookie -> new Content(4096, "v" + versions.merge(cookie, 1, Integer::sum)))) {
            for (int round = 0; round < 3; round++) {
                var acquired = new ArrayList<CompletableFuture<?>>();
                for (Cookie cookie : cookies) {
                    acquired.add(objects.acquire(cookie).thenAccept(done -> acknowledged.put(cookie, done.content())));
                }
                for (var each : acquired) {
                    await(each);
                }
                for (Cookie cookie : cookies) {
                    await(objects.release(cookie, false));
                }
            }
        }
        try (var journal = Journal.open(Kind.H2, cache);
                var objects = new Objects(journal.setup(), _ -> CONTENT)) {
            for (Cookie cookie : cookies) {
                await(objects.acquire(cookie));
                assertEquals(acknowledged.get(cookie), await(objects.found(cookie)), cookie.toString());
            }
        }
    }

    private static JournalFaults random(long seed) {
        var random = new SplittableRandom(seed);
        return (_, _) -> {
            synchronized (random) {
                return random.nextInt(8) == 0
                        ? CompletableFuture.failedFuture(new IOException("drawn"))
                        : CompletableFuture.completedFuture(null);
            }
        };
    }

    private static List<Cookie> cookies(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> Cookie.of("erofs,test.img", "blob" + i))
                .toList();
    }
}
