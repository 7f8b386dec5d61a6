package cachefiles.persistence.journal;

import akka.persistence.RecoveryTimedOut;
import java.sql.SQLException;
import java.util.concurrent.RejectedExecutionException;
import org.h2.api.ErrorCode;

/// Tells a journal that is away from one that is damaged.
public final class JournalFailures {
    private JournalFailures() {}

    /// Whether the same may work later, with nobody mending the journal's content: the server restarts, the disk is
    /// full, the connection broke. Not so what is stored and cannot be read, or tables that are gone.
    public static boolean mayPass(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            switch (cause) {
                case SQLException sql -> {
                    return !isDamage(sql);
                }
                case RecoveryTimedOut _, RejectedExecutionException _ -> {
                    return true;
                }
                default -> {}
            }
        }
        return false;
    }

    /// SQL's class 42 is of names that do not exist, or rights; PostgreSQL's XX of corruption. An H2 file that was
    /// found damaged stays so.
    private static boolean isDamage(SQLException sql) {
        String state = String.valueOf(sql.getSQLState());
        return sql.getErrorCode() == ErrorCode.FILE_CORRUPTED_1 || state.startsWith("42") || state.startsWith("XX");
    }
}
