package cachefiles.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/// Writes each test that was skipped to `target/skipped.txt` of its module, with the reason: whether by [Needs], by an
/// assumption or by `@Disabled`. `.ci/Skipped.java` makes the table at the end of the build of it.
///
/// A line is: number of tests, tab, test, tab, reason.
public final class SkippedTests implements TestExecutionListener {
    private static final Path FILE = Path.of("target/skipped.txt");
    /// One file a run of the tests, however many plans it has.
    private static boolean begun;

    private TestPlan plan;

    @Override
    public void testPlanExecutionStarted(TestPlan testPlan) {
        plan = testPlan;
        synchronized (SkippedTests.class) {
            try {
                if (!begun && Files.isDirectory(FILE.getParent())) Files.deleteIfExists(FILE);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            begun = true;
        }
    }

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
        note(test, reason);
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (result.getStatus() != TestExecutionResult.Status.ABORTED) return;
        note(test, result.getThrowable().map(Throwable::getMessage).orElse("aborted"));
    }

    private void note(TestIdentifier test, String reason) {
        if (!Files.isDirectory(FILE.getParent())) return; // started by something else than the build
        long tests = test.isTest()
                ? 1
                : plan.getDescendants(test).stream()
                        .filter(TestIdentifier::isTest)
                        .count();
        var line = "%d\t%s\t%s%n".formatted(tests, nameOf(test), reason == null ? "" : reason.replaceAll("\\s+", " "));
        synchronized (SkippedTests.class) {
            try {
                Files.writeString(FILE, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static String nameOf(TestIdentifier test) {
        return switch (test.getSource().orElse(null)) {
            case MethodSource source -> source.getClassName() + "." + source.getMethodName();
            case ClassSource source -> source.getClassName();
            case null, default -> test.getDisplayName();
        };
    }
}
