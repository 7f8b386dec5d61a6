package cachefiles.app.engine;

import static cachefiles.kernel.uapi.Faults.Victim.DAEMON;
import static cachefiles.kernel.uapi.Faults.Victim.DEVICE;
import static cachefiles.kernel.uapi.Faults.Victim.JOURNAL;
import static cachefiles.kernel.uapi.Faults.Victim.OBJECT;
import static cachefiles.kernel.uapi.Faults.Victim.STORE;
import static cachefiles.kernel.uapi.Faults.Victim.SUPERVISOR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import cachefiles.kernel.uapi.DeviceException;
import cachefiles.kernel.uapi.Faults.Victim;
import cachefiles.kernel.uapi.Phase;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Any actor may fail, at any phase; two at once; and again during recovery.
///
/// A cell of the matrix counts deaths that were seen. OBJECT (the one whose request it is), DEVICE, DAEMON and
/// SUPERVISOR throw while whoever reached the phase is held in it. STORE and JOURNAL are no actors: of them counts the
/// first thing that failed once the phase was reached: a write with half of its bytes in place, whose worker dies
/// alone; an event not stored, or stored and nobody told, or not replayed. The load retires one use in four, so the
/// journal is always soon at work. `restoring` and `starting` belong to a daemon's death, which is made for company.
@DisplayNameGeneration(ReplaceUnderscores.class)
class CrashMatrixTest {
    private static final int LANDINGS = 20;
    private static final List<Victim> VICTIMS = List.of(OBJECT, DEVICE, DAEMON, SUPERVISOR, STORE, JOURNAL);
    private static final List<Pair> PAIRS = VICTIMS.stream()
            .flatMap(one ->
                    VICTIMS.stream().filter(other -> other.compareTo(one) > 0).map(other -> new Pair(one, other)))
            .toList();
    private static final Set<Phase> OF_RECOVERY = EnumSet.of(Phase.RESTORING, Phase.STARTING);

    @Test
    @Tag("T18")
    @Tag("I1")
    @Tag("I15")
    @Tag("I17")
    @Tag("I18")
    void every_actor_dies_in_every_phase_and_no_reader_notices(@TempDir Path directory) throws Exception {
        try (var load = new UnderLoad(directory)) {
            for (int round = 0; round < LANDINGS; round++) {
                for (Phase phase : Phase.values()) {
                    for (Victim victim : VICTIMS) { // in turn: a request over which three workers die is answered EIO
                        load.land(phase, victim);
                    }
                }
            }
            load.check();
            var table = table(load.rig);
            System.out.println(table);
            Files.writeString(Files.createDirectories(Path.of("target")).resolve("crash-matrix.md"), table);
            for (Victim victim : VICTIMS) {
                for (Phase phase : Phase.values()) {
                    assertFalse(load.rig.plan.landed(victim, phase) < LANDINGS, victim + " at " + phase.word());
                }
            }
        }
    }

    @Test
    @Tag("T18")
    @Tag("I18")
    void two_die_at_once_and_again_during_the_recovery_and_no_reader_notices(@TempDir Path directory) throws Exception {
        try (var load = new UnderLoad(directory)) {
            for (Phase phase : Phase.values()) {
                for (Pair pair : PAIRS) {
                    load.land(phase, pair.one(), pair.other());
                }
            }
            for (Pair pair : PAIRS) {
                load.landAgainDuringRecovery(pair.one(), pair.other());
                load.landAgainDuringRecovery(pair.other(), pair.one());
            }
            load.check();
        }
    }

    private record Pair(Victim one, Victim other) {}

    private static String table(Rig rig) {
        var table = new StringBuilder("| phase |");
        VICTIMS.forEach(victim ->
                table.append(' ').append(victim.name().toLowerCase(Locale.ROOT)).append(" |"));
        table.append("\n|---|").append("---:|".repeat(VICTIMS.size())).append('\n');
        for (Phase phase : Phase.values()) {
            table.append("| ").append(phase.word()).append(" |");
            VICTIMS.forEach(victim ->
                    table.append(' ').append(rig.plan.landed(victim, phase)).append(" |"));
            table.append('\n');
        }
        return table.toString();
    }

    /// 32 readers over a cache whose parts die.
    private static final class UnderLoad implements AutoCloseable {
        private static final int PINNED = 0;
        private final Blobs blobs;
        final Rig rig;
        private final Volume volume;
        private final Readers readers;

        UnderLoad(Path directory) throws IOException, DeviceException {
            blobs = Blobs.make(directory.resolve("origin"), 64, 96 * 1024);
            rig = Rig.over(directory.resolve("cache"), blobs, options -> options);
            volume = rig.cache.acquireVolume(Rig.VOLUME);
            rig.anyObject.set(volume.acquire(Blobs.name(PINNED)).cookie()); // never released: its actor stays
            readers = Readers.start(rig, 32, volume, blobs, 4, 7);
        }

        /// All of `victims` die at once, at the next who reaches `phase`.
        void land(Phase phase, Victim... victims) {
            if (readers.hasFailed()) {
                return;
            }
            var due = List.of(victims).stream()
                    .map(victim -> new Due(victim, phase, rig.plan.landed(victim, phase) + 1))
                    .toList();
            rig.plan.armTogether(phase, victims);
            if (OF_RECOVERY.contains(phase)) {
                rig.plan.arm(DAEMON, Phase.READ_DELIVERED);
            }
            await(due);
        }

        /// Two die with the daemon; one of them dies again when the next takes over, the other when a next comes up.
        void landAgainDuringRecovery(Victim one, Victim other) {
            if (readers.hasFailed()) {
                return;
            }
            var due = List.of(
                    new Due(one, Phase.RESTORING, rig.plan.landed(one, Phase.RESTORING) + 1),
                    new Due(other, Phase.STARTING, rig.plan.landed(other, Phase.STARTING) + 1));
            rig.plan.arm(one, Phase.RESTORING);
            rig.plan.arm(other, Phase.STARTING);
            var company = EnumSet.of(one, other, DAEMON);
            rig.plan.armTogether(Phase.READ_DELIVERED, company.toArray(Victim[]::new));
            await(due);
        }

        private record Due(Victim victim, Phase phase, long count) {}

        private void await(List<Due> due) {
            Eventually.holds(
                    () -> due + " while " + rig.cache.supervised() + ", missed " + rig.plan.missed(),
                    () -> readers.hasFailed()
                            || rig.plan.pending() == 0
                                    && due.stream()
                                            .allMatch(each ->
                                                    rig.plan.landed(each.victim(), each.phase()) >= each.count()));
        }

        /// No reader has seen any of it, and all bytes are right.
        void check() throws DeviceException, InterruptedException {
            readers.stopAndCheck();
            for (int i = 0; i < blobs.count(); i++) {
                try (var object = volume.acquire(Blobs.name(i))) {
                    var all = ByteBuffer.allocate((int) blobs.size(i));
                    assertEquals(0, blobs.wrong(i, 0, all.capacity(), all, object.read(0, all)), "bytes of " + i);
                }
            }
        }

        @Override
        public void close() throws IOException {
            try (blobs) {
                rig.close();
            }
        }
    }
}
