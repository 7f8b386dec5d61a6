package cachefiles.kernel.cache;

import static cachefiles.kernel.uapi.Errno.EINTR;
import static cachefiles.kernel.uapi.Errno.EIO;
import static cachefiles.kernel.uapi.Errno.OK;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.kernel.cache.CacheCommand.AcquireCookie;
import cachefiles.kernel.cache.CacheCommand.AcquireVolume;
import cachefiles.kernel.extent.FreeSpace;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Key;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Mounts, uses, crashes and closings in any order, with the answers to actions delayed and shuffled.
@DisplayNameGeneration(ReplaceUnderscores.class)
class CacheSimulationTest {
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    @Tag("I1")
    @Tag("I2")
    @Tag("I15")
    @Tag("I16")
    @Tag("I17")
    @Tag("B28")
    @Tag("B29")
    void everyone_who_waits_is_answered_once_and_nothing_remains(long seed) {
        var world = new World(seed);
        for (int step = 0; step < 2_000; step++) {
            world.step();
        }
        world.windUp();
    }

    static Stream<Long> seeds() {
        return LongStream.rangeClosed(1, 40).boxed();
    }

    /// The cache, and a shell that answers its actions in any order.
    private static final class World {
        private final Random random;
        private final Bench bench = new Bench();
        private final List<CacheCommand> answers = new ArrayList<>();
        private final Set<Long> waiting = new HashSet<>();
        private final List<Long> granted = new ArrayList<>();
        private final Set<Cookie> objects = new HashSet<>();
        private final Set<Cookie> withdrawing = new HashSet<>();
        private long tickets = 9;
        private int liveHandles;
        private boolean directoryTaken;

        World(long seed) {
            random = new Random(seed);
        }

        void step() {
            if (!answers.isEmpty() && random.nextInt(3) == 0) {
                tell(answers.remove(random.nextInt(answers.size())));
            } else {
                tell(anyCommand());
            }
        }

        void windUp() {
            liveHandles = 0;
            tell(new CacheCommand.CloseDevice(0));
            tell(new CacheCommand.CloseHandles(0));
            while (!answers.isEmpty()) {
                tell(answers.remove(random.nextInt(answers.size())));
            }
            assertEquals(new CacheState().toString(), bench.state.toString());
            assertEquals(Set.of(), waiting);
            assertEquals(Set.of(), objects);
            assertTrue(!directoryTaken, "the directory is given back");
        }

        private CacheCommand anyCommand() {
            return switch (random.nextInt(60)) {
                case 0, 1 -> new CacheCommand.OpenDevice(newTicket(), true);
                case 2 -> {
                    liveHandles = random.nextInt(3);
                    yield new CacheCommand.CloseDevice(liveHandles);
                }
                case 3, 4, 5 -> {
                    liveHandles = Math.max(0, liveHandles - 1);
                    yield new CacheCommand.CloseHandles(liveHandles);
                }
                case 6, 7, 8 -> Bench.write(newTicket(), "dir " + Bench.DIRECTORY);
                case 9, 10, 11 -> Bench.write(newTicket(), random.nextBoolean() ? "bind" : "bind ondemand");
                case 12 -> random.nextInt(4) == 0 ? new CacheCommand.FailCache() : new CacheCommand.Cancel(0, EIO);
                case 13, 14 ->
                    new CacheCommand.MeasureSpace(new FreeSpace(random.nextInt(10), 100, random.nextInt(10), 100));
                case 15, 16, 17 -> new CacheCommand.Cancel(anyTicket(), EINTR);
                case 18, 19, 20, 21, 22, 23 -> new AcquireVolume(newTicket(), anyKey("v"), random.nextBoolean());
                case 24, 25, 26, 27 -> new CacheCommand.RelinquishVolume(newTicket(), anyTicket());
                case 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39 -> new CacheCommand.ReleaseCookie(anyTicket());
                default -> new AcquireCookie(newTicket(), anyTicket(), anyKey("c"), random.nextInt(5) == 0);
            };
        }

        private void tell(CacheCommand command) {
            var before = bench.state.toString();
            assertEquals(before, bench.state.copy().toString());
            if (command instanceof CacheCommand.Withdrawn(var cookie)) {
                withdrawing.remove(cookie);
                objects.remove(cookie);
            }
            var decision = CacheCore.decide(bench.state, command);
            assertEquals(before, bench.state.toString(), "decide only reads");
            decision.events().forEach(event -> CacheCore.evolve(bench.state, event));
            decision.actions().forEach(this::perform);
            checkState();
        }

        private void perform(CacheAction action) {
            switch (action) {
                case CacheAction.Complete(var ticket, var errno) -> {
                    assertTrue(
                            waiting.remove(ticket), () -> "ticket " + ticket + " is answered once, not again " + errno);
                    if (errno.isOk()) {
                        granted.add(ticket);
                    }
                }
                case CacheAction.CheckDirectory _ -> {
                    assertTrue(!directoryTaken, "no bind while the directory is taken");
                    var errno = random.nextInt(3) == 0 ? EIO : OK;
                    directoryTaken = errno.isOk();
                    answers.add(new CacheCommand.DirectoryChecked(errno));
                }
                case CacheAction.ReleaseDirectory _ -> {
                    assertTrue(directoryTaken, "what is given back was taken");
                    assertEquals(Set.of(), objects, "no object outlives its cache");
                    directoryTaken = false;
                }
                case CacheAction.StartLookUp(var cookie, var _) -> {
                    assertEquals(Life.READY, bench.state.life(), "no look-up begins once the cache goes (B29)");
                    assertTrue(objects.add(cookie), "one object a cookie at a time");
                    answers.add(new CacheCommand.LookedUp(cookie, random.nextInt(4) == 0 ? EIO : OK));
                }
                case CacheAction.Withdraw(var cookie) -> {
                    assertTrue(objects.contains(cookie) && withdrawing.add(cookie), "an object is withdrawn once");
                    answers.add(new CacheCommand.Withdrawn(cookie));
                }
                case CacheAction.PassOn _, CacheAction.CheckInUse _, CacheAction.CullFile _ ->
                    throw new AssertionError("not asked for: " + action);
                case CacheAction.FlushAll _,
                        CacheAction.RefuseOperations _,
                        CacheAction.WakePollers _,
                        CacheAction.SetFull _ -> {}
            }
        }

        private void checkState() {
            var volumes = bench.state.volumes;
            int lookUps = 0;
            for (var entry : volumes.entries()) {
                lookUps += entry.phase() == Volumes.Phase.LOOKING_UP ? 1 : 0;
                assertTrue(waiting.containsAll(entry.waiting()), "who waits in the state waits outside");
                boolean going = bench.state.life() == Life.UNBINDING;
                boolean whole = entry.phase() == Volumes.Phase.ACTIVE
                        ? entry.granted() > 0 && entry.waiting().isEmpty()
                        : entry.granted() == 0 || going;
                assertTrue(whole, entry::toString);
            }
            assertEquals(lookUps, volumes.lookUps());
        }

        private long newTicket() {
            waiting.add(++tickets);
            return tickets;
        }

        /// One of the last few, or one that was answered `OK`: an owner, a use, or neither (any more).
        private long anyTicket() {
            return granted.isEmpty() || random.nextInt(4) == 0
                    ? Math.max(0, tickets - random.nextInt(20))
                    : granted.get(Math.max(0, granted.size() - 1 - random.nextInt(12)));
        }

        private Key anyKey(String prefix) {
            return Key.of(prefix + random.nextInt(3));
        }
    }
}
