package cachefiles.persistence.journal;

import akka.persistence.SelectedSnapshot;
import akka.persistence.SnapshotMetadata;
import akka.persistence.SnapshotSelectionCriteria;
import akka.persistence.jdbc.snapshot.JdbcSnapshotStore;
import com.typesafe.config.Config;
import scala.Option;
import scala.concurrent.Future;
import scala.jdk.javaapi.FutureConverters;
import scala.runtime.BoxedUnit;

/// The newest snapshot of each object, in a database. Hardly an object has one: only those with one are asked for
/// alone. Named in `jdbc.conf`.
public final class JdbcSnapshots extends JdbcSnapshotStore {
    private static final String KNOWN = "SELECT \"persistence_id\" FROM \"snapshot\" WHERE \"persistence_id\" = ANY(?)";

    private final Batches<String, Boolean> known = Lookup.of(db(), KNOWN, false, (_, _) -> true);

    public JdbcSnapshots(Config config) {
        super(config);
    }

    @Override
    public Future<Option<SelectedSnapshot>> loadAsync(String persistenceId, SnapshotSelectionCriteria criteria) {
        return FutureConverters.asScala(known.ask(persistenceId)
                .thenCompose(any -> FutureConverters.asJava(
                        any ? super.loadAsync(persistenceId, criteria) : Future.successful(Option.empty()))));
    }

    /// Older ones are deleted here: Akka leaves them to the object's actor, when events are deleted, and an object that
    /// has made its snapshot with its last event has ended by then.
    @Override
    public Future<BoxedUnit> saveAsync(SnapshotMetadata metadata, Object snapshot) {
        return FutureConverters.asScala(FutureConverters.asJava(super.saveAsync(metadata, snapshot))
                .thenCompose(_ -> FutureConverters.asJava(
                        snapshotDao().deleteUpToMaxSequenceNr(metadata.persistenceId(), metadata.sequenceNr() - 1))));
    }
}
