package cachefiles.app.demo;

import cachefiles.daemon.core.SupervisorCore;
import cachefiles.kernel.uapi.Phase;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// What came of a demo: in words, as JSON, and in one word.
public final class Report {
    /// What is to be said of the whole.
    public enum Verdict {
        HELD,
        FAILED,
        INCONCLUSIVE
    }

    private final DemoOptions options;
    private final List<PartResult> parts;

    Report(DemoOptions options, List<PartResult> parts) {
        this.options = options;
        this.parts = parts;
    }

    /// The worst of all parts. Read errors without fail-over are what that part is there to show: they count only where
    /// it is the one that was asked for.
    public Verdict verdict() {
        boolean inconclusive = parts.isEmpty();
        for (PartResult part : parts) {
            if (!faults(part).isEmpty()) {
                return Verdict.FAILED;
            }
            inconclusive |= !doubts(part).isEmpty();
        }
        return inconclusive ? Verdict.INCONCLUSIVE : Verdict.HELD;
    }

    private boolean isShown(PartResult part) {
        return !part.failover() && options.withFailover();
    }

    private List<String> faults(PartResult part) {
        var faults = new ArrayList<String>();
        if (part.wrongBytes() > 0) {
            faults.add("%,d bytes were wrong".formatted(part.wrongBytes()));
        }
        if (part.stuck() > 0) {
            faults.add("%,d readers did not come to an end".formatted(part.stuck()));
        }
        if (part.readErrors() > 0 && !isShown(part)) {
            faults.add("%,d reads failed".formatted(part.readErrors()));
        }
        if (part.gaveUp() && !isShown(part)) {
            faults.add("the daemon was gone in the end, and whatever is missing fails");
        }
        return faults;
    }

    private List<String> doubts(PartResult part) {
        var doubts = new ArrayList<String>();
        if (part.interrupted()) {
            doubts.add("it was interrupted");
            return doubts;
        }
        if (part.gaveUp()) {
            return doubts; // nobody is left to be killed
        }
        if (!part.missed().isEmpty()) {
            doubts.add("a kill did not land (" + part.missed() + "): nothing came into that phase");
        } else if (part.kills() < options.kills() && (options.killsMustLand() || part.kills() == 0)) {
            doubts.add("only %d of %d kills landed in %.0f s; give it more --seconds, or fewer --kills"
                    .formatted(part.kills(), options.kills(), part.seconds()));
        }
        if (part.closes() < options.closes() && options.killsMustLand()) {
            doubts.add(
                    "only %d of %d handles could be closed; give it more --seconds, a larger --size, or fewer --closes"
                            .formatted(part.closes(), options.closes()));
        }
        return doubts;
    }

    /// The verdict and each number, in words.
    public List<String> lines() {
        var lines = new ArrayList<String>();
        for (PartResult part : parts) {
            describe(part, lines);
        }
        lines.add(
                switch (verdict()) {
                    case HELD -> "held: " + held();
                    case FAILED -> "did not hold: " + all(true);
                    case INCONCLUSIVE -> "inconclusive: " + all(false);
                });
        return lines;
    }

    private String held() {
        var part = parts.getFirst();
        var without = parts.getLast();
        String text = "not one byte was wrong and not one of %,d reads failed, through %,d crashes"
                .formatted(part.reads(), part.kills());
        return isShown(without)
                ? text + "; without fail-over %,d of %,d reads failed".formatted(without.readErrors(), without.reads())
                : text;
    }

    private String all(boolean faulty) {
        String why = parts.stream()
                .flatMap(part -> (faulty ? faults(part) : doubts(part)).stream())
                .distinct()
                .collect(Collectors.joining("; "));
        return why.isEmpty() ? "nothing was run" : why;
    }

    private void describe(PartResult part, List<String> lines) {
        lines.add(part.failover() ? "with fail-over" : "without fail-over");
        lines.add(line(
                "kills",
                "%,d of %,d of the daemon landed, %,d of them at random%s: %s"
                        .formatted(
                                part.kills(),
                                options.kills(),
                                part.killsAtRandom(),
                                part.killsBegun() == 0
                                        ? ""
                                        : " (and %,d before them, so that a successor came up)"
                                                .formatted(part.killsBegun()),
                                phases(part.killsByPhase()))));
        lines.add(line(
                "closes", "%,d of %,d handles closed under the daemon".formatted(part.closes(), options.closes())));
        lines.add(line("restarts", "%,d of the daemon".formatted(part.restarts())));
        lines.add(line(
                "reads",
                "%,d by %,d readers, of which %,d failed%s; %,d bytes were wrong"
                        .formatted(
                                part.reads(), options.readers(), part.readErrors(), errors(part), part.wrongBytes())));
        lines.add(line(
                "redelivered", "%,d requests handed out again, under their message id".formatted(part.redelivered())));
        lines.add(line(
                "reopened",
                "%,d handles made anew, in %,d attempts".formatted(part.reopened(), part.reopenAttempts())));
        lines.add(line("fenced", "%,d answers of dead daemons refused".formatted(part.fenced())));
        lines.add(line(
                "bytes",
                "%,d of %,d bytes in %,d objects read; %,d from the origin, %,d of these once more"
                        .formatted(
                                part.readBytes(),
                                part.objectBytes(),
                                part.objects(),
                                part.originBytes(),
                                part.repeatedBytes())));
        lines.add(line(
                "stalls",
                "half of all reads took %s ms, 99 of 100 took %s ms, the longest %s ms"
                        .formatted(
                                millis(part.stall().p50()),
                                millis(part.stall().p99()),
                                millis(part.stall().max()))));
        lines.add(line(
                "seconds", "%.1f%s".formatted(part.seconds(), part.timeOver() ? ", as long as it was allowed" : "")));
        lines.add(line("meaning", meaning(part)));
    }

