package cachefiles.persistence.store;

import java.util.ArrayList;
import java.util.List;

/// Lets those pass side by side whose ranges of blocks do not meet. Few are inside at a time, so a list will do.
final class RangeLock {
    private record Held(long first, long limit) {
        boolean meets(long otherFirst, long otherLimit) {
            return first < otherLimit && otherFirst < limit;
        }
    }

    private final List<Held> held = new ArrayList<>(1);

    /// Waits until no range inside meets `first` to `limit`. Not reentrant; an interrupt does not end the wait.
    synchronized void lock(long first, long limit) {
        boolean interrupted = false;
        while (held.stream().anyMatch(other -> other.meets(first, limit))) {
            try {
                wait();
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        held.add(new Held(first, limit));
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    synchronized void unlock(long first, long limit) {
        held.remove(new Held(first, limit));
        notifyAll();
    }
}
