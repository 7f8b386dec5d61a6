package cachefiles.persistence.codec;

import akka.persistence.typed.SnapshotAdapter;
import cachefiles.kernel.actor.ObjectActor;
import cachefiles.kernel.uapi.Content;
import org.jspecify.annotations.Nullable;

/// An object's snapshot as [Stored]: the content alone.
public final class ObjectSnapshots implements SnapshotAdapter<ObjectActor.Holder> {
    @Override
    public Object toJournal(ObjectActor.Holder holder) {
        return Stored.of(Stored.OBJECT, 1, holder.known());
    }

    @Override
    public ObjectActor.Holder fromJournal(Object stored) {
        return ObjectActor.Holder.of(read((Stored) stored));
    }

    /// The content that was known, null if none.
    /// @throws UnreadableException if the type or its version is unknown, or content is incomplete
    public static @Nullable Content read(Stored stored) {
        return switch (stored.type() + " " + stored.version()) {
            case Stored.OBJECT + " 1" -> stored.contentIfAny();
            default -> throw UnreadableException.unknown(stored);
        };
    }
}
