package cachefiles.persistence.journal;

import akka.persistence.SelectedSnapshot;
import akka.persistence.SnapshotMetadata;
import akka.persistence.SnapshotSelectionCriteria;
import akka.persistence.snapshot.japi.SnapshotStore;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import scala.concurrent.Future;

/// The newest snapshot of each persistence id, in memory. Named in `memory.conf`. Akka deletes events only when a
/// snapshot holds what they led to: without this the journal in memory would grow for ever.
public final class MemorySnapshots extends SnapshotStore {
    private final Map<String, SelectedSnapshot> newest = new HashMap<>();

    @Override
    public Future<Optional<SelectedSnapshot>> doLoadAsync(String persistenceId, SnapshotSelectionCriteria criteria) {
        return Future.successful(
                Optional.ofNullable(newest.get(persistenceId)).filter(found -> selects(criteria, found.metadata())));
    }

    @Override
    public Future<Void> doSaveAsync(SnapshotMetadata metadata, Object snapshot) {
        newest.put(metadata.persistenceId(), new SelectedSnapshot(metadata, snapshot));
        return Future.successful(null);
    }

    @Override
    public Future<Void> doDeleteAsync(SnapshotMetadata metadata) {
        newest.computeIfPresent(
                metadata.persistenceId(),
                (_, found) -> found.metadata().sequenceNr() == metadata.sequenceNr() ? null : found);
        return Future.successful(null);
    }

    @Override
    public Future<Void> doDeleteAsync(String persistenceId, SnapshotSelectionCriteria criteria) {
        newest.computeIfPresent(persistenceId, (_, found) -> selects(criteria, found.metadata()) ? null : found);
        return Future.successful(null);
    }

    private static boolean selects(SnapshotSelectionCriteria criteria, SnapshotMetadata found) {
        return found.sequenceNr() <= criteria.maxSequenceNr()
                && found.sequenceNr() >= criteria.minSequenceNr()
                && found.timestamp() <= criteria.maxTimestamp()
                && found.timestamp() >= criteria.minTimestamp();
    }
}
