package cachefiles.app.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// What pom.xml, the launcher and the documents must say alike.
@DisplayNameGeneration(ReplaceUnderscores.class)
class BuildTest {
    private static String read(String file) throws IOException {
        return Files.readString(Sources.root().resolve(file));
    }

    private static List<String> all(String regex, String text) {
        return Pattern.compile(regex)
                .matcher(text)
                .results()
                .map(match -> match.group(1))
                .toList();
    }

    private static String one(String regex, String text) {
        var found = all(regex, text);
        assertEquals(1, found.size(), regex);
        return found.getFirst();
    }

    @Test
    void the_modules_are_the_four_that_were_named() throws IOException {
        assertEquals(Sources.MODULES, all("<module>([^<]*)</module>", read("pom.xml")));
    }

    @Test
    void the_launcher_starts_the_jvm_with_the_flags_of_the_tests() throws IOException {
        var flags = one("<jvm.flags>([^<]*)</jvm.flags>", read("pom.xml"));
        assertEquals(flags, one("(?m)^FLAGS=\"([^\"]*)\"", read("cachefiles")));
        var running = ManagementFactory.getRuntimeMXBean().getInputArguments();
        assertTrue(
                running.containsAll(Arrays.asList(flags.split(" "))),
                () -> "run by something else than Maven? Start the JVM with: " + flags + "\nnot: " + running);
    }

    @Test
    void a_service_is_measured_as_the_launcher_starts_it() throws IOException {
        var flag = one("(?m)^ *serve:\\*\\) jit=(\\S+) ;;$", read("cachefiles"));
        assertTrue(read("app/src/test/java/cachefiles/app/bench/Ratios.java").contains('"' + flag + '"'), flag);
    }

    @Test
    void the_launcher_the_build_and_this_jvm_are_of_one_jdk() throws IOException {
        var release = one("<java.release>([^<]*)</java.release>", read("pom.xml"));
        assertEquals(release, one("(?m)^JDK=(.*)", read("cachefiles")));
        assertEquals(release, String.valueOf(Runtime.version().feature()));
    }

    @Test
    void the_notice_names_the_versions_in_use() throws IOException {
        var pom = read("pom.xml");
        var notice = read("NOTICE");
        for (var module : List.of("akka", "akka-persistence-jdbc")) {
            var version = one("<" + module + ".version>([^<]*)<", pom);
            assertTrue(
                    Pattern.compile("(?m)^ +" + module + " .*\\b" + Pattern.quote(version) + "\\b")
                            .matcher(notice)
                            .find(),
                    () -> "NOTICE does not name " + module + " " + version);
        }
    }

    @Test
    void every_plugin_and_dependency_has_a_fixed_version() throws IOException {
        for (var file : List.of("pom.xml", "kernel-actors/pom.xml", "daemon-actors/pom.xml", "app/pom.xml")) {
            for (var version : all("<version>([^<]*)</version>", read(file))) {
                assertTrue(
                        version.matches("[0-9][0-9A-Za-z.-]*|\\$\\{[a-z0-9.-]+}|\\[25,26\\)|\\[3\\.8,\\)"),
                        () -> file + ": " + version);
            }
        }
    }
}
