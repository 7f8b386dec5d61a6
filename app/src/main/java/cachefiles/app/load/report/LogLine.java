package cachefiles.app.load.report;

import cachefiles.app.load.plan.Recovery;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/// An [Entry] as one line of JSON.
public final class LogLine {
    private static final int VERSION = 1;
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private LogLine() {}

    public static String of(Entry entry) {
        var json = JsonNodeFactory.instance.objectNode();
        switch (entry) {
            case Entry.Head head -> {
                json.put("load", VERSION).put("name", head.name());
                put(json.putObject("profile"), head.profile());
                put(json.putObject("machine"), head.machine());
            }
            case Entry.Prepared prepared ->
                json.put("prepared", prepared.what())
                        .put("objects", prepared.objects())
                        .put("micros", prepared.micros());
            case Entry.Interval interval -> put(json, interval);
            case Entry.Mark mark ->
                json.put("mark", mark.now().word()).put("at", mark.atMicros()).put("what", mark.what());
            case Entry.End end ->
                json.put("end", end.why())
                        .put("at", end.atMicros())
                        .put("unstarted", end.unstarted())
                        .put("crashesAsked", end.crashesAsked());
        }
        try {
            return MAPPER.writeValueAsString(json);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static void put(ObjectNode json, Entry.Interval interval) {
        json.put("interval", interval.endMicros())
                .put("micros", interval.micros())
                .put("intended", interval.intended())
                .put("reads", interval.reads())
                .put("bytes", interval.bytes())
                .put("wrongBytes", interval.wrongBytes())
                .put("steps", interval.steps());
        var errors = json.putObject("errors");
        interval.errors().forEach(errors::put);
        var gauges = json.putObject("gauges");
        interval.gauges().forEach(gauges::put);
        json.put("late", Latency.text(interval.late()));
        var latencies = json.putObject("latencies");
        interval.latencies()
                .forEach((recovery, latency) -> latencies
                        .putObject(recovery.word())
                        .put("corrected", Latency.text(latency.corrected()))
                        .put("real", Latency.text(latency.real())));
    }

    private static void put(ObjectNode json, Map<String, String> texts) {
        texts.forEach(json::put);
    }

    /// @throws IllegalArgumentException it is no such line
    public static Entry parse(String line) {
        JsonNode json;
        try {
            json = MAPPER.readTree(line);
        } catch (JsonProcessingException wrong) {
            throw new IllegalArgumentException("no JSON", wrong);
        }
        if (json.path("load").asInt() == VERSION) {
            return new Entry.Head(json.path("name").asText(), texts(json.path("profile")), texts(json.path("machine")));
        }
        if (json.has("prepared")) {
            return new Entry.Prepared(json.path("prepared").asText(), whole(json, "objects"), whole(json, "micros"));
        }
        if (json.has("interval")) {
            return interval(json);
        }
        if (json.has("mark")) {
            return new Entry.Mark(
                    whole(json, "at"),
                    recovery(json.path("mark").asText()),
                    json.path("what").asText());
        }
        if (json.has("end")) {
            return new Entry.End(
                    whole(json, "at"),
                    json.path("end").asText(),
                    whole(json, "unstarted"),
                    whole(json, "crashesAsked"));
        }
        throw new IllegalArgumentException("no line of a load's log of version " + VERSION);
    }

    private static Entry.Interval interval(JsonNode json) {
        var latencies = new EnumMap<Recovery, Latency>(Recovery.class);
        json.path("latencies")
                .fields()
                .forEachRemaining(each -> latencies.put(
                        recovery(each.getKey()),
                        new Latency(
                                Latency.histogram(
                                        each.getValue().path("corrected").asText()),
                                Latency.histogram(each.getValue().path("real").asText()))));
        return new Entry.Interval(
                whole(json, "interval"),
                whole(json, "micros"),
                latencies,
                Latency.histogram(json.path("late").asText()),
                whole(json, "intended"),
                whole(json, "reads"),
                whole(json, "bytes"),
                whole(json, "wrongBytes"),
                numbers(json.path("errors")),
                whole(json, "steps"),
                numbers(json.path("gauges")));
    }

    private static Recovery recovery(String word) {
        return Recovery.valueOf(word.toUpperCase(Locale.ROOT));
    }

    private static long whole(JsonNode json, String name) {
        return Objects.requireNonNull(json.path(name)).asLong();
    }

    private static Map<String, String> texts(JsonNode json) {
        var texts = new LinkedHashMap<String, String>();
        json.fields()
                .forEachRemaining(
                        each -> texts.put(each.getKey(), each.getValue().asText()));
        return texts;
    }

    private static Map<String, Long> numbers(JsonNode json) {
        var numbers = new LinkedHashMap<String, Long>();
        json.fields()
                .forEachRemaining(
                        each -> numbers.put(each.getKey(), each.getValue().asLong()));
        return numbers;
    }
}
