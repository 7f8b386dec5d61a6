package cachefiles.app.engine;

import static cachefiles.kernel.uapi.Faults.Victim.DAEMON;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.kernel.uapi.Opcode;
import cachefiles.kernel.uapi.Phase;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The seed's own promise, at scale.
@DisplayNameGeneration(ReplaceUnderscores.class)
class DaemonCrashTest {
    private static final int KILLS = 2_000;
    private static final int READERS = 64;

    @Test
    @Tag("T18")
    @Tag("T08")
    @Tag("I1")
    @Tag("I10")
    @Tag("I18")
    @Tag("S74")
    @Tag("S84")
    @Tag("D7")
    void two_thousand_daemon_crashes_under_64_readers_cost_no_read_and_no_byte(@TempDir Path directory)
            throws Exception {
        try (var blobs = Blobs.make(directory.resolve("origin"), 96, 128 * 1024);
                var rig = Rig.over(directory.resolve("cache"), blobs, options -> options)) {
            var readers = Readers.start(rig, READERS, rig.cache.acquireVolume(Rig.VOLUME), blobs, 4, 1);
            long kills = killAtEachPhase(rig, readers);
            readers.stopAndCheck();

            var line = new StringBuilder();
            for (Phase phase : Phase.values()) {
                line.append(' ').append(phase.word()).append('=').append(rig.plan.landed(DAEMON, phase));
                assertTrue(rig.plan.landed(DAEMON, phase) >= KILLS / 20, phase.word());
            }
            var ledger = rig.ledger;
            System.out.printf(
                    "%d kills:%s%n%d reads, %d handles closed under the daemon, %d OPENs and %d READs handed out again,"
                            + " %d reopens, %d answers of predecessors refused%n",
                    kills,
                    line,
                    readers.reads(),
                    ledger.closedEarly(),
                    ledger.redelivered(Opcode.OPEN),
                    ledger.redelivered(Opcode.READ),
                    ledger.reopened(),
                    ledger.fenced());
            assertTrue(ledger.restarts() >= KILLS, () -> ledger.restarts() + " restarts");
            Eventually.holds(
                    () -> ledger.restarts() + " restarts, not " + rig.cache.supervised(),
                    () -> rig.cache.supervised().restarts() == ledger.restarts());
            assertEquals(ledger.restarts() + 1, ledger.takeOvers(), "take-overs: one a daemon");
            assertTrue(ledger.redelivered(Opcode.OPEN) > 0);
            assertTrue(ledger.redelivered(Opcode.READ) > 0);
            assertTrue(ledger.reopened() > 0);
            assertTrue(ledger.closedEarly() >= KILLS / 20, () -> ledger.closedEarly() + " closed early");
            assertFalse(rig.cache.hasGivenUp());
        }
    }

    private static long killAtEachPhase(Rig rig, Readers readers) {
        var random = new SplittableRandom(18);
        long kills = 0;
        while (kills < KILLS && !readers.hasFailed()) {
            for (Phase phase : Phase.values()) {
                long due = rig.plan.landed(DAEMON, phase) + 1;
                rig.plan.arm(DAEMON, phase);
                kills++;
                if (phase == Phase.RESTORING || phase == Phase.STARTING) {
                    rig.plan.arm(DAEMON, Phase.READ_DELIVERED); // the death of which it is the recovery
                    kills++;
                }
                Eventually.holds(
                        () -> "a daemon's death at " + phase.word(),
                        () -> rig.plan.landed(DAEMON, phase) >= due && rig.plan.pending() == 0);
            }
            closeOne(rig, random);
        }
        return kills;
    }

    /// The daemon closes the descriptor of an object that is in use.
    private static void closeOne(Rig rig, SplittableRandom random) {
        long due = rig.ledger.closedEarly() + 1;
        Eventually.holds("a handle closed under the daemon", () -> {
            var open = rig.ledger.open();
            if (!open.isEmpty()) {
                rig.cache.closeHandle(open.get(random.nextInt(open.size())));
            }
            return rig.ledger.closedEarly() >= due;
        });
    }
}
