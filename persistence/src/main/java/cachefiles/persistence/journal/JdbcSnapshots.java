package cachefiles.persistence.journal;

import akka.persistence.SelectedSnapshot;
import akka.persistence.SnapshotSelectionCriteria;
import akka.persistence.jdbc.snapshot.JdbcSnapshotStore;
import com.typesafe.config.Config;
import scala.Option;
import scala.concurrent.Future;
import scala.jdk.javaapi.FutureConverters;

/// Snapshots in a database. Hardly an object has one: only those with one are asked for alone. Named in `jdbc.conf`.
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
}
