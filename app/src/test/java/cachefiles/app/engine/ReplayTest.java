package cachefiles.app.engine;

import static cachefiles.kernel.uapi.Faults.Victim.DAEMON;
import static cachefiles.kernel.uapi.Faults.Victim.DEVICE;
import static cachefiles.kernel.uapi.Faults.Victim.OBJECT;
import static cachefiles.kernel.uapi.Faults.Victim.SUPERVISOR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.daemon.core.SupervisorCore;
import cachefiles.daemon.core.SupervisorCore.Handles;
import cachefiles.kernel.actor.DeviceObserver;
import cachefiles.kernel.uapi.Faults.Victim;
import cachefiles.kernel.uapi.Phase;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// A real run under load and crashes, taken once more by the cores alone. The shells decide nothing: each turn of
/// theirs is one that the core makes, in the state that its turns before have led to; what one says another hears, and
/// nobody hears what nobody has said.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ReplayTest {
    private static final int ROUNDS = 12;
    private static final List<Phase> PHASES =
            List.of(Phase.READ_QUEUED, Phase.READ_DELIVERED, Phase.FETCHING, Phase.WRITTEN, Phase.ANSWERED);

    /// A worker ends with its daemon, and then answers nobody.
    private static final Set<Recording.Way> MAY_GO_UNHEARD = Set.of(Recording.Way.DAEMON_TO_WORKER);

    static Stream<Arguments> victims() {
        return Stream.of(
                Arguments.of(Handles.LOST, List.of(DAEMON)),
                Arguments.of(Handles.KEPT, List.of(DAEMON)),
                Arguments.of(Handles.LOST, List.of(DAEMON, DEVICE, OBJECT, SUPERVISOR)));
    }

    @ParameterizedTest
    @MethodSource("victims")
    @Tag("I10")
    @Tag("I18")
    @Tag("T18")
    void every_turn_of_a_real_run_is_one_that_the_cores_make_and_what_is_said_is_heard(
            Handles handles, List<Victim> victims, @TempDir Path directory) throws Exception {
        var recording = new Recording(new SupervisorCore.Policy(handles, 100));
        try (var blobs = Blobs.make(directory.resolve("origin"), 24, 64 * 1024);
                var rig = Rig.over(
                        directory.resolve("cache"),
                        blobs,
                        options -> options.handles(handles).observers(recording, recording, recording))) {
            var volume = rig.cache.acquireVolume(Rig.VOLUME);
            var readers = Readers.start(8, volume, blobs, 4, 1);
            for (int i = 0; i < ROUNDS && !readers.hasFailed(); i++) {
                for (Phase phase : PHASES) {
                    for (Victim victim : victims) {
                        long due = rig.plan.landed(victim, phase) + 1;
                        rig.plan.arm(victim, phase);
                        Eventually.holds(victim + " at " + phase.word(), () -> rig.plan.landed(victim, phase) >= due);
                    }
                }
            }
            readers.stopAndCheck();
            volume.release();
            if (victims.equals(List.of(DAEMON))) {
                Eventually.holds(
                        () -> "all heard: " + recording.account(),
                        () -> MAY_GO_UNHEARD.containsAll(recording.account().keySet()));
            }
        }
        System.out.println(recording.turns() + " turns in " + recording.lives());
        recording.replay();
        var heardOnly = recording.account().values().stream()
                .flatMap(way -> way.entrySet().stream())
                .filter(said -> said.getValue() < 0)
                .map(Map.Entry::getKey)
                .toList();
        assertEquals(List.of(), heardOnly, "heard, and not said");
        assertTrue(recording.daemons() > ROUNDS * PHASES.size() / 2, recording::lives); // that lived to take a turn
    }

    @Test
    void a_turn_that_was_taken_and_not_recorded_is_missed(@TempDir Path directory) throws Exception {
        var recording = new Recording(new SupervisorCore.Policy(Handles.LOST, 100));
        var left = new AtomicInteger(50);
        DeviceObserver forgetful = (after, command, decision) -> {
            if (decision.events().isEmpty() || left.decrementAndGet() != 0) {
                recording.stepped(after, command, decision);
            }
        };
        try (var blobs = Blobs.make(directory.resolve("origin"), 1, 1 << 20);
                var rig = Rig.over(
                        directory.resolve("cache"),
                        blobs,
                        options -> options.observers(forgetful, recording, recording))) {
            rig.cache.acquireVolume(Rig.VOLUME).acquire(Blobs.name(0)).read(0, ByteBuffer.allocate(1 << 20));
        }
        assertTrue(left.get() < 0);
        assertThrows(AssertionError.class, recording::replay);
        assertFalse(recording.account().isEmpty());
    }
}
