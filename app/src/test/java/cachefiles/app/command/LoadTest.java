package cachefiles.app.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.app.engine.Cache;
import cachefiles.app.engine.CacheOptions;
import cachefiles.app.serve.CrashCalls;
import cachefiles.app.serve.Server;
import cachefiles.daemon.fetch.CountingOrigin;
import cachefiles.daemon.fetch.DirectoryOrigin;
import cachefiles.persistence.journal.Journal;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The command `load`: its options, files and exit codes.
@DisplayNameGeneration(ReplaceUnderscores.class)
class LoadTest {
    @TempDir
    Path home;

    /// A short load, in a cache in `home`.
    private Ran load(Object... args) {
        var all = new ArrayList<Object>(List.of("load", "--cache", home.resolve("cache"), "--journal", "memory"));
        all.addAll(List.of(args));
        return Ran.of(home, all.toArray());
    }

    private Path profile(String text) throws IOException {
        return Files.writeString(home.resolve("test.profile"), """
                objects = 50
                object-size = 16k..64k
                readers = 8
                rate = 400
                duration = 600ms
                interval = 100ms
                crash = every:100ms
                """ + text);
    }

    @Test
    void a_load_writes_what_it_is_asked_for_and_its_log_makes_the_same_again() throws Exception {
        var log = home.resolve("log");
        var report = home.resolve("report.html");
        var ran = load(
                profile(""),
                "--log",
                log,
                "--report",
                report,
                "--json",
                home.resolve("json"),
                "--csv",
                home.resolve("csv"),
                "--hgrm",
                home.resolve("hgrm"),
                "--require",
                "wrong=0",
                "--require",
                "errors=0",
                "--require",
                "crashes>0");
        assertEquals(0, ran.exit(), ran.err());
        assertTrue(ran.out().contains("0 bytes were wrong"), ran.out());
        assertTrue(ran.err().lines().anyMatch(line -> line.contains("crashes")), "a line now and then");
        var json = new ObjectMapper().readTree(home.resolve("json").toFile());
        assertTrue(json.path("reads").asLong() > 0 && json.path("crashes").asLong() > 0, json::toString);
        for (String option : List.of("report", "json", "csv", "hgrm")) {
            var again = home.resolve("again");
            assertEquals(
                    0, Ran.of(home, "load", "report", log, "--" + option, again).exit());
            var first = option.equals("report") ? report : home.resolve(option);
            assertEquals(-1, Files.mismatch(first, again), option);
        }
        var piped = Ran.of(home, "load", "report", log, "--json", "-");
        assertEquals(json, new ObjectMapper().readTree(piped.out()));
        assertEquals(3, Ran.of(home, "load", "compare", log, log).exit(), "too short to tell");
    }

    @Test
    void a_log_that_was_cut_off_makes_a_report_and_is_inconclusive() throws Exception {
        var log = home.resolve("log");
        load(profile(""), "--log", log);
        Files.writeString(log, Files.readString(log).substring(0, (int) Files.size(log) / 2));
        var ran = Ran.of(home, "load", "report", log);
        assertEquals(3, ran.exit());
        assertTrue(ran.out().contains("it was cut off"), ran.out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"compile", "compile-readahead", "storm", "overload", "many", "stress"})
    @Tag("T08")
    @Tag("T09")
    void each_profile_that_is_shipped_holds_in_small(String name) {
        var ran = load(name, "--objects", 200, "--duration", "1s", "--crash", "every:200ms", "--readers", 64);
        assertTrue(ran.exit() == 0, ran.out() + ran.err());
    }

