package cachefiles.app.demo;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Who reads what, and when. The files are cut into chunks; each is claimed by one reader, which reads it from end to
/// end, and so all bytes come up. As long as crashes are to come, readers may claim only so much: there must be misses
/// left for the crashes to hit. A budget of claims is raised with each kill that has landed, so that they spread over
/// the whole load, however fast the machine is.
///
/// If all is claimed and kills are still to come, another round begins: the same files in another volume, and so cold.
final class Load {
    private final Corpus corpus;
    private final String name;
    private final int chunkBytes;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<Round> rounds = new ArrayList<>();
    private long claimed;
    private long settled;
    private long read;
    /// Claims that killer and closer allow.
    private final Map<Brake, Long> budgets = new EnumMap<>(Brake.class);
    private boolean stopped;

    /// Who keeps the load from running ahead.
    enum Brake {
        KILLS,
        CLOSES
    }

    /// The files in one volume.
    record Round(String volume, List<Target> targets, long chunks) {}

    /// One file in one volume.
    static final class Target {
        final Round round;
        final Corpus.Piece piece;
        final int chunks;
        private final BitSet claimed = new BitSet();
        private int free;

        Target(Round round, Corpus.Piece piece, int chunks) {
            this.round = round;
            this.piece = piece;
            this.chunks = chunks;
            this.free = chunks;
        }
    }

    /// @param name of the first volume; a number follows
    /// @param kills that are to spread over the load
    Load(Corpus corpus, String name, int readers, int kills) {
        this.corpus = corpus;
        this.name = name;
        this.chunkBytes = chunkBytes(corpus.bytes() / (kills + 1) / readers);
        for (Brake brake : Brake.values()) {
            budgets.put(brake, 0L);
        }
        addRound();
    }

    private static int chunkBytes(long share) {
        return Math.clamp(share / 4096 * 4096, 4096, 256 * 1024);
    }

    private void addRound() {
        var targets = new ArrayList<Target>();
        long chunks = 0;
        var pieces = corpus.pieces();
        for (Corpus.Piece piece : pieces) {
            chunks += chunksOf(piece);
        }
        var round = new Round(name + "," + (rounds.size() + 1), targets, chunks);
        for (Corpus.Piece piece : pieces) {
            targets.add(new Target(round, piece, chunksOf(piece)));
        }
        rounds.add(round);
    }

    /// A file without bytes is read too.
    private int chunksOf(Corpus.Piece piece) {
        return Math.clamp(Math.ceilDiv(piece.usedBytes(), (long) chunkBytes), 1, Integer.MAX_VALUE);
    }

    int chunkBytes() {
        return chunkBytes;
    }

    Target first() {
        return rounds.getFirst().targets().getFirst();
    }

    /// Chunks of one round.
    long chunks() {
        return rounds.getFirst().chunks();
    }

    /// A file that has unclaimed chunks, if the budget allows to claim any.
    @Nullable
    Target pick(SplittableRandom random) {
        lock.lock();
        try {
            if (stopped || claimed >= budget()) {
                return null;
            }
            var targets = rounds.getLast().targets();
            int from = random.nextInt(targets.size());
            for (int i = 0; i < targets.size(); i++) {
                var target = targets.get((from + i) % targets.size());
                if (target.free > 0) {
                    return target;
                }
            }
            return rounds.stream()
                    .flatMap(round -> round.targets().stream())
                    .filter(target -> target.free > 0)
                    .findAny()
                    .orElse(null);
        } finally {
            lock.unlock();
        }
    }

    /// Claims the first free chunk of `target` from `from` on.
    /// @return the chunk; -1 if there is none, or the budget is used up
    int claim(Target target, int from) {
        lock.lock();
        try {
            if (stopped || claimed >= budget()) {
                return -1;
            }
            int chunk = target.claimed.nextClearBit(from);
            if (chunk >= target.chunks) {
                chunk = target.claimed.nextClearBit(0);
            }
            if (chunk >= target.chunks) {
                return -1;
            }
            target.claimed.set(chunk);
            target.free--;
            claimed++;
            changed.signalAll();
            return chunk;
        } finally {
            lock.unlock();
        }
    }

