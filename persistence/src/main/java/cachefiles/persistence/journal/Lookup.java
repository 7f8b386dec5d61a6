package cachefiles.persistence.journal;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.CompletionStage;
import scala.concurrent.Future;
import scala.jdk.javaapi.FutureConverters;
import slick.dbio.DBIOAction;
import slick.jdbc.JdbcBackend;
import slick.jdbc.SimpleJdbcAction;

/// What recoveries ask the database: of many objects in one query. Around a query of one row Slick, the pool and
/// futures cost ten times what the database does for it.
final class Lookup {
    private static final int MOST = 200;

    /// Adds a row to what was found for its persistence id.
    interface Fold<A> {
        A with(A before, ResultSet row) throws SQLException;
    }

    private Lookup() {}

    /// @param query has one parameter, the persistence ids; each row's first column is one
    /// @param none what is known of one without rows
    static <A> Batches<String, A> of(JdbcBackend.DatabaseDef database, String query, A none, Fold<A> fold) {
        return new Batches<>(
                MOST,
                1,
                ids -> run(database, new SimpleJdbcAction<>(context -> {
                    try {
                        return find(context.connection(), query, ids, none, fold);
                    } catch (SQLException failed) {
                        throw sneaky(failed);
                    }
                })),
                JournalFailures::mayPass);
    }

    private static <A> List<A> find(Connection connection, String query, List<String> ids, A none, Fold<A> fold)
            throws SQLException {
        var found = new HashMap<String, A>();
        try (var statement = connection.prepareStatement(query)) {
            var array = connection.createArrayOf("VARCHAR", ids.toArray());
            statement.setArray(1, array);
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    String id = rows.getString(1);
                    found.put(id, fold.with(found.getOrDefault(id, none), rows));
                }
            }
            array.free();
        }
        return ids.stream().map(id -> found.getOrDefault(id, none)).toList();
    }

    /// Slick says of an action also what it does, in a type that Java cannot name.
    @SuppressWarnings({"unchecked", "rawtypes"})
    private static <A> CompletionStage<A> run(JdbcBackend.DatabaseDef database, SimpleJdbcAction<A> action) {
        Future<A> done = database.run((DBIOAction) action);
        return FutureConverters.asJava(done);
    }

    /// Scala's functions declare nothing.
    @SuppressWarnings("unchecked")
    private static <T extends Throwable> RuntimeException sneaky(Throwable failed) throws T {
        throw (T) failed;
    }
}
