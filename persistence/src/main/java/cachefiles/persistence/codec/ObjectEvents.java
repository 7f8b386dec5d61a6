package cachefiles.persistence.codec;

import akka.persistence.typed.EventAdapter;
import akka.persistence.typed.EventSeq;
import cachefiles.kernel.object.ObjectEvent;
import cachefiles.kernel.object.ObjectEvent.ContentKnown;
import cachefiles.kernel.object.ObjectEvent.Journaled;
import cachefiles.kernel.object.ObjectEvent.Retired;

/// An object's events as [Stored].
public final class ObjectEvents extends EventAdapter<Journaled, Stored> {
    @Override
    public Stored toJournal(Journaled event) {
        return switch (event) {
            case ContentKnown(var content) -> Stored.of(Stored.CONTENT_KNOWN, 1, content);
            case Retired _ -> Stored.of(Stored.RETIRED, 1, null);
        };
    }

    @Override
    public String manifest(Journaled event) {
        return ""; // the stored form says itself what it is
    }

    @Override
    public EventSeq<Journaled> fromJournal(Stored stored, String manifest) {
        return EventSeq.single(read(stored));
    }

    /// @throws UnreadableException if the type or its version is unknown, or content is missing
    public static ObjectEvent.Journaled read(Stored stored) {
        return switch (stored.type() + " " + stored.version()) {
            case Stored.CONTENT_KNOWN + " 1" -> new ContentKnown(stored.content());
            case Stored.RETIRED + " 1" -> new Retired();
            default -> throw UnreadableException.unknown(stored);
        };
    }
}