    /// A chunk that somebody has claimed, so that it is present or on its way; -1 if there is none.
    int anyClaimed(Target target, SplittableRandom random) {
        lock.lock();
        try {
            int chunk = target.claimed.nextSetBit(random.nextInt(target.chunks));
            return chunk >= 0 ? chunk : target.claimed.nextSetBit(0);
        } finally {
            lock.unlock();
        }
    }

    /// A claimed chunk was read, or will not be.
    void settle(boolean wasRead) {
        lock.lock();
        try {
            settled++;
            read += wasRead ? 1 : 0;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// A claimed chunk was not read: somebody else shall.
    void giveBack(Target target, int chunk) {
        lock.lock();
        try {
            target.claimed.clear(chunk);
            target.free++;
            claimed--;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Waits a moment for something to claim.
    @SuppressWarnings("WaitNotInLoop") // a wake-up for nothing does no harm
    void await(long millis) {
        lock.lock();
        try {
            if (!isOver()) {
                changed.await(millis, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            stopped = true;
        } finally {
            lock.unlock();
        }
    }

    /// Claims that are allowed before disturbance number `next` of `all` has come; one more than none.
    long share(int next, int all) {
        return Math.max(next == 0 ? 0 : 1, Math.ceilDiv(chunks() * next, (long) all + 1));
    }

    /// Waits until so many chunks were claimed, or the load was stopped.
    void awaitClaimed(long chunks) {
        lock.lock();
        try {
            while (claimed < chunks && !stopped) {
                changed.await();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            stopped = true;
        } finally {
            lock.unlock();
        }
    }

    /// Allows this many claims in all, and no fewer than before.
    void allow(Brake brake, long claims) {
        lock.lock();
        try {
            budgets.computeIfPresent(brake, (_, before) -> Math.max(before, claims));
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Whether all that may be claimed for now was read.
    boolean isStarved() {
        lock.lock();
        try {
            return settled >= Math.min(budget(), total());
        } finally {
            lock.unlock();
        }
    }

    /// Allows more, for a kill or close that finds nothing to hit; begins another round if this one is used up.
    void feed(Brake brake, long claims) {
        lock.lock();
        try {
            if (budgets.getOrDefault(brake, Long.MAX_VALUE) > budget()) {
                return; // it is the other one who holds the load up
            }
            long more = claimed + claims;
            budgets.put(brake, more);
            while (total() < more) {
                addRound();
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// This one has done its work: what is left is read as fast as the other allows.
    void release(Brake brake) {
        lock.lock();
        try {
            budgets.remove(brake);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void stop() {
        lock.lock();
        try {
            stopped = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Whether nothing is left to be read and no crash to come, or it was stopped.
    boolean isOver() {
        lock.lock();
        try {
            return stopped || budgets.isEmpty() && settled == total();
        } finally {
            lock.unlock();
        }
    }

    boolean isStopped() {
        lock.lock();
        try {
            return stopped;
        } finally {
            lock.unlock();
        }
    }

    /// Waits until it is over.
    /// @return whether it is
    boolean awaitOver(long nanos) {
        lock.lock();
        try {
            long left = nanos;
            while (!isOver() && left > 0) {
                left = changed.awaitNanos(left);
            }
            return isOver();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            stopped = true;
            return true;
        } finally {
            lock.unlock();
        }
    }

    private long budget() {
        return budgets.values().stream().mapToLong(Long::longValue).min().orElse(Long.MAX_VALUE);
    }

    private long total() {
        return chunks() * rounds.size();
    }

    /// Chunks that were read, of [#totalChunks].
    long readChunks() {
        lock.lock();
        try {
            return read;
        } finally {
            lock.unlock();
        }
    }

    long totalChunks() {
        lock.lock();
        try {
            return total();
        } finally {
            lock.unlock();
        }
    }

    /// Bytes of all objects there are, as far as they are to be read.
    long objectBytes() {
        lock.lock();
        try {
            return corpus.bytes() * rounds.size();
        } finally {
            lock.unlock();
        }
    }

    int rounds() {
        lock.lock();
        try {
            return rounds.size();
        } finally {
            lock.unlock();
        }
    }
}