    @Test
    void what_the_command_line_says_goes_before_the_profile() throws Exception {
        var log = home.resolve("log");
        var ran = load(
                profile(""),
                "--log",
                log,
                "--objects",
                7,
                "--object-size",
                "4k..8k",
                "--readers",
                3,
                "--rate",
                "closed",
                "--access",
                "sequential",
                "--block",
                "1k",
                "--duration",
                "200ms",
                "--crash",
                "phase:fetching:10ms",
                "--failover",
                "on",
                "--passivate",
                "never",
                "--seed",
                9,
                "--target",
                "engine");
        assertTrue(ran.exit() == 0 || ran.exit() == 3, ran.err());
        var head =
                new ObjectMapper().readTree(Files.readAllLines(log).getFirst()).path("profile");
        assertEquals(
                List.of("7", "4k..8k", "3", "closed", "sequential", "1k", "200ms", "phase:fetching:10ms", "never", "9"),
                List.of(
                                "objects",
                                "object-size",
                                "readers",
                                "rate",
                                "access",
                                "block",
                                "duration",
                                "crash",
                                "passivate",
                                "seed")
                        .stream()
                        .map(each -> head.path(each).asText())
                        .toList());
    }

    @Test
    void without_fail_over_reads_fail() throws Exception {
        var slow = profile("origin-latency = 20ms\nread-ahead = 0\n");
        var ran = load(slow, "--failover", "off", "--objects", 5000);
        assertEquals(1, ran.exit(), ran.out());
        assertTrue(ran.out().contains("0 bytes were wrong"), ran.out());
        assertEquals(
                5,
                load(slow, "--failover", "off", "--objects", 5000, "--require", "errors=0")
                        .exit());
        assertEquals(
                0,
                load(slow, "--failover", "off", "--objects", 5000, "--require", "errors>0")
                        .exit());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--objects 0        | --objects: '0' is no number from 1 on",
                "--rate slow        | --rate: 'slow' is no rate: say how many a second, or closed",
                "--crash often      | --crash: no 'often'; there are: none every:500ms poisson:2s phase:NAME phase:NAME:500ms",
                "--require fast     | 'fast' is nothing to require",
                "--target here      | --target here: say engine, or a URL such as http://127.0.0.1:8480",
                "--target http://x  | crashes of a service need its second address: --admin HOST:PORT; or say --crash none",
                "nowhere            | no profile 'nowhere'; there are: small many storm",
                "--json - --csv -   | only one can go to standard output; name files",
            })
    void wrong_use_ends_with_2_and_says_what_would_do(String args, String why) {
        var ran = load((Object[]) args.split(" "));
        assertEquals(2, ran.exit());
        assertTrue(ran.err().contains(why), ran.err());
    }

    @Test
    void a_crash_that_never_lands_is_inconclusive() throws Exception {
        assertEquals(
                3,
                load(profile(""), "--crash", "phase:restoring:50ms", "--duration", "200ms")
                        .exit());
    }

    @Test
    void what_cannot_be_written_or_used_ends_with_4() throws Exception {
        var file = Files.createFile(home.resolve("file"));
        assertEquals(4, load(profile(""), "--log", file.resolve("log")).exit());
        assertEquals(4, load(profile(""), "--report", file.resolve("html")).exit());
        assertEquals(4, Ran.of(home, "load", profile(""), "--cache", file).exit());
    }

    @Test
    void what_is_required_and_does_not_hold_ends_with_5() throws Exception {
        var ran = load(profile(""), "--require", "rate>1000000");
        assertEquals(5, ran.exit());
        assertTrue(ran.err().contains("--require rate>1000000 does not hold: it was"), ran.err());
    }

    @Test
    void files_of_a_profile_are_what_a_service_has_to_serve() throws Exception {
        var made = Ran.of(home, "load", "origin", profile(""), "--to", home.resolve("files"));
        assertEquals(0, made.exit(), made.err());
        assertTrue(made.out().startsWith("50 files, "), made.out());
        try (var service = new Service(home.resolve("files"), 0)) {
            var ran = load(profile(""), "--target", service.url(), "--crash", "none");
            assertEquals(0, ran.exit(), ran.out() + ran.err());
            assertTrue(ran.out().contains("0 bytes were wrong"), ran.out());
        }
        assertEquals(
                4,
                Ran.of(home, "load", "origin", profile(""), "--to", home.resolve("files"))
                        .exit());
    }

    @Test
    void a_service_that_allows_it_is_crashed_and_tells_of_its_recoveries() throws Exception {
        Ran.of(home, "load", "origin", profile(""), "--to", home.resolve("files"));
        var any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        var origin = new CountingOrigin(DirectoryOrigin.of(home.resolve("files")));
        var crashes = new CrashCalls();
        var options = CacheOptions.of(home.resolve("served"), origin).journal(Journal.Kind.MEMORY);
        try (var cache = Cache.open(crashes.watched(options));
                var server = new Server(cache, origin, Duration.ofSeconds(10), any, any, crashes)) {
            crashes.bind(cache);
            var log = home.resolve("log");
            var ran = load(
                    profile(""),
                    "--target",
                    "http://127.0.0.1:" + server.httpAddress().getPort(),
                    "--admin",
                    "127.0.0.1:" + server.adminAddress().getPort(),
                    "--log",
                    log,
                    "--duration",
                    "2s",
                    "--require",
                    "errors=0",
                    "--require",
                    "crashes>0");
            assertEquals(0, ran.exit(), ran.out() + ran.err());
            var marks = Files.readAllLines(log).stream()
                    .filter(line -> line.startsWith("{\"mark\""))
                    .toList();
            assertTrue(marks.toString().contains("\"mark\":\"after\""), () -> "a recovery was told: " + marks);
            assertTrue(Files.readString(log).contains("service.daemon_restarts_total"), "and its metrics read");
        }
    }

    @Test
    void bytes_that_are_not_the_object_s_are_seen() throws Exception {
        Ran.of(home, "load", "origin", profile(""), "--to", home.resolve("files"));
        try (var service = new Service(home.resolve("files"), 1)) {
            var ran = load(profile(""), "--target", service.url(), "--crash", "none", "--require", "rate>0");
            assertEquals(1, ran.exit(), ran.out());
            assertFalse(ran.out().contains("; 0 bytes were wrong"), ran.out());
        }
    }

    @Test
    void a_service_that_is_not_there_fails_each_read() throws Exception {
        var ran = load(profile(""), "--target", "http://127.0.0.1:1", "--crash", "none");
        assertEquals(1, ran.exit(), ran.out());
        assertTrue(ran.err().contains("could not be made ready: no connection"), ran.err());
    }

    @Test
    void what_is_no_log_is_told() throws Exception {
        var file = Files.writeString(home.resolve("file"), "nonsense\n");
        var ran = Ran.of(home, "load", "report", file);
        assertEquals(1, ran.exit());
        assertTrue(ran.err().contains("is no log of a load: line 1: no JSON"), ran.err());
        assertEquals(1, Ran.of(home, "load", "compare", file, file).exit());
        assertEquals(1, Ran.of(home, "load", "report", home.resolve("none")).exit());
    }

    /// Serves ranges of files, some bytes further on than asked for.
    private static final class Service implements AutoCloseable {
        private final HttpServer server;

        Service(Path files, int shift) throws IOException {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
            server.createContext("/v1/volumes/load/objects/", exchange -> {
                var file = files.resolve(
                        exchange.getRequestURI().getPath().substring("/v1/volumes/load/objects/".length()));
                if (exchange.getRequestMethod().equals("HEAD")) {
                    exchange.sendResponseHeaders(200, -1);
                } else {
                    var ends = exchange.getRequestHeaders()
                            .getFirst("Range")
                            .substring("bytes=".length())
                            .split("-");
                    byte[] all = Files.readAllBytes(file);
                    int from = Math.min(all.length - 1, Integer.parseInt(ends[0]) + shift);
                    int limit = Math.min(all.length, Integer.parseInt(ends[1]) + 1 + shift);
                    exchange.sendResponseHeaders(206, limit - from);
                    exchange.getResponseBody().write(all, from, limit - from);
                }
                exchange.close();
            });
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.start();
        }

        String url() {
            return "http://127.0.0.1:" + server.getAddress().getPort();
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }
}
