package cachefiles.app.command;

import cachefiles.persistence.journal.JournalSetting;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/// `--journal`, for every command that opens a cache.
final class JournalOption {
    @Option(
            names = "--journal",
            paramLabel = "memory|h2|postgres|URL",
            defaultValue = "h2",
            description = {
                "What keeps the objects' contents known; default: h2, a file in the cache directory.",
                "URL: a PostgreSQL database, as jdbc:postgresql://HOST:PORT/DATABASE; postgres: the one that the"
                        + " variables CACHEFILES_JOURNAL_URL, or PGHOST, PGPORT and PGDATABASE name. User and password are"
                        + " taken from PGUSER, PGPASSWORD and ~/.pgpass."
            })
    private String journal = "h2";

    /// @param spec of the command that it is an option of
    JournalSetting setting(CommandSpec spec, Console console) {
        try {
            return JournalSetting.of(journal, console.environment());
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(spec.commandLine(), "--journal: " + wrong.getMessage(), wrong);
        }
    }
}
