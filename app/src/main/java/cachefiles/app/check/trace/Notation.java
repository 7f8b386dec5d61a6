package cachefiles.app.check.trace;

import cachefiles.app.check.Fd;
import cachefiles.kernel.uapi.AnonymousFd;
import cachefiles.kernel.uapi.Key;
import cachefiles.kernel.uapi.KeyText;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.ValueNode;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What the cores hear and say, as JSON and back, in full.
///
/// ```
/// new Copen(1, #0, h1@1, 65536, "")
/// {"is":"Copen","incarnation":1,"msgId":0,"handle":{...},"size":65536,"validator":""} ```
///
/// A record is an object of its components; one that is a case of a sealed type says which with `is`. A record of one
/// number, such as a message id, is that number. A component that is null is left out. A map is a list of pairs, in the
/// order of their keys' text: two that are equal look alike.
final class Notation {
    /// Names the case of a sealed type.
    static final String CASE = "is";

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private static final ClassValue<RecordComponent[]> COMPONENTS = new ClassValue<>() {
        @Override
        protected RecordComponent[] computeValue(Class<?> type) {
            return type.getRecordComponents();
        }
    };

    private static final ClassValue<Map<String, Class<?>>> CASES = new ClassValue<>() {
        @Override
        protected Map<String, Class<?>> computeValue(Class<?> type) {
            var cases = new TreeMap<String, Class<?>>();
            for (Class<?> permitted : type.getPermittedSubclasses()) {
                if (permitted.isSealed()) {
                    cases.putAll(get(permitted));
                } else {
                    cases.put(permitted.getSimpleName(), permitted);
                }
            }
            return cases;
        }
    };

    private Notation() {}

    static JsonNode written(Object value) {
        return switch (value) {
            case String text -> JSON.textNode(text);
            case Long number -> JSON.numberNode(number);
            case Integer number -> JSON.numberNode(number);
            case Boolean truth -> JSON.booleanNode(truth);
            case Enum<?> constant -> JSON.textNode(constant.name());
            case Key key -> JSON.textNode(KeyText.of(key));
            case Record record -> writtenRecord(record);
            case AnonymousFd fd -> writtenRecord(new Fd(fd.handle(), fd.incarnation()));
            case Collection<?> list -> writtenList(list);
            case Map<?, ?> map -> writtenMap(map);
            default -> throw new IllegalArgumentException("no notation for " + value.getClass());
        };
    }

    private static ArrayNode writtenList(Collection<?> list) {
        var array = JSON.arrayNode(list.size());
        list.forEach(each -> array.add(written(each)));
        return array;
    }

    private static ArrayNode writtenMap(Map<?, ?> map) {
        var pairs = new TreeMap<String, ArrayNode>();
        map.forEach((key, value) -> {
            var written = written(key);
            pairs.put(written.toString(), JSON.arrayNode().add(written).add(written(value)));
        });
        return JSON.arrayNode().addAll(pairs.values());
    }

    private static JsonNode writtenRecord(Record record) {
        var type = record.getClass();
        var components = COMPONENTS.get(type);
        if (isNumber(type)) {
            return written(component(record, components[0]));
        }
        var object = JSON.objectNode();
        if (isCase(type)) {
            object.put(CASE, type.getSimpleName());
        }
        for (RecordComponent component : components) {
            var value = componentOrNull(record, component);
            if (value != null) {
                object.set(component.getName(), written(value));
            }
        }
        return object;
    }

    /// @throws IllegalArgumentException saying which part of `node` is no `type`
    static <T> T read(JsonNode node, Class<T> type) {
        return cast(readAny(node, type));
    }

