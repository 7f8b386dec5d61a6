import com.palantir.javaformat.java.Formatter;
import com.palantir.javaformat.java.FormatterException;
import com.palantir.javaformat.java.ImportOrderer;
import com.palantir.javaformat.java.JavaFormatterOptions;
import com.palantir.javaformat.java.RemoveUnusedImports;
import com.sun.source.tree.AnyPatternTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/// Formats every Java source of the project with palantir-java-format, or checks that this was done.
///
///     java -cp <formatter's jars> .ci/Format.java check|write
///
/// One JVM for the whole tree, of the tool chain's JDK: the formatter parses with the javac of the JVM it runs in.
/// Hashes of files found in order are kept in `target/format/known`, so a second run reads and formats only changes.
public final class Format {
    private static final String[] ROOTS = {"kernel-actors", "daemon-actors", "persistence", "app", ".ci"};
    private static final JavaFormatterOptions.Style STYLE = JavaFormatterOptions.Style.PALANTIR;
    private static final int COLUMNS = 120;
    /// Text blocks, strings, characters and comments, so that none is looked for inside another.
    private static final Pattern TOKEN = Pattern.compile("\"\"\"(?s:[^\"\\\\]++|\\\\.|\"(?!\"\"))*+\"\"\""
            + "|\"(?:\\\\.|[^\"\\\\\n])*+\""
            + "|'(?:\\\\.|[^'\\\\\n])++'"
            + "|/\\*(?s:.*?)\\*/"
            + "|//[^\n]*");
    private static final Pattern MAYBE_UNNAMED = Pattern.compile("[(,]\\s*_\\s*[,)]");
    /// No identifier that anybody would write, and as short as can be: lines are measured with it.
    private static final String MARK = "\u2c75";
    private static final Pattern HIDDEN = Pattern.compile("// ?" + MARK + "([0-9]+)");
    /// Margin, then the mark of a list item or its indent, then text; four spaces of indent would be code, a bar a
    /// table.
    private static final Pattern PROSE =
            Pattern.compile("( *///)( (?:(?:[-*]|[0-9]+\\.) | {0,2}))((?![ |@#]|[-*] |[0-9]+\\. ).*" + "|@.*)");
    private static final Path SELF = Path.of(".ci/Format.java");
    private static final Path KNOWN = Path.of("target/format/known");

    private final Formatter formatter = Formatter.createFormatter(
            JavaFormatterOptions.builder().style(STYLE).build());
    private final byte[] version;
    private final boolean write;
    private final Set<String> known;
    private final Set<String> seen = ConcurrentHashMap.newKeySet();
    private final Set<String> off = Collections.synchronizedSet(new TreeSet<>());
    private final Set<String> broken = Collections.synchronizedSet(new TreeSet<>());

    private Format(boolean write) throws IOException {
        this.write = write;
        this.version = (Formatter.class.getPackage().getImplementationVersion() + Files.readString(SELF))
                .getBytes(StandardCharsets.UTF_8);
        this.known = Files.exists(KNOWN) ? new HashSet<>(Files.readAllLines(KNOWN)) : Set.of();
    }

    public static void main(String[] args) throws IOException {
        var mode = args.length == 1 ? args[0] : "";
        if (!mode.equals("check") && !mode.equals("write")) {
            System.err.println("usage: Format check|write");
            System.exit(2);
        }
        System.exit(new Format(mode.equals("write")).run());
    }

    private int run() throws IOException {
        var sources = sources();
        sources.parallelStream().forEach(this::format);
        Files.createDirectories(KNOWN.getParent());
        Files.write(KNOWN, new TreeSet<>(seen));
        broken.forEach(each -> System.err.println(each));
        off.forEach(each -> System.err.println((write ? "formatted: " : "not formatted: ") + each));
        if (!write && !off.isEmpty()) {
            System.err.println("\n" + off.size() + " of " + sources.size()
                    + " sources are not formatted. Run `make format`, look at the change, and build again.\n");
        }
        return broken.isEmpty() && (write || off.isEmpty()) ? 0 : 1;
    }

    private static List<Path> sources() throws IOException {
        var all = new TreeSet<Path>();
        for (var root : ROOTS) {
            var sub = root.equals(".ci") ? Path.of(root) : Path.of(root, "src");
            if (!Files.isDirectory(sub)) continue;
            try (var files = Files.walk(sub)) {
                files.filter(file -> file.toString().endsWith(".java")).forEach(all::add);
            }
        }
        return List.copyOf(all);
    }

