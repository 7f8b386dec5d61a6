package cachefiles.app.load.plan;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Where the service stood while something was read.
public enum Recovery {
    /// Nothing has crashed yet.
    BEFORE,
    /// The last recovery was over.
    AFTER,
    /// Requests were restored, and the last of those that a dead daemon had held was not yet handed out again.
    RESTORING,
    /// The daemon had died, and nothing was restored.
    DOWN;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// When the service came to where it stands, and where it stood earlier. Times are those of the load's clock.
    ///
    ///     BEFORE ──crash──▶ DOWN ──restore──▶ RESTORING ──last one handed out again──▶ AFTER ──crash──▶ DOWN
    public record Timeline(
            Recovery now, long since, @Nullable Timeline earlier) {
        public static final Timeline BEGINNING = new Timeline(BEFORE, Long.MIN_VALUE, null);

        /// @param at no earlier than what is known: what is told late counts from then on
        public Timeline then(Recovery next, long at) {
            return new Timeline(next, Math.max(since, at), this);
        }

        /// The worst that what went on from `begin` to `end` has met: a read that waited for a successor belongs to the
        /// crash, though it began before and ended after.
        public Recovery worst(long begin, long end) {
            var worst = BEFORE;
            Timeline each = this;
            while (each != null) {
                if (each.since <= end && each.now.compareTo(worst) > 0) {
                    worst = each.now;
                }
                each = each.since <= begin ? null : each.earlier;
            }
            return worst;
        }
    }
}
