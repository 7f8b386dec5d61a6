package cachefiles.kernel.cache;

import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Decision;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.TextCommand;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A cache on the test bench: commands in, decisions out, every event folded in.
final class Bench {
    static final String DIRECTORY = "/c";

    final CacheState state;

    Bench() {
        this(new CacheState());
    }

    Bench(CacheState state) {
        this.state = state;
    }

    /// Decides, evolves, and shows the actions.
    String say(CacheCommand command) {
        return show(tell(command).actions());
    }

    Decision<CacheEvent, CacheAction> tell(CacheCommand command) {
        var decision = CacheCore.decide(state, command);
        decision.events().forEach(event -> CacheCore.evolve(state, event));
        return decision;
    }

    /// The same for several commands, whose actions do not matter.
    Bench after(CacheCommand... commands) {
        Arrays.stream(commands).forEach(this::tell);
        return this;
    }

    static CacheCommand write(String text) {
        return write(9, text);
    }

    static CacheCommand write(long ticket, String text) {
        var parsed = TextCommand.parse(text.getBytes(StandardCharsets.UTF_8));
        return new CacheCommand.Write(ticket, "/cwd", parsed);
    }

    /// A cache in service, in the mode of `bind`.
    static Bench bound(String bind) {
        return new Bench()
                .after(
                        new CacheCommand.OpenDevice(9, true),
                        write("dir " + DIRECTORY),
                        write(bind),
                        new CacheCommand.DirectoryChecked(Errno.OK));
    }

    /// `Name value value, Name value`: the ticket 9 is that of whoever does not matter.
    static String show(List<?> records) {
        return records.stream().map(record -> show((Record) record)).collect(Collectors.joining(", "));
    }

    private static String show(Record shown) {
        var values = Arrays.stream(shown.getClass().getRecordComponents())
                .map(component -> value(shown, component))
                .filter(value -> !value.equals("9"));
        return Stream.concat(Stream.of(shown.getClass().getSimpleName()), values)
                .collect(Collectors.joining(" "));
    }

    private static String value(Record shown, RecordComponent component) {
        try {
            var value = component.getAccessor().invoke(shown);
            return value instanceof Record inner && !(value instanceof Cookie)
                    ? "(" + show(inner) + ")"
                    : String.valueOf(value);
        } catch (ReflectiveOperationException impossible) {
            throw new LinkageError("a record's accessor is public", impossible);
        }
    }
}
