package cachefiles.kernel.actor;

import cachefiles.kernel.cache.CacheAction;
import cachefiles.kernel.cache.CacheCommand;
import cachefiles.kernel.cache.CacheEvent;
import cachefiles.kernel.cache.CacheState;
import cachefiles.kernel.uapi.Decision;

/// Sees every step of the cache, on its actor's thread.
public interface CacheObserver {
    CacheObserver NONE = (_, _, _) -> {};

    /// Called before the actions are performed: one of them may be answered at once, by a further step.
    /// @param after the state with the events folded in; valid only during the call
    void stepped(CacheState after, CacheCommand command, Decision<CacheEvent, CacheAction> decision);
}
