package cachefiles.app.check;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// Mail between each two parts of a [Kernel], in its order.
final class Channels {
    private final SortedMap<String, Deque<Mail>> waiting = new TreeMap<>();

    void post(String from, String to, Mail mail) {
        waiting.computeIfAbsent(from + ">" + to, _ -> new ArrayDeque<>()).add(mail);
    }

    /// The oldest of `channel`.
    /// @throws IllegalArgumentException there is none
    Mail take(String channel) {
        var mail = waiting.get(channel);
        if (mail == null) {
            throw new IllegalArgumentException("nothing is on its way from " + channel + "; there are: " + names());
        }
        var next = mail.removeFirst();
        if (mail.isEmpty()) {
            waiting.remove(channel);
        }
        return next;
    }

    void drop(String channel) {
        waiting.remove(channel);
    }

    /// Those in which something waits.
    List<String> names() {
        return List.copyOf(waiting.keySet());
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    Channels copy() {
        var copy = new Channels();
        waiting.forEach((name, mail) -> copy.waiting.put(name, new ArrayDeque<>(mail)));
        return copy;
    }
}
