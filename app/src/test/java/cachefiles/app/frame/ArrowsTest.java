package cachefiles.app.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Which package may see which. A name counts wherever it stands: in an import, or in full in the code.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ArrowsTest {
    /// One line a package: what it is, its name after `cachefiles.`, and which others it may see. A `core` is pure: no
    /// clock, chance, thread or I/O, no akka. A `plain` package may do I/O, but sees no akka either. A `shell` may see
    /// all.
    ///
    /// A star stands for every package below that name; the longest name counts. Packages of one part of app, such as
    /// app.check and app.check.sim, see each other. A package that has no line stops the build.
    private static final String ARROWS = """
            plain  kernel.uapi          :
            plain  kernel.extent        : kernel.uapi
            core   kernel.device        : kernel.uapi kernel.extent
            core   kernel.object        : kernel.uapi kernel.extent kernel.device
            core   kernel.reader        : kernel.uapi kernel.extent kernel.object
            core   kernel.cache         : kernel.uapi kernel.extent
            plain  kernel.handle        : kernel.uapi kernel.extent
            shell  kernel.actor         : kernel.*

            core   daemon.core          : kernel.uapi
            core   daemon.http          : kernel.uapi
            plain  daemon.fetch         : kernel.uapi daemon.http
            shell  daemon.actor         : kernel.uapi daemon.*

            plain  persistence.store    : kernel.uapi kernel.extent
            shell  persistence.codec    : kernel.*
            shell  persistence.journal  : kernel.* persistence.*

            shell  app                  : *
            plain  app.check            : kernel.uapi kernel.extent kernel.device kernel.object kernel.reader kernel.cache
            +                           : daemon.core persistence.store
            plain  app.check.*          : kernel.uapi kernel.extent kernel.device kernel.object kernel.reader kernel.cache
            +                           : kernel.handle daemon.core persistence.store
            shell  app.command          : *
            core   app.load.plan        : kernel.uapi
            core   app.load.report      :
            shell  app.engine           : kernel.* daemon.* persistence.* app.check.trace
            shell  app.stage            : kernel.* daemon.* persistence.* app.engine app.check app.check.trace
            shell  app.*                : kernel.* daemon.* persistence.* app.engine app.crash app.check.trace
            """;

    private static final List<String> IMPURE = List.of(
            "java.io.",
            "java.net.",
            "java.nio.channels.",
            "java.nio.file.",
            "java.util.concurrent.",
            "java.util.Random",
            "java.util.random.",
            "java.util.Timer",
            "java.security.SecureRandom",
            "java.time.Clock",
            "java.time.Instant",
            "java.lang.Thread",
            "org.slf4j.");
    private static final Pattern IMPURE_CALL = Pattern.compile("\\b(Thread\\.|new Thread\\b|System\\.(currentTimeMillis"
            + "|nanoTime|getenv|getProperty|out|err)\\b|Math\\.random\\b|UUID\\.randomUUID\\b|\\bsynchronized\\b"
            + "|\\bvolatile\\b)");
    private static final Pattern NAME =
            Pattern.compile("\\b((?:akka|cachefiles|java|javax|org|com|slick|scala)(?:\\.[a-zA-Z_]\\w*)+)");

    private record Rule(String kind, String name, List<String> sees) {
        boolean allows(String other) {
            return partOf(other).equals(partOf(name)) || sees.stream().anyMatch(pattern -> covers(pattern, other));
        }
    }

    /// The first two words for a package of app, else the package itself.
    private static String partOf(String name) {
        return name.replaceFirst("^(app\\.\\w+)\\..*", "$1");
    }

    private static boolean covers(String pattern, String name) {
        if (pattern.equals("*")) return true;
        return pattern.endsWith(".*")
                ? name.startsWith(pattern.substring(0, pattern.length() - 1))
                : name.equals(pattern);
    }

    private static final Map<String, Rule> RULES = rules();

    private static Map<String, Rule> rules() {
        var rules = new LinkedHashMap<String, Rule>();
        var last = "";
        for (var line : ARROWS.lines().filter(each -> !each.isBlank()).toList()) {
            var sides = line.split(":", 2);
            var left = sides[0].strip().split(" +");
            var sees = new ArrayList<String>();
            if (left[0].equals("+")) sees.addAll(rules.get(last).sees());
            else last = left[1];
            if (!sides[1].isBlank()) sees.addAll(List.of(sides[1].strip().split(" +")));
            rules.put(last, new Rule(left[0].equals("+") ? rules.get(last).kind() : left[0], last, List.copyOf(sees)));
        }
        return rules;
    }

    /// The package's own line, else the nearest one with a star.
    private static Rule ruleOf(String packageName) {
        var exact = RULES.get(packageName);
        if (exact != null) return exact;
        var rule = RULES.values().stream()
                .filter(each -> each.name().endsWith(".*") && covers(each.name(), packageName))
                .max(Comparator.comparingInt(each -> each.name().length()))
                .orElseThrow(() -> new AssertionError("no line of ARROWS covers cachefiles." + packageName));
        return new Rule(rule.kind(), packageName, rule.sees());
    }

    private static String shortName(String packageName) {
        assertTrue(packageName.startsWith("cachefiles."), packageName);
        return packageName.substring("cachefiles.".length());
    }

    /// The part of a qualified name before the first capital: its package.
    private static String packageOf(String name) {
        var parts = new ArrayList<String>();
        for (var part : name.split("\\.")) {
            if (Character.isUpperCase(part.charAt(0))) break;
            parts.add(part);
        }
        return String.join(".", parts);
    }

    private static Set<String> namesIn(String code) {
        var names = new TreeSet<String>();
        code.lines()
                .filter(line -> !line.startsWith("package "))
                .forEach(line -> NAME.matcher(line).results().forEach(match -> names.add(match.group(1))));
        return names;
    }

    /// What a source of `packageName` with this `code` does that it may not.
    private static List<String> strays(String packageName, String code, Set<String> packages) {
        var rule = ruleOf(packageName);
        var strays = new ArrayList<String>();
        for (var name : namesIn(code)) {
            if (name.startsWith("cachefiles.")) {
                var seen = packageOf(name);
                // `import static` of a method ends in a small letter, and so does a call in full: cut at the class.
                if (packages.contains(seen) && !rule.allows(shortName(seen))) {
                    strays.add("cachefiles." + packageName + " must not see " + name);
                }
            } else if (name.startsWith("akka.") && !rule.kind().equals("shell")) {
                strays.add("cachefiles." + packageName + " must not see akka: " + name);
            } else if (rule.kind().equals("core") && IMPURE.stream().anyMatch(name::startsWith)) {
                strays.add("cachefiles." + packageName + " is pure and must not see " + name);
            }
        }
        if (rule.kind().equals("core")) {
            IMPURE_CALL
                    .matcher(code)
                    .results()
                    .forEach(match ->
                            strays.add("cachefiles." + packageName + " is pure and must not say " + match.group()));
        }
        return strays;
    }

    @Test
    void no_package_sees_what_it_may_not() {
        var packages = Sources.main().stream().map(Sources.Source::packageName).collect(Collectors.toSet());
        var strays = new ArrayList<String>();
        for (var source : Sources.main()) {
            strays(shortName(source.packageName()), source.code(), packages)
                    .forEach(stray -> strays.add(source.file() + ": " + stray));
        }
        assertTrue(strays.isEmpty(), () -> "\n" + String.join("\n", strays) + "\n");
    }

    @Test
    void a_package_is_in_the_module_of_its_name() {
        for (var source : Sources.main()) {
            var module = source.file().getName(0).toString();
            var first = shortName(source.packageName()).split("\\.")[0];
            assertEquals(
                    module.replace("-actors", ""), first, () -> source.file().toString());
        }
    }

    @Test
    void a_stray_import_is_found() {
        var packages = Set.of(
                "cachefiles.kernel.uapi",
                "cachefiles.kernel.device",
                "cachefiles.kernel.actor",
                "cachefiles.app.serve");
        var all = List.of(
                strays("daemon.core", "import cachefiles.kernel.device.DeviceCore;", packages),
                strays("daemon.actor", "import static cachefiles.kernel.device.DeviceCore.decide;", packages),
                strays("kernel.uapi", "import cachefiles.kernel.device.DeviceCore;", packages),
                strays("kernel.device", "import akka.actor.typed.ActorRef;", packages),
                strays("kernel.device", "var now = java.time.Instant.now();", packages),
                strays("kernel.device", "long now = System.nanoTime();", packages),
                strays("app.check", "akka.actor.typed.ActorRef<String> ref;", packages),
                strays("app.check.sim", "import cachefiles.kernel.actor.DeviceActor;", packages),
                strays("app.load", "import cachefiles.app.serve.Server;", packages));
        for (int i = 0; i < all.size(); i++) assertEquals(1, all.get(i).size(), "case " + i + ": " + all.get(i));
    }

    @Test
    void what_is_allowed_is_not_reported() {
        var packages = Set.of("cachefiles.kernel.uapi", "cachefiles.app.engine", "cachefiles.app.check");
        assertEquals(List.of(), strays("daemon.core", "import cachefiles.kernel.uapi.MsgId;", packages));
        assertEquals(List.of(), strays("kernel.actor", "import akka.actor.typed.ActorRef;", packages));
        assertEquals(List.of(), strays("app.load", "import cachefiles.app.engine.Engine;", packages));
        assertEquals(List.of(), strays("app.check.sim", "import cachefiles.app.check.Explorer;", packages));
        assertEquals(List.of(), strays("kernel.device", "import java.util.List;", packages));
    }
}
