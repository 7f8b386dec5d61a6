package cachefiles.persistence.journal;

import akka.persistence.AtomicWrite;
import akka.persistence.PersistentRepr;
import akka.persistence.journal.japi.AsyncWriteJournal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import scala.PartialFunction;
import scala.concurrent.Future;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.BoxedUnit;

/// The journal in memory, which may be made to fail. Named in `memory.conf`.
public final class MemoryJournal extends AsyncWriteJournal {
    /// What there is of one persistence id.
    /// @param highest number ever used; deleting does not lower it
    private record Log(long highest, List<PersistentRepr> events) {
        static final Log EMPTY = new Log(0, List.of());

        Log with(List<PersistentRepr> more) {
            var all = new ArrayList<>(events);
            all.addAll(more);
            return new Log(Math.max(highest, more.getLast().sequenceNr()), List.copyOf(all));
        }

        Log after(long sequenceNr) {
            return new Log(
                    highest,
                    events.stream()
                            .filter(event -> event.sequenceNr() > sequenceNr)
                            .toList());
        }
    }

    private final FaultyPlugin faulty = new FaultyPlugin(context());
    private final ConcurrentHashMap<String, Log> logs = new ConcurrentHashMap<>();

    @Override
    public Future<Iterable<Optional<Exception>>> doAsyncWriteMessages(Iterable<AtomicWrite> writes) {
        return faulty.write(writes.iterator().next().persistenceId(), () -> {
            var stored = new ArrayList<Optional<Exception>>();
            for (AtomicWrite write : writes) {
                var events = CollectionConverters.asJava(write.payload());
                logs.merge(write.persistenceId(), Log.EMPTY.with(events), (log, _) -> log.with(events));
                stored.add(Optional.empty());
            }
            return Future.successful(stored);
        });
    }

    @Override
    public Future<Long> doAsyncReadHighestSequenceNr(String persistenceId, long from) {
        return faulty.replay(persistenceId, () -> Future.successful(log(persistenceId).highest));
    }

    @Override
    public Future<Void> doAsyncReplayMessages(
            String persistenceId, long from, long to, long max, Consumer<PersistentRepr> replay) {
        log(persistenceId).events.stream()
                .filter(event -> event.sequenceNr() >= from && event.sequenceNr() <= to)
                .limit(max)
                .forEach(replay);
        return Future.successful(null);
    }

    @Override
    public Future<Void> doAsyncDeleteMessagesTo(String persistenceId, long to) {
        logs.computeIfPresent(persistenceId, (_, log) -> log.after(to));
        return Future.successful(null);
    }

    @Override
    public PartialFunction<Object, BoxedUnit> receivePluginInternal() {
        return FaultyPlugin.receive();
    }

    private Log log(String persistenceId) {
        return logs.getOrDefault(persistenceId, Log.EMPTY);
    }
}
