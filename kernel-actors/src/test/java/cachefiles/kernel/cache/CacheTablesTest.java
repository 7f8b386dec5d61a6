package cachefiles.kernel.cache;

import static cachefiles.kernel.cache.Bench.bound;
import static cachefiles.kernel.cache.Bench.write;
import static cachefiles.kernel.uapi.Errno.EINTR;
import static cachefiles.kernel.uapi.Errno.EIO;
import static cachefiles.kernel.uapi.Errno.ENOENT;
import static cachefiles.kernel.uapi.Errno.OK;
import static org.junit.jupiter.api.Assertions.assertEquals;

import cachefiles.kernel.cache.CacheCommand.AcquireCookie;
import cachefiles.kernel.cache.CacheCommand.AcquireVolume;
import cachefiles.kernel.cache.CacheCommand.Cancel;
import cachefiles.kernel.cache.CacheCommand.CloseDevice;
import cachefiles.kernel.cache.CacheCommand.CloseHandles;
import cachefiles.kernel.cache.CacheCommand.DirectoryChecked;
import cachefiles.kernel.cache.CacheCommand.FailCache;
import cachefiles.kernel.cache.CacheCommand.LookedUp;
import cachefiles.kernel.cache.CacheCommand.MeasureSpace;
import cachefiles.kernel.cache.CacheCommand.OpenDevice;
import cachefiles.kernel.cache.CacheCommand.ReleaseCookie;
import cachefiles.kernel.cache.CacheCommand.RelinquishVolume;
import cachefiles.kernel.cache.CacheCommand.Withdrawn;
import cachefiles.kernel.extent.FreeSpace;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Key;
import cachefiles.testing.ModuleFolder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Every state × command of the cache, one line each in `src/test/resources`:
///
///     state | command | life [events] actions
///
/// A cell that is missing, or too many, fails as one that is wrong does; the difference shows the line to be.
@DisplayNameGeneration(ReplaceUnderscores.class)
class CacheTablesTest {
    private static final Key VOLUME = Key.of("v");
    private static final Cookie COOKIE = Cookie.of("v", "c");

    private static final Map<String, CacheCommand> LIFE_COMMANDS = inOrder(
            entry("open", new OpenDevice(9, true)),
            entry("open without the right", new OpenDevice(9, false)),
            entry("close", new CloseDevice(0)),
            entry("close, 1 handle left", new CloseDevice(1)),
            entry("handles closed", new CloseHandles(0)),
            entry("handles closed, 1 left", new CloseHandles(1)),
            entry("directory checked", new DirectoryChecked(OK)),
            entry("directory refused", new DirectoryChecked(ENOENT)),
            entry("I/O error", new FailCache()),
            entry("space ample", new MeasureSpace(new FreeSpace(90, 100, 90, 100))),
            entry("space scarce", new MeasureSpace(new FreeSpace(90, 100, 4, 100))),
            entry("space exhausted", new MeasureSpace(new FreeSpace(0, 100, 90, 100))),
            entry("write: dir", write("dir /c")),
            entry("write: tag", write("tag mine")),
            entry("write: secctx", write("secctx u")),
            entry("write: limit", write("frun 8%")),
            entry("write: limit out of order", write("frun 5%")),
            entry("write: debug", write("debug 1")),
            entry("write: bind", write("bind")),
            entry("write: bind ondemand", write("bind ondemand")),
            entry("write: bind nonsense", write("bind nonsense")),
            entry("write: cull", write("cull n")),
            entry("write: inuse", write("inuse n")),
            entry("write: copen", write("copen 1,5")),
            entry("write: copen, unreadable size", write("copen 1,x")),
            entry("write: copen, no comma", write("copen 1")),
            entry("write: restore", write("restore")),
            entry("write: nonsense", write("nonsense")),
            entry("acquire volume", new AcquireVolume(9, VOLUME, false)));

