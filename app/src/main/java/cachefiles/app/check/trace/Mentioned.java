package cachefiles.app.check.trace;

import cachefiles.kernel.uapi.Cookie;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashSet;
import java.util.Set;

/// The objects that a line is about.
public final class Mentioned {
    private Mentioned() {}

    /// Those that its actor, message, events and actions name, in this order.
    public static Set<Cookie> objects(TraceLine line) {
        var found = new LinkedHashSet<Cookie>();
        switch (line) {
            case TraceLine.Turn turn -> {
                of(turn.actor(), found);
                search(Notation.written(turn.message()), found);
                search(Notation.written(turn.actions()), found);
                search(Notation.written(turn.events()), found);
            }
            case TraceLine.Begins begins -> of(begins.actor(), found);
            case TraceLine.Outside outside -> search(Notation.written(outside.call()), found);
            case TraceLine.Run _, TraceLine.Remark _ -> {}
        }
        return found;
    }

    private static void of(Actor actor, Set<Cookie> found) {
        if (actor.object() != null) {
            found.add(actor.object());
        }
    }

    private static void search(JsonNode node, Set<Cookie> found) {
        if (node.has("volume") && node.has("key")) {
            found.add(Notation.read(node, Cookie.class));
        } else {
            node.forEach(each -> search(each, found));
        }
    }
}
