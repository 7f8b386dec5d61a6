package cachefiles.persistence.journal;

import akka.persistence.AtomicWrite;
import akka.persistence.PersistentRepr;
import akka.persistence.jdbc.AkkaSerialization;
import akka.persistence.jdbc.journal.JdbcAsyncWriteJournal;
import akka.serialization.Serialization;
import akka.serialization.SerializationExtension;
import com.typesafe.config.Config;
import scala.Function1;
import scala.PartialFunction;
import scala.collection.immutable.Seq;
import scala.concurrent.Future;
import scala.jdk.javaapi.FutureConverters;
import scala.runtime.BoxedUnit;
import scala.util.Try;

/// The journal in a database, which may be made to fail. Named in `jdbc.conf`.
public final class JdbcJournal extends JdbcAsyncWriteJournal {
    private final FaultyPlugin faulty = new FaultyPlugin(context());
    private final JdbcDao dao = (JdbcDao) journalDao();
    private final Serialization serialization =
            SerializationExtension.get(context().system());

    public JdbcJournal(Config config) {
        super(config);
    }

    @Override
    public Future<Seq<Try<BoxedUnit>>> asyncWriteMessages(Seq<AtomicWrite> writes) {
        return faulty.write(writes.head().persistenceId(), () -> super.asyncWriteMessages(writes));
    }

    @Override
    public Future<Object> asyncReadHighestSequenceNr(String persistenceId, long from) {
        return faulty.replay(persistenceId, () -> super.asyncReadHighestSequenceNr(persistenceId, from));
    }

    /// From our table at once, where the plugin would start a stream.
    @Override
    public Future<BoxedUnit> asyncReplayMessages(
            String persistenceId, long from, long to, long max, Function1<PersistentRepr, BoxedUnit> replay) {
        return FutureConverters.asScala(dao.events(persistenceId).thenApply(rows -> {
            rows.stream()
                    .filter(row -> row.sequenceNumber() >= from && row.sequenceNumber() <= to)
                    .limit(max)
                    .forEach(row -> replay.apply(
                            AkkaSerialization.fromRow(serialization, row).get()._1()));
            return BoxedUnit.UNIT;
        }));
    }

    @Override
    public PartialFunction<Object, BoxedUnit> receivePluginInternal() {
        return FaultyPlugin.receive().orElse(super.receivePluginInternal());
    }
}
