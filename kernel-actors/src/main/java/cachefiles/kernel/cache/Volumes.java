package cachefiles.kernel.cache;

import cachefiles.kernel.cache.CacheEvent.CookieDropped;
import cachefiles.kernel.cache.CacheEvent.LookUpEnded;
import cachefiles.kernel.cache.CacheEvent.LookUpStarted;
import cachefiles.kernel.cache.CacheEvent.ReleaseAwaited;
import cachefiles.kernel.cache.CacheEvent.UseAwaited;
import cachefiles.kernel.cache.CacheEvent.UseGranted;
import cachefiles.kernel.cache.CacheEvent.UseReleased;
import cachefiles.kernel.cache.CacheEvent.VolumeAcquired;
import cachefiles.kernel.cache.CacheEvent.VolumeAwaited;
import cachefiles.kernel.cache.CacheEvent.VolumeReleased;
import cachefiles.kernel.cache.CacheEvent.VolumeRelinquished;
import cachefiles.kernel.cache.CacheEvent.WaitCancelled;
import cachefiles.kernel.cache.CacheEvent.WithdrawalStarted;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Key;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The tables of volumes and cookies, and who holds or awaits which. Each event costs the same, however many there are.
final class Volumes {
    private final Map<Key, Volume> volumes = new HashMap<>();
    private final Map<Long, Key> owners = new HashMap<>();
    /// Who waits for a volume to be gone.
    private final Map<Long, Key> awaiting = new HashMap<>();
    private final Map<Cookie, Entry> entries = new HashMap<>();
    /// Uses that were granted or are awaited.
    private final Map<Long, Cookie> uses = new HashMap<>();
    private int lookUps;

    /// A group of cookies. Being released from when it has no owner until it has no cookie.
    static final class Volume {
        final Key key;
        final boolean shared;
        private int owners;
        private int cookies;
        /// Who gets it when it is gone: one, or several that share it.
        private final SequencedSet<Long> successors = new LinkedHashSet<>();
        private boolean successorsShare;
        /// The last owner, while he waits until it is gone.
        private @Nullable Long relinquisher;

        private Volume(Key key, boolean shared) {
            this.key = key;
            this.shared = shared;
        }

        int owners() {
            return owners;
        }

        int cookies() {
            return cookies;
        }

        SequencedSet<Long> successors() {
            return Collections.unmodifiableSequencedSet(successors);
        }

        boolean successorsShare() {
            return successorsShare;
        }

        @Nullable
        Long relinquisher() {
            return relinquisher;
        }

        private void forget(Long ticket) {
            successors.remove(ticket);
            if (ticket.equals(relinquisher)) {
                relinquisher = null;
            }
        }

        private Volume copy() {
            var copy = new Volume(key, shared);
            copy.owners = owners;
            copy.cookies = cookies;
            copy.successors.addAll(successors);
            copy.successorsShare = successorsShare;
            copy.relinquisher = relinquisher;
            return copy;
        }

        @Override
        public String toString() {
            return (shared ? "shared by " : "owned by ") + owners + ", cookies " + cookies + ", successors "
                    + successors + ", relinquisher " + relinquisher;
        }
    }

    /// What those who want a cookie have of it (S103).
    ///
    ///     LOOKING_UP ──LookUpEnded(OK)──▶ ACTIVE
    ///     LOOKING_UP ──LookUpEnded(error)──▶ WITHDRAWING
    ///     ACTIVE ──WithdrawalStarted──▶ WITHDRAWING
    ///     WITHDRAWING ──LookUpStarted──▶ LOOKING_UP      someone waits: each look-up makes a new object (S6)
    ///     WITHDRAWING ──CookieDropped──▶ gone
    enum Phase {
        /// They wait.
        LOOKING_UP,
        /// They have it.
        ACTIVE,
        /// They wait for the object to be gone, then for a look-up (Q11).
        WITHDRAWING
    }

    static final class Entry {
        final Cookie cookie;
        private Phase phase = Phase.WITHDRAWING;
        private int granted;
        private @Nullable SequencedSet<Long> waiting;

        private Entry(Cookie cookie) {
            this.cookie = cookie;
        }

        Phase phase() {
            return phase;
        }

        /// Uses that were granted and not released.
        int granted() {
            return granted;
        }

        /// Who waits, in the order they came.
        Collection<Long> waiting() {
            return waiting == null ? List.of() : Collections.unmodifiableCollection(waiting);
        }

        boolean isWanted() {
            return granted > 0 || waiting != null && !waiting.isEmpty();
        }

        private void forget(Long ticket) {
            if (waiting != null) {
                waiting.remove(ticket);
            }
        }

        private Entry copy() {
            var copy = new Entry(cookie);
            copy.phase = phase;
            copy.granted = granted;
            copy.waiting = waiting == null ? null : new LinkedHashSet<>(waiting);
            return copy;
        }

        @Override
        public String toString() {
            return phase + ", granted " + granted + ", waiting " + waiting();
        }
    }

    @Nullable
    Volume volume(Key key) {
        return volumes.get(key);
    }

    /// The volume that this ticket acquired, until it is relinquished or gone.
    @Nullable
    Key ownedBy(long ticket) {
        return owners.get(ticket);
    }

