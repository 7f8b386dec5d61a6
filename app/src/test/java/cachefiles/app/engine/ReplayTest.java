package cachefiles.app.engine;

import static cachefiles.kernel.uapi.Faults.Victim.DAEMON;
import static cachefiles.kernel.uapi.Faults.Victim.DEVICE;
import static cachefiles.kernel.uapi.Faults.Victim.OBJECT;
import static cachefiles.kernel.uapi.Faults.Victim.SUPERVISOR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.app.check.trace.Actor;
import cachefiles.app.check.trace.Conformance;
import cachefiles.app.check.trace.Departure;
import cachefiles.app.check.trace.TraceFormat;
import cachefiles.app.check.trace.TraceWriter;
import cachefiles.daemon.core.SupervisorCore.Handles;
import cachefiles.kernel.uapi.Faults.Victim;
import cachefiles.kernel.uapi.Phase;
import java.io.Writer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
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
        var told = new Told();
        try (var blobs = Blobs.make(directory.resolve("origin"), 24, 64 * 1024);
                var trace = new TraceWriter(told);
                var rig = Rig.over(
                        directory.resolve("cache"),
                        blobs,
                        options -> options.handles(handles).trace(trace, "under load"))) {
            var volume = rig.cache.acquireVolume(Rig.VOLUME);
            var readers = Readers.start(rig, 8, volume, blobs, 4, 1);
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
                        () -> "all heard: " + told.unheard(),
                        () -> told.unheard().isEmpty());
            }
        }
        System.out.println(told.lives());
        assertEquals(null, told.departure());
        assertEquals(1, told.lives(Actor.Kind.CACHE));
        assertTrue(told.lives(Actor.Kind.DAEMON) > ROUNDS * PHASES.size() / 2, told::lives); // that took a turn
    }

    /// Takes the lines of a trace as they are written, and has them checked.
    private static final class Told extends Writer {
        private final Conformance conformance = new Conformance();
        private long lines;

        @Override
        public synchronized void write(char[] text, int offset, int length) {
            conformance.line(++lines, TraceFormat.read(new String(text, offset, length)));
        }

        synchronized List<Departure> unheard() {
            return conformance.unheard();
        }

        synchronized @Nullable Departure departure() {
            return conformance.departure();
        }

        synchronized int lives(Actor.Kind kind) {
            return conformance.lives(kind);
        }

        synchronized String lives() {
            return conformance.turns() + " turns in lives of "
                    + Arrays.stream(Actor.Kind.values())
                            .map(kind -> kind.word() + ": " + lives(kind))
                            .toList();
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
