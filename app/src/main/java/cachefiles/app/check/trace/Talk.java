package cachefiles.app.check.trace;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What is said in one run, held against what is heard. Nobody hears what nobody has said; where
/// one actor speaks to another, all is heard in the order in which it is said, and only a failure of the one who hears
/// may lose any of it.
///
/// Two actors' lines stand in the order in which they were written, so that an answer may stand above what it answers:
/// what is heard waits here for its match until the run is over.
final class Talk {
    /// Who speaks to whom.
    enum Way {
        CACHE_TO_DEVICE(false),
        CACHE_TO_GATE(false),
        CACHE_TO_STORE(false),
        GATE_TO_CACHE(false),
        GATE_TO_OBJECT(true),
        OBJECT_TO_GATE(true),
        READER_TO_GATE(false),
        GATE_TO_READER(false),
        SUPERVISOR_TO_CACHE(false),
        OBJECT_TO_DEVICE(true),
        DAEMON_TO_DEVICE(true),
        DEVICE_TO_OBJECT(true),
        DEVICE_TO_DAEMON(true),
        OUTSIDE_TO_DEVICE(false),
        SUPERVISOR_TO_DEVICE(false),
        DEVICE_TO_POLLER(false),
        DEVICE_TO_SUPERVISOR(false),
        DAEMON_TO_SUPERVISOR(false),
        SUPERVISOR_TO_DAEMON(false),
        DAEMON_TO_WORKER(false),
        DEVICE_TO_CLOCK(false),
        OBJECT_TO_STORE(false);

        /// Whether one actor speaks to another, in order; else whoever has said it, at any time.
        final boolean ordered;

        Way(boolean ordered) {
            this.ordered = ordered;
        }
    }

    /// @param of which object's, or which incarnation's; 0 where there is one
    private record Channel(Way way, Object of) {}

    private record Said(long line, Object what) {}

    private record Heard(long line, Object what, Actor by) {}

    private static final class Traffic {
        final List<Said> said = new ArrayList<>();
        final ArrayDeque<Heard> heard = new ArrayDeque<>();

        @Nullable
        Actor lastBy;
    }

    private final Map<Channel, Traffic> channels = new HashMap<>();
    private @Nullable Departure departure;

    /// Whether this was said and is not heard yet.
    boolean wasSaid(Way way, Object of, Object what) {
        return traffic(way, of).said.stream().anyMatch(said -> said.what().equals(what));
    }

    void say(Way way, Object of, long line, Object what) {
        var traffic = traffic(way, of);
        traffic.said.add(new Said(line, what));
        match(way, traffic);
    }

    void hear(Way way, Object of, long line, Object what, Actor by) {
        var traffic = traffic(way, of);
        traffic.heard.add(new Heard(line, what, by));
        match(way, traffic);
    }

    /// What was said and is not heard yet is void.
    void forget(Way way, Object of) {
        traffic(way, of).said.clear();
    }

    private Traffic traffic(Way way, Object of) {
        return channels.computeIfAbsent(new Channel(way, of), _ -> new Traffic());
    }

    private void match(Way way, Traffic traffic) {
        while (!traffic.heard.isEmpty()) {
            var heard = traffic.heard.getFirst();
            int at = 0;
            while (at < traffic.said.size() && !traffic.said.get(at).what().equals(heard.what())) {
                at++;
            }
            if (at == traffic.said.size()) {
                return;
            }
            traffic.heard.removeFirst();
            if (way.ordered) {
                if (at > 0 && heard.by().equals(traffic.lastBy)) {
                    depart(lost(traffic.said.getFirst(), heard));
                }
                traffic.lastBy = heard.by();
                traffic.said.subList(0, at + 1).clear();
            } else {
                traffic.said.remove(at);
            }
        }
    }

    private static Departure lost(Said said, Heard heard) {
        return new Departure(
                said.line(),
                Printed.brief(said.what()) + " is said and not heard, though "
                        + heard.by().name() + " has not failed, and hears in line " + heard.line()
                        + " what is said after it");
    }

    private void depart(Departure found) {
        if (departure == null || found.line() < departure.line()) {
            departure = found;
        }
    }

    /// The run is over.
    /// @return the first thing that was heard and not said, or lost without a failure; null if there is none
    @Nullable
    Departure settled() {
        channels.forEach((channel, traffic) -> {
            var heard = traffic.heard.peekFirst();
            if (heard != null && channel.way() != Way.SUPERVISOR_TO_CACHE) { // an operator may close the device too
                depart(unsaid(heard));
            }
        });
        return departure;
    }

    private static Departure unsaid(Heard heard) {
        return new Departure(
                heard.line(), heard.by().name() + " hears " + Printed.brief(heard.what()) + ", which nobody has said");
    }

    /// What was said and has not been heard so far. Workers are left out: one ends with its daemon, and then answers
    /// nobody.
    List<Departure> unheard() {
        return channels.entrySet().stream()
                .filter(channel -> channel.getKey().way() != Way.DAEMON_TO_WORKER)
                .flatMap(channel -> channel.getValue().said.stream()
                        .map(said -> new Departure(said.line(), channel.getKey().way() + " " + said.what())))
                .toList();
    }
}
