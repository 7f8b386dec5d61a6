package cachefiles.app.load;

import cachefiles.app.load.plan.Profile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/// Where profiles are found.
public final class Profiles {
    /// Those that are shipped.
    public static final List<String> SHIPPED =
            List.of("small", "many", "storm", "overload", "compile", "compile-readahead", "stress");

    private Profiles() {}

    /// @param name of one that is shipped, or a file
    /// @throws IllegalArgumentException there is none, or it cannot be read; the message says what to do
    public static Profile named(String name) {
        try {
            if (SHIPPED.contains(name)) {
                try (var in = Profiles.class.getResourceAsStream(name + ".profile")) {
                    if (in == null) {
                        throw new IllegalStateException("no resource " + name);
                    }
                    return Profile.parse(name, new String(in.readAllBytes(), StandardCharsets.UTF_8));
                }
            }
            return Profile.parse(name, Files.readString(Path.of(name)));
        } catch (IOException | InvalidPathException _) {
            throw new IllegalArgumentException("no profile '" + name + "'; there are: " + String.join(" ", SHIPPED)
                    + ", or name a file that has one");
        }
    }
}