    /// @throws IllegalArgumentException saying which part of `node` is no list of `type`
    static <T> List<T> readList(JsonNode node, Class<T> type) {
        var list = new ArrayList<T>(node.size());
        for (JsonNode each : must(node, node.isArray(), "a list")) {
            list.add(read(each, type));
        }
        return List.copyOf(list);
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // what was read is of the type that was asked for
    private static <T> T cast(Object value) {
        return (T) value;
    }

    private static Object readAny(JsonNode node, Type type) {
        if (type instanceof ParameterizedType generic) {
            var of = generic.getActualTypeArguments();
            return generic.getRawType() == Map.class ? readMap(node, of) : readList(node, (Class<?>) of[0]);
        }
        var wanted = (Class<?>) type;
        if (wanted == String.class) {
            return must(node, node.isTextual(), "a text").textValue();
        }
        if (wanted == long.class || wanted == Long.class) {
            return must(node, node.isIntegralNumber() && node.canConvertToLong(), "a number")
                    .longValue();
        }
        if (wanted == int.class || wanted == Integer.class) {
            return must(node, node.isIntegralNumber() && node.canConvertToInt(), "a number")
                    .intValue();
        }
        if (wanted == boolean.class) {
            return must(node, node.isBoolean(), "true or false").booleanValue();
        }
        if (wanted == Key.class) {
            return Key.of(KeyText.parse(
                    must(node, node.isTextual(), "the text of a key").textValue()));
        }
        if (wanted.isEnum()) {
            return constant(node, wanted);
        }
        if (wanted == AnonymousFd.class) {
            return readRecord(node, Fd.class);
        }
        return readRecord(node, wanted.isSealed() ? caseOf(node, wanted) : wanted);
    }

    private static Map<Object, Object> readMap(JsonNode node, Type[] of) {
        var map = new LinkedHashMap<Object, Object>();
        for (JsonNode pair : must(node, node.isArray(), "a list of pairs")) {
            must(pair, pair.isArray() && pair.size() == 2, "a pair");
            map.put(readAny(pair.get(0), of[0]), readAny(pair.get(1), of[1]));
        }
        return map;
    }

    private static Object constant(JsonNode node, Class<?> type) {
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> ((Enum<?>) constant).name().equals(node.textValue()))
                .findFirst()
                .orElseThrow(() -> wrong(node, "a case of " + type.getSimpleName()));
    }

    private static Class<?> caseOf(JsonNode node, Class<?> type) {
        var name = node.path(CASE).textValue();
        var found = name == null ? null : CASES.get(type).get(name);
        if (found == null) {
            throw wrong(node, "a case of " + type.getSimpleName());
        }
        return found;
    }

    private static Object readRecord(JsonNode node, Class<?> type) {
        var components = COMPONENTS.get(type);
        var values = new @Nullable Object[components.length];
        if (isNumber(type)) {
            values[0] = readAny(node, components[0].getGenericType());
            return made(type, components, values, node);
        }
        must(node, node.isObject(), type.getSimpleName());
        int read = isCase(type) ? 1 : 0;
        for (int i = 0; i < components.length; i++) {
            var value = node.get(components[i].getName());
            if (value != null) {
                values[i] = readAny(value, components[i].getGenericType());
                read++;
            } else if (!isNullable(components[i])) {
                throw wrong(node, type.getSimpleName() + " with " + components[i].getName());
            }
        }
        if (read != node.size()) {
            throw wrong(node, type.getSimpleName() + " and nothing else");
        }
        return made(type, components, values, node);
    }

    private static boolean isNullable(RecordComponent component) {
        return component.getAnnotatedType().isAnnotationPresent(Nullable.class);
    }

    private static Object made(Class<?> type, RecordComponent[] components, @Nullable Object[] values, JsonNode node) {
        try {
            var types = Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
            return type.getDeclaredConstructor(types).newInstance(values);
        } catch (InvocationTargetException refused) {
            throw new IllegalArgumentException(
                    wrong(node, type.getSimpleName()).getMessage() + ": " + refused.getCause(), refused);
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException(type + " is no record", impossible);
        }
    }

    private static Object component(Record record, RecordComponent component) {
        var value = componentOrNull(record, component);
        if (value == null) {
            throw new IllegalArgumentException(record + " has no " + component.getName());
        }
        return value;
    }

    private static @Nullable Object componentOrNull(Record record, RecordComponent component) {
        try {
            return component.getAccessor().invoke(record);
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException(record + " does not tell " + component, impossible);
        }
    }

    /// Whether a record of this type is written as the number that it wraps.
    private static boolean isNumber(Class<?> type) {
        var components = COMPONENTS.get(type);
        return components.length == 1 && components[0].getType() == int.class && !isCase(type);
    }

    private static boolean isCase(Class<?> type) {
        return Arrays.stream(type.getInterfaces()).anyMatch(Class::isSealed);
    }

    private static JsonNode must(JsonNode node, boolean holds, String wanted) {
        if (!holds) {
            throw wrong(node, wanted);
        }
        return node;
    }

    private static IllegalArgumentException wrong(JsonNode node, String wanted) {
        var text = node instanceof ValueNode || node instanceof ObjectNode ? node.toString() : "this";
        return new IllegalArgumentException(
                (text.length() > 120 ? text.substring(0, 120) + "…" : text) + " is not " + wanted);
    }
}
