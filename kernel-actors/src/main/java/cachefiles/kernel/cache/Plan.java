package cachefiles.kernel.cache;

import cachefiles.kernel.uapi.Decision;
import cachefiles.kernel.uapi.Errno;
import java.util.ArrayList;
import java.util.List;

/// A decision in the making, for those of several events.
final class Plan {
    private final List<CacheEvent> events = new ArrayList<>();
    private final List<CacheAction> actions = new ArrayList<>();

    Plan event(CacheEvent event) {
        events.add(event);
        return this;
    }

    Plan action(CacheAction action) {
        actions.add(action);
        return this;
    }

    Plan complete(long ticket, Errno errno) {
        return action(new CacheAction.Complete(ticket, errno));
    }

    Decision<CacheEvent, CacheAction> decision() {
        return new Decision<>(events, actions);
    }
}