    private static String line(String name, String text) {
        return "  %-12s %s".formatted(name, text);
    }

    private static String phases(Map<Phase, Long> byPhase) {
        return byPhase.entrySet().stream()
                .map(entry -> entry.getKey().word() + " " + entry.getValue())
                .collect(Collectors.joining(", "));
    }

    private static String errors(PartResult part) {
        return part.errors().isEmpty()
                ? ""
                : part.errors().entrySet().stream()
                        .map(entry -> entry.getKey() + " " + entry.getValue())
                        .collect(Collectors.joining(", ", " (", ")"));
    }

    private static String millis(double value) {
        return value < 10 ? String.format(Locale.ROOT, "%.2f", value) : String.format(Locale.ROOT, "%,.0f", value);
    }

    /// What supervision and the fate of the handles meant for readers.
    private String meaning(PartResult part) {
        return switch (options.supervision()) {
            case STOP ->
                "the daemon was stopped and has no successor: reads of what was missing failed with EIO at once, reads of"
                        + " what was present went on";
            case RESUME ->
                "the daemon lost the message that it failed at, and went on with all it knew: nobody took over, and"
                        + " nothing was handed out again";
            case RESTART, BACKOFF -> part.failover() ? afterRestart() : withoutFailover();
        };
    }

    private String afterRestart() {
        String when = options.supervision() == cachefiles.daemon.actor.SupervisorActor.Strategy.BACKOFF
                ? "a successor came after a growing delay"
                : "a successor came at once";
        return options.handles() == SupervisorCore.Handles.KEPT
                ? when
                        + ", with the descriptors that the supervisor kept: requests went out again, nothing was reopened"
                : when
                        + ": requests went out again, objects were reopened when they were read; readers waited, that is all";
    }

    private static String withoutFailover() {
        return "each crash took the device along: reads that waited failed with EIO, and readers had to mount and open anew";
    }

    /// The object that `--json` writes. Where only the part without fail-over was run, its numbers stand in both
    /// places.
    public ObjectNode json() {
        var mapper = new ObjectMapper();
        var json = mapper.createObjectNode();
        if (!parts.isEmpty()) {
            put(parts.getFirst(), json);
        }
        var without = parts.stream().filter(part -> !part.failover()).findAny();
        if (without.isPresent()) {
            put(without.get(), json.putObject("withoutFailover"));
        } else {
            json.putNull("withoutFailover");
        }
        return json;
    }

    private static void put(PartResult part, ObjectNode json) {
        json.put("kills", part.kills());
        var byPhase = json.putObject("killsByPhase");
        part.killsByPhase().forEach((phase, count) -> byPhase.put(phase.word(), count));
        json.put("closes", part.closes());
        json.put("restarts", part.restarts());
        json.put("reads", part.reads());
        json.put("readErrors", part.readErrors());
        json.put("wrongBytes", part.wrongBytes());
        json.put("redelivered", part.redelivered());
        json.put("reopened", part.reopened());
        json.put("reopenAttempts", part.reopenAttempts());
        json.put("fenced", part.fenced());
        json.put("originBytes", part.originBytes());
        json.put("objectBytes", part.objectBytes());
        json.put("repeatedBytes", part.repeatedBytes());
        var stall = json.putObject("stallMillis");
        stall.put("p50", rounded(part.stall().p50()));
        stall.put("p99", rounded(part.stall().p99()));
        stall.put("max", rounded(part.stall().max()));
        json.put("seconds", rounded(part.seconds()));
    }

    private static BigDecimal rounded(double value) {
        return BigDecimal.valueOf(value).setScale(3, RoundingMode.HALF_UP);
    }

    /// As [#json], ending with a newline.
    public String jsonText() throws IOException {
        return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(json()) + "\n";
    }
}
