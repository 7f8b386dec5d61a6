package cachefiles.app.check.explore;

import cachefiles.app.check.Violation;
import cachefiles.daemon.core.SupervisorCore.Handles;
import cachefiles.daemon.core.SupervisorCore.Policy;
import cachefiles.kernel.device.DeviceLimits;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Range;

/// What is the same in all states of one exploration.
final class Model {
    static final int BLOCK_BYTES = 4096;
    private static final int MANY = 64;

    /// A fault of the explorer's own surroundings, for tests of the explorer: each has to be found.
    enum Plant {
        NONE,
        /// Notices that a READ has ended are lost.
        LOST_MESSAGE,
        /// A block gets bytes that are not the origin's.
        WRONG_BYTE,
        /// A worker that finds nothing to read reads again at once.
        BUSY_LOOP,
        /// A worker never reports what it has stored.
        DEADLOCK
    }

    final Bounds bounds;
    final Plant plant;
    /// Whether a message is taken in the step that sends it, where docs/verification.md argues that nothing can come
    /// between; and whether states that differ in names alone are one.
    final boolean reduced;
    final Cookie[] cookies;
    /// What the origin has, one after the other.
    final Content[] contents;

    final DeviceLimits limits;
    final Policy policy;
    /// Whether it matters that a daemon completed a request.
    final boolean countsProgress;
    final boolean keepsHandles;
    /// Whether ids are about to come around.
    final boolean wraps;
    final Fault[] faults;
    /// Whether an object that is out of use may be used again.
    final boolean reuses;
    /// Whether a read that has ended may be made again.
    final boolean rereads;
    /// Whether a reader that sees a hole asks for it in the same step. What may come between is that the hole is filled
    /// by others; so a reader who looks late may also have looked before.
    final boolean asksAtOnce;

    /// Whether a state is left out that was seen with at least as much left of every budget.
    final boolean prunes;

    Model(Bounds bounds, boolean reduced, boolean prunes, Plant plant) {
        this.bounds = bounds;
        this.prunes = prunes;
        this.reduced = reduced;
        this.plant = plant;
        this.faults = bounds.faults().keySet().toArray(Fault[]::new);
        this.cookies = new Cookie[bounds.objects()];
        for (int number = 0; number < cookies.length; number++) {
            cookies[number] = Cookie.of("volume", "" + (char) ('a' + number));
        }
        this.contents = new Content[1 + bounds.of(Fault.CHANGE)];
        for (int version = 0; version < contents.length; version++) {
            contents[version] = new Content((long) bounds.blocks() * BLOCK_BYTES, "v" + (version + 1));
        }
        int attempts = bounds.attempts() > 0
                ? bounds.attempts()
                : 2 + bounds.of(Fault.CLOSE) + bounds.of(Fault.OPEN_ERROR) + bounds.of(Fault.REFUSAL);
        this.limits = new DeviceLimits(MANY, MANY, attempts, MANY);
        this.countsProgress = bounds.fruitless() >= 0;
        this.policy = new Policy(bounds.handles(), countsProgress ? bounds.fruitless() : MANY);
        this.reuses = bounds.of(Fault.REACQUIRE) > 0;
        this.rereads = reuses || bounds.of(Fault.REREAD) > 0;
        this.asksAtOnce = reduced && bounds.blocks() == 1;
        this.wraps = bounds.wraps();
        this.keepsHandles = bounds.handles() == Handles.KEPT;
    }

    /// What two states have in common that are one: all of the bytes, or all but the budgets.
    long fingerprint(byte[] state) {
        return Bytes.fingerprint(state, prunes ? faults.length : 0);
    }

    /// What is left of each budget, four bits each; 0 where that is a part of the fingerprint.
    long budget(byte[] state) {
        long budget = 0;
        for (int at = 0; prunes && at < faults.length; at++) {
            budget = budget << 4 | state[at];
        }
        return budget;
    }

    /// What is left of all budgets together.
    int left(byte[] state) {
        int sum = 0;
        for (int at = 0; at < faults.length; at++) {
            sum += state[at];
        }
        return sum;
    }

    /// The bytes of the blocks from `from` up to `end`.
    static Range range(int from, int end) {
        return Range.between((long) from * BLOCK_BYTES, (long) end * BLOCK_BYTES);
    }

    /// Whether there is a content of which states have to tell that it is not another.
    boolean changes() {
        return contents.length > 1;
    }

    /// Which of the contents it is.
    int version(Content content) {
        for (int version = 0; version < contents.length; version++) {
            if (contents[version].equals(content)) {
                return version;
            }
        }
        throw new Violation("a content that nobody gave: " + content);
    }

    int object(Cookie cookie) {
        for (int number = 0; number < cookies.length; number++) {
            if (cookies[number].equals(cookie)) {
                return number;
            }
        }
        throw new Violation("an object that is not there: " + cookie);
    }
}
