package cachefiles.persistence.store;

import cachefiles.kernel.extent.DiskErrorException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Opens files when they are used and keeps at most so many open: a million objects in use need a few hundred
/// descriptors.
///
/// A [Slot] is one file's place here, and its open channel, if any, is an [Opened]. Users count themselves in and out
/// of an `Opened` with one compare-and-set each. It is closed only by whoever moves the count from 0 to CLOSED, so
/// never under a user, and it never opens again: the slot gets a new one. Over the limit, the one that was used longest
/// ago (as counted in openings) goes; where every one is in use, the opener waits for the first to come free. It may: a
/// thread uses one channel at a time. All who wait want the same, so each place that comes free wakes one of them.
///
/// A thread's interrupt closes the channel that it reads from, as Java defines it. Here that ends no read, neither the
/// interrupted thread's nor another's: they open the file again.
final class ChannelPool implements AutoCloseable {
    /// What to do with an open channel.
    interface Use<T> {
        T on(Disk.Channel channel) throws IOException;
    }

    private static final int CLOSED = -1;
    private final Disk disk;
    private final int limit;
    private final List<Opened> open = new ArrayList<>();
    private int opening;
    private volatile long openings;
    private volatile int waiting;
    private long wakeUps;
    private boolean closed;

    ChannelPool(Disk disk, int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("at least one file must be open at a time, not " + limit);
        }
        this.disk = disk;
        this.limit = limit;
    }

    /// A place for the file of that path. Does nothing yet.
    Slot slot(Supplier<Path> path) {
        return new Slot(path);
    }

    synchronized int openCount() {
        return open.size() + opening;
    }

    /// How often somebody was woken who waited for a place.
    synchronized long wakeUps() {
        return wakeUps;
    }

    /// Closes what is idle now, and the rest as it comes free.
    @Override
    public void close() throws IOException {
        List<Opened> left;
        synchronized (this) {
            closed = true;
            left = List.copyOf(open);
            notifyAll();
        }
        for (Opened opened : left) {
            opened.retire();
        }
    }

    /// Makes room for one more; the caller opens it and calls [#opened], whatever comes of it.
    /// @return what the caller has to close first
    private synchronized @Nullable Opened reserve() throws IOException {
        Opened victim = awaitRoom();
        if (closed) {
            throw new ClosedChannelException();
        }
        opening++;
        return victim;
    }

    /// Takes the one that was used longest ago out of the pool; none if there is room without that.
    private synchronized @Nullable Opened awaitRoom() {
        boolean interrupted = false;
        waiting++; // seen by whoever goes idle after we looked
        try {
            while (!closed && open.size() + opening >= limit) {
                Opened oldest = null;
                for (Opened candidate : open) {
                    boolean older = oldest == null || candidate.lastUse < oldest.lastUse;
                    if (older && candidate.users.get() == 0) {
                        oldest = candidate;
                    }
                }
                if (oldest == null) {
                    try {
                        wait();
                        wakeUps++;
                    } catch (InterruptedException _) {
                        interrupted = true;
                    }
                } else if (oldest.users.compareAndSet(0, CLOSED)) {
                    open.remove(oldest);
                    return oldest;
                }
            }
            return null;
        } finally {
            waiting--;
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private synchronized void opened(@Nullable Opened opened) {
        opening--;
        openings++;
        if (opened == null) {
            notify();
        } else {
            opened.lastUse = openings;
            open.add(opened);
        }
    }

    private synchronized void removed(Opened opened) {
        open.remove(opened);
        notify();
    }

    private synchronized void cameFree() {
        notify();
    }

    /// One opening of one file.
    private final class Opened {
        private final Disk.Channel channel;
        private final AtomicInteger users = new AtomicInteger(1);
        private volatile long lastUse;
        private volatile boolean retired;

        Opened(Disk.Channel channel) {
            this.channel = channel;
        }

        boolean enter() {
            for (int count = users.get(); count != CLOSED; count = users.get()) {
                if (users.compareAndSet(count, count + 1)) {
                    long newest = openings + 1;
                    if (lastUse != newest) {
                        lastUse = newest;
                    }
                    return true;
                }
            }
            return false;
        }

        void leave() throws IOException {
            if (users.decrementAndGet() == 0) {
                if (retired) {
                    closeIfIdle();
                } else if (waiting > 0) {
                    cameFree();
                }
            }
        }

        /// Closes it as soon as nobody uses it.
        void retire() throws IOException {
            retired = true;
            closeIfIdle();
        }

        private void closeIfIdle() throws IOException {
            if (users.compareAndSet(0, CLOSED)) {
                removed(this);
                channel.close();
            }
        }
    }

    /// The place of one file. Safe for use by several threads.
    final class Slot {
        private final Supplier<Path> path;
        private volatile @Nullable Opened current;
        private volatile boolean retired;

        private Slot(Supplier<Path> path) {
            this.path = path;
        }

        /// Opens the file if need be, or makes it, and keeps it open while `use` runs. `use` may run again after an
        /// interrupt closed the channel under it; it must not use another slot.
        /// @throws ClosedChannelException [#retire] was called, or the pool is closed
        /// @throws DiskErrorException reading or writing failed, be it for lack of room; its message names the file
        /// @throws FileSystemException the file cannot be opened
        <T> T with(Use<T> use) throws IOException {
            boolean interrupted = false;
            try {
                while (true) {
                    Opened opened = enter();
                    try {
                        return use.on(opened.channel);
                    } catch (ClosedByInterruptException _) {
                        interrupted |= Thread.interrupted();
                    } catch (ClosedChannelException _) {
                        // closed by another thread's interrupt
                    } catch (FileSystemException named) {
                        throw named;
                    } catch (IOException unnamed) { // of a file that is open: the disk's, or there is no more room
                        throw new DiskErrorException(path.get() + ": " + unnamed.getMessage(), unnamed);
                    } finally {
                        opened.leave();
                    }
                }
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }

        /// Nothing is opened here from now on; closes what is open as soon as nobody uses it.
        void retire() throws IOException {
            Opened last;
            synchronized (this) {
                retired = true;
                last = current;
            }
            if (last != null) {
                last.retire();
            }
        }

        private Opened enter() throws IOException {
            Opened opened = current;
            return opened != null && opened.channel.isOpen() && opened.enter() ? opened : reopen();
        }

        private synchronized Opened reopen() throws IOException {
            Opened opened = current;
            if (retired) {
                throw new ClosedChannelException();
            }
            if (opened != null && opened.channel.isOpen() && opened.enter()) {
                return opened;
            }
            if (opened != null) {
                opened.retire(); // an interrupt closed it
            }
            Opened victim = reserve();
            Opened fresh = null;
            try {
                if (victim != null) {
                    victim.channel.close();
                }
                fresh = new Opened(disk.open(path.get()));
                current = fresh;
                return fresh;
            } finally {
                opened(fresh);
            }
        }
    }
}
