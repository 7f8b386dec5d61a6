package cachefiles.testing;

import static org.junit.jupiter.api.extension.ConditionEvaluationResult.disabled;
import static org.junit.jupiter.api.extension.ConditionEvaluationResult.enabled;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/// What a test needs of the machine: `@Needs({"root", "fuse"})`. Without it the test is skipped, with a line that says
/// what is missing. What the environment variable `REQUIRE` names may not be missing: the test fails instead.
///
///     REQUIRE=postgres,fuse mvn verify
///
/// @see Machine what the names mean
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@ExtendWith(Needs.Condition.class)
public @interface Needs {
    String[] value();

    /// Looks at the class and the method: JUnit asks once for each.
    final class Condition implements ExecutionCondition {
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            return AnnotationSupport.findAnnotation(context.getElement(), Needs.class)
                    .map(needs -> judge(List.of(needs.value()), required(System.getenv("REQUIRE"))))
                    .orElseGet(() -> enabled("needs nothing"));
        }

        static ConditionEvaluationResult judge(List<String> needs, Set<String> required) {
            for (var need : needs) {
                var missing = Machine.missing(need);
                if (missing.isEmpty()) continue;
                if (required.contains(need)) {
                    throw new AssertionError("REQUIRE names " + need + ", but: " + missing.get());
                }
                return disabled("needs " + need + ": " + missing.get());
            }
            return enabled("has " + needs);
        }

        static Set<String> required(String variable) {
            return variable == null
                    ? Set.of()
                    : Arrays.stream(variable.split("[ ,]+"))
                            .flatMap(each -> each.isBlank() ? Stream.empty() : Stream.of(each))
                            .collect(Collectors.toUnmodifiableSet());
        }
    }
}
