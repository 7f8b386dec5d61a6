package cachefiles.app.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.app.frame.Sources.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// House rules that no other tool checks.
@DisplayNameGeneration(ReplaceUnderscores.class)
class TidyTest {
    private static final int MOST_LINES = 500;

    /// Longer on purpose, each with a limit of its own: one switch, or one contract, that is read as a whole.
    private static final Map<String, Integer> LONGER = Map.of(
            "CacheCoreTest.java", 520,
            "DeviceCore.java", 700,
            "DeviceCoreTest.java", 700,
            "StoreContract.java", 800);

    private static final Pattern SLEEP = Pattern.compile("\\bThread\\.sleep\\b|\\bTimeUnit\\.[A-Z]+\\.sleep\\b");
    private static final Pattern FULL_NAME =
            Pattern.compile("^(?!(import|package) ).*(?<![\\w.])java(\\.[a-z]+)+\\.[A-Z]", Pattern.MULTILINE);
    private static final Pattern UNFINISHED = Pattern.compile("\\b(TODO|FIXME|XXX)\\b");

    private static List<Source> all() {
        return Stream.concat(Sources.main().stream(), Sources.tests().stream()).toList();
    }

    private static void none(String rule, List<Source> sources, Predicate<Source> broken) {
        var found = sources.stream()
                .filter(broken)
                .map(each -> each.file().toString())
                .toList();
        assertTrue(found.isEmpty(), () -> rule + ":\n" + String.join("\n", found) + "\n");
    }

    private static String nameOf(Source source) {
        return source.file().getFileName().toString();
    }

    @Test
    void no_file_is_long_without_being_listed() {
        var found = new ArrayList<String>();
        for (var source : all()) {
            long lines = source.text().lines().count();
            if (lines > LONGER.getOrDefault(nameOf(source), MOST_LINES)) {
                found.add(source.file() + " has " + lines + " lines");
            }
        }
        assertTrue(found.isEmpty(), () -> "cut these, or list them in LONGER:\n" + String.join("\n", found) + "\n");
    }

    @Test
    void no_file_is_listed_as_long_that_is_not() {
        var lines = new TreeMap<String, Long>();
        all().forEach(source ->
                lines.merge(nameOf(source), source.text().lines().count(), Math::max));
        LONGER.keySet()
                .forEach(name -> assertTrue(lines.getOrDefault(name, 0L) > MOST_LINES, name + " need not be listed"));
    }

    @Test
    void no_tabs_no_carriage_returns_no_byte_order_mark() {
        none(
                "tab, carriage return or byte order mark",
                all(),
                source -> source.text().chars().anyMatch(c -> c == '\t' || c == '\r' || c == 0xFEFF));
    }

    /// A test that sleeps is either slow or wrong: wait for what must come, or move a virtual clock.
    @Test
    void no_test_sleeps() {
        none("sleeps", Sources.tests(), source -> SLEEP.matcher(source.code()).find());
    }

    @Test
    void nothing_is_left_for_later_in_a_comment() {
        none(
                "says TODO, FIXME or XXX",
                all(),
                source -> !nameOf(source).equals("TidyTest.java")
                        && UNFINISHED.matcher(source.text()).find());
    }

    @Test
    void types_of_the_jdk_are_imported() {
        none(
                "names a type of the JDK in full",
                all(),
                source -> FULL_NAME.matcher(source.code()).find());
    }

    @Test
    void no_stack_trace_is_printed() {
        none("printStackTrace", all(), source -> source.code().contains(".printStackTrace()"));
    }

    @Test
    void every_package_says_what_it_is_and_is_null_marked() {
        var packages = new TreeSet<String>();
        var marked = new TreeSet<String>();
        for (var source : Sources.main()) {
            packages.add(source.packageName());
            if (nameOf(source).equals("package-info.java")
                    && source.text().startsWith("///")
                    && source.code().contains("@NullMarked")) {
                marked.add(source.packageName());
            }
        }
        packages.removeAll(marked);
        assertEquals(
                new TreeSet<>(), packages, "no package-info.java that opens with a comment and is @NullMarked, in");
    }

    @Test
    void a_file_lies_in_the_folder_of_its_package() {
        none(
                "lies elsewhere",
                all(),
                source ->
                        !source.file().getParent().endsWith(source.packageName().replace('.', '/')));
    }
}