    @Nullable
    Entry entry(Cookie cookie) {
        return entries.get(cookie);
    }

    Collection<Entry> entries() {
        return Collections.unmodifiableCollection(entries.values());
    }

    int cookies() {
        return entries.size();
    }

    int lookUps() {
        return lookUps;
    }

    /// The cookie that this ticket uses or awaits.
    @Nullable
    Cookie usedBy(long ticket) {
        return uses.get(ticket);
    }

    /// Whether someone waits on this ticket.
    boolean isAwaitedBy(long ticket) {
        var cookie = uses.get(ticket);
        var entry = cookie == null ? null : entries.get(cookie);
        return awaiting.containsKey(ticket) || entry != null && entry.waiting().contains(ticket);
    }

    void evolve(CacheEvent.OfVolumes event) {
        switch (event) {
            case VolumeAcquired(var ticket, var key, var shared) -> {
                volumes.computeIfAbsent(key, _ -> new Volume(key, shared)).owners++;
                owners.put(ticket, key);
            }
            case VolumeAwaited(var ticket, var key, var shared) -> {
                mustKnow(key).successors.add(ticket);
                mustKnow(key).successorsShare = shared;
                awaiting.put(ticket, key);
            }
            case VolumeRelinquished(var owner) -> mustKnow(owners.remove(owner)).owners--;
            case ReleaseAwaited(var ticket, var key) -> {
                mustKnow(key).relinquisher = ticket;
                awaiting.put(ticket, key);
            }
            case VolumeReleased(var key) -> {
                var gone = mustKnow(key);
                volumes.remove(key);
                gone.successors.forEach(awaiting::remove);
                if (gone.relinquisher != null) {
                    awaiting.remove(gone.relinquisher);
                }
            }
            case LookUpStarted(var cookie) -> {
                var entry = entries.computeIfAbsent(cookie, this::newEntry);
                entry.phase = Phase.LOOKING_UP;
                lookUps++;
            }
            case LookUpEnded(var cookie, var errno) -> {
                var entry = mustKnow(cookie);
                lookUps--;
                if (errno.isOk()) {
                    entry.phase = Phase.ACTIVE;
                    entry.granted = entry.waiting().size();
                } else {
                    entry.phase = Phase.WITHDRAWING;
                    entry.waiting().forEach(uses::remove);
                }
                entry.waiting = null;
            }
            case UseAwaited(var ticket, var cookie) -> {
                var entry = mustKnow(cookie);
                if (entry.waiting == null) {
                    entry.waiting = new LinkedHashSet<>(2);
                }
                entry.waiting.add(ticket);
                uses.put(ticket, cookie);
            }
            case UseGranted(var ticket, var cookie) -> {
                mustKnow(cookie).granted++;
                uses.put(ticket, cookie);
            }
            case UseReleased(var use) -> {
                var entry = entries.get(uses.remove(use));
                if (entry != null) { // else the cookie went before its users, with the cache
                    entry.granted--;
                }
            }
            case WaitCancelled(var ticket) -> {
                var volume = awaiting.remove(ticket);
                if (volume != null) {
                    mustKnow(volume).forget(ticket);
                } else {
                    mustKnow(uses.remove(ticket)).forget(ticket);
                }
            }
            case WithdrawalStarted(var cookie) -> mustKnow(cookie).phase = Phase.WITHDRAWING;
            case CookieDropped(var cookie) -> {
                mustKnow(cookie).waiting().forEach(uses::remove);
                entries.remove(cookie);
                mustKnow(cookie.volume()).cookies--;
            }
        }
    }

    private Entry newEntry(Cookie cookie) {
        mustKnow(cookie.volume()).cookies++;
        return new Entry(cookie);
    }

    private Volume mustKnow(@Nullable Key key) {
        var volume = volumes.get(key);
        if (volume == null) {
            throw new IllegalStateException("no volume " + key);
        }
        return volume;
    }

    private Entry mustKnow(@Nullable Cookie cookie) {
        var entry = entries.get(cookie);
        if (entry == null) {
            throw new IllegalStateException("no cookie " + cookie);
        }
        return entry;
    }

    /// The cache is gone, and what was in use of it (Q6): whoever still holds a volume or a cookie holds nothing.
    void clear() {
        volumes.clear();
        owners.clear();
        awaiting.clear();
        entries.clear();
        uses.clear();
        lookUps = 0;
    }

    Volumes copy() {
        var copy = new Volumes();
        volumes.forEach((key, volume) -> copy.volumes.put(key, volume.copy()));
        copy.owners.putAll(owners);
        copy.awaiting.putAll(awaiting);
        entries.forEach((cookie, entry) -> copy.entries.put(cookie, entry.copy()));
        copy.uses.putAll(uses);
        copy.lookUps = lookUps;
        return copy;
    }

    @Override
    public String toString() {
        return "volumes " + new TreeMap<>(volumes) + " owners " + new TreeMap<>(owners) + " awaiting "
                + new TreeMap<>(awaiting) + " cookies " + new TreeMap<>(entries) + " uses " + new TreeMap<>(uses)
                + " look-ups " + lookUps;
    }
}