    private static final Map<String, CacheCommand> COOKIE_COMMANDS = inOrder(
            entry("acquire", new AcquireCookie(3, 1, COOKIE.key(), false)),
            entry("acquire as primary", new AcquireCookie(3, 1, COOKIE.key(), true)),
            entry("acquire as a stranger", new AcquireCookie(3, 99, COOKIE.key(), false)),
            entry("release", new ReleaseCookie(2)),
            entry("cancel", new Cancel(2, EINTR)),
            entry("looked up", new LookedUp(COOKIE, OK)),
            entry("look-up failed", new LookedUp(COOKIE, EIO)),
            entry("withdrawn", new Withdrawn(COOKIE)));

    private static final Map<String, CacheCommand> VOLUME_COMMANDS = inOrder(
            entry("acquire", new AcquireVolume(3, VOLUME, false)),
            entry("acquire shared", new AcquireVolume(3, VOLUME, true)),
            entry("relinquish", new RelinquishVolume(4, 1)),
            entry("relinquish as a stranger", new RelinquishVolume(4, 99)),
            entry("cancel the relinquisher", new Cancel(5, EINTR)),
            entry("cancel the successor", new Cancel(6, EINTR)),
            entry("last cookie withdrawn", new Withdrawn(COOKIE)));

    @Test
    @Tag("S1")
    @Tag("S3")
    @Tag("S4")
    @Tag("S44")
    @Tag("S46")
    @Tag("S47")
    @Tag("S48")
    @Tag("S49")
    @Tag("S54")
    @Tag("S57")
    @Tag("S112")
    @Tag("S115")
    @Tag("S116")
    void every_command_in_every_life_of_the_cache() {
        check("life.table", lives(), LIFE_COMMANDS);
    }

    @Test
    @Tag("S6")
    @Tag("S103")
    @Tag("S107")
    @Tag("S121")
    @Tag("B33")
    void every_command_in_every_phase_of_a_cookie() {
        check("cookie.table", cookies(), COOKIE_COMMANDS);
    }

    @Test
    @Tag("S5")
    @Tag("S121")
    @Tag("B40")
    void every_command_in_every_state_of_a_volume() {
        check("volume.table", volumes(), VOLUME_COMMANDS);
    }

    @Test
    void the_diagram_of_lives_shows_the_moves_that_the_core_makes() throws IOException {
        var moves = new TreeSet<String>();
        addMoves(lives(), LIFE_COMMANDS, moves);
        addMoves(cookies(), COOKIE_COMMANDS, moves);
        var source = Files.readString(ModuleFolder.sourceOf(Life.class));
        var arrows = Pattern.compile("[A-Z]+ ──\\w+──▶ [A-Z]+").matcher(source).results();
        var drawn = arrows.map(arrow -> arrow.group()).collect(Collectors.toCollection(TreeSet::new));
        assertEquals(String.join("\n", drawn), String.join("\n", moves));
    }

    private static void addMoves(
            Map<String, CacheState> states, Map<String, CacheCommand> commands, Set<String> moves) {
        for (CacheState start : states.values()) {
            for (CacheCommand command : commands.values()) {
                var state = start.copy();
                for (CacheEvent event : CacheCore.decide(state, command).events()) {
                    var from = state.life();
                    CacheCore.evolve(state, event);
                    if (from != state.life()) {
                        moves.add(from + " ──" + event.getClass().getSimpleName() + "──▶ " + state.life());
                    }
                }
            }
        }
    }

    private static Map<String, CacheState> lives() {
        var states = new LinkedHashMap<String, CacheState>();
        states.put("CLOSED", new Bench().state);
        states.put("OPEN", opened().state);
        states.put("OPEN, named", opened().after(write("dir /c"), write("tag t"), write("secctx u")).state);
        states.put("BINDING", binding().state);
        states.put("ABANDONED", binding().after(new CloseDevice(0)).state);
        states.put("READY, plain", bound("bind").state);
        states.put("READY", bound("bind ondemand").state);
        states.put("DEAD", bound("bind ondemand").after(new FailCache()).state);
        states.put("PINNED", bound("bind ondemand").after(new CloseDevice(1)).state);
        states.put("UNBINDING", lookingUp().after(new CloseDevice(0)).state);
        return states;
    }

