package cachefiles.app.load;

import java.util.PriorityQueue;

/// A clock that stands while anybody works, and then goes on to when the first of those who sleep wakes up.
final class VirtualClock implements Clock {
    private record Sleeper(long until, long number) implements Comparable<Sleeper> {
        @Override
        public int compareTo(Sleeper other) {
            return until == other.until ? Long.compare(number, other.number) : Long.compare(until, other.until);
        }
    }

    private final PriorityQueue<Sleeper> sleepers = new PriorityQueue<>();
    private long now;
    private long numbers;
    private int awake;

    /// @param threads that will use it
    VirtualClock(int threads) {
        awake = threads;
    }

    @Override
    public synchronized long nanos() {
        return now;
    }

    @Override
    public synchronized void sleepUntil(long nanos) {
        var me = new Sleeper(nanos, numbers++);
        sleepers.add(me);
        awake--;
        goOn();
        while (sleepers.contains(me)) {
            try {
                wait();
            } catch (InterruptedException interrupted) {
                throw new IllegalStateException(interrupted);
            }
        }
    }

    /// A thread has ended.
    synchronized void left() {
        awake--;
        goOn();
    }

    private void goOn() {
        if (awake == 0 && !sleepers.isEmpty()) {
            now = Math.max(now, sleepers.remove().until);
            awake++;
            notifyAll();
        }
    }
}
