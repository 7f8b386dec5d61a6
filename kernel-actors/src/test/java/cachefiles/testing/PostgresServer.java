package cachefiles.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/// A PostgreSQL server of one's own: in a folder that is removed in the end, on loopback, with a password, syncing at
/// every commit as it does by default. It may be stopped, killed and started again, on the same port.
///
/// PostgreSQL refuses to run as root: then it runs as `postgres`, which Debian's package makes, or as `nobody`. A shell
/// stands between: it ends the server when this process ends, however it ends.
public final class PostgresServer implements AutoCloseable {
    public static final String USER = "cachefiles";
    public static final String PASSWORD = "s3cret word";

    private static final String KEEPER = "\"$@\" & server=$!; cat > /dev/null; kill -QUIT $server; wait $server";
    private static final int PATIENCE_SECONDS = 60;

    private final Path folder;
    private final List<String> asUser;
    private final int port;
    private final AtomicInteger databases = new AtomicInteger();
    private Process keeper;

    private PostgresServer(Path folder, List<String> asUser, int port) {
        this.folder = folder;
        this.asUser = asUser;
        this.port = port;
    }

    static PostgresServer start() throws IOException {
        var folder = Files.createTempDirectory("cachefiles-postgres-");
        var words = Files.writeString(folder.resolve("password"), PASSWORD);
        var server = new PostgresServer(folder, givenTo(folder, words), freePort());
        server.run(
                "initdb",
                "-D",
                server.data(),
                "-U",
                USER,
                "--pwfile=" + words,
                "-A",
                "scram-sha-256",
                "-E",
                "UTF8",
                "-N");
        server.up();
        return server;
    }

    /// @return what to put before a command so that it runs as the owner of the folder
    private static List<String> givenTo(Path... files) throws IOException {
        if (Machine.missing("root").isPresent()) {
            return List.of();
        }
        var users = files[0].getFileSystem().getUserPrincipalLookupService();
        var user = Files.readString(Path.of("/etc/passwd")).lines().anyMatch(line -> line.startsWith("postgres:"))
                ? "postgres"
                : "nobody";
        for (var file : files) {
            Files.setOwner(file, users.lookupPrincipalByName(user));
        }
        Files.setPosixFilePermissions(files[0], PosixFilePermissions.fromString("rwx------"));
        return List.of("setpriv", "--reuid=" + user, "--clear-groups");
    }

    /// None that the system hands out by itself, so that it is still free after a stop.
    private static int freePort() throws IOException {
        var random = new Random(ProcessHandle.current().pid());
        while (true) {
            int port = 10_000 + random.nextInt(20_000);
            try (var _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return port;
            } catch (BindException _) {
                // the next one
            }
        }
    }

    private String data() {
        return folder.resolve("data").toString();
    }

    private List<String> command(String program, List<String> arguments) {
        var command = new ArrayList<>(asUser);
        command.add(Machine.postgres(program).orElseThrow().toString());
        command.addAll(arguments);
        return command;
    }

    private void run(String program, String... arguments) throws IOException {
        var process = new ProcessBuilder(command(program, List.of(arguments)))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (exit(process) != 0) {
            throw new IOException(program + " failed: " + output);
        }
    }

    private static int exit(Process process) {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /// Starts the server, and waits until it takes connections.
    public void up() throws IOException {
        var server = command(
                "postgres",
                List.of(
                        "-D",
                        data(),
                        "-p",
                        String.valueOf(port),
                        "-k",
                        folder.toString(),
                        "-h",
                        "127.0.0.1",
                        "-c",
                        "shared_buffers=32MB",
                        "-c",
                        "max_connections=60"));
        var command = Stream.concat(Stream.of("/bin/sh", "-c", KEEPER, "keeper"), server.stream())
                .toList();
        keeper = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        awaitReady();
    }

    private void awaitReady() throws IOException {
        var ready = new CompletableFuture<Void>();
        var said = new ConcurrentLinkedQueue<String>();
        var output = keeper.inputReader(StandardCharsets.UTF_8);
        Thread.ofPlatform().daemon().name("postgres-output").start(() -> {
            try (output) {
                output.lines().forEach(line -> {
                    said.add(line);
                    if (line.contains("ready to accept connections")) {
                        ready.complete(null);
                    }
                });
            } catch (UncheckedIOException | IOException _) {
                // it has ended
            }
            ready.completeExceptionally(new IOException("the server has ended"));
        });
        try {
            ready.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (ExecutionException | TimeoutException failed) {
            throw new IOException("PostgreSQL does not start:\n" + String.join("\n", said), failed);
        }
    }

    /// Stops it in order, its clients' connections first.
    public void down() throws IOException {
        end("INT");
    }

    /// Ends it on the spot, as a crash would: its next start recovers from its log.
    public void crash() throws IOException {
        end("QUIT");
    }

    /// `kill -9` of the server and all its processes at once: nothing of it does anything any more.
    public void kill() throws IOException {
        var postmaster = ProcessHandle.of(pid().orElseThrow()).orElseThrow();
        var all = Stream.concat(Stream.of(postmaster), postmaster.children()).toList();
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(process -> process.onExit().join());
        keeper.getOutputStream().close();
        exit(keeper);
    }

    private void end(String signal) throws IOException {
        var pid = pid();
        if (pid.isEmpty()) {
            return; // it is down
        }
        var killed = new ProcessBuilder("/bin/kill", "-" + signal, pid.get().toString()).start();
        exit(killed);
        ProcessHandle.of(pid.get()).ifPresent(process -> process.onExit().join());
        keeper.getOutputStream().close();
        exit(keeper);
    }

    /// Empty if it is down.
    private Optional<Long> pid() throws IOException {
        try (var lines = Files.lines(folder.resolve("data/postmaster.pid"))) {
            return lines.findFirst().map(Long::valueOf);
        } catch (NoSuchFileException _) {
            return Optional.empty();
        }
    }

    /// A new database.
    /// @return its URL, without user and password
    public String database() throws SQLException {
        String name = "test" + databases.incrementAndGet();
        try (var connection = connect(url("postgres"));
                var statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
        }
        return url(name);
    }

    public String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    public Connection connect(String url) throws SQLException {
        var properties = new Properties();
        properties.setProperty("user", USER);
        properties.setProperty("password", PASSWORD);
        return DriverManager.getConnection(url, properties);
    }

    /// Ends all connections to a database but the one that does it, as an operator may.
    /// @return how many there were
    public int terminateOthers(String url) throws SQLException {
        try (var connection = connect(url);
                var statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                        + " WHERE datname = current_database() AND pid <> pg_backend_pid()")) {
            rows.next();
            return rows.getInt(1);
        }
    }

    public int port() {
        return port;
    }

    @Override
    public void close() throws IOException {
        crash();
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