    private static Map<String, CacheState> cookies() {
        var states = new LinkedHashMap<String, CacheState>();
        states.put("absent", owned().state);
        states.put("looking up", lookingUp().state);
        states.put("looking up for nobody", lookingUp().after(new Cancel(2, EINTR)).state);
        states.put("active", active().state);
        states.put("active, 2 uses", active().after(new AcquireCookie(7, 1, COOKIE.key(), false)).state);
        states.put("withdrawing", withdrawing().state);
        states.put("withdrawing, awaited", withdrawing().after(acquire(2)).state);
        states.put("active, DEAD", active().after(new FailCache()).state);
        states.put("active, PINNED", active().after(new CloseDevice(1)).state);
        states.put("absent, PINNED", owned().after(new CloseDevice(1)).state);
        states.put("looking up, UNBINDING", lookingUp().after(new CloseDevice(0)).state);
        states.put("withdrawing, UNBINDING", active().after(new CloseDevice(0)).state);
        return states;
    }

    private static Map<String, CacheState> volumes() {
        var releasing = withdrawing().after(new RelinquishVolume(5, 1)).state;
        var states = new LinkedHashMap<String, CacheState>();
        states.put("absent", bound("bind ondemand").state);
        states.put("owned", owned().state);
        states.put("owned, with cookie", active().state);
        states.put("shared", bound("bind").after(new AcquireVolume(1, VOLUME, true)).state);
        states.put(
                "shared by 2",
                bound("bind").after(new AcquireVolume(1, VOLUME, true), new AcquireVolume(2, VOLUME, true)).state);
        states.put("releasing", releasing.copy());
        states.put("releasing, awaited", new Bench(releasing.copy()).after(new AcquireVolume(6, VOLUME, false)).state);
        states.put(
                "releasing, awaited shared",
                new Bench(releasing.copy()).after(new AcquireVolume(6, VOLUME, true)).state);
        states.put(
                "releasing, awaited, PINNED",
                new Bench(releasing.copy()).after(new AcquireVolume(6, VOLUME, false), new CloseDevice(1)).state);
        return states;
    }

    private static Bench opened() {
        return new Bench().after(new OpenDevice(9, true));
    }

    private static Bench binding() {
        return opened().after(write("dir /c"), write("bind ondemand"));
    }

    private static Bench owned() {
        return bound("bind ondemand").after(new AcquireVolume(1, VOLUME, false));
    }

    private static Bench lookingUp() {
        return owned().after(acquire(2));
    }

    private static Bench active() {
        return lookingUp().after(new LookedUp(COOKIE, OK));
    }

    private static Bench withdrawing() {
        return active().after(new ReleaseCookie(2));
    }

    private static CacheCommand acquire(long ticket) {
        return new AcquireCookie(ticket, 1, COOKIE.key(), false);
    }

    private static void check(String resource, Map<String, CacheState> states, Map<String, CacheCommand> commands) {
        var actual = new StringBuilder();
        states.forEach((stateName, state) -> {
            commands.forEach((commandName, command) -> {
                var before = state.toString();
                var bench = new Bench(state.copy());
                var decision = bench.tell(command);
                assertEquals(before, state.toString(), "decide and copy leave the state alone");
                actual.append(stateName).append(" | ").append(commandName).append(" | ");
                actual.append(bench.state.life()).append(' ');
                var events =
                        decision.events().stream().map(event -> event.getClass().getSimpleName());
                actual.append(events.collect(Collectors.joining(", ", "[", "] ")));
                actual.append(Bench.show(decision.actions()).strip());
                actual.setLength(actual.toString().stripTrailing().length());
                actual.append('\n');
            });
            actual.append('\n');
        });
        assertEquals(read(resource), actual.toString(), resource);
    }

    private static String read(String resource) {
        try (InputStream in = CacheTablesTest.class.getResourceAsStream(resource)) {
            return new String(Objects.requireNonNull(in, resource).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static Map.Entry<String, CacheCommand> entry(String name, CacheCommand command) {
        return Map.entry(name, command);
    }

    @SafeVarargs
    private static Map<String, CacheCommand> inOrder(Map.Entry<String, CacheCommand>... entries) {
        var map = new LinkedHashMap<String, CacheCommand>();
        for (var entry : entries) {
            map.put(entry.getKey(), entry.getValue());
        }
        return map;
    }
}
