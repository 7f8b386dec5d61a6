package cachefiles.persistence.journal;

import akka.persistence.AtomicWrite;
import akka.persistence.jdbc.journal.JdbcAsyncWriteJournal;
import com.typesafe.config.Config;
import scala.PartialFunction;
import scala.collection.immutable.Seq;
import scala.concurrent.Future;
import scala.runtime.BoxedUnit;
import scala.util.Try;

/// The journal in a database, which may be made to fail. Named in `jdbc.conf`.
public final class JdbcJournal extends JdbcAsyncWriteJournal {
    private final FaultyPlugin faulty = new FaultyPlugin(context());

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

    @Override
    public PartialFunction<Object, BoxedUnit> receivePluginInternal() {
        return FaultyPlugin.receive().orElse(super.receivePluginInternal());
    }
}
