package cachefiles.app.check.sim;

import java.util.ArrayDeque;
import java.util.List;

/// What happened: a number that stands for all of it, and the last lines where they are wanted.
final class Trace {
    private final int kept;
    private final ArrayDeque<String> lines = new ArrayDeque<>();
    private long hash = 0xCBF29CE484222325L;
    private long steps;

    /// @param kept lines to keep; 0 = none are made
    Trace(int kept) {
        this.kept = kept;
    }

    long hash() {
        return hash;
    }

    long steps() {
        return steps;
    }

    void step() {
        steps++;
    }

    private void mix(long value) {
        hash = (hash ^ value) * 0x100000001B3L;
        hash ^= hash >>> 29;
    }

    /// One transition of one actor.
    void moved(long now, Object who, Object before, Object after, Object why, List<?> events, List<?> actions) {
        mix(now);
        mix(why.getClass().getName().hashCode());
        mix(after.getClass().getName().hashCode() * 31L + events.size() * 7L + actions.size());
        if (kept > 0) {
            keep("t=" + now + " " + who + " " + before + (before.equals(after) ? "" : "→" + after) + " why=" + why
                    + (events.isEmpty() || who instanceof SimObject ? "" : " events=" + events) + " actions="
                    + actions);
        }
    }

    /// Something else.
    void line(long now, Object who, Object... what) {
        mix(now);
        mix(what.length);
        if (kept > 0) {
            var line = new StringBuilder("t=" + now + " " + who);
            for (Object word : what) {
                line.append(' ').append(word);
            }
            keep(line.toString());
        }
    }

    private void keep(String line) {
        if (lines.size() == kept) {
            lines.removeFirst();
        }
        lines.add(line);
    }

    List<String> lines() {
        return List.copyOf(lines);
    }
}
