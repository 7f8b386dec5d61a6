package cachefiles.app.check;

import cachefiles.app.check.trace.Recorder;
import cachefiles.kernel.cache.CacheAction;
import cachefiles.kernel.cache.CacheCommand;
import cachefiles.kernel.cache.CacheCore;
import cachefiles.kernel.cache.CacheState;
import cachefiles.kernel.cache.Life;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceCall;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Key;
import cachefiles.kernel.uapi.TextCommand;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The cache above a [Kernel]: the device file's life, text commands, mounts and their uses of cookies.
final class CacheSide {
    /// Who speaks to the device for the cache.
    static final String NAME = "cache";

    private static final String DIRECTORY = "/cache";
    /// The volume whose files the text commands name.
    private static final String VOLUME = "volume";

    private final Kernel kernel;
    private final Runnable newDevice;
    private final Consumer<String> happened;
    private final @Nullable Recorder recorder;
    private final CacheState state = new CacheState();
    private final Map<String, Long> tickets = new HashMap<>();
    private final List<String> names = new ArrayList<>();
    private Errno directory = Errno.OK;

    /// @param newDevice what makes a device that was closed anew
    /// @param recorder takes down the steps; null for none
    CacheSide(Kernel kernel, Runnable newDevice, Consumer<String> happened, @Nullable Recorder recorder) {
        this.kernel = kernel;
        this.newDevice = newDevice;
        this.happened = happened;
        this.recorder = recorder;
    }

    /// @throws IllegalArgumentException if it cannot be done
    void act(List<String> words) {
        var rest = words.subList(1, words.size());
        switch (words.getFirst()) {
            case "open" -> tell(new CacheCommand.OpenDevice(ticket(""), true));
            case "close" -> tell(new CacheCommand.CloseDevice(kernel.device().liveHandles()));
            case "fail" -> tell(new CacheCommand.FailCache());
            case "directory" -> directory = Errno.valueOf(rest.getFirst());
            case "say" -> {
                var text = TextCommand.parse(String.join(" ", rest).getBytes(StandardCharsets.UTF_8));
                tell(new CacheCommand.Write(ticket(""), DIRECTORY, text));
            }
            case "mount" -> {
                boolean shared = rest.contains("shared");
                tell(new CacheCommand.AcquireVolume(ticket(rest.getFirst()), Key.of(rest.get(1)), shared));
            }
            case "umount" ->
                tell(new CacheCommand.RelinquishVolume(ticket(rest.getFirst() + " gone"), given(rest.getFirst())));
            case "use" -> use(rest);
            case "leave" -> tell(new CacheCommand.ReleaseCookie(given(rest.getFirst())));
            default -> throw new IllegalArgumentException("no such verb");
        }
    }

    private void use(List<String> rest) {
        Key key;
        try {
            key = Key.of(rest.get(2).equals("\"\"") ? "" : rest.get(2));
        } catch (IllegalArgumentException wrong) {
            happened.accept(String.valueOf(wrong.getMessage()));
            return;
        }
        boolean primary = rest.contains("primary");
        long owner = given(rest.get(1));
        tell(new CacheCommand.AcquireCookie(ticket(rest.getFirst()), owner, key, primary));
    }

    /// A ticket for whoever has this name from now on.
    private long ticket(String name) {
        names.add(name);
        tickets.put(name, (long) names.size());
        return names.size();
    }

    private long given(String name) {
        var ticket = tickets.get(name);
        if (ticket == null) {
            throw new IllegalArgumentException("nobody is called " + name);
        }
        return ticket;
    }

    /// A look-up has ended.
    void lookedUp(Cookie cookie, Errno errno) {
        tell(new CacheCommand.LookedUp(cookie, errno));
    }

    /// Nothing is left of the object.
    void released(Cookie cookie) {
        tell(new CacheCommand.Withdrawn(cookie));
    }

    /// Handles may have been closed.
    void countHandles() {
        tell(new CacheCommand.CloseHandles(kernel.device().liveHandles()));
    }

    private void tell(CacheCommand command) {
        var before = state.life();
        var decision = CacheCore.decide(state, command);
        decision.events().forEach(event -> CacheCore.evolve(state, event));
        if (recorder != null) {
            recorder.stepped(state, command, decision);
        }
        if (state.life() != before) {
            happened.accept("cache " + before + "→" + state.life());
        }
        decision.actions().forEach(this::perform);
        if (command instanceof CacheCommand.OpenDevice
                && state.life() == Life.OPEN
                && kernel.device().isDead()) {
            newDevice.run();
        }
    }

    private void perform(CacheAction action) {
        switch (action) {
            case CacheAction.Complete(var ticket, var errno) -> complete(ticket, errno);
            case CacheAction.CheckDirectory _ -> tell(new CacheCommand.DirectoryChecked(directory));
            case CacheAction.ReleaseDirectory(var path, var tag) -> happened.accept("given back: " + path + ", " + tag);
            case CacheAction.FlushAll _ -> kernel.call(NAME, new DeviceCall.Close());
            case CacheAction.RefuseOperations _ -> happened.accept("nothing is served any more");
            case CacheAction.WakePollers _ -> happened.accept("POLLOUT changes");
            case CacheAction.SetFull(var full) -> happened.accept(full ? "full" : "room again");
            case CacheAction.PassOn(_, var text) -> happened.accept("for the device: " + text);
            case CacheAction.CheckInUse(var ticket, _, var name) ->
                complete(ticket, kernel.inUse(Cookie.of(VOLUME, name)));
            case CacheAction.CullFile(var ticket, _, var name) ->
                complete(ticket, kernel.cull(Cookie.of(VOLUME, name)));
            case CacheAction.StartLookUp(var cookie, _) -> kernel.acquire(cookie);
            case CacheAction.Withdraw(var cookie) -> kernel.release(cookie, false);
        }
    }

    private void complete(long ticket, Errno errno) {
        var name = names.get((int) ticket - 1);
        happened.accept((name.isEmpty() ? "" : name + ": ") + (errno.isOk() ? "ok" : errno.name()));
    }
}
