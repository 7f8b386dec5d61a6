package cachefiles.persistence.store;

import java.util.ArrayList;
import java.util.List;

/// Lets those pass side by side whose ranges of blocks do not meet. Few are inside at a time, so a list will do.
final class RangeLock {
    private record Held(long first, long limit) {}

    private final List<Held> inside = new ArrayList<>(1);
    private int waiting;

    /// Waits until no range inside meets `first` to `limit`. Not reentrant; an interrupt does not end the wait.
    synchronized void lock(long first, long limit) {
        boolean interrupted = false;
        while (meetsOne(first, limit)) {
            waiting++;
            try {
                wait();
            } catch (InterruptedException _) {
                interrupted = true;
            } finally {
                waiting--;
            }
        }
        inside.add(new Held(first, limit));
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    synchronized void unlock(long first, long limit) {
        for (int i = 0; i < inside.size(); i++) {
            var held = inside.get(i);
            if (held.first == first && held.limit == limit) {
                inside.remove(i);
                break;
            }
        }
        if (waiting > 0) {
            notifyAll();
        }
    }

    private boolean meetsOne(long first, long limit) {
        for (Held held : inside) {
            if (held.first < limit && first < held.limit) {
                return true;
            }
        }
        return false;
    }
}