    private void format(Path file) {
        try {
            var before = Files.readString(file);
            var hash = hash(before);
            if (known.contains(hash)) {
                seen.add(hash);
                return;
            }
            var after = formatted(before);
            if (!after.equals(before)) {
                off.add(file.toString());
                if (!write) return;
                Files.writeString(file, after);
            }
            if (!hasLongComments(file, after)) seen.add(hash(after));
        } catch (IOException | FormatterException e) {
            broken.add(file + ": cannot be parsed: " + e.getMessage());
        }
    }

    private String formatted(String source) throws FormatterException {
        var tidied = ImportOrderer.reorderImports(RemoveUnusedImports.removeUnusedImports(source), STYLE);
        var docs = new ArrayList<String>();
        var plain = formatter.formatSource(hideDocs(marked(tidied), docs));
        return showDocs(unmarked(plain), docs);
    }

    /// Takes the text out of each `///` comment: the formatter would wrap it as prose, diagrams and tables too.
    private static String hideDocs(String source, List<String> docs) {
        return TOKEN.matcher(source).replaceAll(match -> {
            var token = match.group();
            if (!token.startsWith("///")) return Matcher.quoteReplacement(token);
            docs.add(token.stripTrailing());
            return "// " + MARK + (docs.size() - 1);
        });
    }

    private static String showDocs(String source, List<String> docs) {
        var shown = new ArrayList<String>();
        for (var line : source.split("\n", -1)) {
            shown.add(HIDDEN.matcher(line)
                    .replaceAll(match -> Matcher.quoteReplacement(docs.get(Integer.parseInt(match.group(1))))));
        }
        for (int i = 0; i < shown.size(); i++) wrap(shown, i);
        return String.join("\n", shown);
    }

    /// Moves what does not fit of a line of prose to the front of the next, or to a new one where the paragraph ends.
    /// Code, diagrams and tables are left to their author.
    private static void wrap(List<String> lines, int i) {
        var line = lines.get(i);
        var prose = PROSE.matcher(line);
        if (columns(line) <= COLUMNS || !prose.matches()) return;
        int end = line.offsetByCodePoints(0, COLUMNS + 1);
        int cut = line.lastIndexOf(' ', end - 1);
        if (cut <= prose.start(3)) return;
        lines.set(i, line.substring(0, cut).stripTrailing());
        var rest = line.substring(cut + 1);
        var margin = prose.group(1) + " ".repeat(prose.group(2).length());
        var next = i + 1 < lines.size() ? lines.get(i + 1) : "";
        var follows = PROSE.matcher(next);
        if (follows.matches()
                && !follows.group(3).startsWith("@")
                && margin.equals(follows.group(1) + follows.group(2))) {
            lines.set(i + 1, margin + rest + " " + follows.group(3));
        } else {
            lines.add(i + 1, margin + rest);
        }
    }

    private static int columns(String line) {
        return line.codePointCount(0, line.length());
    }

    private boolean hasLongComments(Path file, String text) {
        boolean found = false;
        var lines = text.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            if (columns(lines.get(i)) > COLUMNS && lines.get(i).strip().startsWith("///")) {
                broken.add(file + ":" + (i + 1) + ": wrap this comment at " + COLUMNS + " columns");
                found = true;
            }
        }
        return found;
    }

    /// Gives each unnamed pattern, the `_` of `case Open(_, var size)`, a type for the formatter's eyes: it knows `_`
    /// as
    /// a variable's name only, and gives up at the pattern (palantir-java-format 2.103.0).
    private static String marked(String source) {
        if (!MAYBE_UNNAMED.matcher(source).find()) return source;
        var marked = new StringBuilder(source);
        unnamedPatterns(source).descendingIterator().forEachRemaining(at -> marked.insert(at, MARK + " "));
        return marked.toString();
    }

    private static String unmarked(String source) {
        return source.replaceAll(MARK + "\\s+_", "_");
    }

    private static TreeSet<Integer> unnamedPatterns(String source) {
        var found = new TreeSet<Integer>();
        var file = new SimpleJavaFileObject(URI.create("string:///Source.java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return source;
            }
        };
        var compiler = ToolProvider.getSystemJavaCompiler();
        var task = (JavacTask) compiler.getTask(null, null, _ -> {}, null, null, List.of(file));
        var positions = Trees.instance(task).getSourcePositions();
        try {
            for (var unit : task.parse()) {
                new TreeScanner<Void, Void>() {
                    @Override
                    public Void visitAnyPattern(AnyPatternTree pattern, Void none) {
                        // javac 25 gives the position of what follows the `_`.
                        found.add(source.lastIndexOf('_', (int) positions.getStartPosition(unit, pattern)));
                        return null;
                    }
                }.scan(unit, null);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    /// Of the text, the formatter's version and this program: another one has to look again.
    private String hash(String text) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update(version);
            return Base64.getEncoder().encodeToString(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
