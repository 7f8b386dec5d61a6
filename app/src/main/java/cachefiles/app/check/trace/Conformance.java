package cachefiles.app.check.trace;

import cachefiles.app.check.trace.Actor.Kind;
import cachefiles.kernel.object.ObjectEvent;
import cachefiles.kernel.object.ObjectState;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Whether a trace is one that the cores make: each life of an actor is lived once more by its core, which has to
/// decide what the line says and come to the state that it says; and what the actors say and hear has to agree
/// ([Account]). The first line that departs is named.
public final class Conformance implements TraceFile.Lines {
    private final Map<Actor, Replay> lives = new HashMap<>();
    private final Map<Actor, Integer> counts = new HashMap<>();
    private final Map<Cookie, Journaled> journal = new HashMap<>();
    private Account account = new Account();
    private long lines;
    private long turns;
    private long millis;
    private @Nullable Departure departure;

    /// What the journal has of an object, once that is known.
    private record Journaled(@Nullable Content content) {}

    /// Takes the next line. After a departure nothing more is looked at.
    @Override
    public void line(long at, TraceLine line) {
        if (departure != null) {
            return;
        }
        if (line.number() != ++lines) {
            depart(at, "it counts itself as line " + line.number() + ", and line " + lines + " should follow");
        } else if (line.millis() < millis) {
            depart(at, "it is of " + line.millis() + " ms, and the line before of " + millis);
        } else {
            millis = line.millis();
            take(at, line);
        }
    }

    private void take(long at, TraceLine line) {
        switch (line) {
            case TraceLine.Run _ -> begin();
            case TraceLine.Begins begins -> begin(at, begins);
            case TraceLine.Turn turn -> turn(at, turn);
            case TraceLine.Outside outside -> account.outside(at, outside.call());
            case TraceLine.Remark _ -> {}
        }
    }

    private void begin() {
        settle();
        lives.clear();
        counts.clear();
        journal.clear();
        account = new Account();
    }

    private void begin(long at, TraceLine.Begins begins) {
        var actor = begins.actor();
        int life = counts.merge(new Actor(actor.kind(), 0, actor.object()), 1, Integer::sum);
        if (actor.life() != life) {
            depart(at, actor + " begins, and life " + life + " should");
        } else if (begins.start() instanceof Actor.Start.Object(var state)) {
            recovered(at, actor, state);
        }
        if (actor.kind() != Kind.READER) { // of which there are many at a time
            lives.remove(new Actor(actor.kind(), life - 2, actor.object())); // the last but one may still be stopping
        }
        lives.put(actor, Replay.of(actor, begins.start()));
    }

    /// An object comes back with what the journal knows, and with nothing else.
    private void recovered(long at, Actor actor, ObjectState state) {
        var known = journal.get(actor.object());
        if (!(state instanceof ObjectState.Idle idle)) {
            depart(at, actor + " begins as " + Printed.state(state) + ", which no journal knows");
        } else if (known != null && !Objects.equals(known.content(), idle.known())) {
            depart(at, actor + " begins with " + idle.known() + ", and its journal was told " + known.content());
        }
    }

    private void turn(long at, TraceLine.Turn turn) {
        var core = lives.get(turn.actor());
        if (core == null) {
            depart(at, turn.actor() + " has not begun");
            return;
        }
        turns++;
        compare(at, "why", Printed.why(turn.message()), turn.why());
        compare(at, "the state before", core.state(), turn.before());
        try {
            var decided = core.take(turn.message());
            compare(at, "what the core decides", decided.events(), turn.events());
            compare(at, "what the core has done", decided.actions(), turn.actions());
        } catch (RuntimeException refused) {
            depart(at, "the core cannot take " + Printed.brief(turn.message()) + ": " + refused);
            return;
        }
        compare(at, "the state after", core.state(), turn.after());
        for (Object event : turn.events()) {
            if (event instanceof ObjectEvent.Journaled journaled) {
                journal.put(Objects.requireNonNull(turn.actor().object()), told(journaled));
            }
        }
        account.turn(at, turn);
    }

    private static Journaled told(ObjectEvent.Journaled event) {
        return switch (event) {
            case ObjectEvent.ContentKnown(var content) -> new Journaled(content);
            case ObjectEvent.Retired _ -> new Journaled(null);
        };
    }

    private void compare(long at, String what, Object core, Object line) {
        if (!core.equals(line)) {
            depart(at, what + " is " + Printed.brief(core) + ", and the line says " + Printed.brief(line));
        }
    }

    private void depart(long at, String what) {
        if (departure == null) {
            departure = new Departure(at, what);
        }
    }

    private void settle() {
        if (departure == null) {
            departure = account.settled();
        }
    }

    /// The trace is over.
    /// @return where it departs first; null if nowhere
    public @Nullable Departure departure() {
        settle();
        return departure;
    }

    /// What was said in the run under way and not heard so far: it is on its way, or lost with whoever failed.
    public List<Departure> unheard() {
        return account.unheard();
    }

    /// Steps that were taken once more.
    public long turns() {
        return turns;
    }

    /// How many lives of actors of this kind there are in the run under way.
    public int lives(Kind kind) {
        return counts.entrySet().stream()
                .filter(count -> count.getKey().kind() == kind)
                .mapToInt(Map.Entry::getValue)
                .sum();
    }
}
