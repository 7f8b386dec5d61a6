package cachefiles.testing;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/// Where a module's sources lie, whatever folder its tests run in.
public final class ModuleFolder {
    private ModuleFolder() {}

    /// @param compiled in that module
    public static Path of(Class<?> compiled) {
        try {
            var folder = Path.of(
                    compiled.getProtectionDomain().getCodeSource().getLocation().toURI());
            while (!Files.isRegularFile(folder.resolve("pom.xml"))) {
                folder = Objects.requireNonNull(folder.getParent(), () -> compiled + " is in no module");
            }
            return folder;
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /// The source of a class that stands in a file of its own.
    public static Path sourceOf(Class<?> compiled) {
        return of(compiled).resolve("src/main/java", compiled.getName().replace('.', '/') + ".java");
    }
}
