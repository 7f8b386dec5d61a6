package cachefiles.app.check;

import cachefiles.app.check.Ensemble.Casting;
import cachefiles.app.check.trace.Recorder;
import cachefiles.daemon.core.SupervisorCore.Handles;
import cachefiles.daemon.core.SupervisorCore.Policy;
import cachefiles.kernel.device.DeviceLimits;
import cachefiles.kernel.uapi.Codec;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceCall;
import cachefiles.kernel.uapi.DeviceReply;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Handle;
import cachefiles.kernel.uapi.MsgId;
import cachefiles.kernel.uapi.ObjectId;
import cachefiles.kernel.uapi.Range;
import cachefiles.kernel.uapi.Request;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Where a [Scenario] is played: an [Ensemble], a daemon that is either led by hand or one of [Daemons], and, once it
/// is spoken of, the cache above them ([CacheSide]). `docs/scenarios.md` tells the verbs with their parameters.
final class Stage implements Kernel.Listener, AutoCloseable {
    private static final int MAX_ATTEMPTS = 3;
    private static final int MAX_FRUITLESS = 3;

    /// What the hand was handed.
    private record Handed(Handle handle, Request request) {}

    private final Casting casting;
    private Ensemble players;
    private @Nullable Daemons side;
    private @Nullable CacheSide cache;
    private final List<String> happened = new ArrayList<>();
    private final Map<Integer, Handed> handed = new HashMap<>();
    private final Map<Cookie, Handle> handles = new HashMap<>();
    private boolean stepping;
    private boolean holding;
    private boolean restored = true;
    private boolean begun;

    /// Played by the cores.
    /// @param recorder takes down all steps; null for none
    Stage(@Nullable Recorder recorder) {
        this((limits, listener) -> new Kernel(limits, listener, recorder));
    }

    /// @param casting brings together who plays; once more at `limits`
    Stage(Casting casting) {
        this.casting = casting;
        this.players = casting.cast(new DeviceLimits(64, 64, MAX_ATTEMPTS, 16), this);
    }

    /// Does one thing, and all that follows from it.
    /// @return what happened, in its order
    /// @throws IllegalArgumentException if it cannot be done
    String perform(String verb) {
        happened.clear();
        var words = List.of(verb.split(" +"));
        if (!begun && !words.getFirst().equals("limits") && !words.getFirst().equals("daemon")) {
            begin();
        }
        try {
            act(words, 0, null);
        } catch (IndexOutOfBoundsException | NoSuchElementException missing) {
            throw new IllegalArgumentException("something is missing behind it", missing);
        }
        if (!stepping) {
            settle();
        }
        check();
        return String.join("; ", happened);
    }

    /// A daemon led by hand takes the device over.
    private void begin() {
        begun = true;
        players.callFromOutside("hand", new DeviceCall.TakeOver(false));
        players.settle();
        happened.clear();
    }

