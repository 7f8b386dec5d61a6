package cachefiles.app.check;

import cachefiles.kernel.cache.CacheCommand;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Key;
import cachefiles.kernel.uapi.TextCommand;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/// What a scenario says of the cache above the device: the device file's life, text commands, mounts and their uses of
/// cookies.
final class CacheSide {
    private static final String DIRECTORY = "/cache";

    private final Ensemble players;
    private final Runnable takeOver;
    private final Consumer<String> happened;
    private final Map<String, Long> tickets = new HashMap<>();
    private final Map<String, Key> volumes = new HashMap<>();

    /// @param takeOver has somebody take over a device that was opened anew
    CacheSide(Ensemble players, Runnable takeOver, Consumer<String> happened) {
        this.players = players;
        this.takeOver = takeOver;
        this.happened = happened;
    }

    /// @throws IllegalArgumentException if it cannot be done
    void act(List<String> words) {
        var rest = words.subList(1, words.size());
        switch (words.getFirst()) {
            case "open" -> open();
            case "close" -> tell(new CacheCommand.CloseDevice(players.device().liveHandles()));
            case "fail" -> tell(new CacheCommand.FailCache());
            case "directory" -> players.cache().directory(Errno.valueOf(rest.getFirst()));
            case "say" -> {
                var text = TextCommand.parse(String.join(" ", rest).getBytes(StandardCharsets.UTF_8));
                ask("", null, ticket -> new CacheCommand.Write(ticket, DIRECTORY, text));
            }
            case "mount" -> {
                boolean shared = rest.contains("shared");
                var volume = Key.of(rest.get(1));
                volumes.put(rest.getFirst(), volume);
                ask(rest.getFirst(), null, ticket -> new CacheCommand.AcquireVolume(ticket, volume, shared));
            }
            case "umount" -> {
                long owner = given(rest.getFirst());
                ask(rest.getFirst() + " gone", null, ticket -> new CacheCommand.RelinquishVolume(ticket, owner));
            }
            case "use" -> use(rest);
            case "leave" -> tell(new CacheCommand.ReleaseCookie(given(rest.getFirst())));
            default -> throw new IllegalArgumentException("no such verb");
        }
    }

    private void open() {
        int before = players.generation();
        ask("", null, ticket -> new CacheCommand.OpenDevice(ticket, true));
        players.settle();
        if (players.generation() != before) {
            takeOver.run();
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
        var volume = volumes.get(rest.get(1));
        ask(
                rest.getFirst(),
                volume == null ? null : new Cookie(volume, key),
                ticket -> new CacheCommand.AcquireCookie(ticket, owner, key, primary));
    }

    /// Handles may have been closed.
    void countHandles() {
        tell(new CacheCommand.CloseHandles(players.device().liveHandles()));
    }

    private void tell(CacheCommand command) {
        players.cache().tell(command);
    }

    /// @param name of whoever asks, and has the ticket from now on
    private void ask(String name, @Nullable Cookie cookie, LongFunction<CacheCommand> make) {
        players.cache()
                .ask(
                        ticket -> {
                            tickets.put(name, ticket);
                            return make.apply(ticket);
                        },
                        cookie,
                        errno -> happened.accept(
                                (name.isEmpty() ? "" : name + ": ") + (errno.isOk() ? "ok" : errno.name())));
    }

    private long given(String name) {
        var ticket = tickets.get(name);
        if (ticket == null) {
            throw new IllegalArgumentException("nobody is called " + name);
        }
        return ticket;
    }
}
