package cachefiles.app.check.trace;

import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceCall;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;

/// Lines of a trace as text: one JSON object each.
///
/// ```
/// {"n":1,"t":0,"run":"with fail-over","format":1}
/// {"n":2,"t":3,"actor":"device","life":1,"start":{...}}
/// {"n":3,"t":4,"actor":"device","life":1,"why":"submit-open","before":"...","after":"...","message":{...},...}
/// {"n":4,"t":5,"outside":{...}}
/// {"n":5,"t":5,"remark":"kill 1 landed: fetched"}
/// ```
///
/// `n` counts lines, `t` is in ms since the trace began; `object` names the object of its actor. `message`, `events`
/// and `actions` are the core's own, in full, under their own names.
public final class TraceFormat {
    private static final int VERSION = 1;
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private TraceFormat() {}

    /// The line, without its end.
    public static String written(TraceLine line) {
        var object = JsonNodeFactory.instance.objectNode();
        object.put("n", line.number()).put("t", line.millis());
        switch (line) {
            case TraceLine.Run run -> object.put("run", run.title()).put("format", VERSION);
            case TraceLine.Begins begins -> {
                put(object, begins.actor());
                object.set("start", withoutCase(Notation.written(begins.start())));
            }
            case TraceLine.Turn turn -> {
                put(object, turn.actor());
                object.put("why", turn.why()).put("before", turn.before()).put("after", turn.after());
                object.set("message", Notation.written(turn.message()));
                object.set("events", Notation.written(turn.events()));
                object.set("actions", Notation.written(turn.actions()));
            }
            case TraceLine.Outside outside -> object.set("outside", Notation.written(outside.call()));
            case TraceLine.Remark remark -> object.put("remark", remark.text());
        }
        return object.toString();
    }

    private static void put(ObjectNode line, Actor actor) {
        line.put("actor", actor.kind().word()).put("life", actor.life());
        if (actor.object() != null) {
            line.set("object", Notation.written(actor.object()));
        }
    }

    /// The actor says which case it is.
    private static JsonNode withoutCase(JsonNode start) {
        return ((ObjectNode) start).without(Notation.CASE);
    }

    /// @throws IllegalArgumentException saying what in it is not as it should be
    public static TraceLine read(String text) {
        JsonNode line;
        try {
            line = JSON.readTree(text);
        } catch (JsonProcessingException broken) {
            throw new IllegalArgumentException("no JSON: " + broken.getOriginalMessage(), broken);
        }
        long number = Notation.read(field(line, "n"), Long.class);
        long millis = Notation.read(field(line, "t"), Long.class);
        if (line.has("run")) {
            return run(number, millis, line);
        }
        if (line.has("remark")) {
            return new TraceLine.Remark(number, millis, text(line, "remark"));
        }
        if (line.has("outside")) {
            return new TraceLine.Outside(number, millis, Notation.read(line.get("outside"), DeviceCall.class));
        }
        var actor = actor(line);
        return line.has("start")
                ? new TraceLine.Begins(number, millis, actor, start(actor.kind(), line.get("start")))
                : turn(number, millis, actor, line);
    }

    private static TraceLine run(long number, long millis, JsonNode line) {
        int format = Notation.read(field(line, "format"), Integer.class);
        if (format != VERSION) {
            throw new IllegalArgumentException("the trace is of format " + format + ", and this reads " + VERSION);
        }
        return new TraceLine.Run(number, millis, text(line, "run"));
    }

    private static Actor actor(JsonNode line) {
        var word = text(line, "actor");
        Actor.Kind kind;
        try {
            kind = Actor.Kind.valueOf(word.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException _) {
            throw new IllegalArgumentException("there is no actor '" + word + "'");
        }
        var object = kind.isOfObject() ? Notation.read(field(line, "object"), Cookie.class) : null;
        return new Actor(kind, Notation.read(field(line, "life"), Integer.class), object);
    }

    private static Actor.Start start(Actor.Kind kind, JsonNode start) {
        if (!(start instanceof ObjectNode object)) {
            throw new IllegalArgumentException("start is no object");
        }
        return Notation.read(object.put(Notation.CASE, kind.start.getSimpleName()), kind.start);
    }

    private static TraceLine turn(long number, long millis, Actor actor, JsonNode line) {
        var kind = actor.kind();
        return new TraceLine.Turn(
                number,
                millis,
                actor,
                text(line, "why"),
                text(line, "before"),
                text(line, "after"),
                Notation.read(field(line, "message"), kind.command),
                list(line, "events", kind.event),
                list(line, "actions", kind.action));
    }

    private static List<?> list(JsonNode line, String name, Class<?> of) {
        return Notation.readList(field(line, name), of);
    }

    private static String text(JsonNode line, String name) {
        return Notation.read(field(line, name), String.class);
    }

    private static JsonNode field(JsonNode line, String name) {
        var field = line.get(name);
        if (field == null) {
            throw new IllegalArgumentException("it has no " + name);
        }
        return field;
    }
}
