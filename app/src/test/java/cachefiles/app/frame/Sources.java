package cachefiles.app.frame;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The project's files, as these tests see them.
final class Sources {
    static final List<String> MODULES = List.of("kernel-actors", "daemon-actors", "persistence", "app");

    /// Text blocks, strings, characters and comments, so that none is looked for inside another.
    private static final Pattern NO_CODE = Pattern.compile("\"\"\"(?s:(?:\\\\.|[^\\\\])*?)\"\"\""
            + "|\"(?:\\\\.|[^\"\\\\\n])*+\""
            + "|'(?:\\\\.|[^'\\\\\n])++'"
            + "|/\\*(?s:.*?)\\*/"
            + "|//[^\n]*");
    private static final Pattern PACKAGE = Pattern.compile("(?m)^package ([\\w.]+);");

    private Sources() {}

    /// @param file relative to the project's folder
    /// @param code `text` without comments and without what stands in quotes; as many lines
    record Source(Path file, String packageName, String text, String code) {
        boolean isTest() {
            return file.startsWith(file.subpath(0, 1).resolve("src/test"));
        }
    }

    /// Tests run in their module's folder, or in the project's when an editor starts them.
    static Path root() {
        var here = Path.of("").toAbsolutePath();
        while (!Files.isRegularFile(here.resolve("app/pom.xml"))) here = here.getParent();
        return here;
    }

    static List<Source> main() {
        return in("src/main");
    }

    static List<Source> tests() {
        return in("src/test");
    }

    private static List<Source> in(String folder) {
        return MODULES.stream()
                .flatMap(module -> javaFiles(root().resolve(module).resolve(folder)))
                .map(Sources::read)
                .toList();
    }

    private static Stream<Path> javaFiles(Path folder) {
        if (!Files.isDirectory(folder)) return Stream.empty();
        try (var files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".java")).sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Source read(Path file) {
        try {
            var text = Files.readString(file);
            var code = codeOf(text);
            var named = PACKAGE.matcher(code);
            if (!named.find()) throw new AssertionError(file + " is in no package");
            return new Source(root().relativize(file), named.group(1), text, code);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String codeOf(String text) {
        return NO_CODE.matcher(text)
                .replaceAll(match -> Matcher.quoteReplacement(match.group().replaceAll("[^\n]", " ")));
    }
}