    private void act(List<String> words, long behind, @Nullable Handle forged) {
        var verb = words.getFirst();
        var rest = words.subList(1, words.size());
        long now = players.device().incarnation() - behind;
        switch (verb) {
            case "late" -> act(rest, behind + 1, forged);
            case "as" -> act(rest.subList(1, rest.size()), behind, handles.get(cookie(rest.getFirst())));
            case "limits" -> limits(rest);
            case "open" -> open(cookie(rest.getFirst()));
            case "release" -> players.release(used(rest.getFirst()), false);
            case "retire" -> players.release(used(rest.getFirst()), true);
            case "rest" -> players.rest(used(rest.getFirst()));
            case "read" ->
                players.read(
                        rest.getFirst(), lookedUp(rest.get(1)), new Range(number(rest.get(2)), number(rest.get(3))));
            case "cancel" -> players.cancel(rest.getFirst());
            case "deadline" -> players.deadline(rest.getFirst());
            case "pick" ->
                players.callFromOutside(
                        "hand",
                        new DeviceCall.Fetch(now, 0, rest.isEmpty() ? Codec.MAX_BYTES : (int) number(rest.getFirst())));
            case "copen" ->
                players.callFromOutside(
                        "hand",
                        new DeviceCall.Copen(
                                now,
                                id(rest.getFirst()),
                                handle(rest.getFirst(), forged),
                                number(rest.get(1)),
                                rest.size() > 2 ? rest.get(2) : ""));
            case "cread" ->
                players.callFromOutside(
                        "hand",
                        new DeviceCall.Cread(
                                now,
                                id(rest.getFirst()),
                                handle(rest.getFirst(), forged),
                                rest.size() > 1 ? Errno.valueOf(rest.get(1)) : Errno.OK));
            case "refuse" ->
                players.callFromOutside(
                        "hand",
                        new DeviceCall.Refuse(
                                now, id(rest.getFirst()), handle(rest.getFirst(), forged), Errno.valueOf(rest.get(1))));
            case "bytes" ->
                happened.add(HexFormat.of()
                        .formatHex(Codec.encode(handed(rest.getFirst()).request())));
            case "write" -> write(rest.getFirst(), now, forged);
            case "holes" -> happened.add(players.firstHole(handleOf(cookie(rest.getFirst())), now));
            case "close" ->
                players.callFromOutside("hand", new DeviceCall.CloseHandle(now, handleOf(cookie(rest.getFirst()))));
            case "crash" -> crash(rest);
            case "restore" -> restore();
            case "give-up" -> players.callFromOutside("hand", new DeviceCall.GiveUp());
            case "close-device" -> players.callFromOutside("hand", new DeviceCall.Close());
            case "new-device" -> newDevice();
            case "fail-object" -> players.failObject(used(rest.getFirst()));
            case "retry" -> players.fireTimer(cookie(rest.getFirst()));
            case "show" -> {
                happened.addAll(players.show());
                players.waiting().forEach(name -> happened.add(name + " waits"));
            }
            case "step" -> {
                stepping = true;
                players.step();
            }
            case "deliver" -> players.deliver(rest.getFirst());
            case "settle" -> {
                stepping = false;
                settle();
            }
            case "hold" -> holding = true;
            case "go" -> holding = false;
            case "daemon" -> daemon(rest);
            case "cache" -> cache().act(rest);
            default -> actOnSide(verb, rest);
        }
    }

    private void actOnSide(String verb, List<String> rest) {
        var daemon = side;
        if (daemon == null) {
            throw new IllegalArgumentException("no such verb, or only behind `daemon`");
        }
        switch (verb) {
            case "origin" ->
                daemon.origin()
                        .put(
                                cookie(rest.getFirst()),
                                new Content(number(rest.get(1)), rest.size() > 2 ? rest.get(2) : ""));
            case "answer" -> daemon.answer();
            case "fail-worker" -> daemon.failWorker((int) number(rest.getFirst()));
            case "stop" -> daemon.stop();
            case "start-again" -> daemon.startAgain();
            case "fail-device" -> daemon.failDevice();
            case "close-early" -> daemon.closeEarly(cookie(rest.getFirst()));
            default -> throw new IllegalArgumentException("no such verb");
        }
    }

    private CacheSide cache() {
        if (cache == null) {
            cache = new CacheSide(players, this::takeOver, happened::add);
        }
        return cache;
    }

    private void limits(List<String> rest) {
        var given = new HashMap<String, Integer>();
        for (String limit : rest) {
            given.put(limit.substring(0, limit.indexOf('=')), (int) number(limit.substring(limit.indexOf('=') + 1)));
        }
        players.close();
        players = casting.cast(
                new DeviceLimits(
                        given.getOrDefault("requests", 64),
                        given.getOrDefault("handles", 64),
                        given.getOrDefault("attempts", MAX_ATTEMPTS),
                        16),
                this);
    }

    private void daemon(List<String> rest) {
        begun = true;
        var handles = Handles.valueOf(rest.get(1).toUpperCase(Locale.ROOT).replace('-', '_'));
        side = players.daemons(new Policy(handles, MAX_FRUITLESS), (int) number(rest.getFirst()));
        side.start();
    }

    private void crash(List<String> rest) {
        if (side != null) {
            side.start();
            return;
        }
        boolean kept = rest.contains("kept");
        restored &= kept;
        players.callFromOutside("hand", new DeviceCall.TakeOver(kept));
    }

    private void restore() {
        restored = true;
        players.callFromOutside("hand", new DeviceCall.Restore());
    }

    private void newDevice() {
        players.newDevice();
        if (!stepping) {
            players.settle();
        }
        takeOver();
    }

