package cachefiles.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/// Tests that need PostgreSQL. One [PostgresServer] is started for all of them, and stopped at the end of the run; a
/// test that has a parameter of that type is handed it, and leaves it up.
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Needs("postgres")
@ExtendWith(Postgres.Extension.class)
public @interface Postgres {
    /// Starts the server when a test first asks for it.
    final class Extension implements ParameterResolver {
        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == PostgresServer.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return context.getRoot()
                    .getStore(Namespace.create(Postgres.class))
                    .getOrComputeIfAbsent(
                            PostgresServer.class,
                            _ -> {
                                try {
                                    return PostgresServer.start();
                                } catch (IOException failed) {
                                    throw new UncheckedIOException(failed);
                                }
                            },
                            PostgresServer.class);
        }
    }
}
