package cachefiles.app.check.sim;

import java.util.PriorityQueue;

/// Virtual time, in microseconds: what is to happen, in order; at one time, in the order it was asked for.
final class Clock {
    private record Entry(long at, long number, Runnable what) implements Comparable<Entry> {
        @Override
        public int compareTo(Entry other) {
            int byTime = Long.compare(at, other.at);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }

    /// The way from one actor to another: first in, first out.
    static final class Channel {
        private long last;
    }

    private final PriorityQueue<Entry> queue = new PriorityQueue<>();
    private long now;
    private long count;

    long now() {
        return now;
    }

    void after(long micros, Runnable what) {
        queue.add(new Entry(now + micros, count++, what));
    }

    /// Sends on `channel`; overtakes nothing that was sent on it before.
    void send(Channel channel, long micros, Runnable what) {
        channel.last = Math.max(channel.last, now + micros);
        queue.add(new Entry(channel.last, count++, what));
    }

    /// @return whether there was anything to happen
    boolean step() {
        var next = queue.poll();
        if (next == null) {
            return false;
        }
        now = next.at;
        next.what.run();
        return true;
    }

    /// Nothing of what was to happen will.
    void clear() {
        queue.clear();
    }
}