    private void takeOver() {
        restored = true;
        players.callFromOutside("hand", new DeviceCall.TakeOver(false));
    }

    private void write(String id, long incarnation, @Nullable Handle forged) {
        var range = handed(id).request() instanceof Request.Read read ? read.range() : new Range(0, Kernel.BLOCK_BYTES);
        var errno = players.write(forged == null ? handed(id).handle() : forged, incarnation, range);
        happened.add(errno.isOk() ? "ok" : errno.name());
    }

    private void settle() {
        do {
            players.settle();
            if (cache != null) {
                cache.countHandles();
                players.settle();
            }
        } while (side != null && !holding && answered(side));
    }

    private static boolean answered(Daemons side) {
        if (!side.hasWork()) {
            return false;
        }
        side.answer();
        return true;
    }

    private void check() {
        boolean isQuiet = players.pending().isEmpty();
        try {
            Invariants.ofDevice(players.device(), !isQuiet || side == null && !restored);
            if (players instanceof Kernel kernel) {
                if (isQuiet) {
                    Invariants.inRest(kernel);
                }
                kernel.cookies().forEach(cookie -> Invariants.ofObject(kernel.object(cookie)));
            }
        } catch (Violation violation) {
            throw new IllegalStateException(
                    "after [" + String.join("; ", happened) + "]: " + violation.what(), violation);
        }
    }

    @Override
    public void close() {
        players.close();
    }

    @Override
    public void happened(String what) {
        happened.add(what);
    }

    @Override
    public void replied(String caller, DeviceReply reply) {
        if (caller.equals(CacheCores.NAME)) {
            return;
        }
        if (side != null) {
            if (side instanceof DaemonSide cores) {
                cores.replied(caller, reply);
            }
            if (reply instanceof DeviceReply.Message message) {
                happened.add(Words.of(message.request(), message.fd().handle()));
            }
            return;
        }
        switch (reply) {
            case DeviceReply.Message message -> {
                handed.put(
                        message.request().msgId().value(),
                        new Handed(message.fd().handle(), message.request()));
                handles.put(message.fd().handle().cookie(), message.fd().handle());
                happened.add(Words.of(message.request(), message.fd().handle()));
            }
            case DeviceReply.Nothing _ -> happened.add("nothing");
            case DeviceReply.Refused(_, _, var errno) -> happened.add(errno.name());
            case DeviceReply.Done(_, var errno) -> happened.add(errno.isOk() ? "ok" : errno.name());
            case DeviceReply.Readable _ -> happened.add("POLLIN");
            case DeviceReply.TookOver _ -> {}
        }
    }

    private Handed handed(String id) {
        var found = handed.get((int) number(id));
        if (found == null) {
            throw new IllegalArgumentException("#" + id + " was never handed out");
        }
        return found;
    }

    /// The descriptor that came with the request; for one that was never handed out, one that is made up.
    private Handle handle(String id, @Nullable Handle forged) {
        if (forged != null) {
            return forged;
        }
        var found = handed.get((int) number(id));
        return found == null ? new Handle(cookie("nothing"), new ObjectId(1), 0) : found.handle();
    }

    private Handle handleOf(Cookie cookie) {
        return Objects.requireNonNull(handles.get(cookie), () -> "no descriptor of " + cookie + " was handed out");
    }

    /// A use ends before the next begins, as the cache has it (S108).
    private void open(Cookie cookie) {
        if (players.use(cookie) == Ensemble.Use.ENDING) {
            throw new IllegalArgumentException(cookie + " is being released: open it when it is");
        }
        players.acquire(cookie);
    }

    private Cookie used(String name) {
        var cookie = cookie(name);
        if (players.use(cookie) == Ensemble.Use.OUT) {
            throw new IllegalArgumentException("nobody uses " + cookie);
        }
        return cookie;
    }

    private Cookie lookedUp(String name) {
        var cookie = used(name);
        if (players.use(cookie) == Ensemble.Use.BEGINNING) {
            throw new IllegalArgumentException(cookie + " has not been looked up");
        }
        return cookie;
    }

    private static MsgId id(String number) {
        return new MsgId((int) number(number));
    }

    private static Cookie cookie(String name) {
        return Cookie.of("volume", name);
    }

    private static long number(String text) {
        return Long.parseLong(text);
    }
}
