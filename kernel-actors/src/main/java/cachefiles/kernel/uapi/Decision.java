package cachefiles.kernel.uapi;

import java.util.List;

/// What a core decided: facts to fold into its state, then deeds to do, each in this order.
/// @param <E> the core's events
/// @param <A> the core's actions
public record Decision<E, A>(List<E> events, List<A> actions) {
    private static final Decision<?, ?> NOTHING = new Decision<>(List.of(), List.of());

    @SuppressWarnings("unchecked") // holds no element of either type
    public static <E, A> Decision<E, A> nothing() {
        return (Decision<E, A>) NOTHING;
    }

    /// Actions alone: nothing changes.
    @SafeVarargs
    public static <E, A> Decision<E, A> only(A... actions) {
        return new Decision<>(List.of(), List.of(actions));
    }

    /// One event and the actions it justifies.
    @SafeVarargs
    public static <E, A> Decision<E, A> record(E event, A... actions) {
        return new Decision<>(List.of(event), List.of(actions));
    }
}
