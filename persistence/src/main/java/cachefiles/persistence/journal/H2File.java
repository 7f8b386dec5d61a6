package cachefiles.persistence.journal;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.NonWritableChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.h2.api.ErrorCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The journal's H2 file, `<dir>/journal/journal.mv.db`, held open while the actor system runs. One that was open when
/// the machine went down counts as lost ([BootMark]).
final class H2File implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);
    private static final String NAME = "journal";

    /// `WRITE_DELAY=0`: H2 would otherwise acknowledge a commit half a second before it writes it.
    ///
    /// `RETENTION_TIME` stays at its 45 s: at 0, kill -9 under eight writers lost acknowledged events and, the 22nd
    /// time, the file (0 lost in 30 kills as it is). So up to 45 s of outdated pages, about 20 kB a commit, stay in the
    /// file while it is open. At the end `SHUTDOWN COMPACT` writes what is left into a new one, and puts that in its
    /// place: what a mere `SHUTDOWN` removes in its time left three times as much after ten times the load on a busy
    /// machine.
    ///
    /// `CACHE_SIZE` in KiB: what the operating system keeps of the file is near enough. 30,000 cold opens cost 159,
    /// 164, 169 and 176 us of CPU each with 2, 8, 32 and 256 MiB, and left 29, 32, 40 and 49 MiB of heap.
    ///
    /// `DB_CLOSE_DELAY=0`: a database that could not write (a full disk) is closed, and the next connection opens
    /// another one. Who then uses a connection to the first has H2 forget the second, which keeps the file locked: it
    /// must close with its last connection.
    static final String SETTINGS = ";DB_CLOSE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE;WRITE_DELAY=0;CACHE_SIZE=8192";

    private final String url;
    private final Connection held;
    private final BootMark mark;
    private final Path file;

    private H2File(String url, Connection held, BootMark mark, Path file) {
        this.url = url;
        this.held = held;
        this.mark = mark;
        this.file = file;
    }

    static H2File open(Path directory) throws IOException {
        Path real = Files.createDirectories(folder(directory)).toRealPath();
        String url = url(real) + SETTINGS;
        var mark = BootMark.of(real);
        if (mark.machineWentDown()) {
            setAside(directory);
        }
        mark.set();
        try {
            var connection = DriverManager.getConnection(url);
            try {
                Schema.H2.update(connection, directory.toString());
                leaveOther(directory);
                return new H2File(url, connection, mark, file(directory));
            } catch (IOException | SQLException | RuntimeException failed) {
                connection.close();
                throw failed;
            }
        } catch (SQLException failed) {
            throw explained(directory, failed);
        }
    }

    /// What the machine left of a file that was open cannot be told from what was stored.
    private static void setAside(Path directory) throws IOException {
        Path aside = folder(directory).resolve(NAME + ".mv.db.lost");
        if (Files.exists(file(directory))) {
            Files.move(file(directory), aside, StandardCopyOption.REPLACE_EXISTING);
            LOG.warn(
                    "the machine went down while the journal in {} was open: it begins anew, and what is cached is looked up"
                            + " again; the old one is {}",
                    directory,
                    aside);
        }
    }

    /// A journal elsewhere is an older one from now on.
    private static void leaveOther(Path directory) throws IOException {
        var known = JournalFolder.find(directory);
        if (known != null && known.url() != null) {
            known.here().write();
        }
    }

    static Path folder(Path directory) {
        return directory.resolve(NAME);
    }

    static Path file(Path directory) {
        return folder(directory).resolve(NAME + ".mv.db");
    }

    /// @param folder absolute
    /// @throws IOException H2 has no way to write that path in a URL
    static String url(Path folder) throws IOException {
        String path = folder.resolve(NAME).toString();
        for (String odd : new String[] {";", "\\"}) {
            if (path.contains(odd)) {
                throw new IOException("the H2 journal cannot be kept in " + folder + ": H2 takes '" + odd
                        + "' in a path for something else. Choose another cache directory, or another journal");
            }
        }
        return "jdbc:h2:file:" + path + ";TRACE_LEVEL_FILE=0";
    }

    static IOException explained(Path directory, SQLException failed) {
        return new IOException(
                switch (failed.getErrorCode()) {
                    case ErrorCode.DATABASE_ALREADY_OPEN_1 ->
                        "the journal in " + directory
                                + " is in use by another process; stop that or choose another directory";
                    case ErrorCode.FILE_CORRUPTED_1 -> damaged(directory);
                    case ErrorCode.DATABASE_IS_READ_ONLY ->
                        // H2 finds nothing in the file, and may not begin it anew.
                        Files.isWritable(file(directory)) ? damaged(directory) : notOpened(directory, failed);
                    default -> {
                        var cause = causeOf(failed);
                        // It ends too early; it is empty, and may not be begun anew.
                        yield cause instanceof EOFException || cause instanceof NonWritableChannelException
                                ? damaged(directory)
                                : notOpened(directory, cause);
                    }
                },
                failed);
    }

    private static String notOpened(Path directory, Throwable cause) {
        return "the journal in " + directory + " cannot be opened: "
                + (cause instanceof AccessDeniedException denied
                        ? denied.getFile() + ": permission denied"
                        : cause.getMessage() == null ? cause.toString() : cause.getMessage());
    }

    private static String damaged(Path directory) {
        return "the journal in " + directory + " is damaged; move " + file(directory)
                + " away to start with an empty one: what is cached is then looked up again";
    }

    /// H2 tells what went wrong in the last of its causes.
    private static Throwable causeOf(Throwable failed) {
        return failed.getCause() == null ? failed : causeOf(failed.getCause());
    }

    String url() {
        return url;
    }

    /// Ends H2's engine for this file, so that the next start need not recover it. A second time does nothing.
    @Override
    public void close() throws IOException {
        try (held) {
            if (!held.isClosed()) {
                // Not through `held`: H2 closes a file that it could not write to, and opens it anew for who connects.
                try (var now = DriverManager.getConnection(url);
                        var statement = now.createStatement()) {
                    statement.execute("SHUTDOWN COMPACT");
                }
                try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    channel.force(true);
                }
                mark.clear();
            }
        } catch (SQLException failed) {
            if (failed.getErrorCode() != ErrorCode.DATABASE_IS_CLOSED) {
                throw new IOException("the journal was not closed in order: " + failed.getMessage(), failed);
            }
        }
    }
}
