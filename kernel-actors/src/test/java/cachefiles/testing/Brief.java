package cachefiles.testing;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Collection;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A record in few words: its name, then its parts without theirs; a part that is null, false or a cookie is left out.
public final class Brief {
    private Brief() {}

    public static String of(@Nullable Object value) {
        return switch (value) {
            case null -> "";
            case Record message when isMessage(message) -> brief(message);
            case Collection<?> many -> many.stream().map(Brief::of).collect(Collectors.joining(", "));
            default -> value.toString();
        };
    }

    /// A record with a toString of its own knows how to be written.
    private static boolean isMessage(Record record) {
        return record.toString().startsWith(record.getClass().getSimpleName() + "[");
    }

    private static String brief(Record record) {
        var parts = Arrays.stream(record.getClass().getRecordComponents())
                .filter(part -> !part.getName().equals("cookie"))
                .map(part -> part(record, part))
                .filter(Objects::nonNull)
                .collect(Collectors.joining(" "));
        var name = record.getClass().getSimpleName();
        return parts.isEmpty() ? name : name + "(" + parts + ")";
    }

    private static @Nullable String part(Record record, RecordComponent part) {
        try {
            var accessor = part.getAccessor();
            accessor.setAccessible(true);
            var value = accessor.invoke(record);
            if (value == null || value.equals(false) || value.equals("")) {
                return null;
            }
            return value.equals(true) ? part.getName() : of(value);
        } catch (ReflectiveOperationException hidden) {
            throw new AssertionError(hidden);
        }
    }
}
