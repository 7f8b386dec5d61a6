package cachefiles.kernel.object;

import cachefiles.kernel.uapi.Content;

/// What has happened to an object.
public sealed interface ObjectEvent {
    /// What survives the process. At most one a decision, and before anything else in it.
    sealed interface Journaled extends ObjectEvent {}

    /// The content of the object, at the first look-up and whenever another one finds it changed.
    record ContentKnown(Content content) implements Journaled {}

    /// The object is gone, and its bytes (S108).
    record Retired() implements Journaled {}

    /// A move that the journal need not know: it is asked for again after a failure.
    record Became(ObjectState next) implements ObjectEvent {}
}
