package cachefiles.kernel.actor;

import cachefiles.kernel.cache.CacheAction;
import cachefiles.kernel.cache.CacheCommand;
import cachefiles.kernel.cache.CacheEvent;
import cachefiles.kernel.cache.CacheState;
import cachefiles.kernel.reader.GateCore;
import cachefiles.kernel.reader.ReaderCore;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Decision;
import java.util.List;

/// Sees every step of the cache, of its gates and of reads, on the threads of those who take them.
public interface CacheObserver {
    CacheObserver NONE = (_, _, _) -> {};

    /// Called before the actions are performed: one of them may be answered at once, by a further step.
    /// @param after the state with the events folded in; valid only during the call
    void stepped(CacheState after, CacheCommand command, Decision<CacheEvent, CacheAction> decision);

    /// A gate's step, before the actions are performed.
    /// @param after valid only during the call, and the same for all steps of a gate
    default void stepped(Cookie cookie, GateCore after, GateCore.Command command, List<GateCore.Action> actions) {}

    /// A read's step, before the actions are performed.
    /// @param read the same for all steps of a read
    default void stepped(Cookie cookie, Object read, ReaderCore.Command command, ReaderCore.Step step) {}
}
