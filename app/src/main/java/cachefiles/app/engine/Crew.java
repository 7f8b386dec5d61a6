package cachefiles.app.engine;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Who runs the actors' turns: a few threads of its own, and whoever waits for the outcome of one.
///
/// A miss passes four actors and a worker. Were each turn run by another thread, it would cost as many wake-ups, and a
/// wake-up costs more than a turn. So a reader that waits takes turns itself, its own and others', until its bytes are
/// there:
///
/// ```
///     reader           misses, tells the object, joins ──takes turns: object, device, daemon, … ──▶ its read is done
///     other readers    miss, tell their objects, and sleep, if enough hands are at work ─────────────▶ woken, done
///     members          sleep ──no hand is at work, or too few for what waits──▶ take turns until none is left
///     a blocking job   ends, and its thread takes the turns that follow, and the next job that one of them gives
/// ```
///
/// Nothing depends on a reader's help: if no turn was taken for a while although one waits, the watch wakes a member,
/// whatever the other hands are held up by. Turns are short and wait for nothing but the disk.
final class Crew implements Executor, AutoCloseable {
    private static final int MEMBERS = 16;
    /// Turns that one hand may have before it; for more of them another one is woken.
    private static final int BACKLOG = 4;
    /// Turns that a reader takes at most after its own read is done, rather than wake somebody for them.
    private static final int COURTESY = 16;
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final int QUIET_TICKS = 200;

    /// Bound where a thread will take turns by itself.
    private static final ScopedValue<Lent> LENT = ScopedValue.newInstance();

    private final ConcurrentLinkedQueue<Runnable> turns = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicInteger atWork = new AtomicInteger();
    private final int hands = Math.max(2, Runtime.getRuntime().availableProcessors());
    private final Member[] members = new Member[MEMBERS];
    private final Thread watch;
    private final AtomicBoolean watching = new AtomicBoolean();
    private volatile Thread.UncaughtExceptionHandler onDeath = (_, _) -> {};
    private volatile boolean closed;

    Crew(ThreadFactory threads) {
        for (int i = 0; i < members.length; i++) {
            members[i] = new Member(threads);
        }
        this.watch = threads.newThread(this::watch);
        for (Member member : members) {
            member.thread.start();
        }
        watch.start();
    }

    @Override
    public void execute(Runnable turn) {
        turns.add(turn);
        int before = waiting.getAndIncrement();
        int working = atWork.get();
        if (working == 0 && !LENT.isBound() || before >= BACKLOG && working < hands) {
            wakeOne();
        }
        if (!watching.get() && watching.compareAndSet(false, true)) {
            LockSupport.unpark(watch);
        }
    }

    /// Whether a turn waits for a hand.
    boolean hasWork() {
        return waiting.get() > 0;
    }

    /// The caller would take turns.
    /// @return whether it is needed; if so it must [#leave]
    boolean join() {
        int working = atWork.get();
        while (working < hands) {
            if (atWork.compareAndSet(working, working + 1)) {
                return true;
            }
            working = atWork.get();
        }
        return false;
    }

    /// Takes one turn.
    /// @return false if there was none
    boolean takeOne() {
        var turn = turns.poll();
        if (turn == null) {
            return false;
        }
        waiting.decrementAndGet();
        try {
            turn.run();
        } catch (Throwable thrown) { // what is no actor's own, and so ends none
            if (thrown instanceof InterruptedException) { // Akka's way to hand on an interrupt of this thread
                Thread.currentThread().interrupt();
            } else {
                onDeath.uncaughtException(Thread.currentThread(), thrown);
            }
        }
        return true;
    }

    /// Where jobs run that may block, each of which ends with a message to an actor: on `threads`, which take turns
    /// after a job. So what a job was for goes on without waking anybody, up to the next job, which is done by the same
    /// thread.
    Executor lending(Executor threads) {
        return job -> {
            if (!LENT.isBound() || !LENT.get().takes(job)) {
                threads.execute(new Lent(job));
            }
        };
    }

    /// What becomes of an error that no actor survives.
    void onDeath(Thread.UncaughtExceptionHandler handler) {
        onDeath = handler;
    }

    /// The caller has what it waited for: it takes what little is left, and goes.
    void leaveInOrder() {
        for (int i = 0; i < COURTESY && takeOne(); i++) {}
        leave();
    }

    void leave() {
        if (atWork.decrementAndGet() == 0 && waiting.get() > 0) {
            wakeOne();
        }
    }

    private void wakeOne() {
        for (Member member : members) {
            if (member.asleep.get() && member.asleep.compareAndSet(true, false)) {
                LockSupport.unpark(member.thread);
                return;
            }
        }
    }

    /// Sees to it that turns are taken though every hand is held up. A turn that stays first for a tick was not taken.
    private void watch() {
        Runnable first = null;
        int quiet = 0;
        while (!closed) {
            LockSupport.parkNanos(this, TICK_NANOS);
            var now = turns.peek();
            if (now != null && now == first) {
                wakeOne();
            }
            first = now;
            quiet = now == null ? quiet + 1 : 0;
            if (quiet >= QUIET_TICKS) {
                quiet = 0;
                watching.set(false);
                while (!closed && !watching.get() && turns.isEmpty()) {
                    LockSupport.park(this);
                }
                watching.set(true);
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(watch);
        for (Member member : members) {
            LockSupport.unpark(member.thread);
        }
    }

    /// A thread of others, for the time of its jobs and of the turns between them.
    private final class Lent implements Runnable {
        private @Nullable Runnable next;
        private boolean takesTurns;

        Lent(Runnable job) {
            next = job;
        }

        /// Called in a turn that this thread takes, or in its job.
        /// @return whether it does `job` next
        boolean takes(Runnable job) {
            if (!takesTurns || next != null) {
                return false;
            }
            next = job;
            return true;
        }

        @Override
        public void run() {
            ScopedValue.where(LENT, this).run(() -> {
                for (var job = next; job != null; job = next) {
                    next = null;
                    job.run();
                    if (join()) {
                        takeTurns();
                    }
                }
            });
        }

        private void takeTurns() {
            takesTurns = true;
            try {
                while (next == null && takeOne()) {
                    Thread.interrupted(); // meant for nobody
                }
            } finally {
                takesTurns = false;
                leave();
            }
        }
    }

    private final class Member implements Runnable {
        final AtomicBoolean asleep = new AtomicBoolean();
        final Thread thread;

        Member(ThreadFactory threads) {
            thread = threads.newThread(this);
        }

        @Override
        public void run() {
            while (!closed) {
                atWork.incrementAndGet();
                try {
                    while (takeOne()) {
                        Thread.interrupted(); // meant for nobody
                    }
                } finally {
                    atWork.decrementAndGet();
                }
                asleep.set(true);
                if (waiting.get() > 0 && asleep.compareAndSet(true, false)) {
                    continue; // it came after we looked
                }
                while (!closed && asleep.get()) {
                    LockSupport.park(Crew.this);
                }
            }
        }
    }
}
