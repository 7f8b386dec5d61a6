package cachefiles.persistence.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class DirectoryLockTest {
    @TempDir
    Path directory;

    @Test
    void a_second_process_is_told_who_has_the_directory() throws Exception {
        try (var _ = DirectoryLock.acquire(directory)) {
            assertThrows(DirectoryLockedException.class, () -> DirectoryLock.acquire(directory));
            String told = inAnotherProcess();
            assertTrue(
                    told.contains(
                            "is in use by process " + ProcessHandle.current().pid()),
                    told);
        }
        assertEquals("locked", inAnotherProcess());
    }

    /// Another process that tries to lock the directory, and prints how it went.
    static final class Other {
        private Other() {}

        public static void main(String[] arguments) {
            try (var _ = DirectoryLock.acquire(Path.of(arguments[0]))) {
                System.out.print("locked");
            } catch (IOException refused) {
                System.out.print(refused.getMessage());
            }
        }
    }

    private String inAnotherProcess() throws Exception {
        var process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Other.class.getName(),
                        directory.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (var output = process.inputReader()) {
            String told = output.readAllAsString();
            process.waitFor();
            return told;
        }
    }
}
