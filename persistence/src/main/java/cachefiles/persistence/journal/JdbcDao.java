package cachefiles.persistence.journal;

import akka.persistence.jdbc.config.JournalConfig;
import akka.persistence.jdbc.journal.dao.DefaultJournalDao;
import akka.persistence.jdbc.journal.dao.JournalTables.JournalAkkaSerializationRow;
import akka.serialization.Serialization;
import akka.stream.Materializer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import scala.Option;
import scala.Tuple2;
import scala.collection.immutable.Seq;
import scala.collection.immutable.Set;
import scala.collection.immutable.Vector;
import scala.concurrent.ExecutionContext;
import scala.concurrent.Future;
import scala.jdk.javaapi.FutureConverters;
import scala.runtime.BoxedUnit;
import slick.jdbc.JdbcBackend;
import slick.jdbc.JdbcProfile;

/// The journal's table, asked for many objects at a time. Named in `jdbc.conf`.
public final class JdbcDao extends DefaultJournalDao {
    private static final String HIGHEST = """
            SELECT "persistence_id", MAX("sequence_number") FROM "event_journal" WHERE "persistence_id" = ANY(?)
            GROUP BY "persistence_id"
            """;
    private static final String EVENTS = """
            SELECT "persistence_id", "ordering", "sequence_number", "writer", "write_timestamp", "adapter_manifest",
              "event_payload", "event_ser_id", "event_ser_manifest", "meta_payload", "meta_ser_id", "meta_ser_manifest"
            FROM "event_journal" WHERE "persistence_id" = ANY(?) AND "deleted" = FALSE
            ORDER BY "persistence_id", "sequence_number"
            """;

    private final Batches<String, Long> highest;
    private final Batches<String, List<JournalAkkaSerializationRow>> events;
    private final Batches<Seq<Tuple2<JournalAkkaSerializationRow, Set<String>>>, BoxedUnit> writes;

    /// As the plugin calls it.
    public JdbcDao(
            JdbcBackend.DatabaseDef database,
            JdbcProfile profile,
            JournalConfig config,
            Serialization serialization,
            ExecutionContext executor,
            Materializer materializer) {
        super(database, profile, config, serialization, executor, materializer);
        highest = Lookup.of(database, HIGHEST, 0L, (_, row) -> row.getLong(2));
        events = Lookup.of(database, EVENTS, List.of(), (before, row) -> {
            var all = new ArrayList<>(before);
            all.add(read(row));
            return all;
        });
        var settings = config.daoConfig();
        writes = new Batches<>(settings.batchSize(), settings.parallelism(), this::writeTogether, _ -> true);
    }

    @Override
    public Future<Object> highestSequenceNr(String persistenceId, long from) {
        return FutureConverters.asScala(highest.ask(persistenceId).thenApply(found -> found));
    }

    /// Events that were not deleted, in their order.
    CompletionStage<List<JournalAkkaSerializationRow>> events(String persistenceId) {
        return events.ask(persistenceId);
    }

    @Override
    public Future<BoxedUnit> queueWriteJournalRows(Seq<Tuple2<JournalAkkaSerializationRow, Set<String>>> rows) {
        return FutureConverters.asScala(writes.ask(rows));
    }

    private CompletionStage<List<BoxedUnit>> writeTogether(
            List<Seq<Tuple2<JournalAkkaSerializationRow, Set<String>>>> writes) {
        var rows = Vector.<Tuple2<JournalAkkaSerializationRow, Set<String>>>newBuilder();
        writes.forEach(rows::addAll);
        return FutureConverters.asJava(writeJournalRows(rows.result()))
                .thenApply(done -> Collections.nCopies(writes.size(), done));
    }

    private static JournalAkkaSerializationRow read(ResultSet row) throws SQLException {
        return new JournalAkkaSerializationRow(
                row.getLong("ordering"),
                false,
                row.getString("persistence_id"),
                row.getLong("sequence_number"),
                row.getString("writer"),
                row.getLong("write_timestamp"),
                row.getString("adapter_manifest"),
                row.getBytes("event_payload"),
                row.getInt("event_ser_id"),
                row.getString("event_ser_manifest"),
                Option.apply(row.getBytes("meta_payload")),
                Option.apply((@Nullable Object) row.getObject("meta_ser_id")),
                Option.apply(row.getString("meta_ser_manifest")));
    }
}
