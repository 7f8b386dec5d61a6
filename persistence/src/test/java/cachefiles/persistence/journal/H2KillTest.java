package cachefiles.persistence.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// H2 as the journal uses it, and nothing of ours around it: what it has said is committed is there after `kill -9`,
/// also when it has run for so long that it uses space again.
@DisplayNameGeneration(ReplaceUnderscores.class)
class H2KillTest {
    private static final int CONNECTIONS = 8;
    private static final int PROCESSES = 3;
    /// H2 keeps space for 45 s before it uses it again.
    private static final Duration LENGTH = Duration.ofSeconds(75);

    @TempDir
    Path directory;

    @Test
    @Tag("long")
    void what_was_committed_is_there_after_kill_9_though_h2_uses_space_again() throws Exception {
        var processes = new ArrayList<Process>();
        for (int i = 0; i < PROCESSES; i++) {
            processes.add(committing(Files.createDirectory(directory.resolve("" + i))));
        }
        for (int i = 0; i < PROCESSES; i++) {
            var process = processes.get(i);
            try (var said = process.inputReader()) {
                long committed = Long.parseLong(said.readLine());
                assertTrue(process.isAlive(), "it ended before it was killed");
                process.destroyForcibly().waitFor();
                assertTrue(committed > 0);
                assertEquals(committed, rows(directory.resolve("" + i)), "rows of process " + i);
            }
        }
    }

    private static Process committing(Path folder) throws IOException {
        return new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        H2KillTest.class.getName(),
                        folder.toString()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static long rows(Path folder) throws SQLException {
        try (var connection = DriverManager.getConnection(url(folder));
                var statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT COUNT(*) FROM committed")) {
            rows.next();
            long count = rows.getLong(1);
            statement.execute("SHUTDOWN");
            return count;
        }
    }

    private static String url(Path folder) {
        return "jdbc:h2:file:" + folder.resolve("rows") + H2File.SETTINGS;
    }

    /// Commits row after row, says how many these were, and waits to be killed.
    /// @param args the folder
    public static void main(String[] args) throws Exception {
        var url = url(Path.of(args[0]));
        var committed = new AtomicLong();
        try (var held = DriverManager.getConnection(url);
                var statement = held.createStatement();
                var threads = Executors.newFixedThreadPool(CONNECTIONS)) {
            statement.execute("CREATE TABLE committed (id BIGINT PRIMARY KEY, payload VARBINARY(200) NOT NULL)");
            var ends = new ArrayList<Future<?>>();
            for (int i = 0; i < CONNECTIONS; i++) {
                ends.add(threads.submit(() -> commit(url, committed)));
            }
            for (var end : ends) {
                end.get();
            }
            System.out.println(committed);
            Thread.currentThread().join(); // while it is held, H2 does not close the file
        }
    }

    private static @Nullable Void commit(String url, AtomicLong committed) throws SQLException {
        long end = System.nanoTime() + LENGTH.toNanos();
        try (var connection = DriverManager.getConnection(url);
                var insert = connection.prepareStatement("INSERT INTO committed VALUES (?, ?)")) {
            connection.setAutoCommit(false);
            while (System.nanoTime() < end) {
                insert.setLong(1, committed.getAndIncrement());
                insert.setBytes(2, new byte[120]);
                insert.executeUpdate();
                connection.commit();
                LockSupport.parkNanos(Duration.ofMillis(3).toNanos()); // else the file grows by gigabytes
            }
        }
        return null;
    }
}
